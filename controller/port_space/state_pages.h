// Pages with everything that k8sm-ports needs to know of a cluster.

#ifndef K8SM_CONTROLLER_PORT_SPACE_STATE_PAGES_H_
#define K8SM_CONTROLLER_PORT_SPACE_STATE_PAGES_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/port_space/port_watch.h"
#include "lib/http_server/router.h"

namespace k8sm::controller {

// Adds
//   GET /debug/ports/agents   the agents of the latest evaluation, as a master's /master/slaves answers them;
//                             with one recovered agent, unnamed, if not all are known, or are outdated
//   GET /debug/ports/pods     the Pods, the Services with node ports and the Nodes, as a List in JSON
//                             with the fields that concern host ports; empty ones are left out, as are the
//                             Nodes unless their labels are known (PortSpace::nodes_known())
//
// which `k8sm-ports -from`, and `k8sm-ports -agents` and `-pods`, read. 503 until agents have been evaluated.
// Pages are made in steps; a pod that is deleted meanwhile is left out. `watch` and `cache` must outlive the
// router's use.
void AddPortStatePages(const PortWatch& watch, const ClusterCache& cache, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_STATE_PAGES_H_
