// The endpoints that a service's slices have to list, before they are cut up into slices.

#ifndef K8SM_LIB_ENDPOINTS_SLICE_ENDPOINTS_H_
#define K8SM_LIB_ENDPOINTS_SLICE_ENDPOINTS_H_

#include "lib/endpoints/address_mode.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/node.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <functional>
#include <map>
#include <span>
#include <vector>

namespace k8sm::endpoints {

// The node of that name; null where there is none.
using NodeLookup = std::function<const kube::Node*(const kube::Symbol& name)>;

struct SliceMember {
  const kube::Pod* pod = nullptr;
  const kube::Node* node = nullptr;  // null: missing
};

struct SliceMembers {
  std::vector<SliceMember> members;         // ordered by the pod's name
  std::vector<kube::Symbol> missing_nodes;  // each once, ordered by name
};

// The pods that a service's slices list where they have an address: those that have not ended, leaving ones
// among them. One whose node is missing is out unless the service publishes addresses that are not ready
// (k8s.io/endpointslice). The result points into the pods and nodes.
SliceMembers SelectSliceMembers(const kube::Service& service, std::span<const kube::Pod* const> pods,
                                const NodeLookup& node_of);

// Ports in canonical order.
using PortSet = std::vector<kube::EndpointPort>;

// The ports as a set: in canonical order.
PortSet PortSetOf(std::vector<kube::EndpointPort> ports);

struct PortSetBefore {
  bool operator()(const PortSet& a, const PortSet& b) const;
};

// Endpoints by the set of ports that they serve, each list ordered by the pod's name.
using SliceGroups = std::map<PortSet, std::vector<kube::SliceEndpoint>, PortSetBefore>;

// What the members serve in one family. A pod with ports bound to different host addresses is an endpoint at
// each of them. `members` as SelectSliceMembers gives them.
SliceGroups GroupEndpoints(const kube::Service& service, std::span<const SliceMember> members,
                           kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_SLICE_ENDPOINTS_H_
