// The endpoints that a service's slices have to list, before they are cut up into slices.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_
#define K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_

#include "lib/endpoints/verdicts.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"

#include <cstddef>
#include <map>
#include <vector>

namespace k8sm::endpoints {

// Ports in canonical order.
using PortSet = std::vector<kube::EndpointPort>;

// The ports as a set: in canonical order.
PortSet PortSetOf(std::vector<kube::EndpointPort> ports);

struct PortSetBefore {
  bool operator()(const PortSet& a, const PortSet& b) const;
};

// Endpoints by the set of ports that they serve, each list ordered by the pod's name.
using SliceGroups = std::map<PortSet, std::vector<kube::SliceEndpoint>, PortSetBefore>;

// What the slices of one family, an index into Verdicts::families, list. A pod with ports bound to different
// host addresses is an endpoint at each of them. In pod-IP mode a pod that has none of the service's ports is
// listed without ports, as in Kubernetes. REQUIRES: verdicts.nodes_known.
SliceGroups GroupEndpoints(const Verdicts& verdicts, std::size_t family);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_GROUPS_H_
