// Reviews: who somebody is (TokenReview) and what they may do (SubjectAccessReview).

#ifndef K8SM_LIB_KUBE_REVIEW_H_
#define K8SM_LIB_KUBE_REVIEW_H_

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube {

// A user as the API server knows it.
struct UserInfo {
  std::string name;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;

  bool operator==(const UserInfo&) const = default;
};

// The status of a review.
struct ReviewStatus {
  // Whether the token is valid, or the access is allowed.
  bool granted = false;
  // Whose token it is; empty in other reviews.
  UserInfo user;
  // Why it was decided so; often empty.
  std::string reason;

  bool operator==(const ReviewStatus&) const = default;
};

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_REVIEW_H_
