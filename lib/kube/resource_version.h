// Compares resource versions.

#ifndef K8SM_LIB_KUBE_RESOURCE_VERSION_H_
#define K8SM_LIB_KUBE_RESOURCE_VERSION_H_

#include <string_view>

namespace k8sm::kube {

// Whether `a` is newer than `b`, for objects of one kind on one server. Resource versions are decimal
// integers of any length; comparing them is defined since Kubernetes 1.35 (KEP-5504) and worked before. If
// either is anything else, returns true, so that the last received version wins.
bool IsNewer(std::string_view a, std::string_view b);

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_RESOURCE_VERSION_H_
