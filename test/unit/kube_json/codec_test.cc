// What holds for every kind: names in errors, JSON itself, metadata.

#include "lib/kube_json/codec.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

std::string MessageOf(const std::string& json) {
  const auto pod = Decode<kube::Pod>(json);
  REQUIRE(pod.has_error());
  CHECK(pod.error().code == Errc::kMalformed);
  return pod.error().message;
}

std::string Nested(std::size_t lists) {
  return R"({"metadata":{"name":"web"},"status":{"extra":)" + std::string(lists, '[') +
         std::string(lists, ']') + "}}";
}

TEST_CASE("a decoding error names the object as far as its name could be decoded") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"({"metadata":{"name":"web","namespace":"default"},"spec":[]})",
       "Pod default/web: .spec: expected an object, got a list"},
      {R"({"metadata":{"name":"web"},"spec":"x"})", "Pod web: .spec: expected an object, got a string"},
      {R"({"metadata":{"namespace":"default"}})", "Pod default/?: .metadata.name: missing"},
      {R"({"metadata":{"namespace":"default","name":""}})", "Pod default/?: .metadata.name: missing"},
      {R"({"metadata":{"name":null}})", "Pod: .metadata.name: missing"},
      {R"({"metadata":{"name":7}})", "Pod: .metadata.name: expected a string, got an integer"},
      {R"({"metadata":[]})", "Pod: .metadata: expected an object, got a list"},
      {R"({})", "Pod: .metadata.name: missing"},
      {R"([])", "Pod: expected an object, got a list"},
      {R"(null)", "Pod: .metadata.name: missing"},
      {R"(1.5)", "Pod: expected an object, got a number"},
  };
  for (const auto& [json, message] : cases) {
    CAPTURE(json);
    CHECK(MessageOf(json) == message);
  }
}

TEST_CASE("text that is not JSON is refused with the byte position and the beginning of the text") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "Pod: invalid JSON (The document is empty) at byte 0"},
      {R"({"metadata":{"name":"web")",
       R"(Pod: invalid JSON (Missing a comma or '}' after an object member) at byte 25 of {"metadata":{"name":"web")"},
      {R"({"metadata":{"name":"web"}} {})",
       R"(Pod: invalid JSON (The document root must not be followed by other values) at byte 28 of )"
       R"({"metadata":{"name":"web"}} {})"},
      {R"({"metadata":{"name":"web"}}x)",
       R"(Pod: invalid JSON (The document root must not be followed by other values) at byte 27 of )"
       R"({"metadata":{"name":"web"}}x)"},
      {std::string("{}\0{}", 5), "Pod: invalid JSON (a zero byte) at byte 2 of {}\\u0000{}"},
  };
  for (const auto& [json, message] : cases) {
    CAPTURE(json);
    CHECK(MessageOf(json) == message);
  }
  CHECK(Decode<kube::Pod>(" \n{\"metadata\":{\"name\":\"web\"}}\r\n\t").has_value());
}

TEST_CASE("strings that are not UTF-8 are refused with the byte position") {
  CHECK(MessageOf("{\"metadata\":{\"name\":\"we\xff\"}}") ==
        R"(Pod: invalid UTF-8 at byte 23 of {"metadata":{"name":"we\ufffd"}})");
  // In a field that is not decoded, in a member name, and as half of a surrogate pair that is escaped.
  CHECK(MessageOf("{\"metadata\":{\"name\":\"web\"},\"x\":\"\xc0\xaf\"}")
            .starts_with("Pod: invalid UTF-8 at byte 32"));
  CHECK(MessageOf("{\"\x80\":1}").starts_with("Pod: invalid UTF-8 at byte 2"));
  CHECK(MessageOf(R"({"metadata":{"name":"\udc00"}})").starts_with("Pod: invalid UTF-8"));
  CHECK(MessageOf(R"({"metadata":{"name":"\ud800"}})").starts_with("Pod: invalid JSON"));
}

TEST_CASE("JSON of more than 1000 levels of nesting is refused") {
  // The object and its status are two of the levels.
  CHECK(Decode<kube::Pod>(Nested(998)).has_value());
  // Metadata that is preserved may nest as deep.
  const std::string lists = std::string(998, '[') + std::string(998, ']');
  CHECK(Decode<kube::Endpoints>(R"({"metadata":{"name":"web","x":)" + lists + "}}")->meta.preserved.get() ==
        "\"x\":" + lists);
  CHECK(MessageOf(Nested(999)).starts_with("Pod: more than 1000 levels of nesting at byte "));
  CHECK(MessageOf(Nested(1'000'000)).starts_with("Pod: more than 1000 levels of nesting at byte "));
  CHECK(MessageOf(std::string(1'000'000, '[')).starts_with("Pod: more than 1000 levels of nesting at byte "));
}

TEST_CASE("metadata is decoded in full") {
  const auto service = Decode<kube::Service>(R"({"metadata":{"name":"web","namespace":"default","uid":"u-1",
      "resourceVersion":"42","creationTimestamp":"2026-11-22T10:34:21Z","deletionTimestamp":"2026-11-22T10:35:00Z",
      "labels":{"b":"2","a":"1","a":"3"},"annotations":{"note":"\u00fc"},"generation":7,"unknown":[{}]}})");
  REQUIRE(service.has_value());
  CHECK(kube::ToString(service->meta.Key()) == "default/web");
  CHECK(service->meta.uid == kube::Uid("u-1"));
  CHECK(service->meta.resource_version == "42");
  CHECK(kube::FormatTimestamp(*service->meta.creation_timestamp) == "2026-11-22T10:34:21Z");
  CHECK(kube::FormatTimestamp(*service->meta.deletion_timestamp) == "2026-11-22T10:35:00Z");
  CHECK(service->meta.labels ==
        kube::LabelMap{{kube::Symbol("a"), kube::Symbol("3")}, {kube::Symbol("b"), kube::Symbol("2")}});
  CHECK(service->meta.annotations == kube::LabelMap{{kube::Symbol("note"), kube::Symbol("\xc3\xbc")}});
  CHECK(service->meta.preserved.empty());
}

TEST_CASE("a null field counts as absent") {
  const auto service = Decode<kube::Service>(R"({"metadata":{"name":"web","namespace":null,"uid":null,
      "resourceVersion":null,"creationTimestamp":null,"deletionTimestamp":null,"labels":null,"annotations":null},
      "spec":null,"status":null})");
  REQUIRE(service.has_value());
  CHECK(service->meta.ns.get().empty());
  CHECK_FALSE(service->meta.creation_timestamp.has_value());
  CHECK_FALSE(service->meta.deletion_timestamp.has_value());
  CHECK(service->meta.labels.empty());
}

TEST_CASE("of duplicate JSON members the last one counts") {
  const auto service = Decode<kube::Service>(
      R"({"metadata":{"name":7},"metadata":{"name":"a","name":"b"},"spec":{"clusterIP":"None","clusterIP":null}})");
  REQUIRE(service.has_value());
  CHECK(service->meta.name == kube::Symbol("b"));
  CHECK(service->cluster_ip.get().empty());
}

TEST_CASE("metadata with a field of the wrong type is refused with the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {R"("namespace":[])", "Service web: .metadata.namespace: expected a string, got a list"},
      {R"("uid":1)", "Service web: .metadata.uid: expected a string, got an integer"},
      {R"("resourceVersion":12)",
       "Service web: .metadata.resourceVersion: expected a string, got an integer"},
      {R"("creationTimestamp":"today")", "Service web: .metadata.creationTimestamp: \"today\" is not a time"},
      {R"("creationTimestamp":"")", "Service web: .metadata.creationTimestamp: \"\" is not a time"},
      {R"("deletionTimestamp":0)",
       "Service web: .metadata.deletionTimestamp: expected a string, got an integer"},
      {R"("labels":{"app.kubernetes.io/name":true})",
       "Service web: .metadata.labels[app.kubernetes.io/name]: expected a string, got a boolean"},
      {R"("labels":["app"])", "Service web: .metadata.labels: expected an object, got a list"},
      {R"("annotations":{"a":{}})",
       "Service web: .metadata.annotations[a]: expected a string, got an object"},
  };
  for (const auto& [member, message] : cases) {
    CAPTURE(member);
    const auto service = Decode<kube::Service>(R"({"metadata":{"name":"web",)" + member + "}}");
    REQUIRE(service.has_error());
    CHECK(service.error().message == message);
  }
}

TEST_CASE("an object that is decoded after a large one contains nothing of it") {
  const std::string large =
      R"({"metadata":{"name":"large","annotations":{"note":")" + std::string(4 << 20, 'x') + R"("}}})";
  REQUIRE(Decode<kube::Service>(large).has_value());
  REQUIRE(Decode<kube::Service>(large)->meta.annotations.Find("note")->get().size() == 4 << 20);
  const auto small = Decode<kube::Service>(R"({"metadata":{"name":"small"}})");
  REQUIRE(small.has_value());
  CHECK(small->meta.name == kube::Symbol("small"));
  CHECK(small->meta.annotations.empty());
}

}  // namespace
}  // namespace k8sm::kube_json
