#include "controller/reconcile/missing_nodes.h"

#include "lib/endpoints/verdicts.h"

#include <algorithm>

namespace k8sm::controller {
namespace {

using kube::Symbol;

// Returns the pods of `on_node` that services select; `pods` is 0 if there is none.
MissingNode Describe(const Symbol& node, const std::vector<const kube::Pod*>& on_node,
                     const ClusterCache& cache) {
  MissingNode missing{.node = node};
  std::vector<kube::ObjectKey> services;
  for (const kube::Pod* pod : on_node) {
    if (endpoints::HasEnded(*pod) || pod->meta.deletion_timestamp) continue;
    services.clear();
    cache.services_by_selector().ServicesFor(*pod, services);
    if (services.empty()) continue;
    const kube::ObjectKey key = pod->meta.Key();
    if (missing.pods++ > 0 && missing.pod < key) continue;
    missing.pod = key;
    missing.service = *std::ranges::min_element(services, [](const auto& a, const auto& b) { return a < b; });
  }
  return missing;
}

}  // namespace

std::vector<MissingNode> FindMissingNodes(const ClusterCache& cache) {
  std::vector<MissingNode> found;
  cache.pods_by_node().ForEachNode([&](const Symbol& node, const std::vector<const kube::Pod*>& on_node) {
    if (cache.nodes().Find({Symbol(), node}) != nullptr) return;
    MissingNode missing = Describe(node, on_node, cache);
    if (missing.pods > 0) found.push_back(std::move(missing));
  });
  return found;
}

}  // namespace k8sm::controller
