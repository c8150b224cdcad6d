// Labels, owner and name of an EndpointSlice.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_META_H_
#define K8SM_LIB_ENDPOINTS_SLICE_META_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"

#include <string_view>

namespace k8sm::endpoints {

// Names the controller that manages a slice; kManager on ours (LabelManagedBy, k8s.io/api/discovery/v1).
inline constexpr std::string_view kSliceManagedByLabel = "endpointslice.kubernetes.io/managed-by";

// Whether this controller manages the slice. Slices of other controllers are never modified.
bool IsOurs(const kube::EndpointSlice& slice);

// Whether the slice's owner is this service, by UID, and not an earlier service with the same name.
bool IsOwnedBy(const kube::EndpointSlice& slice, const kube::Service& service);

// Returns the labels of a service's slices: the managed-by label, kube::kServiceNameLabel and, if it applies,
// service.kubernetes.io/headless, plus the service's own labels except those three.
kube::LabelMap SliceLabels(const kube::Service& service);

// Returns a new slice for the service, with generateName and owner reference set and without labels, ports
// and endpoints.
kube::EndpointSlice NewSlice(const kube::Service& service, kube::IpFamily family);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_META_H_
