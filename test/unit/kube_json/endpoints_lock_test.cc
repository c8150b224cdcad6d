#include "lib/kube_json/codec.h"
#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>
#include <utility>

namespace k8sm::kube_json {
namespace {

std::string Replaced(std::string text, const std::string& part, const std::string& replacement) {
  const std::size_t place = text.find(part);
  REQUIRE(place != std::string::npos);
  return text.replace(place, part.size(), replacement);
}

// An Endpoints object with this JSON text, quotes escaped, in the annotation.
std::string WithRecord(const std::string& record) {
  return R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm","namespace":"kube-system",)"
         R"("annotations":{"control-plane.alpha.kubernetes.io/leader":")" +
         record + R"("}}})";
}

constexpr const char* kHeld =
    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm","namespace":"kube-system",)"
    R"("uid":"u-1","resourceVersion":"42","labels":{"team":"infra"},"annotations":{)"
    R"("control-plane.alpha.kubernetes.io/leader":"{\"holderIdentity\":\"a_1\",\"leaseDurationSeconds\":15,)"
    R"(\"acquireTime\":\"2016-01-01T00:00:00Z\",\"renewTime\":\"2016-01-01T00:00:10Z\",)"
    R"(\"leaderTransitions\":3,\"strategy\":{\"deep\":[1]}}","note":"x"},"finalizers":["x/y"]},)"
    R"("subsets":[{"addresses":[{"ip":"10.0.0.1","targetRef":{"kind":"Pod","fieldPath":"f"}}],)"
    R"("ports":[{"port":80}]}]})";

TEST_CASE("the leader annotation of an Endpoints object is decoded as a lease") {
  const auto lock = DecodeEndpointsLock(kHeld);
  REQUIRE(lock.has_value());
  CHECK(ToString(lock->meta.Key()) == "kube-system/k8sm");
  CHECK(lock->meta.resource_version == "42");
  CHECK(lock->holder_identity == "a_1");
  CHECK(lock->lease_duration_seconds == 15);
  CHECK(lock->acquire_time == kube::ParseMicroTime("2016-01-01T00:00:00Z"));
  CHECK(lock->renew_time == kube::ParseMicroTime("2016-01-01T00:00:10Z"));
  CHECK(lock->lease_transitions == 3);
  CHECK_FALSE(lock->superseded);
  CHECK(lock->meta.annotations.size() == 1);
}

TEST_CASE("an Endpoints lock is encoded as it was decoded, with everything that others keep on it") {
  const auto lock = DecodeEndpointsLock(kHeld);
  REQUIRE(lock.has_value());
  CHECK(EncodeEndpointsLock(*lock) == kHeld);
}

TEST_CASE("the times of an Endpoints lock are encoded in whole seconds") {
  auto lock = DecodeEndpointsLock(kHeld);
  lock->renew_time = *kube::ParseMicroTime("2026-11-28T01:02:03.999999Z");
  CHECK(EncodeEndpointsLock(*lock).find(R"(\"renewTime\":\"2026-11-28T01:02:03Z\")") != std::string::npos);
}

TEST_CASE("a new Endpoints lock is encoded with its record and nothing else") {
  kube::Lease lock;
  lock.meta.ns = kube::Symbol("kube-system");
  lock.meta.name = kube::Symbol("k8sm");
  lock.holder_identity = "a";
  CHECK(EncodeEndpointsLock(lock) ==
        R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm","namespace":"kube-system",)"
        R"("annotations":{"control-plane.alpha.kubernetes.io/leader":"{\"holderIdentity\":\"a\",)"
        R"(\"leaseDurationSeconds\":0,\"acquireTime\":null,\"renewTime\":null,\"leaderTransitions\":0}"}}})");
}

TEST_CASE("the record of an Endpoints lock says that it is superseded by a lease") {
  auto lock = DecodeEndpointsLock(kHeld);
  lock->superseded = true;
  const std::string json = EncodeEndpointsLock(*lock);
  CHECK(json.find(R"(\"leaderTransitions\":3,\"supersededByLease\":true,\"strategy\")") != std::string::npos);
  const auto again = DecodeEndpointsLock(json);
  REQUIRE(again.has_value());
  CHECK(again->superseded);
  CHECK(EncodeEndpointsLock(*again) == json);
}

TEST_CASE("an Endpoints object without the annotation, or with an empty record, has no holder") {
  for (const std::string& json : {Replaced(kHeld, "control-plane.alpha.kubernetes.io/leader", "else"),
                                  WithRecord("{}"), WithRecord("null")}) {
    CAPTURE(json);
    const auto lock = DecodeEndpointsLock(json);
    REQUIRE(lock.has_value());
    CHECK(lock->holder_identity.empty());
    CHECK(lock->lease_duration_seconds == 0);
    CHECK_FALSE(lock->renew_time.has_value());
    CHECK_FALSE(lock->acquire_time.has_value());
  }
}

TEST_CASE("an Endpoints object of a Kubernetes 1.1 API server is a free lock that keeps its subsets") {
  const auto lock = DecodeEndpointsLock(test::LoadRecording("k8s-1.1-create-endpoints").body);
  REQUIRE(lock.has_value());
  CHECK(lock->holder_identity.empty());
  CHECK(
      lock->preserved ==
      R"("subsets":[{"addresses":[{"ip":"10.0.0.11","targetRef":{"kind":"Pod","namespace":"rec","name":"a",)"
      R"("uid":"u"}}],"ports":[{"name":"p","port":80,"protocol":"TCP"}]}])");
}

TEST_CASE("a lock record that cannot be decoded is refused with the object's name and the field's path") {
  const std::string annotation =
      "Endpoints kube-system/k8sm: annotation control-plane.alpha.kubernetes.io/leader: ";
  const std::pair<std::string, std::string> cases[] = {
      {R"({\"holderIdentity\":7})", ".holderIdentity: expected a string, got an integer"},
      {R"({\"leaseDurationSeconds\":\"15\"})", ".leaseDurationSeconds: expected an integer, got a string"},
      {R"({\"renewTime\":\"soon\"})", ".renewTime: \"soon\" is not a time"},
      {R"({\"leaderTransitions\":[]})", ".leaderTransitions: expected an integer, got a list"},
  };
  for (const auto& [record, problem] : cases) {
    CAPTURE(record);
    const auto lock = DecodeEndpointsLock(WithRecord(record));
    REQUIRE(lock.has_error());
    CHECK(lock.error().code == Errc::kMalformed);
    CHECK(lock.error().message == annotation + problem);
  }
  for (const std::string record : {"", "held", "{", "[]", R"({}{})"}) {
    CAPTURE(record);
    const auto lock = DecodeEndpointsLock(WithRecord(record));
    REQUIRE(lock.has_error());
    CHECK(lock.error().code == Errc::kMalformed);
    CHECK(lock.error().message.starts_with(annotation));
  }
  CHECK(DecodeEndpointsLock("{").error().message.starts_with("Endpoints: "));
  CHECK(DecodeEndpointsLock(R"({"metadata":{"name":7}})").error().message ==
        "Endpoints: .metadata.name: expected a string, got an integer");
}

}  // namespace
}  // namespace k8sm::kube_json
