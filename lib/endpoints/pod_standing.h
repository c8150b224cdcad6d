// Why each pod that a service selects is among its Endpoints or is not, for people who ask.

#ifndef K8SM_LIB_ENDPOINTS_POD_STANDING_H_
#define K8SM_LIB_ENDPOINTS_POD_STANDING_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::endpoints {

enum class Standing : std::uint8_t {
  kReady,         // listed
  kNotReady,      // listed among the addresses that are not ready
  kOverCapacity,  // left out, for Endpoints hold no more than kMaxAddresses
  kSkipped,       // can't be published
  kFinished,      // its phase is Succeeded or Failed
  kBeingDeleted,
};

// "ready", "not ready", "over capacity", "skipped", "finished", "being deleted"
std::string_view ToString(Standing standing);

struct PodStanding {
  const kube::Pod* pod = nullptr;
  // As Skip::service_port; empty too for a pod that is out whatever the port (finished, being deleted).
  std::string service_port;
  Standing standing = Standing::kReady;
  // Where it is reached; with kReady, kNotReady and kOverCapacity.
  kube::Symbol ip;
  std::int32_t port = 0;  // 0: a headless service without ports
  // With kSkipped.
  std::optional<Obstacle> obstacle;
};

// One for each pod and service port, ordered by the pods' names, then as the service orders its ports. `pods`
// are all that the service's selector matches and `plan` is what PlanEndpoints makes of them. The result
// points into the pods. REQUIRES: service.SelectsPods().
std::vector<PodStanding> StandingsOf(const kube::Service& service, std::span<const kube::Pod* const> pods,
                                     AddressMode mode, const EndpointsPlan& plan);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_POD_STANDING_H_
