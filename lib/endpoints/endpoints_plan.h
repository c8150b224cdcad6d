// What a service's Endpoints have to be, and what has to be written for that.

#ifndef K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_
#define K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_

#include "lib/endpoints/subsets.h"
#include "lib/endpoints/verdicts.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/label_map.h"
#include "lib/kube/service.h"
#include "lib/kube/timestamp.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace k8sm::endpoints {

// The labels and annotations that we set.
inline constexpr std::string_view kManagedByLabel = "endpoints.kubernetes.io/managed-by";
inline constexpr std::string_view kManager = "k8sm-controller-manager";
inline constexpr std::string_view kHeadlessLabel = "service.kubernetes.io/headless";
inline constexpr std::string_view kTriggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";
inline constexpr std::string_view kOverCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

// Tells when the change that an object publishes happened, or takes away what told it of an earlier change.
void SetTriggerTime(kube::LabelMap& annotations, std::optional<kube::Timestamp> time);

// The service's labels, with the headless mark where it has no cluster IP of its own: what its Endpoints and
// its slices have in common.
kube::LabelMap InheritedLabels(const kube::Service& service);

// What a plan may hold.
struct EndpointsLimits {
  // Of subsets that would list more, the rest is cut off: ready addresses are kept before those that are not.
  std::size_t max_addresses = kMaxAddresses;
  // Tell in annotations, in host-port mode, which container port is behind each host port.
  bool annotate_container_ports = false;
  // What the API server stores of an object; a field that it drops is not planned.
  bool node_names = true;     // addresses[].nodeName, since Kubernetes 1.2
  bool app_protocols = true;  // ports[].appProtocol, since Kubernetes 1.18
  bool subsets_without_ports = true;
};

struct EndpointsPlan {
  std::vector<kube::EndpointSubset> subsets;  // in canonical order
  kube::LabelMap labels;
  // Whether addresses were cut off; then, for each verdict of the first family in its order, whether it is
  // listed.
  bool truncated = false;
  std::vector<bool> listed;
  // The service asks for addresses without ports, which the API server does not store.
  bool without_portless = false;
  kube::LabelMap container_ports;          // the annotations that tell them, where they are asked for
  bool container_ports_too_large = false;  // they are left out, for they exceed kMaxContainerPortBytes
};

// What the service's Endpoints have to be by these verdicts. Equal verdicts give equal plans.
EndpointsPlan PlanEndpoints(const Verdicts& verdicts, const EndpointsLimits& limits = {});

// The Endpoints to write so that the plan holds: `current` (null: there is none) with what differs, and with
// everything that is not ours kept. Without a resource version it is to be created, else updated. Nothing
// where `current` is as planned. The trigger time is written along with another change, never for its own
// sake.
std::optional<kube::Endpoints> PlannedWrite(const kube::Service& service, const EndpointsPlan& plan,
                                            const kube::Endpoints* current,
                                            std::optional<kube::Timestamp> trigger_time);

// Whether Endpoints whose service is gone are a controller's leftovers: they bear its mark (the managed-by
// label or the trigger time) and no leader-election record. Unmarked ones are somebody's own.
bool IsLeftover(const kube::Endpoints& endpoints);

// The same for Endpoints whose service was seen to be deleted: only a leader-election record is spared.
bool GoesWithItsService(const kube::Endpoints& endpoints);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_
