// Hashes of the contents of Endpoints and EndpointSlices.

#ifndef K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_
#define K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <span>
#include <vector>

namespace k8sm::controller {

// Returns a hash of the fields that a planner sets; 0 for null. Equal contents have equal hashes; different
// contents have different ones with high probability. Metadata that other writers may change without conflict
// is excluded. Hashes are valid within one process only.
std::size_t Fingerprint(const kube::Endpoints* endpoints);
// The same for a service's slices, independent of their order. Slices of other managers are ignored; 0 if
// none remain.
std::size_t Fingerprint(std::span<const kube::EndpointSlice* const> slices);

// The fingerprint of each object that is stored for a service, sorted. Empty if there is none.
using Fingerprints = std::vector<std::size_t>;
Fingerprints FingerprintsOf(const kube::Endpoints* endpoints);
Fingerprints FingerprintsOf(std::span<const kube::EndpointSlice* const> slices);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_FINGERPRINT_H_
