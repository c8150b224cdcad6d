// Which clients an endpoint is meant for.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_
#define K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/service.h"

#include <cstdint>

namespace k8sm::endpoints {

enum class HintScope : std::uint8_t {
  kNone,
  kZone,         // trafficDistribution PreferSameZone, or PreferClose, its old name
  kZoneAndNode,  // PreferSameNode
};

// What the service's trafficDistribution asks for; nothing where it is a value we don't know.
HintScope HintScopeOf(const kube::Service& service);

// Sets the hints of an endpoint whose other fields are complete: its own zone and node, as far as the scope
// asks for them and the endpoint has them; none where it is not ready (k8s.io/endpointslice/trafficdist).
void SetHints(HintScope scope, kube::SliceEndpoint& endpoint);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_
