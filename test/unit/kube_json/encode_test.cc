#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;
using kube::Uid;

kube::Endpoints Full() {
  kube::Endpoints endpoints;
  kube::ObjectMeta& meta = endpoints.meta;
  meta.ns = Symbol("default");
  meta.name = Symbol("web");
  meta.uid = Uid("u-1");
  meta.resource_version = "42";
  meta.creation_timestamp = kube::ParseTimestamp("2026-11-22T10:34:21Z");
  meta.labels = {{Symbol("b"), Symbol("2")}, {Symbol("a"), Symbol("")}};
  meta.annotations = {{Symbol("note"), Symbol("a \"quoted\"\nline \xc3\xbc \\")}};
  meta.preserved = Symbol(R"("finalizers":["x/y"],"deletionTimestamp":"2026-11-22T10:35:00Z")");
  meta.deletion_timestamp = kube::ParseTimestamp("2026-11-22T10:35:00Z");
  endpoints.subsets = {
      {.addresses = {{Symbol("10.0.0.11"), Symbol("node-1"), Symbol("web-0"),
                      kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("u-2")}},
                     {.ip = Symbol("10.0.0.12")}},
       .ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, Symbol("")}}},
      {.not_ready_addresses = {{.ip = Symbol("10.0.0.13"),
                                .target_ref = kube::ObjectReference{.name = Symbol("b")}}},
       .ports = {{.port = 53, .protocol = kube::Protocol::kUdp}}},
  };
  return endpoints;
}

TEST_CASE("endpoints are encoded in full, with their fields in a fixed order") {
  CHECK(Encode(Full()) ==
        R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","namespace":"default","uid":"u-1",)"
        R"("resourceVersion":"42","creationTimestamp":"2026-11-22T10:34:21Z","labels":{"a":"","b":"2"},)"
        "\"annotations\":{\"note\":\"a \\\"quoted\\\"\\nline \xc3\xbc \\\\\"},"
        R"("finalizers":["x/y"],"deletionTimestamp":"2026-11-22T10:35:00Z"},)"
        R"("subsets":[{"addresses":[{"ip":"10.0.0.11","hostname":"web-0","nodeName":"node-1",)"
        R"("targetRef":{"kind":"Pod","namespace":"default","name":"a","uid":"u-2"}},{"ip":"10.0.0.12"}],)"
        R"("ports":[{"name":"http","port":31080,"protocol":"TCP","appProtocol":""}]},)"
        R"({"notReadyAddresses":[{"ip":"10.0.0.13","targetRef":{"name":"b"}}],)"
        R"("ports":[{"port":53,"protocol":"UDP"}]}]})");
}

TEST_CASE("empty fields of endpoints are not encoded") {
  kube::Endpoints endpoints;
  endpoints.meta.name = Symbol("web");
  CHECK(Encode(endpoints) == R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"}})");
  endpoints.subsets.emplace_back();
  CHECK(Encode(endpoints) ==
        R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[{}]})");
}

TEST_CASE("any ASCII character decodes to itself, whatever is around it, and is escaped only if it must be") {
  for (const std::string other : {"x", "\xc3\xa9", "\xf4\x8f\xbf\xbf"}) {
    for (int c = 0; c < 0x80; ++c) {
      for (std::size_t before = 0; before < 17; ++before) {
        for (const std::size_t after : {0, 1, 7, 8, 9}) {
          std::string text;
          for (std::size_t i = 0; i < before; ++i) text += other;
          text += static_cast<char>(c);
          for (std::size_t i = 0; i < after; ++i) text += other;
          kube::Endpoints endpoints;
          endpoints.meta.name = Symbol("web");
          endpoints.meta.annotations = {{Symbol("key"), Symbol(text)}};
          const std::string json = Encode(endpoints);
          const auto read = Decode<kube::Endpoints>(json);
          REQUIRE(read.has_value());
          REQUIRE(*read->meta.annotations.Find("key") == text);
          const bool plain = json.find("\"" + text + "\"}") != std::string::npos;
          REQUIRE(plain == (c >= ' ' && c != '"' && c != '\\'));
        }
      }
    }
  }
}

TEST_CASE("encoded endpoints decode to the same endpoints") {
  const kube::Endpoints endpoints = Full();
  const auto read = Decode<kube::Endpoints>(Encode(endpoints));
  REQUIRE(read.has_value());
  CHECK(read->meta.Key() == endpoints.meta.Key());
  CHECK(read->meta.uid == endpoints.meta.uid);
  CHECK(read->meta.resource_version == endpoints.meta.resource_version);
  CHECK(read->meta.creation_timestamp == endpoints.meta.creation_timestamp);
  CHECK(read->meta.deletion_timestamp == endpoints.meta.deletion_timestamp);
  CHECK(read->meta.labels == endpoints.meta.labels);
  CHECK(read->meta.annotations == endpoints.meta.annotations);
  CHECK(read->meta.preserved == endpoints.meta.preserved);
  CHECK(read->subsets == endpoints.subsets);
  CHECK(Encode(*read) == Encode(endpoints));
}

TEST_CASE("DeleteOptions are encoded with the UID and the resource version as preconditions") {
  kube::ObjectMeta meta;
  CHECK(EncodeDeleteOptions(meta) == R"({"apiVersion":"v1","kind":"DeleteOptions"})");
  meta.uid = Uid("u-1");
  CHECK(EncodeDeleteOptions(meta) ==
        R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}})");
  meta.resource_version = "42";
  CHECK(EncodeDeleteOptions(meta) ==
        R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1","resourceVersion":"42"}})");
  meta.uid = Uid();
  CHECK(EncodeDeleteOptions(meta) ==
        R"({"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"resourceVersion":"42"}})");
}

}  // namespace
}  // namespace k8sm::kube_json
