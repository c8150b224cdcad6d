// Computes the EndpointSlices of a service and the writes that are needed.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_PLAN_H_
#define K8SM_LIB_ENDPOINTS_SLICE_PLAN_H_

#include "lib/endpoints/verdicts.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/timestamp.h"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace k8sm::endpoints {

// The state from which the plan for one service is computed. Must outlive the call only.
struct SlicePlanInput {
  // Verdicts on all pods that the selector matches, with nodes known. Null if the service is gone or selects
  // no pods: then all of its slices are removed.
  const Verdicts* verdicts = nullptr;
  // All slices whose label kubernetes.io/service-name names the service, in any order. Slices of other
  // controllers may be included; they are ignored.
  std::span<const kube::EndpointSlice* const> existing;

  // Maximum number of endpoints per slice, 1 to 1000 (the API server's limit). Smaller values make updates
  // cheaper, but increase the number of objects of large services.
  std::size_t max_endpoints = 100;
  // Trigger time of this sync; written only together with another change.
  std::optional<kube::Timestamp> trigger_time;
};

// Counts for metrics.
struct SliceCounts {
  std::size_t endpoints = 0;      // in all slices after the plan is applied
  std::size_t added = 0;          // endpoints that are new in their slice
  std::size_t removed = 0;        // endpoints that leave their slice
  std::size_t slices = 0;         // slices after the plan is applied
  std::size_t fewest_slices = 0;  // slices that would suffice if endpoints were repacked
};

// The writes, to be sent in the order create, update, remove, so that new endpoints appear before old ones
// disappear.
struct SlicePlan {
  std::vector<kube::EndpointSlice> create;
  std::vector<kube::EndpointSlice>
      update;  // the stored object with its changes, including its resourceVersion
  std::vector<kube::EndpointSlice> remove;  // the stored objects
  SliceCounts counts;
};

// Computes the plan for a service's slices; empty if they are up to date.
//
// Each address family has its own slices, and within a family each distinct set of ports has its own slices.
// In host-port mode that means one set per distinct host port. Endpoints stay in the slice that holds them.
// New endpoints go to slices that change anyway, the fullest first, then to one other slice that can hold all
// of the rest, then to slices that became empty; only then are slices created. This follows
// k8s.io/endpointslice, but the result does not depend on the order of the input. A family with nothing to
// publish has one slice without endpoints and ports.
//
// In pod-IP mode a slice without ports lists the pods that have none of the service's ports, as in
// Kubernetes; in host-port mode such pods are omitted. Pods that are being deleted are listed, and compete
// for host ports by the same rules as other pods (see Judge).
//
// Slices of this controller are removed if the service is gone or selects no pods, if the service no longer
// has their family, or if their owner is another service, e.g. an earlier one with the same name. Slices of
// other controllers are never removed, and slices that are already being deleted are left alone. No slice is
// created for a service that is being deleted, as the garbage collector may delete its slices at the same
// time (Reconciler.finalize, k8s.io/endpointslice).
SlicePlan PlanSlices(const SlicePlanInput& input);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_PLAN_H_
