// Finds the pods of a node without scanning all pods.

#ifndef K8SM_LIB_INFORMER_NODE_INDEX_H_
#define K8SM_LIB_INFORMER_NODE_INDEX_H_

#include "lib/informer/store.h"
#include "lib/kube/pod.h"
#include "lib/kube/symbol.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <vector>

namespace k8sm::informer {

// Indexes the pods of a store by the node to which they are bound. Returned pointers refer to the store's
// objects and are valid until the object is removed from the store.
class NodeIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and does not change after the index is
  // destroyed.
  explicit NodeIndex(Store<kube::Pod>& pods);
  NodeIndex(const NodeIndex&) = delete;
  NodeIndex& operator=(const NodeIndex&) = delete;

  // Returns the node's pods in no particular order; empty for an unknown node. Valid until the store changes.
  const std::vector<const kube::Pod*>& PodsOn(const kube::Symbol& node) const;

  // Calls visit(node, pods) for each node that pods are bound to, in no particular order.
  template <class Visit>
  void ForEachNode(Visit visit) const {
    for (const auto& [node, pods] : nodes_) visit(node, pods);
  }

 private:
  void Insert(const kube::Symbol& node, const kube::Pod* pod);
  void Erase(const kube::Symbol& node, const kube::Pod* pod);

  struct Hash {
    std::size_t operator()(const kube::Symbol& name) const { return kube::HashOf(name); }
  };

  boost::unordered_flat_map<kube::Symbol, std::vector<const kube::Pod*>, Hash>
      nodes_;  // never contains an empty vector
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_NODE_INDEX_H_
