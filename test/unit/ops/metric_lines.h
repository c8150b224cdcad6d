// Reading a page of metrics.

#ifndef K8SM_TEST_UNIT_OPS_METRIC_LINES_H_
#define K8SM_TEST_UNIT_OPS_METRIC_LINES_H_

#include "lib/metrics/registry.h"

#include <string>
#include <string_view>

namespace k8sm::controller {

// The value of the sample that the page has under this name and these labels, e.g. `a_total{b="c"}`; "none"
// where it has none.
inline std::string ValueOf(std::string_view page, const std::string& sample) {
  const std::string begin = "\n" + sample + " ";
  const std::size_t at = page.find(begin);
  if (at == std::string_view::npos) return "none";
  const std::size_t value = at + begin.size();
  return std::string(page.substr(value, page.find('\n', value) - value));
}

inline std::string ValueOf(const metrics::Registry& registry, const std::string& sample) {
  return ValueOf(registry.Text(), sample);
}

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_OPS_METRIC_LINES_H_
