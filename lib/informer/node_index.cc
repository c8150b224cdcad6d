#include "lib/informer/node_index.h"

#include <algorithm>

namespace k8sm::informer {

using kube::Pod;
using kube::Symbol;

NodeIndex::NodeIndex(Store<Pod>& pods) {
  pods.AddListener([this](const Pod* before, const Pod* after) {
    if (before != nullptr && after != nullptr && before->node_name == after->node_name) return;
    // The stored object is at `after`, or at `before` if it is being removed.
    if (before != nullptr) Erase(before->node_name, after != nullptr ? after : before);
    if (after != nullptr) Insert(after->node_name, after);
  });
}

const std::vector<const Pod*>& NodeIndex::PodsOn(const Symbol& node) const {
  static const std::vector<const Pod*> kNone;
  const auto found = nodes_.find(node);
  return found == nodes_.end() ? kNone : found->second;
}

void NodeIndex::Insert(const Symbol& node, const Pod* pod) {
  if (!node.get().empty()) nodes_[node].push_back(pod);
}

void NodeIndex::Erase(const Symbol& node, const Pod* pod) {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return;
  std::erase(found->second, pod);
  if (found->second.empty()) nodes_.erase(found);
}

}  // namespace k8sm::informer
