// Groups the endpoints of a service by port set, before they are distributed over slices.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_
#define K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_

#include "lib/endpoints/verdicts.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <map>
#include <vector>

namespace k8sm::endpoints {

// Ports in canonical order (PortBefore).
using PortSet = std::vector<kube::EndpointPort>;

// Sorts the ports into canonical order.
PortSet PortSetOf(std::vector<kube::EndpointPort> ports);

// Strict total order of port sets.
struct PortSetBefore {
  bool operator()(const PortSet& a, const PortSet& b) const;
};

// Endpoints by the set of ports they serve; each list is ordered by pod name.
using SliceGroups = std::map<PortSet, std::vector<kube::SliceEndpoint>, PortSetBefore>;

// Returns the endpoints to list in the slices of one family, given as an index into Verdicts::families. A pod
// whose ports are bound to different host addresses is one endpoint per address. In pod-IP mode a pod with
// none of the service's ports is listed without ports, as in Kubernetes. REQUIRES: verdicts.nodes_known.
SliceGroups GroupEndpoints(const Verdicts& verdicts, std::size_t family);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_
