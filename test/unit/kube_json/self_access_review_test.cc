#include "lib/kube_json/review.h"
#include "test/support/catch.h"

namespace k8sm::kube_json {
namespace {

TEST_CASE("a SelfSubjectAccessReview asks for one permission and omits the fields that are not restricted") {
  CHECK(EncodeSelfAccessReview({.verb = "list", .resource = "pods"}, "v1") ==
        R"({"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":)"
        R"({"resourceAttributes":{"verb":"list","resource":"pods"}}})");
  CHECK(EncodeSelfAccessReview({.verb = "update",
                                .group = "coordination.k8s.io",
                                .resource = "leases",
                                .subresource = "status",
                                .ns = "a",
                                .name = "b"},
                               "v1beta1") ==
        R"({"apiVersion":"authorization.k8s.io/v1beta1","kind":"SelfSubjectAccessReview","spec":)"
        R"({"resourceAttributes":{"namespace":"a","verb":"update","group":"coordination.k8s.io",)"
        R"("resource":"leases","subresource":"status","name":"b"}}})");
}

TEST_CASE("the answer to a SelfSubjectAccessReview must have a boolean status.allowed") {
  CHECK(DecodeSelfAccessReview(R"({"status":{"allowed":true}})").value());
  CHECK_FALSE(DecodeSelfAccessReview(R"({"status":{"allowed":false,"denied":true,"reason":"x"}})").value());
  CHECK(DecodeSelfAccessReview(R"({"status":{}})").error().message ==
        "SelfSubjectAccessReview: .status.allowed: missing");
  CHECK(DecodeSelfAccessReview(R"({"status":{"allowed":"yes"}})").error().code == Errc::kMalformed);
  CHECK(DecodeSelfAccessReview("").error().code == Errc::kMalformed);
}

}  // namespace
}  // namespace k8sm::kube_json
