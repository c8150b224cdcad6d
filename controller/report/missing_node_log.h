// Decides what to log about nodes that do not exist while published pods are bound to them.

#ifndef K8SM_CONTROLLER_REPORT_MISSING_NODE_LOG_H_
#define K8SM_CONTROLLER_REPORT_MISSING_NODE_LOG_H_

#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace k8sm::controller {

// A node that does not exist, and the published pods that are bound to it.
struct MissingNode {
  kube::Symbol node;
  std::size_t pods = 0;     // at least 1
  kube::ObjectKey pod;      // one of them
  kube::ObjectKey service;  // one that publishes it
};

// Remembers the missing nodes. Does no I/O: the caller logs the lines and passes the current time.
//
//   WARNING node X does not exist, but pod NS/POD … is bound to it and stays published: …   for kSettleTime
//   INFO    node X exists again, or no pod of a service is bound to it any more              end of the
//   former
class MissingNodeLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  // A node may be seen a little later than a pod that is bound to it.
  static constexpr std::chrono::seconds kSettleTime{10};
  // Limit of lines per minute. Those beyond it are counted and summarized in one line.
  static constexpr std::size_t kLinesAMinute = 10;

  // Call every few seconds with all nodes that are missing, or Suspend() while that is not known.
  std::vector<LogLine> Update(const std::vector<MissingNode>& missing, TimePoint now);

  // Counts no pods, and forgets the missing nodes that no line was logged about. What was logged stays: its
  // end is logged when it is known.
  void Suspend();

  // The number of pods on nodes that have been missing for kSettleTime.
  std::size_t pods() const { return pods_; }

 private:
  struct State {
    TimePoint since;
    bool told = false;
  };

  void Tell(LogLine::Level level, const std::string& text, TimePoint now, std::vector<LogLine>& lines);

  std::map<std::string, State> nodes_;  // by name
  std::size_t pods_ = 0;
  LineBudget budget_{kLinesAMinute};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_MISSING_NODE_LOG_H_
