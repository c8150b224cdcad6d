#include "controller/cluster/triggers.h"

namespace k8sm::controller {

std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Pod* before, const kube::Pod* after,
                                               const informer::SelectorIndex& services) {
  std::vector<kube::ObjectKey> touched;
  if (before != nullptr && after != nullptr) {
    if (kube::SameForEndpoints(*before, *after)) return touched;
    services.ServicesFor(*after, touched);
    // With other labels it may have left a service. A key that is there twice is queued once.
    if (before->meta.labels != after->meta.labels) services.ServicesFor(*before, touched);
  } else {
    services.ServicesFor(before != nullptr ? *before : *after, touched);
  }
  return touched;
}

std::vector<kube::ObjectKey> ServicesTouchedBy(const kube::Node& node, const informer::NodeIndex& pods,
                                               const informer::SelectorIndex& services) {
  std::vector<kube::ObjectKey> touched;
  for (const kube::Pod* pod : pods.PodsOn(node.meta.name)) services.ServicesFor(*pod, touched);
  return touched;
}

void QueueOnChange(ClusterCache& cache, SyncLoop& loop, std::chrono::milliseconds batch_period) {
  cache.services().AddListener([&loop](const kube::Service* before, const kube::Service* after) {
    loop.Add((after != nullptr ? after : before)->meta.Key());
  });
  cache.pods().AddListener([&cache, &loop, batch_period](const kube::Pod* before, const kube::Pod* after) {
    for (const kube::ObjectKey& key : ServicesTouchedBy(before, after, cache.services_by_selector())) {
      loop.AddAfter(key, batch_period);
    }
  });
}

}  // namespace k8sm::controller
