// Numbers by reason, as the log has them.

#ifndef K8SM_CONTROLLER_REPORT_COUNTS_BY_REASON_H_
#define K8SM_CONTROLLER_REPORT_COUNTS_BY_REASON_H_

#include <cstddef>
#include <string>

namespace k8sm::controller {

// Returns the counts that are not 0, which are indexed by the enumeration, with the names that its ToString()
// has: "9 no_host_port, 3 host_port_conflict".
template <class Reason, class Counts>
std::string CountsByReason(const Counts& counts) {
  std::string text;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::to_string(counts[i]) + " " + std::string(ToString(Reason(i)));
  }
  return text;
}

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_COUNTS_BY_REASON_H_
