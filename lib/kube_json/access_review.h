// SelfSubjectAccessReviews: questions to the API server of what the credentials in use may do.

#ifndef K8SM_LIB_KUBE_JSON_ACCESS_REVIEW_H_
#define K8SM_LIB_KUBE_JSON_ACCESS_REVIEW_H_

#include "lib/base/error.h"

#include <string>
#include <string_view>

namespace k8sm::kube_json {

// One permission on a resource.
struct ResourceAttributes {
  std::string verb;
  std::string group;  // empty: the core group
  std::string resource;
  std::string subresource;
  std::string ns;    // empty: all namespaces, or a resource that is cluster-scoped
  std::string name;  // empty: every name

  friend bool operator==(const ResourceAttributes&, const ResourceAttributes&) = default;
};

// Returns the body of a POST. `version` is that of authorization.k8s.io: "v1", or "v1beta1" before 1.6.
std::string EncodeSelfAccessReview(const ResourceAttributes& attributes, std::string_view version);

// Returns status.allowed of the answer; kMalformed if it has none.
Result<bool> DecodeSelfAccessReview(std::string_view json);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_ACCESS_REVIEW_H_
