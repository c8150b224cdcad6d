// A Node, as far as endpoints depend on it.

#ifndef K8SM_LIB_KUBE_NODE_H_
#define K8SM_LIB_KUBE_NODE_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

namespace k8sm::kube {

struct Node {
  // Without labels and annotations.
  ObjectMeta meta;
  Symbol zone;  // the label topology.kubernetes.io/zone; empty: none
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_NODE_H_
