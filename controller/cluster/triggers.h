// Which services a change makes worth another look.

#ifndef K8SM_CONTROLLER_CLUSTER_TRIGGERS_H_
#define K8SM_CONTROLLER_CLUSTER_TRIGGERS_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/reconcile/sync_loop.h"
#include "lib/informer/node_index.h"
#include "lib/informer/selector_index.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"

#include <chrono>
#include <vector>

namespace k8sm::controller {

// The services that select the pod in its state before or after a change; none where the change cannot
// matter to them. `before` is null for a new pod, `after` for one that has gone.
std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Pod* before, const kube::Pod* after,
                                               const informer::SelectorIndex& services);

// The services that select a pod on the node.
std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Node& node, const informer::NodeIndex& pods,
                                               const informer::SelectorIndex& services);

// From now on queues each service that has changed, and those that a changed pod touches, these after
// `batch_period`. Cache and loop have to live as long as the cache changes.
void QueueOnChange(ClusterCache& cache, SyncLoop& loop, std::chrono::milliseconds batch_period);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_TRIGGERS_H_
