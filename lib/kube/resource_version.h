// Comparing resource versions.

#ifndef K8SM_LIB_KUBE_RESOURCE_VERSION_H_
#define K8SM_LIB_KUBE_RESOURCE_VERSION_H_

#include <string_view>

namespace k8sm::kube {

// Whether `a` is a later version than `b` of objects of one kind on one server. Resource versions are decimal
// integers of any length, comparable since Kubernetes 1.35 (KEP-5504) and in fact before; where either is
// something else, nothing can be told and the answer is true: trust what came last.
bool IsNewer(std::string_view a, std::string_view b);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_RESOURCE_VERSION_H_
