#include "lib/kube/endpoints.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

TEST_CASE("endpoints are decoded in full") {
  const auto endpoints =
      Decode<kube::Endpoints>(R"({"metadata":{"name":"web","namespace":"default"},"subsets":[
      {"addresses":[{"ip":"10.0.0.11","nodeName":"node-1","hostname":"web-0","targetRef":{"kind":"Pod",
         "namespace":"default","name":"a","uid":"u-1","resourceVersion":"5"}}],
       "notReadyAddresses":[{"ip":"10.0.0.12"}],
       "ports":[{"name":"http","port":31080,"protocol":"TCP","appProtocol":""},{"port":53,"protocol":"UDP"}]},
      {"addresses":null}]})");
  REQUIRE(endpoints.has_value());
  REQUIRE(endpoints->subsets.size() == 2);
  const kube::EndpointSubset expected = {
      .addresses = {{Symbol("10.0.0.11"), Symbol("node-1"), Symbol("web-0"),
                     kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("u-1")}}},
      .not_ready_addresses = {{.ip = Symbol("10.0.0.12")}},
      .ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, Symbol("")},
                {.port = 53, .protocol = kube::Protocol::kUdp}},
  };
  CHECK(endpoints->subsets[0] == expected);
  CHECK(endpoints->subsets[1] == kube::EndpointSubset{});
}

TEST_CASE("endpoints are exact if an update would leave their references as they are, apart from a version") {
  const auto is_exact = [](const std::string& list, const std::string& members) {
    const auto endpoints = Decode<kube::Endpoints>(R"({"metadata":{"name":"web"},"subsets":[{")" + list +
                                                   R"(":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2","targetRef":{)" +
                                                   members + "}}]}]}");
    REQUIRE(endpoints.has_value());
    return endpoints->exact;
  };
  for (const std::string list : {"addresses", "notReadyAddresses"}) {
    CHECK(is_exact(list, ""));
    CHECK(is_exact(list, R"("kind":"Pod","namespace":"shop","name":"a","uid":"u","resourceVersion":"5")"));
    CHECK(is_exact(list, R"("kind":"Pod","fieldPath":null,"apiVersion":null)"));
    CHECK_FALSE(is_exact(list, R"("kind":"Pod","fieldPath":"spec")"));
    CHECK_FALSE(is_exact(list, R"("kind":"Pod","apiVersion":"v1")"));
    CHECK_FALSE(is_exact(list, R"("kind":"Pod","later":1)"));
  }
}

TEST_CASE("metadata members that have no field of their own are preserved as they are") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("uid":"u","resourceVersion":"1","creationTimestamp":"2026-11-22T10:34:21Z","labels":{},"annotations":{},)"
       R"("managedFields":[{"manager":"x"}],"selfLink":"/x","generation":3)",
       ""},
      {R"("finalizers":["a/b", "c"])", R"("finalizers":["a/b","c"])"},
      {R"("ownerReferences":[{"uid":"1","controller":true}],"uid":"u","generateName":"web-")",
       R"("ownerReferences":[{"uid":"1","controller":true}],"generateName":"web-")"},
      {R"("deletionTimestamp":"2026-11-22T10:34:21Z","deletionGracePeriodSeconds":0)",
       R"("deletionTimestamp":"2026-11-22T10:34:21Z","deletionGracePeriodSeconds":0)"},
      {R"("later":{"a":[1.5,-3,0.1,18446744073709551615,true,null,"\u00fc\n\"\\"]})",
       "\"later\":{\"a\":[1.5,-3,0.1,18446744073709551615,true,null,\"\xc3\xbc\\n\\\"\\\\\"]}"},
      {R"("finalizers":null,"od\"d":1)", R"("od\"d":1)"},
  };
  for (const auto& [members, preserved] : cases) {
    CAPTURE(members);
    const auto endpoints =
        Decode<kube::Endpoints>(R"({"metadata":{"name":"web","namespace":"n",)" + members + "}}");
    REQUIRE(endpoints.has_value());
    CHECK(endpoints->meta.preserved.get() == preserved);
  }
}

TEST_CASE("the field manager is that of the newest entry of managedFields") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"}])", "a"},
      {R"([{"manager":"a","time":"2026-11-22T10:34:22Z"},{"manager":"b","time":"2026-11-22T10:34:21Z"}])",
       "a"},
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"},{"manager":"b","time":"2026-11-22T10:34:22Z"}])",
       "b"},
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"},{"manager":"b","time":"2026-11-22T10:34:21Z"}])",
       "b"},
      // An entry without a time is older than any with one.
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"},{"manager":"b"}])", "a"},
      {R"([{"manager":"a"},{"manager":"b","time":null}])", "b"},
      {R"([])", ""},
      {R"(null)", ""},
      // An entry that cannot be decoded is ignored.
      {R"("a")", ""},
      {R"([1,null,"x",[]])", ""},
      {R"([{"manager":7,"time":"2026-11-22T10:34:21Z"}])", ""},
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"},{"manager":"b","time":"today"}])", "a"},
      {R"([{"manager":"a","time":"2026-11-22T10:34:21Z"},{"manager":"b","time":5}])", "a"},
  };
  for (const auto& [managed_fields, manager] : cases) {
    CAPTURE(managed_fields);
    const auto endpoints =
        Decode<kube::Endpoints>(R"({"metadata":{"name":"web","managedFields":)" + managed_fields + "}}");
    REQUIRE(endpoints.has_value());
    CHECK(endpoints->meta.field_manager.get() == manager);
  }
}

TEST_CASE("endpoints with a field of the wrong type are refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("subsets":{})", ".subsets: expected a list, got an object"},
      {R"("subsets":[1])", ".subsets[0]: expected an object, got an integer"},
      {R"("subsets":[{},{"addresses":[{"ip":1}]}])",
       ".subsets[1].addresses[0].ip: expected a string, got an integer"},
      {R"("subsets":[{"notReadyAddresses":["x"]}])",
       ".subsets[0].notReadyAddresses[0]: expected an object, got a string"},
      {R"("subsets":[{"addresses":[{"targetRef":"a"}]}])",
       ".subsets[0].addresses[0].targetRef: expected an object, got a string"},
      {R"("subsets":[{"ports":[{"port":"80"}]}])",
       ".subsets[0].ports[0].port: expected an integer, got a string"},
      {R"("subsets":[{"ports":[{"protocol":"X"}]}])",
       ".subsets[0].ports[0].protocol: unknown protocol \"X\""},
  };
  for (const auto& [members, message] : cases) {
    CAPTURE(members);
    const auto endpoints =
        Decode<kube::Endpoints>(R"({"metadata":{"name":"web","namespace":"default"},)" + members + "}");
    REQUIRE(endpoints.has_error());
    CHECK(endpoints.error().message == "Endpoints default/web: " + message);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
