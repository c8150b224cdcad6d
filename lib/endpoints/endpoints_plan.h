// What a service's Endpoints have to be, and what has to be written for that.

#ifndef K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_
#define K8SM_LIB_ENDPOINTS_ENDPOINTS_PLAN_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/label_map.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/timestamp.h"

#include <optional>
#include <span>
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

struct EndpointsPlan {
  std::vector<kube::EndpointSubset> subsets;  // in canonical order
  kube::LabelMap labels;
  bool truncated = false;                  // more than kMaxAddresses were there
  kube::LabelMap container_ports;          // the annotations that tell them, where they are asked for
  bool container_ports_too_large = false;  // they are left out, for they exceed kMaxContainerPortBytes
  std::vector<Skip> skips;
};

// Whether a pod that the service selects counts for its Endpoints: pods that end or leave are out
// (ShouldPodBeInEndpoints, k8s.io/endpointslice/util). The pod's addresses are looked at later, for what is
// missing there is a skip.
bool IsMember(const kube::Pod& pod, const kube::Service& service);

// The plan for a service from the pods that its selector matches, in any order. With
// `annotate_container_ports` it tells, in host-port mode, which container port is behind each host port.
// REQUIRES: service.SelectsPods().
EndpointsPlan PlanEndpoints(const kube::Service& service, std::span<const kube::Pod* const> pods,
                            AddressMode mode, bool annotate_container_ports = false);

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
