// Decides what to log, and which events to record, about findings: each once when it begins and once when it
// ends, or turns into another about the same pods.

#ifndef K8SM_CONTROLLER_PORT_SPACE_PORT_LOG_H_
#define K8SM_CONTROLLER_PORT_SPACE_PORT_LOG_H_

#include "controller/port_space/evaluation.h"
#include "controller/port_space/findings.h"
#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/kube/event.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"
#include "lib/kube/uid.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace k8sm::controller {

struct PortNews {
  std::vector<LogLine> lines;
  std::vector<kube::Event> events;
};

// Does no I/O: the caller logs the lines, records the events, and passes the time, which must not go
// backwards.
class PortLog {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  enum class PodState : std::uint8_t { kGone, kPending, kBound, kEnded };

  // What findings are about, as it is by now.
  struct Subjects {
    std::function<PodState(const kube::ObjectKey& pod, const kube::Uid& uid)> pod_state;
    // Whether the agents are fresh and this one is among them.
    std::function<bool(const kube::Symbol& name, const std::string& id)> has_agent;
  };

  // What the findings were made with. Where something is not known that a finding needs
  // (PortFinding::needs_agents, needs_nodes), or not all findings of its kind are listed, an evaluation
  // without it ends it only if its subjects show that it is over: no pod of it is pending (kPending) or bound
  // (kClash, kUnaccounted) any longer; or, unless kLow itself is cut, its agent is listed (kLow).
  struct Knowledge {
    bool agents = true;
    bool nodes = true;
    PortReport::Cut cut;
    // The keys of findings about pods of which it is not known whether they can be scheduled, e.g. because an
    // agent has no Node yet. They last as long as such a pod is pending.
    std::set<std::string> undecided = {};
    static Knowledge Of(const PortReport& report);
  };

  // Limit of lines per minute, for beginnings and ends each. More are counted, and summed up in one line that
  // points to /debug/ports.
  static constexpr std::size_t kLinesAMinute = 100;
  // A pod gets one event for a reason in this time.
  static constexpr std::chrono::hours kEventPause{1};
  // Limit of findings that are remembered though the latest evaluation lacks them. More are forgotten: they
  // end without a line, and are news if they are found again.
  static constexpr std::size_t kMaxAbsent = 1'000;

  // Takes the findings of the latest evaluation, made with the agents of this poll. Call it after each
  // evaluation, and every few seconds with the same findings. O(findings + kMaxAbsent). The end of a finding
  // about pods that are gone is not worth a line.
  PortNews Update(const std::vector<PortFinding>& findings, const Knowledge& knowledge, std::uint64_t poll,
                  TimePoint now, const Subjects& subjects);

  // Forgets everything, so that it is all news to the next Update().
  void Reset() { known_.clear(); }

 private:
  struct Known {
    PortFinding finding;  // as found last
    TimePoint since;
    std::uint64_t first_poll = 0;
    bool told = false;
    bool found = false;   // by the update at hand
    bool turned = false;  // from a finding that was told
  };

  void Begin(Known& known, std::uint64_t poll, TimePoint now, PortNews& news);
  void AddEvents(const PortFinding& finding, TimePoint now, PortNews& news);
  void EndAbsent(const Knowledge& knowledge, TimePoint now, const Subjects& subjects, PortNews& news);
  void End(const PortFinding& finding, TimePoint now, const Subjects& subjects, PortNews& news);
  void SumUp(TimePoint now, PortNews& news);

  std::unordered_map<std::string, Known> known_;  // by PortFinding::key
  // When a pod (UID) got an event for a reason, within kEventPause.
  std::map<std::pair<std::string, std::string_view>, TimePoint> events_;
  LineBudget begun_{kLinesAMinute};
  LineBudget over_{kLinesAMinute};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_PORT_LOG_H_
