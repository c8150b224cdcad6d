// Remembers nodes that do not exist while published pods are bound to them, and decides what to log.

#ifndef K8SM_CONTROLLER_REPORT_MISSING_NODES_H_
#define K8SM_CONTROLLER_REPORT_MISSING_NODES_H_

#include "controller/report/log_line.h"
#include "lib/base/failure_log.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

namespace k8sm::controller {

// A pod that a service publishes, and which is bound to a node that does not exist.
struct StrandedPod {
  kube::Symbol pod;  // its name
  kube::Symbol node;

  bool operator==(const StrandedPod&) const = default;
};

// Kept up to date service by service, so that no call looks at all pods. Does no I/O: the caller logs the
// lines and passes the current time.
//
//   WARNING node X does not exist, but pod NS/POD … is bound to it and stays published: …
//   INFO    node X exists now                           end of the former
//   INFO    no pod on node X is published any more      end of it without the node
//
// A node is reported when it has been missing for a time after the cache of nodes was known to follow
// the API server. Before, it may exist: the connection that would bring the news may be dead.
class MissingNodes {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::milliseconds kSettleTime{10'000};
  // Limit of lines per minute. Those beyond it are counted and summarized in one line.
  static constexpr std::size_t kLinesAMinute = 10;

  explicit MissingNodes(std::chrono::milliseconds settle_time = kSettleTime) : settle_time_(settle_time) {}

  // Replaces what is known of the service. `pods` is ordered by the names of the pods.
  void Update(const kube::ObjectKey& service, std::vector<StrandedPod> pods, TimePoint now);
  // Call when the service is deleted or no longer selects pods.
  void Forget(const kube::ObjectKey& service) { Update(service, {}, TimePoint()); }

  // Call every few seconds. `followed` is when the cache of nodes was last known to follow the API server;
  // nullopt if it is outdated: then nothing is counted, and what was not logged yet settles anew. `exists`
  // says whether a node is in the cache. Takes O(missing nodes).
  std::vector<LogLine> Tick(std::optional<TimePoint> followed,
                            const std::function<bool(const kube::Symbol& node)>& exists, TimePoint now);

  // The number of pods on nodes that were missing for that time at the last Tick().
  std::size_t pods() const { return pods_; }
  // The number of services with such pods.
  std::size_t services() const { return services_.size(); }

 private:
  struct Node {
    std::set<std::pair<kube::ObjectKey, kube::ObjectKey>>
        published;         // a pod, and a service that publishes it
    std::size_t pods = 0;  // that are different
    TimePoint since;
    std::optional<TimePoint> confirmed;  // when the cache was known to follow after `since`
    bool told = false;
  };
  struct Hash {
    std::size_t operator()(const kube::Symbol& name) const { return kube::HashOf(name); }
  };

  void Add(const kube::ObjectKey& service, const StrandedPod& pod, TimePoint now);
  void Remove(const kube::ObjectKey& service, const StrandedPod& pod);
  void Suspend(TimePoint now);

  std::chrono::milliseconds settle_time_;
  std::unordered_map<kube::ObjectKey, std::vector<StrandedPod>, kube::ObjectKeyHash> services_;
  std::unordered_map<kube::Symbol, Node, Hash> nodes_;  // without pods only until the end is logged
  std::size_t pods_ = 0;
  LineBudget budget_{kLinesAMinute};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_MISSING_NODES_H_
