// When the change that a sync publishes happened, for those who measure how long it took.

#ifndef K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_
#define K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"
#include "lib/kube/timestamp.h"

#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace k8sm::endpoints {

// Remembers of each service what its last sync saw and gives the trigger time of the next: the service's
// creation at first sight, then the earliest readiness transition (or recreation of the service) that is new
// since, or nothing. As TriggerTimeTracker does (k8s.io/endpointslice), but a time whose write failed is not
// lost: it stays the trigger until Settle().
class TriggerTimeTracker {
 public:
  // The trigger time for a sync of this service that sees these pods (all that its selector matches).
  std::optional<kube::Timestamp> Observe(const kube::Service& service,
                                         std::span<const kube::Pod* const> pods);

  // The sync came to a good end: its changes are published, or there were none.
  void Settle(const kube::ObjectKey& service);

  // The service is gone.
  void Forget(const kube::ObjectKey& service);

 private:
  struct State {
    std::optional<kube::Timestamp> creation;
    // Of each pod that has a Ready condition, by name, ordered by the symbol's place in memory.
    std::vector<std::pair<kube::Symbol, kube::Timestamp>> transitions;
    std::optional<kube::Timestamp> unsettled;
  };

  std::unordered_map<kube::ObjectKey, State, kube::ObjectKeyHash> states_;
};

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_TRIGGER_TIME_H_
