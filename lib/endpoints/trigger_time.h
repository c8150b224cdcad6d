// Tracks when the change that a sync publishes happened, to measure programming latency.

#ifndef K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_
#define K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace k8sm::endpoints {

// The kinds of objects that a sync writes.
enum class Published : std::uint8_t { kEndpoints, kSlices };

// Remembers what the last sync of each service observed, and computes the trigger time of the next: the
// service's creation on the first sync, later the earliest readiness transition (or recreation of the
// service) since, or none. Like TriggerTimeTracker of k8s.io/endpointslice, except that the time of a failed
// write is not lost: it remains pending for that kind until Settle().
class TriggerTimeTracker {
 public:
  // Records the state that a sync of this service observes: the service and all pods that its selector
  // matches.
  void Observe(const kube::Service& service, std::span<const kube::Pod* const> pods);

  // Returns the trigger time to write into objects of that kind; nullopt if none is pending.
  std::optional<kube::Timestamp> Pending(const kube::ObjectKey& service, Published kind) const;

  // Clears the pending time of that kind, because its objects are up to date or are not written.
  void Settle(const kube::ObjectKey& service, Published kind);

  // Drops all state of a service that is gone or no longer selects pods.
  void Forget(const kube::ObjectKey& service);

  // Number of services that are tracked.
  std::size_t size() const { return states_.size(); }

 private:
  struct State {
    std::optional<kube::Timestamp> creation;
    // Ready transition of each pod that has a Ready condition, ordered by the address of the name's symbol.
    std::vector<std::pair<kube::Symbol, kube::Timestamp>> transitions;
    std::array<std::optional<kube::Timestamp>, 2> pending;  // indexed by Published
  };

  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash> states_;
};

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_
