// What a service's EndpointSlices have to be, and what has to be written for that.

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

struct SlicePlanInput {
  // On all that the service's selector matches, with nodes known; null: the service is gone, or selects no
  // pods.
  const Verdicts* verdicts = nullptr;
  // All whose label kubernetes.io/service-name names the service, in any order; those of other controllers
  // may be among them.
  std::span<const kube::EndpointSlice* const> existing;

  // No slice gets more. A smaller number makes an update cheaper and a service with many pods take more
  // objects; from 1 to 1000, the most that the API server accepts.
  std::size_t max_endpoints = 100;
  // Of the change that this sync publishes, written along with what is written.
  std::optional<kube::Timestamp> trigger_time;
};

// For metrics.
struct SliceCounts {
  std::size_t endpoints = 0;      // that the slices hold by the plan
  std::size_t added = 0;          // of them, those that are new in their slice
  std::size_t removed = 0;        // that leave their slice
  std::size_t slices = 0;         // that there are by the plan
  std::size_t fewest_slices = 0;  // that would do if endpoints were moved
};

// To be sent in this order: what is new is there before what is old goes.
struct SlicePlan {
  std::vector<kube::EndpointSlice> create;
  std::vector<kube::EndpointSlice> update;  // each as stored with what differs: exactly that version is meant
  std::vector<kube::EndpointSlice> remove;  // as stored
  SliceCounts counts;
};

// The plan for a service's slices; empty where they are as they have to be.
//
// Each family has a set of slices of its own, and in it each distinct set of ports: in host-port mode thus
// each distinct host port. What a slice holds and still has to hold stays in its place. Room for what is new
// is looked for in slices that change anyway, the fullest first, then in one other slice that can take all
// the rest, then in slices left empty; only then slices are created (as k8s.io/endpointslice does, though the
// result does not depend on chance or on the order of the input). A family with nothing to publish has one
// slice without endpoints and ports.
//
// A pod-IP slice without ports lists the pods that have none of the service's ports, as in Kubernetes; in
// host-port mode such pods are out. Pods being deleted are in, and hold their host ports against others by
// the same rule as everybody (Judge).
//
// Slices of ours are removed where the service is gone or selects no pods, and those of a family that
// it does not have or that another service owns, such as one with the same name before it; never are those of
// others, and those being deleted are left to whoever deletes them. For a service that is being deleted in
// the foreground none is created: the garbage collector deletes its dependents first.
SlicePlan PlanSlices(const SlicePlanInput& input);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_PLAN_H_
