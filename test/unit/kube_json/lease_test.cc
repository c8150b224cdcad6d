#include "lib/kube/lease.h"

#include "lib/kube_json/codec.h"
#include "test/support/catch.h"
#include "test/support/recording.h"

#include <string>

namespace k8sm::kube_json {
namespace {

using test::LoadRecording;

constexpr const char* kHeld =
    R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"k8sm","namespace":"kube-system",)"
    R"("uid":"u-1","resourceVersion":"42","labels":{"team":"infra"},"annotations":{"note":"x"},)"
    R"("finalizers":["x/y"]},"spec":{"holderIdentity":"a_1","leaseDurationSeconds":15,)"
    R"("acquireTime":"2026-11-22T10:34:21.000250Z","renewTime":"2026-11-22T10:34:23.500000Z",)"
    R"("leaseTransitions":3,"preferredHolder":"b_2","strategy":"OldestEmulationVersion","later":{"deep":[1]}}})";

TEST_CASE("a lease is decoded with everything that its holder wrote") {
  const auto lease = Decode<kube::Lease>(kHeld);
  REQUIRE(lease.has_value());
  CHECK(ToString(lease->meta.Key()) == "kube-system/k8sm");
  CHECK(lease->meta.resource_version == "42");
  CHECK(lease->holder_identity == "a_1");
  CHECK(lease->lease_duration_seconds == 15);
  CHECK(lease->acquire_time == kube::ParseMicroTime("2026-11-22T10:34:21.000250Z"));
  CHECK(lease->renew_time == kube::ParseMicroTime("2026-11-22T10:34:23.500000Z"));
  CHECK(lease->lease_transitions == 3);
}

TEST_CASE("a lease is encoded as it was decoded, with everything that others keep on it") {
  const auto lease = Decode<kube::Lease>(kHeld);
  REQUIRE(lease.has_value());
  CHECK(Encode(*lease) == kHeld);
}

TEST_CASE("a released lease is encoded with an empty holderIdentity") {
  auto lease = Decode<kube::Lease>(kHeld);
  REQUIRE(lease.has_value());
  lease->holder_identity.clear();
  CHECK(Encode(*lease).find(R"("holderIdentity":"")") != std::string::npos);
}

TEST_CASE("a lease is encoded without its unknown fields, but with an empty holder and no transitions") {
  kube::Lease lease;
  lease.meta.name = kube::Symbol("k8sm");
  CHECK(Encode(lease) ==
        R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"k8sm"},)"
        R"("spec":{"holderIdentity":"","leaseTransitions":0}})");
}

TEST_CASE("a recorded lease of a real API server is decoded") {
  const auto lease = Decode<kube::Lease>(LoadRecording("get-lease").body);
  REQUIRE(lease.has_value());
  CHECK(lease->holder_identity == "a_1");
  CHECK(lease->lease_duration_seconds == 15);
  CHECK(lease->meta.field_manager.get() == "k8sm-recorder");
}

TEST_CASE("absent and null fields of a lease are empty") {
  for (const std::string spec :
       {"", R"(,"spec":{})", R"(,"spec":{"holderIdentity":null,"renewTime":null})"}) {
    const auto lease = Decode<kube::Lease>(R"({"metadata":{"name":"k8sm"})" + spec + "}");
    CAPTURE(spec);
    REQUIRE(lease.has_value());
    CHECK(lease->holder_identity.empty());
    CHECK(lease->lease_duration_seconds == 0);
    CHECK_FALSE(lease->acquire_time.has_value());
    CHECK_FALSE(lease->renew_time.has_value());
    CHECK(lease->preserved_spec.empty());
  }
}

TEST_CASE("a lease with a field of the wrong type is refused with its name and the field's path") {
  const std::pair<std::string, std::string> cases[] = {
      {R"({"holderIdentity":7})", ".spec.holderIdentity: expected a string, got an integer"},
      {R"({"leaseDurationSeconds":"15"})", ".spec.leaseDurationSeconds: expected an integer, got a string"},
      {R"({"leaseDurationSeconds":3000000000})",
       ".spec.leaseDurationSeconds: the integer does not fit into 32 bits"},
      {R"({"leaseTransitions":1.5})", ".spec.leaseTransitions: expected an integer, got a number"},
      {R"({"renewTime":"soon"})", ".spec.renewTime: \"soon\" is not a time"},
      {R"([])", ".spec: expected an object, got a list"},
  };
  for (const auto& [spec, problem] : cases) {
    const auto lease =
        Decode<kube::Lease>(R"({"metadata":{"name":"k8sm","namespace":"kube-system"},"spec":)" + spec + "}");
    CAPTURE(spec);
    REQUIRE(lease.has_error());
    CHECK(lease.error().code == Errc::kMalformed);
    CHECK(lease.error().message == "Lease kube-system/k8sm: " + problem);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
