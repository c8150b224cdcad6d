// Numbers that stand for the contents of objects.

#ifndef K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_
#define K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <span>

namespace k8sm::controller {

// Of what a planner decides on: equal contents have equal fingerprints, others almost surely not. Metadata
// that others may write without being in our way does not count. Holds within this process alone.
//
// 0 where there are none.
std::size_t Fingerprint(const kube::Endpoints* endpoints);
// Of a service's slices, in any order; those of others do not count.
std::size_t Fingerprint(std::span<const kube::EndpointSlice* const> slices);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_
