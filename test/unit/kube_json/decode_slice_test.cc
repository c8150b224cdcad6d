#include "lib/kube/endpoint_slice.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

Result<kube::EndpointSlice> DecodeSlice(const std::string& members) {
  return Decode<kube::EndpointSlice>(R"({"metadata":{"name":"web-1","namespace":"default"},)" + members +
                                     "}");
}

kube::EndpointSlice DecodeOwned(const std::string& references) {
  return Decode<kube::EndpointSlice>(R"({"metadata":{"name":"web-1","ownerReferences":)" + references + "}}")
      .value();
}

kube::SliceEndpoint DecodeEndpoint(const std::string& json) {
  const auto slice = DecodeSlice(R"("endpoints":[)" + json + "]");
  REQUIRE(slice.has_value());
  REQUIRE(slice->endpoints.size() == 1);
  return slice->endpoints[0];
}

// An endpoint with the members that make it exact, and these.
std::string EndpointWith(const std::string& members) {
  return R"({"addresses":["10.0.0.11"],"conditions":{"ready":true,"serving":true,"terminating":false},)" +
         members + "}";
}

TEST_CASE("a slice is decoded in full") {
  const auto slice = Decode<kube::EndpointSlice>(R"({"metadata":{"name":"web-1","generateName":"web-",
      "namespace":"default","resourceVersion":"42","labels":{"kubernetes.io/service-name":"web"},
      "ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"u-1","controller":true}],
      "managedFields":[{"manager":"k8sm"}]},
      "addressType":"IPv6","endpoints":[
        {"addresses":["fd00::11"],"conditions":{"ready":false,"serving":true,"terminating":true},
         "hostname":"web-0","nodeName":"node-1","zone":"zone-a",
         "hints":{"forZones":[{"name":"zone-b"}],"forNodes":[{"name":"node-2"}]},
         "targetRef":{"kind":"Pod","namespace":"default","name":"a","uid":"u-2"}},
        {"addresses":["fd00::12"],"conditions":{"ready":true,"serving":false,"terminating":false}}],
      "ports":[{"name":"http","port":31080,"protocol":"TCP","appProtocol":"http"},
               {"name":"","port":53,"protocol":"UDP"},{"name":null,"port":null},{}]})");
  REQUIRE(slice.has_value());
  CHECK(kube::ToString(slice->meta.Key()) == "default/web-1");
  CHECK(*slice->meta.labels.Find("kubernetes.io/service-name") == "web");
  CHECK(slice->meta.field_manager == Symbol("k8sm"));
  CHECK(
      slice->meta.preserved.get() ==
      R"("generateName":"web-","ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"u-1","controller":true}])");
  CHECK(slice->generate_name.empty());
  CHECK(slice->owner == kube::ServiceOwner{Symbol("web"), Uid("u-1")});
  CHECK(slice->family == kube::IpFamily::kIPv6);
  const std::vector<kube::SliceEndpoint> endpoints = {
      {.address = Symbol("fd00::11"),
       .hostname = Symbol("web-0"),
       .node_name = Symbol("node-1"),
       .zone = Symbol("zone-a"),
       .zone_hint = Symbol("zone-b"),
       .node_hint = Symbol("node-2"),
       .target_ref = kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("u-2")},
       .serving = true,
       .terminating = true},
      {.address = Symbol("fd00::12"), .ready = true},
  };
  CHECK(slice->endpoints == endpoints);
  const std::vector<kube::EndpointPort> ports = {
      {Symbol("http"), 31080, kube::Protocol::kTcp, Symbol("http")},
      {.port = 53, .protocol = kube::Protocol::kUdp},
      {},
      {},
  };
  CHECK(slice->ports == ports);
}

TEST_CASE("a slice without members has no owner, address family, ports or endpoints") {
  for (const std::string members :
       {R"("kind":"EndpointSlice")", R"("addressType":null,"endpoints":null,"ports":null)",
        R"("addressType":"","endpoints":[],"ports":[])"}) {
    CAPTURE(members);
    const auto slice = DecodeSlice(members);
    REQUIRE(slice.has_value());
    CHECK_FALSE(slice->owner.has_value());
    CHECK_FALSE(slice->family.has_value());
    CHECK(slice->ports.empty());
    CHECK(slice->endpoints.empty());
  }
}

TEST_CASE("an addressType other than IPv4 and IPv6 gives no address family") {
  const std::vector<std::pair<std::string, std::optional<kube::IpFamily>>> cases = {
      {"IPv4", kube::IpFamily::kIPv4}, {"IPv6", kube::IpFamily::kIPv6}, {"FQDN", std::nullopt},
      {"ipv4", std::nullopt},          {"Later", std::nullopt},
  };
  for (const auto& [type, family] : cases) {
    CAPTURE(type);
    const auto slice = DecodeSlice(R"("addressType":")" + type + "\"");
    REQUIRE(slice.has_value());
    CHECK(slice->family == family);
  }
}

TEST_CASE("the owner of a slice is the first v1 Service among its ownerReferences") {
  const std::string web = R"({"apiVersion":"v1","kind":"Service","name":"web","uid":"u-1"})";
  const std::string db = R"({"apiVersion":"v1","kind":"Service","name":"db","uid":"u-2"})";
  const std::string pod = R"({"apiVersion":"v1","kind":"Pod","name":"a","uid":"u-3"})";
  const std::string other = R"({"apiVersion":"example.com/v1","kind":"Service","name":"b","uid":"u-4"})";
  const kube::ServiceOwner owner{Symbol("web"), Uid("u-1")};
  CHECK(DecodeOwned("[" + web + "]").owner == owner);
  CHECK(DecodeOwned("[" + web + "," + db + "]").owner == owner);
  CHECK(DecodeOwned("[" + pod + "," + other + "," + web + "]").owner == owner);
  for (const std::string& references : {"[" + pod + "," + other + "]", std::string("[]"), std::string("null"),
                                        std::string("[null]"), std::string("[{}]")}) {
    CAPTURE(references);
    CHECK_FALSE(DecodeOwned(references).owner.has_value());
  }
}

TEST_CASE("an endpoint is exact if our fields hold all of it") {
  const std::vector<std::string> cases = {
      R"("hostname":"web-0")",
      R"("nodeName":"node-1","zone":"zone-a")",
      R"("hints":{"forZones":[{"name":"zone-a"}]})",
      R"("hints":{"forNodes":[{"name":"node-1"}]})",
      R"("targetRef":{"kind":"Pod","namespace":"default","name":"a","uid":"u-1"})",
      R"("targetRef":{})",
      // A null member counts as absent.
      R"("hostname":null,"nodeName":null,"zone":null,"targetRef":null,"hints":null,"deprecatedTopology":null,"later":null)",
      R"("hints":{"forZones":null,"forNodes":[],"later":null})",
      R"("targetRef":{"kind":null,"fieldPath":null})",
  };
  for (const std::string& members : cases) {
    CAPTURE(members);
    CHECK(DecodeEndpoint(EndpointWith(members)).exact);
  }
}

TEST_CASE("an endpoint is not exact if our update would change it") {
  const std::vector<std::string> cases = {
      EndpointWith(R"("deprecatedTopology":{"topology.kubernetes.io/region":"a"})"),
      EndpointWith(R"("later":true)"),
      EndpointWith(R"("targetRef":{"kind":"Pod","name":"a","apiVersion":"v1"})"),
      EndpointWith(R"("targetRef":{"kind":"Pod","name":"a","resourceVersion":"5"})"),
      EndpointWith(R"("targetRef":{"kind":"Pod","name":"a","fieldPath":"spec"})"),
      EndpointWith(R"("hints":{"forZones":[{"name":"zone-a"},{"name":"zone-b"}]})"),
      EndpointWith(R"("hints":{"forNodes":[{"name":"node-1"},{"name":"node-2"}]})"),
      EndpointWith(R"("hints":{"forZones":[{"name":"zone-a","weight":1}]})"),
      EndpointWith(R"("hints":{"forZones":[{}]})"),
      EndpointWith(R"("hints":{"forZones":[null,{"name":"zone-a"}]})"),
      EndpointWith(R"("hints":{"forRegions":[{"name":"a"}]})"),
      EndpointWith(R"("conditions":{"ready":true,"serving":true,"terminating":false,"later":true})"),
      EndpointWith(R"("conditions":{"serving":true,"terminating":false})"),
      EndpointWith(R"("conditions":{"ready":true,"serving":null,"terminating":false})"),
      EndpointWith(R"("conditions":{"ready":true,"serving":true})"),
      EndpointWith(R"("conditions":{})"),
      EndpointWith(R"("conditions":null)"),
      EndpointWith(R"("addresses":["10.0.0.11","10.0.0.12"])"),
      EndpointWith(R"("addresses":[])"),
      EndpointWith(R"("addresses":null)"),
      "{}",
      "null",
  };
  for (const std::string& json : cases) {
    CAPTURE(json);
    CHECK_FALSE(DecodeEndpoint(json).exact);
  }
}

TEST_CASE("of several addresses and zone hints of an endpoint the first is kept") {
  const kube::SliceEndpoint endpoint = DecodeEndpoint(
      R"({"addresses":["10.0.0.11","10.0.0.12"],"hints":{"forZones":[{"name":"a"},{"name":"b"}]}})");
  CHECK(endpoint.address == Symbol("10.0.0.11"));
  CHECK(endpoint.zone_hint == Symbol("a"));
}

TEST_CASE("a slice with a field of the wrong type is refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("addressType":4)", ".addressType: expected a string, got an integer"},
      {R"("endpoints":{})", ".endpoints: expected a list, got an object"},
      {R"("ports":"80")", ".ports: expected a list, got a string"},
      {R"("ports":[1])", ".ports[0]: expected an object, got an integer"},
      {R"("ports":[{"name":1}])", ".ports[0].name: expected a string, got an integer"},
      {R"("ports":[{},{"port":"80"}])", ".ports[1].port: expected an integer, got a string"},
      {R"("ports":[{"protocol":"X"}])", ".ports[0].protocol: unknown protocol \"X\""},
      {R"("ports":[{"appProtocol":[]}])", ".ports[0].appProtocol: expected a string, got a list"},
  };
  for (const auto& [members, message] : cases) {
    CAPTURE(members);
    const auto slice = DecodeSlice(members);
    REQUIRE(slice.has_error());
    CHECK(slice.error().code == Errc::kMalformed);
    CHECK(slice.error().message == "EndpointSlice default/web-1: " + message);
  }
}

TEST_CASE("an endpoint with a field of the wrong type is refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("10.0.0.11")", ": expected an object, got a string"},
      {R"({"addresses":"10.0.0.11"})", ".addresses: expected a list, got a string"},
      {R"({"addresses":["10.0.0.11",7]})", ".addresses[1]: expected a string, got an integer"},
      {R"({"conditions":[]})", ".conditions: expected an object, got a list"},
      {R"({"conditions":{"ready":"True"}})", ".conditions.ready: expected a boolean, got a string"},
      {R"({"conditions":{"serving":1}})", ".conditions.serving: expected a boolean, got an integer"},
      {R"({"conditions":{"terminating":{}}})", ".conditions.terminating: expected a boolean, got an object"},
      {R"({"hostname":0.5})", ".hostname: expected a string, got a number"},
      {R"({"nodeName":{}})", ".nodeName: expected a string, got an object"},
      {R"({"zone":false})", ".zone: expected a string, got a boolean"},
      {R"({"hints":[]})", ".hints: expected an object, got a list"},
      {R"({"hints":{"forZones":{}}})", ".hints.forZones: expected a list, got an object"},
      {R"({"hints":{"forZones":["a"]}})", ".hints.forZones[0]: expected an object, got a string"},
      {R"({"hints":{"forZones":[{"name":1}]}})",
       ".hints.forZones[0].name: expected a string, got an integer"},
      {R"({"hints":{"forNodes":[{},{"name":1}]}})",
       ".hints.forNodes[1].name: expected a string, got an integer"},
      {R"({"targetRef":"a"})", ".targetRef: expected an object, got a string"},
      {R"({"targetRef":{"uid":5}})", ".targetRef.uid: expected a string, got an integer"},
  };
  for (const auto& [endpoint, message] : cases) {
    CAPTURE(endpoint);
    const auto slice = DecodeSlice(R"("endpoints":[{},)" + endpoint + "]");
    REQUIRE(slice.has_error());
    CHECK(slice.error().message == "EndpointSlice default/web-1: .endpoints[1]" + message);
  }
}

TEST_CASE("owner references with a field of the wrong type are refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({})", ": expected a list, got an object"},
      {R"(["web"])", "[0]: expected an object, got a string"},
      {R"([{"apiVersion":1}])", "[0].apiVersion: expected a string, got an integer"},
      {R"([{"apiVersion":"v1","kind":[]}])", "[0].kind: expected a string, got a list"},
      {R"([{"apiVersion":"v1","kind":"Service","name":1}])", "[0].name: expected a string, got an integer"},
      {R"([{},{"apiVersion":"v1","kind":"Service","uid":true}])",
       "[1].uid: expected a string, got a boolean"},
  };
  for (const auto& [references, message] : cases) {
    CAPTURE(references);
    const auto slice =
        Decode<kube::EndpointSlice>(R"({"metadata":{"name":"web-1","ownerReferences":)" + references + "}}");
    REQUIRE(slice.has_error());
    CHECK(slice.error().message == "EndpointSlice web-1: .metadata.ownerReferences" + message);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
