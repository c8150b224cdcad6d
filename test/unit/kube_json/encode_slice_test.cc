#include "lib/kube/endpoint_slice.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

kube::ObjectReference PodReference() {
  return {Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("u-2")};
}

// A slice that is to be created.
kube::EndpointSlice New() {
  kube::EndpointSlice slice;
  slice.meta.ns = Symbol("default");
  slice.meta.labels = {{Symbol("kubernetes.io/service-name"), Symbol("web")}};
  slice.meta.annotations = {{Symbol("note"), Symbol("x")}};
  slice.generate_name = "web-";
  slice.owner = kube::ServiceOwner{Symbol("web"), Uid("u-1")};
  slice.family = kube::IpFamily::kIPv4;
  slice.ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, Symbol("http")},
                 {.port = 53, .protocol = kube::Protocol::kUdp}};
  slice.endpoints = {{.address = Symbol("10.0.0.11"),
                      .hostname = Symbol("web-0"),
                      .node_name = Symbol("node-1"),
                      .zone = Symbol("zone-a"),
                      .zone_hint = Symbol("zone-a"),
                      .node_hint = Symbol("node-1"),
                      .target_ref = PodReference(),
                      .ready = true,
                      .serving = true},
                     {.address = Symbol("10.0.0.12"), .terminating = true}};
  return slice;
}

// The same slice as the API server has stored it.
kube::EndpointSlice Stored() {
  kube::EndpointSlice slice = New();
  slice.generate_name.clear();
  slice.meta.name = Symbol("web-1");
  slice.meta.uid = Uid("u-3");
  slice.meta.resource_version = "42";
  slice.meta.creation_timestamp = kube::ParseTimestamp("2026-11-22T10:34:21Z");
  slice.meta.preserved =
      Symbol(R"("generateName":"web-","ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web",)"
             R"("uid":"u-1","controller":true,"blockOwnerDeletion":true}],"finalizers":["x/y"])");
  slice.meta.field_manager = Symbol("k8sm");
  return slice;
}

// The JSON that follows the metadata of both.
constexpr const char* kContent =
    R"("addressType":"IPv4","endpoints":[{"addresses":["10.0.0.11"],)"
    R"("conditions":{"ready":true,"serving":true,"terminating":false},"hostname":"web-0",)"
    R"("targetRef":{"kind":"Pod","namespace":"default","name":"a","uid":"u-2"},"nodeName":"node-1",)"
    R"("zone":"zone-a","hints":{"forZones":[{"name":"zone-a"}],"forNodes":[{"name":"node-1"}]}},)"
    R"({"addresses":["10.0.0.12"],"conditions":{"ready":false,"serving":false,"terminating":true}}],)"
    R"("ports":[{"name":"http","port":31080,"protocol":"TCP","appProtocol":"http"},)"
    R"({"port":53,"protocol":"UDP"}]})";

TEST_CASE("a slice to be created is encoded with its ownerReferences and generateName") {
  CHECK(Encode(New()) ==
        R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"namespace":"default",)"
        R"("labels":{"kubernetes.io/service-name":"web"},"annotations":{"note":"x"},"generateName":"web-",)"
        R"("ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"u-1",)"
        R"("controller":true,"blockOwnerDeletion":true}]},)" +
            std::string(kContent));
}

TEST_CASE("a slice to be updated is encoded with the ownerReferences and generateName that were stored") {
  const std::string json =
      R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"web-1",)"
      R"("namespace":"default","uid":"u-3","resourceVersion":"42","creationTimestamp":"2026-11-22T10:34:21Z",)"
      R"("labels":{"kubernetes.io/service-name":"web"},"annotations":{"note":"x"},)" +
      Stored().meta.preserved + "}," + kContent;
  CHECK(Encode(Stored()) == json);
  kube::EndpointSlice slice = Stored();
  slice.generate_name = "other-";
  CHECK(Encode(slice) == json);
}

TEST_CASE("the lists of a slice are encoded even if they are empty") {
  kube::EndpointSlice slice;
  slice.family = kube::IpFamily::kIPv6;
  const std::string head = R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{)";
  const std::string content = R"(},"addressType":"IPv6","endpoints":[],"ports":[]})";
  CHECK(Encode(slice) == head + content);
  slice.meta.preserved = Symbol(R"("finalizers":["x/y"])");
  CHECK(Encode(slice) == head + slice.meta.preserved + content);
}

TEST_CASE("only the hints that are set are encoded") {
  kube::EndpointSlice slice = New();
  slice.endpoints.resize(1);
  slice.endpoints[0].zone_hint = Symbol();
  CHECK(Encode(slice).find(R"("hints":{"forNodes":[{"name":"node-1"}]})") != std::string::npos);
  slice.endpoints[0].node_hint = Symbol();
  CHECK(Encode(slice).find("hints") == std::string::npos);
  slice.endpoints[0].zone_hint = Symbol("zone-a");
  CHECK(Encode(slice).find(R"("hints":{"forZones":[{"name":"zone-a"}]})") != std::string::npos);
}

TEST_CASE("an encoded slice decodes to the same slice") {
  const kube::EndpointSlice slice = Stored();
  const auto read = Decode<kube::EndpointSlice>(Encode(slice));
  REQUIRE(read.has_value());
  CHECK(read->meta.Key() == slice.meta.Key());
  CHECK(read->meta.uid == slice.meta.uid);
  CHECK(read->meta.resource_version == slice.meta.resource_version);
  CHECK(read->meta.creation_timestamp == slice.meta.creation_timestamp);
  CHECK(read->meta.labels == slice.meta.labels);
  CHECK(read->meta.annotations == slice.meta.annotations);
  CHECK(read->meta.preserved == slice.meta.preserved);
  // Only the API server writes the managed fields.
  CHECK(read->meta.field_manager.get().empty());
  CHECK(read->owner == slice.owner);
  CHECK(read->family == slice.family);
  CHECK(read->ports == slice.ports);
  CHECK(read->endpoints == slice.endpoints);
  CHECK(Encode(*read) == Encode(slice));
}

TEST_CASE("an exact endpoint is encoded as it was decoded") {
  const std::vector<std::string> cases = {
      R"("hostname":"web-0")",
      R"("targetRef":{"kind":"Pod","namespace":"default","name":"a","uid":"u-1"})",
      R"("targetRef":{})",
      R"("nodeName":"node-1","zone":"zone-a")",
      R"("hints":{"forZones":[{"name":"zone-a"}],"forNodes":[{"name":"node-1"}]})",
  };
  for (const std::string& members : cases) {
    CAPTURE(members);
    const std::string endpoint =
        R"({"addresses":["10.0.0.11"],"conditions":{"ready":true,"serving":false,"terminating":true},)" +
        members + "}";
    const auto slice = Decode<kube::EndpointSlice>(
        R"({"metadata":{"name":"web-1"},"addressType":"IPv4","endpoints":[)" + endpoint + "]}");
    REQUIRE(slice.has_value());
    REQUIRE(slice->endpoints.size() == 1);
    CHECK(slice->endpoints[0].exact);
    CHECK(Encode(*slice).find(R"("endpoints":[)" + endpoint + "]") != std::string::npos);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
