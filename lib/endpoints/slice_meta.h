// What a slice bears of its service and of us.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_META_H_
#define K8SM_LIB_ENDPOINTS_SLICE_META_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/label_map.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"

#include <string_view>

namespace k8sm::endpoints {

// Tells whose a slice is: kManager where it is ours (LabelManagedBy, k8s.io/api/discovery/v1).
inline constexpr std::string_view kSliceManagedByLabel = "endpointslice.kubernetes.io/managed-by";

// Whether it is our business: others' slices we never touch.
bool IsOurs(const kube::EndpointSlice& slice);

// Whether the slice was made for this very service, not for one that had its name before.
bool IsOwnedBy(const kube::EndpointSlice& slice, const kube::Service& service);

// The labels that a service's slices bear: the service's own except those that mean something on a slice (the
// one above, kube::kServiceNameLabel and service.kubernetes.io/headless), and these.
kube::LabelMap SliceLabels(const kube::Service& service);

// A slice to be created for the service, without labels, ports and endpoints.
kube::EndpointSlice NewSlice(const kube::Service& service, kube::IpFamily family);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_META_H_
