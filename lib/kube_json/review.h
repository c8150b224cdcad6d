// Requests and responses of TokenReview (authentication.k8s.io/v1), SubjectAccessReview and
// SelfSubjectAccessReview (authorization.k8s.io), and the Status that tells a client of ours why it was
// refused.

#ifndef K8SM_LIB_KUBE_JSON_REVIEW_H_
#define K8SM_LIB_KUBE_JSON_REVIEW_H_

#include "lib/base/error.h"
#include "lib/kube/review.h"

#include <string>
#include <string_view>

namespace k8sm::kube_json {

// Encodes the question whose token this is. The result contains the token: never log it. REQUIRES: `token` is
// UTF-8, as are all texts below.
std::string EncodeTokenReview(std::string_view token);

// Encodes the question whether the user may do this to a path that is no resource: "get", "/metrics".
std::string EncodePathReview(const kube::UserInfo& user, std::string_view verb, std::string_view path);

// Decode a response. Fail with kMalformed, naming the field but quoting nothing of the review, which may
// contain a token. A token that is authenticated but belongs to a user without a name is malformed.
Result<kube::ReviewStatus> DecodeTokenReview(std::string_view json);
Result<kube::ReviewStatus> DecodeAccessReview(std::string_view json);

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

// Encodes the question whether the credentials in use have this permission. `version` is that of
// authorization.k8s.io: "v1", or "v1beta1" before 1.6.
std::string EncodeSelfAccessReview(const ResourceAttributes& attributes, std::string_view version);

// Returns status.allowed of the response; kMalformed if it has none.
Result<bool> DecodeSelfAccessReview(std::string_view json);

// Encodes a Status of failure.
std::string EncodeFailure(int code, std::string_view reason, std::string_view message);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_REVIEW_H_
