// Which pods run on a node, without a look at all the others.

#ifndef K8SM_LIB_INFORMER_NODE_INDEX_H_
#define K8SM_LIB_INFORMER_NODE_INDEX_H_

#include "lib/informer/store.h"
#include "lib/kube/pod.h"
#include "lib/kube/symbol.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstddef>
#include <vector>

namespace k8sm::informer {

// Knows the pods of a store by the node that each is bound to. The addresses that it gives are those of the
// store's objects and live as long as they.
class NodeIndex {
 public:
  // Follows the store from now on. REQUIRES: the store is empty, and changes no more once the index is gone.
  explicit NodeIndex(Store<kube::Pod>& pods);
  NodeIndex(const NodeIndex&) = delete;
  NodeIndex& operator=(const NodeIndex&) = delete;

  // In no particular order; valid until the store changes.
  const std::vector<const kube::Pod*>& PodsOn(const kube::Symbol& node) const;

 private:
  void Insert(const kube::Symbol& node, const kube::Pod* pod);
  void Erase(const kube::Symbol& node, const kube::Pod* pod);

  struct Hash {
    std::size_t operator()(const kube::Symbol& name) const { return kube::HashOf(name); }
  };

  boost::unordered_flat_map<kube::Symbol, std::vector<const kube::Pod*>, Hash> nodes_;  // none of them empty
};

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_NODE_INDEX_H_
