#include "controller/reconcile/missing_nodes.h"

#include "lib/endpoints/verdicts.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;

// Knows the pods that services publish. Judges each service once.
class PublishedPods {
 public:
  PublishedPods(const ClusterCache& cache, endpoints::AddressMode mode) : cache_(cache), mode_(mode) {}

  bool Publishes(const ObjectKey& service, const kube::Pod* pod) {
    const auto [found, is_new] = by_service_.try_emplace(service);
    if (is_new) found->second = Judge(service);
    return found->second.contains(pod);
  }

 private:
  using Pods = std::unordered_set<const kube::Pod*>;

  Pods Judge(const ObjectKey& key) const {
    const kube::Service& service = *cache_.services().Find(key);
    const auto selected = cache_.pods_by_label().Select(key.ns, service.selector);
    Pods pods;
    endpoints::ForEachInEndpoints(endpoints::Judge(service, selected, mode_, nullptr),
                                  [&](const kube::Pod& pod, const auto&, const auto&) { pods.insert(&pod); });
    return pods;
  }

  const ClusterCache& cache_;
  const endpoints::AddressMode mode_;
  std::unordered_map<ObjectKey, Pods, kube::ObjectKeyHash> by_service_;
};

// Returns the pods of `on_node` that services publish; `pods` is 0 if there is none.
MissingNode Describe(const Symbol& node, const std::vector<const kube::Pod*>& on_node,
                     const ClusterCache& cache, PublishedPods& published) {
  MissingNode missing{.node = node};
  std::vector<ObjectKey> services;
  for (const kube::Pod* pod : on_node) {
    if (pod->meta.deletion_timestamp) continue;
    services.clear();
    cache.services_by_selector().ServicesFor(*pod, services);
    std::erase_if(services, [&](const ObjectKey& service) { return !published.Publishes(service, pod); });
    if (services.empty()) continue;
    const ObjectKey key = pod->meta.Key();
    if (missing.pods++ > 0 && missing.pod < key) continue;
    missing.pod = key;
    missing.service = *std::ranges::min_element(services, [](const auto& a, const auto& b) { return a < b; });
  }
  return missing;
}

}  // namespace

std::vector<MissingNode> FindMissingNodes(const ClusterCache& cache, endpoints::AddressMode mode) {
  std::vector<MissingNode> found;
  PublishedPods published(cache, mode);
  cache.pods_by_node().ForEachNode([&](const Symbol& node, const std::vector<const kube::Pod*>& on_node) {
    if (cache.nodes().Find({Symbol(), node}) != nullptr) return;
    MissingNode missing = Describe(node, on_node, cache, published);
    if (missing.pods > 0) found.push_back(std::move(missing));
  });
  return found;
}

}  // namespace k8sm::controller
