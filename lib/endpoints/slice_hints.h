// Topology hints of endpoints.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_
#define K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_

#include "lib/kube/endpoint_slice.h"
#include "lib/kube/service.h"

#include <cstdint>

namespace k8sm::endpoints {

// Which hints a service's endpoints get.
enum class HintScope : std::uint8_t {
  kNone,
  kZone,         // trafficDistribution PreferSameZone, or its old name PreferClose
  kZoneAndNode,  // PreferSameNode
};

// Returns the scope of the service's trafficDistribution; kNone if it is absent or unknown.
HintScope HintScopeOf(const kube::Service& service);

// Sets the hints of an endpoint whose other fields are already set: its own zone and node, as far as the
// scope requires them and they are known. An endpoint that is not ready gets no hints
// (k8s.io/endpointslice/trafficdist).
void SetHints(HintScope scope, kube::SliceEndpoint& endpoint);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_HINTS_H_
