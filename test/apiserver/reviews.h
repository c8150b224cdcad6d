// TokenReview, SubjectAccessReview and SelfSubjectAccessReview.

#ifndef K8SM_TEST_APISERVER_REVIEWS_H_
#define K8SM_TEST_APISERVER_REVIEWS_H_

#include "test/apiserver/authenticator.h"
#include "test/apiserver/http_message.h"
#include "test/apiserver/target.h"

#include <optional>
#include <string>

namespace k8sm::apiserver {

// A review and its plural, for the request log.
struct Review {
  std::string resource;
  Response response;
};

// Answers the creation of a review; nullopt if the request is not one. Tokens are those of the authenticator.
// There is no RBAC: every authenticated user may do everything with resources, so a SelfSubjectAccessReview
// allows everything. A SubjectAccessReview allows everything to the group system:masters, and nothing to
// others.
std::optional<Review> AnswerReview(const Request& request, const Target& target,
                                   const Authenticator& authenticator);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_REVIEWS_H_
