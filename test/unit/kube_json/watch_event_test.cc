#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Pod;

constexpr const char* kPod =
    R"({"kind":"Pod","metadata":{"name":"web","namespace":"default","resourceVersion":"42"},"status":{"phase":"Running"}})";

std::string EventJson(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}";
}

TEST_CASE("a watch event is decoded with its type, its object and the resourceVersion") {
  const std::vector<std::pair<std::string, WatchEventType>> cases = {
      {"ADDED", WatchEventType::kAdded},
      {"MODIFIED", WatchEventType::kModified},
      {"DELETED", WatchEventType::kDeleted},
  };
  for (const auto& [name, type] : cases) {
    CAPTURE(name);
    const auto event = DecodeWatchEvent<Pod>(EventJson(name, kPod));
    REQUIRE(event.has_value());
    CHECK(event->type == type);
    REQUIRE(event->object.has_value());
    CHECK(kube::ToString(event->object->meta.Key()) == "default/web");
    // Of a deleted object the metadata is enough.
    if (type != WatchEventType::kDeleted) CHECK(event->object->phase == kube::PodPhase::kRunning);
    CHECK(event->resource_version == "42");
    CHECK_FALSE(event->initial_events_end);
  }
}

TEST_CASE("a DELETED event is decoded even if the object's spec is malformed") {
  const auto event = DecodeWatchEvent<Pod>(
      R"({"type":"DELETED","object":{"metadata":{"name":"web","resourceVersion":"43"},"spec":7}})");
  REQUIRE(event.has_value());
  CHECK(event->resource_version == "43");
}

TEST_CASE("a DELETED event is decoded if the name in its metadata is valid") {
  const auto event = DecodeWatchEvent<Pod>(
      R"({"type":"DELETED","object":{"metadata":{"name":"web","namespace":"shop","resourceVersion":"43","labels":7}}})");
  REQUIRE(event.has_value());
  CHECK(event->type == WatchEventType::kDeleted);
  CHECK(kube::ToString(event->object->meta.Key()) == "shop/web");
  CHECK(event->resource_version == "43");
  const auto nameless = DecodeWatchEvent<Pod>(R"({"type":"DELETED","object":{"metadata":{"name":7}}})");
  REQUIRE(nameless.has_error());
  CHECK(nameless.error().message == "Pod: .metadata.name: expected a string, got an integer");
}

TEST_CASE("DecodeMeta and DecodeEventMeta return whatever of the metadata can be decoded") {
  const auto meta = DecodeMeta(
      R"({"metadata":{"name":"web","namespace":"default","resourceVersion":"7","uid":3,"labels":{"a":"b","c":4}},"spec":7})");
  REQUIRE(meta.has_value());
  CHECK(kube::ToString(meta->Key()) == "default/web");
  CHECK(meta->resource_version == "7");
  CHECK(meta->uid.Text().empty());
  REQUIRE(meta->labels.Find("a") != nullptr);
  CHECK(*meta->labels.Find("a") == "b");
  CHECK_FALSE(DecodeMeta(R"({"metadata":{}})").has_value());
  CHECK_FALSE(DecodeMeta("{").has_value());
  const auto of_event =
      DecodeEventMeta(R"({"type":7,"object":{"metadata":{"name":"web","namespace":"shop"}}})");
  REQUIRE(of_event.has_value());
  CHECK(ToString(of_event->Key()) == "shop/web");
  CHECK_FALSE(DecodeEventMeta(R"({"type":"ADDED"})").has_value());
  CHECK_FALSE(DecodeEventMeta("[]").has_value());
}

TEST_CASE("the members of a watch event may come in any order") {
  const auto event =
      DecodeWatchEvent<Pod>(R"({"object":)" + std::string(kPod) + R"(,"more":{},"type":"ADDED"})");
  REQUIRE(event.has_value());
  CHECK(event->type == WatchEventType::kAdded);
  CHECK(event->object.has_value());
}

TEST_CASE("watch events of services, endpoints, slices and nodes are decoded") {
  const std::string object = R"({"metadata":{"name":"web","namespace":"default","resourceVersion":"7"}})";
  const auto service = DecodeWatchEvent<kube::Service>(EventJson("ADDED", object));
  REQUIRE(service.has_value());
  CHECK(service->object->meta.resource_version == "7");
  const auto endpoints = DecodeWatchEvent<kube::Endpoints>(EventJson("DELETED", object));
  REQUIRE(endpoints.has_value());
  CHECK(endpoints->type == WatchEventType::kDeleted);
  const auto slice = DecodeWatchEvent<kube::EndpointSlice>(EventJson("ADDED", object));
  REQUIRE(slice.has_value());
  CHECK(slice->object->meta.resource_version == "7");
  const auto node = DecodeWatchEvent<kube::Node>(EventJson("MODIFIED", object));
  REQUIRE(node.has_value());
  CHECK(node->object->meta.name == kube::Symbol("web"));
}

TEST_CASE("a BOOKMARK event has a resourceVersion and may mark the end of the initial events") {
  const std::vector<std::pair<std::string, bool>> cases = {
      {R"("annotations":null)", false},
      {R"("annotations":{"other":"true"})", false},
      {R"("annotations":{"k8s.io/initial-events-end":"false"})", false},
      {R"("annotations":{"k8s.io/initial-events-end":"true"})", true},
  };
  for (const auto& [member, end] : cases) {
    CAPTURE(member);
    const auto event = DecodeWatchEvent<Pod>(EventJson(
        "BOOKMARK", R"({"kind":"Pod","metadata":{"resourceVersion":"99","creationTimestamp":null,)" + member +
                        R"(},"spec":{"containers":null},"status":{}})"));
    REQUIRE(event.has_value());
    CHECK(event->type == WatchEventType::kBookmark);
    CHECK(event->resource_version == "99");
    CHECK(event->initial_events_end == end);
    CHECK_FALSE(event->object.has_value());
  }
}

TEST_CASE("an ERROR event is decoded to an error that says why") {
  const auto expired = DecodeWatchEvent<Pod>(EventJson(
      "ERROR",
      R"({"kind":"Status","status":"Failure","message":"too old resource version","reason":"Expired","code":410})"));
  REQUIRE(expired.has_value());
  CHECK(expired->type == WatchEventType::kError);
  CHECK(expired->error.code == Errc::kExpired);
  CHECK(expired->error.http_status == 410);
  CHECK(expired->error.message == "too old resource version");

  const auto busy = DecodeWatchEvent<Pod>(EventJson(
      "ERROR",
      R"({"message":"slow down","reason":"TooManyRequests","code":429,"details":{"retryAfterSeconds":2}})"));
  REQUIRE(busy.has_value());
  CHECK(busy->error.code == Errc::kTooManyRequests);
  CHECK(busy->error.retry_after == std::chrono::seconds(2));

  for (const std::string object : {R"({})", R"("no Status")", R"([1])"}) {
    CAPTURE(object);
    const auto unclear = DecodeWatchEvent<Pod>(EventJson("ERROR", object));
    REQUIRE(unclear.has_value());
    CHECK(unclear->error.code == Errc::kRejected);
    CHECK(unclear->error.message == "an ERROR event that does not say why");
  }
}

TEST_CASE("a malformed watch event is refused with the object's name and the field's path") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {EventJson("RENAMED", kPod), "Pod default/web: .type: \"RENAMED\" is not an event type"},
      {R"({"object":)" + std::string(kPod) + "}", "Pod default/web: .type: \"\" is not an event type"},
      {R"({"type":1,"object":)" + std::string(kPod) + "}",
       "Pod default/web: .type: expected a string, got an integer"},
      {R"({"type":"ADDED"})", "Pod: .object: missing"},
      {R"({"type":"ERROR","object":null})", "Pod: .object: missing"},
      {"{}", "Pod: .object: missing"},
      {"[]", "Pod: expected an object, got a list"},
      {EventJson("ADDED", "[]"), "Pod: expected an object, got a list"},
      {EventJson("MODIFIED", R"({"metadata":{"name":"web","namespace":"default"},"status":{"phase":[]}})"),
       "Pod default/web: .status.phase: expected a string, got a list"},
      {EventJson("DELETED", R"({"metadata":{"namespace":"default"}})"),
       "Pod default/?: .metadata.name: missing"},
      {EventJson("BOOKMARK", R"({"metadata":{}})"), "Pod: .metadata.resourceVersion: missing"},
      {EventJson("BOOKMARK", R"({"metadata":{"resourceVersion":5}})"),
       "Pod: .metadata.resourceVersion: expected a string, got an integer"},
      {"{\"type\"",
       "Pod: invalid JSON (Missing a colon after a name of object member) at byte 7 of {\"type\""},
  };
  for (const auto& [json, message] : cases) {
    CAPTURE(json);
    const auto event = DecodeWatchEvent<Pod>(json);
    REQUIRE(event.has_error());
    CHECK(event.error().code == Errc::kMalformed);
    CHECK(event.error().message == message);
  }
}

}  // namespace
}  // namespace k8sm::kube_json
