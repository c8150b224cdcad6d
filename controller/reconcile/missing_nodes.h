// Finds nodes that do not exist while published pods are bound to them.

#ifndef K8SM_CONTROLLER_RECONCILE_MISSING_NODES_H_
#define K8SM_CONTROLLER_RECONCILE_MISSING_NODES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/report/missing_node_log.h"
#include "lib/endpoints/address_mode.h"

#include <vector>

namespace k8sm::controller {

// Returns the nodes that are not in the cache, and to which pods are bound that a service publishes in its
// Endpoints and that are not being deleted; in no particular order. The pod named is the first of them by
// name. Takes O(nodes + pods on missing nodes), and judges each service of the latter once. REQUIRES:
// cache.NodesAreCurrent(), else nodes that exist may be among them.
std::vector<MissingNode> FindMissingNodes(const ClusterCache& cache, endpoints::AddressMode mode);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_MISSING_NODES_H_
