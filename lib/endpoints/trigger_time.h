// When the change that a sync publishes happened, for those who measure how long it took.

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

// Remembers of each service what its last sync saw and gives the trigger time of the next: the service's
// creation at first sight, then the earliest readiness transition (or recreation of the service) that is new
// since, or nothing. As TriggerTimeTracker does (k8s.io/endpointslice), but a time whose write failed is not
// lost: it stays that kind's trigger until Settle().
class TriggerTimeTracker {
 public:
  // A sync of this service sees these pods (all that its selector matches).
  void Observe(const kube::Service& service, std::span<const kube::Pod* const> pods);

  // The trigger time of what a sync writes of that kind.
  std::optional<kube::Timestamp> Pending(const kube::ObjectKey& service, Published kind) const;

  // That kind is as planned, or is not written: nothing is pending for it.
  void Settle(const kube::ObjectKey& service, Published kind);

  // The service is gone, or selects no pods any more.
  void Forget(const kube::ObjectKey& service);

  std::size_t size() const { return states_.size(); }

 private:
  struct State {
    std::optional<kube::Timestamp> creation;
    // Of each pod that has a Ready condition, by name, ordered by the symbol's place in memory.
    std::vector<std::pair<kube::Symbol, kube::Timestamp>> transitions;
    std::array<std::optional<kube::Timestamp>, 2> pending;  // by Published
  };

  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash> states_;
};

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_
