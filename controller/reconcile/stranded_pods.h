// Finds the published pods of a service whose node does not exist.

#ifndef K8SM_CONTROLLER_RECONCILE_STRANDED_PODS_H_
#define K8SM_CONTROLLER_RECONCILE_STRANDED_PODS_H_

#include "controller/report/missing_nodes.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/verdicts.h"
#include "lib/informer/store.h"
#include "lib/kube/node.h"

#include <vector>

namespace k8sm::controller {

// Returns the pods that the plan lists, i.e. within its capacity, that are not being deleted, and whose node
// is not among `nodes`; ordered by name. `plan` is that of `verdicts`.
std::vector<StrandedPod> StrandedPodsOf(const endpoints::Verdicts& verdicts,
                                        const endpoints::EndpointsPlan& plan,
                                        const informer::Store<kube::Node>& nodes);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_STRANDED_PODS_H_
