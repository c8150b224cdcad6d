// Which services a change makes worth another look.

#ifndef K8SM_CONTROLLER_TRIGGERS_H_
#define K8SM_CONTROLLER_TRIGGERS_H_

#include "lib/informer/selector_index.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"

#include <vector>

namespace k8sm::controller {

// The services that select the pod in its state before or after a change; none where the change cannot
// matter to them. `before` is null for a new pod, `after` for one that has gone.
std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Pod* before, const kube::Pod* after,
                                               const informer::SelectorIndex& services);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_TRIGGERS_H_
