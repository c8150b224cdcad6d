#include "lib/kube_json/review.h"

#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using Strings = std::vector<std::string>;

TEST_CASE("TokenReview and SubjectAccessReview requests are encoded as recorded with a real API server") {
  CHECK(EncodeTokenReview("k8smtoken") ==
        R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"k8smtoken"}})");
  CHECK(EncodePathReview({.name = "admin", .uid = {}, .groups = {"system:masters"}, .extra = {}}, "get",
                         "/metrics") ==
        R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"admin",)"
        R"("groups":["system:masters"],"nonResourceAttributes":{"path":"/metrics","verb":"get"}}})");
}

TEST_CASE("the uid and extra of a user are passed on from TokenReview to SubjectAccessReview") {
  const auto review = DecodeTokenReview(
      R"({"kind":"TokenReview","status":{"authenticated":true,"user":{"username":"u","uid":"7",)"
      R"("extra":{"example.com/a":["x","y"]}}}})");
  REQUIRE(review.has_value());
  CHECK(EncodePathReview(review->user, "get", "/")
            .find(R"("user":"u","uid":"7","groups":[],"extra":{"example.com/a":["x","y"]})") !=
        std::string::npos);
}

TEST_CASE("recorded answers to TokenReview and SubjectAccessReview are decoded") {
  const auto known = DecodeTokenReview(test::LoadRecording("tokenreview").body);
  REQUIRE(known.has_value());
  CHECK(known->granted);
  CHECK(known->user.name == "k8sm-controller");
  CHECK(known->user.uid == "2");
  CHECK(known->user.groups == Strings{"", "system:authenticated"});
  const auto unknown = DecodeTokenReview(test::LoadRecording("tokenreview-unknown").body);
  REQUIRE(unknown.has_value());
  CHECK_FALSE(unknown->granted);
  CHECK(unknown->reason == "invalid bearer token");
  CHECK(DecodeAccessReview(test::LoadRecording("subjectaccessreview-allowed").body).value().granted);
  CHECK_FALSE(DecodeAccessReview(test::LoadRecording("subjectaccessreview-denied").body).value().granted);
}

TEST_CASE("a review that is both allowed and denied is not granted") {
  const auto review = DecodeAccessReview(
      R"({"kind":"SubjectAccessReview","status":{"allowed":true,"denied":true,"reason":"no"}})");
  REQUIRE(review.has_value());
  CHECK_FALSE(review->granted);
  CHECK(review->reason == "no");
}

TEST_CASE("a malformed TokenReview is refused without quoting it") {
  for (const std::string bad :
       {"", "secret", R"({"spec":{"token":"secret)", "{}", R"({"kind":"secret","status":{}})",
        R"({"kind":"TokenReview"})", R"({"kind":"TokenReview","status":["secret"]})",
        R"({"kind":"TokenReview","status":{"authenticated":"secret"}})",
        R"({"kind":"TokenReview","status":{"authenticated":true,"user":{"uid":"secret"}}})",
        R"({"kind":"SubjectAccessReview","status":{"authenticated":true,"user":{"username":"secret"}}})"}) {
    CAPTURE(bad);
    const auto review = DecodeTokenReview(bad);
    REQUIRE(review.has_error());
    CHECK(review.error().code == Errc::kMalformed);
    CHECK(review.error().message.starts_with("TokenReview: "));
    CHECK(review.error().message.find("secret") == std::string::npos);
  }
}

TEST_CASE("a failure is encoded as a Status of Failure") {
  CHECK(EncodeFailure(403, "Forbidden", "no \"x\"") ==
        R"({"apiVersion":"v1","kind":"Status","status":"Failure","message":"no \"x\"","reason":"Forbidden",)"
        R"("code":403})");
}

}  // namespace
}  // namespace k8sm::kube_json
