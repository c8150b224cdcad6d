// The fields of a Node that affect endpoints and the scheduling of pods.

#ifndef K8SM_LIB_KUBE_NODE_H_
#define K8SM_LIB_KUBE_NODE_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/symbol.h"

namespace k8sm::kube {

struct Node {
  // Annotations are not kept.
  ObjectMeta meta;
  Symbol zone;  // label topology.kubernetes.io/zone; empty: none
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_NODE_H_
