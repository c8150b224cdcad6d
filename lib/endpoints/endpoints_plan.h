// Computes the Endpoints object of a service and the update that is needed.

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

// Labels and annotations that this controller sets.
inline constexpr std::string_view kManagedByLabel = "endpoints.kubernetes.io/managed-by";
inline constexpr std::string_view kManager = "k8sm-controller-manager";
inline constexpr std::string_view kHeadlessLabel = "service.kubernetes.io/headless";
inline constexpr std::string_view kTriggerTimeAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";
inline constexpr std::string_view kOverCapacityAnnotation = "endpoints.kubernetes.io/over-capacity";

// Sets the trigger-time annotation; removes it if `time` is nullopt.
void SetTriggerTime(kube::LabelMap& annotations, std::optional<kube::Timestamp> time);

// Returns the labels that the Endpoints and slices of a service have in common: the service's own labels,
// plus the headless label if the service has no cluster IP.
kube::LabelMap InheritedLabels(const kube::Service& service);

// Limits of a plan and features of the API server.
struct EndpointsLimits {
  // Maximum number of addresses. Further addresses are truncated, not-ready ones first.
  std::size_t max_addresses = kMaxAddresses;
  // In host-port mode, write annotations that name the container port behind each host port.
  bool annotate_container_ports = false;
  // What the API server stores. A field that it drops is not planned, as it would cause an update on each
  // sync.
  bool node_names = true;     // addresses[].nodeName
  bool app_protocols = true;  // ports[].appProtocol
  bool subsets_without_ports = true;
};

// The desired content of an Endpoints object.
struct EndpointsPlan {
  std::vector<kube::EndpointSubset> subsets;  // in canonical order
  kube::LabelMap labels;
  // Whether addresses were truncated. If so, `listed` states for each verdict of the first family, in order,
  // whether it is still listed.
  bool truncated = false;
  std::vector<bool> listed;
  // True if the service asks for addresses without ports, which this API server does not store.
  bool without_portless = false;
  kube::LabelMap container_ports;  // container-port annotations, if enabled
  bool container_ports_too_large =
      false;  // true if they were omitted because they exceed kMaxContainerPortBytes
};

// Computes the Endpoints of a service. Deterministic: equal verdicts give equal plans.
EndpointsPlan PlanEndpoints(const Verdicts& verdicts, const EndpointsLimits& limits = {});

// Returns the object to write, or nullopt if `current` already matches the plan. `current` may be null. The
// result is `current` with the planned fields changed and all other content preserved; it must be created if
// it has no resourceVersion, else updated. A changed trigger time alone does not cause a write.
std::optional<kube::Endpoints> PlannedWrite(const kube::Service& service, const EndpointsPlan& plan,
                                            const kube::Endpoints* current,
                                            std::optional<kube::Timestamp> trigger_time);

// Whether the managed-by label names this controller.
bool IsOurs(const kube::Endpoints& endpoints);

// Whether Endpoints without a service were written by an endpoint controller and can be deleted: they carry
// the managed-by label or the trigger time and no leader-election record. Other Endpoints are left alone.
bool IsLeftover(const kube::Endpoints& endpoints);

// Whether Endpoints can be deleted after their service was observed to be deleted: all except those that
// carry a leader-election record.
bool GoesWithItsService(const kube::Endpoints& endpoints);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_
