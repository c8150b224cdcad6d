#include "lib/kube/event.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

kube::Event Full() {
  return {.involved = {.api_version = "v1",
                       .kind = "Pod",
                       .ns = Symbol("shop"),
                       .name = Symbol("web-1"),
                       .uid = Uid("u-1"),
                       .resource_version = "42"},
          .type = kube::EventType::kWarning,
          .reason = "HostPortMissing",
          .message = "container \"web\" declares no hostPort",
          .component = "k8sm-controller-manager",
          .name = "web-1.17a3f0c2b5d8e901",
          .first = *kube::ParseTimestamp("2026-11-22T10:34:21Z"),
          .last = *kube::ParseTimestamp("2026-11-22T10:44:21Z"),
          .count = 3};
}

TEST_CASE("an event is encoded in full, with its fields in a fixed order") {
  CHECK(
      Encode(Full()) ==
      R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"web-1.17a3f0c2b5d8e901","namespace":"shop"},)"
      R"("involvedObject":{"kind":"Pod","namespace":"shop","name":"web-1","uid":"u-1","apiVersion":"v1",)"
      R"("resourceVersion":"42"},"reason":"HostPortMissing",)"
      R"("message":"container \"web\" declares no hostPort",)"
      R"("source":{"component":"k8sm-controller-manager"},"firstTimestamp":"2026-11-22T10:34:21Z",)"
      R"("lastTimestamp":"2026-11-22T10:44:21Z","count":3,"type":"Warning",)"
      R"("reportingComponent":"k8sm-controller-manager","reportingInstance":""})");
}

TEST_CASE("an event about a cluster-scoped object belongs to namespace default") {
  kube::Event event = Full();
  event.involved = {.api_version = "v1", .kind = "Node", .name = Symbol("node-1")};
  event.type = kube::EventType::kNormal;
  CHECK(
      Encode(event) ==
      R"({"apiVersion":"v1","kind":"Event","metadata":{"name":"web-1.17a3f0c2b5d8e901","namespace":"default"},)"
      R"("involvedObject":{"kind":"Node","name":"node-1","apiVersion":"v1"},"reason":"HostPortMissing",)"
      R"("message":"container \"web\" declares no hostPort",)"
      R"("source":{"component":"k8sm-controller-manager"},"firstTimestamp":"2026-11-22T10:34:21Z",)"
      R"("lastTimestamp":"2026-11-22T10:44:21Z","count":3,"type":"Normal",)"
      R"("reportingComponent":"k8sm-controller-manager","reportingInstance":""})");
}

TEST_CASE("the patch of a repeated event changes only its count, time and message") {
  CHECK(
      EncodeRepetition(Full()) ==
      R"({"lastTimestamp":"2026-11-22T10:44:21Z","count":3,"message":"container \"web\" declares no hostPort"})");
}

}  // namespace
}  // namespace k8sm::kube_json
