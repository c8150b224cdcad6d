#include "lib/kube_proto/codec.h"

#include "test/support/catch.h"
#include "test/unit/kube_proto/messages.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm::kube_proto {
namespace {

using kube::WatchEventType;

std::string EventOf(std::string_view type, std::string_view kind, std::string_view raw) {
  return Field(1, type) + Field(2, Field(1, Enveloped(kind, raw)));
}

template <class T>
std::string ProblemOf(const std::string& event) {
  const auto decoded = DecodeWatchEvent<T>(event);
  if (decoded) return "none";
  CHECK(decoded.error().code == Errc::kMalformed);
  return decoded.error().message;
}

const std::string kNamed = Field(1, Field(1, "web") + Field(3, "shop") + Field(6, "7"));

TEST_CASE("a bookmark tells a version, and perhaps the end of the initial events") {
  struct Case {
    std::string annotations;
    bool is_end;
  };
  const std::string key = Field(1, "k8s.io/initial-events-end");
  const auto [annotations, is_end] =
      GENERATE_COPY(Case{"", false}, Case{Field(12, key + Field(2, "true")), true},
                    Case{Field(12, key + Field(2, "false")), false});
  const auto event =
      DecodeWatchEvent<kube::Pod>(EventOf("BOOKMARK", "Pod", Field(1, Field(6, "7") + annotations)));
  REQUIRE(event.has_value());
  CHECK(event->type == WatchEventType::kBookmark);
  CHECK(event->resource_version == "7");
  CHECK(event->initial_events_end == is_end);
  CHECK_FALSE(event->object.has_value());
  CHECK(ProblemOf<kube::Pod>(EventOf("BOOKMARK", "Pod", Field(1, annotations))) ==
        "Pod: .metadata.resourceVersion: missing");
}

TEST_CASE("an event that is added, modified or deleted carries its object and version") {
  for (const std::string type : {"ADDED", "MODIFIED", "DELETED"}) {
    CAPTURE(type);
    const auto event = DecodeWatchEvent<kube::Pod>(EventOf(type, "Pod", kNamed));
    REQUIRE(event.has_value());
    CHECK(event->type == kube::WatchEventTypeOf(type));
    CHECK(event->resource_version == "7");
    CHECK(event->object->meta.name == kube::Symbol("web"));
    CHECK(ProblemOf<kube::Pod>(EventOf(type, "Pod", Field(1, Field(3, "shop")))) ==
          "Pod shop/?: .metadata.name: missing");
  }
}

TEST_CASE("an event of another type, or without an object in protobuf, is an error") {
  CHECK(ProblemOf<kube::Pod>(EventOf("SYNC", "Pod", kNamed)) == "Pod: .type: \"SYNC\" is not an event type");
  CHECK(ProblemOf<kube::Pod>(Field(1, "ADDED")) == "Pod: not an object in protobuf: \"\"");
  CHECK(ProblemOf<kube::Pod>(Field(1, "ADDED") + Field(2, Field(1, "{}"))) ==
        "Pod: not an object in protobuf: \"{}\"");
}

TEST_CASE("metadata alone is an object of nodes, and of no other kind") {
  CHECK(DecodeWatchEvent<kube::Node>(EventOf("ADDED", "PartialObjectMetadata", kNamed)).has_value());
  CHECK(DecodeWatchEvent<kube::Node>(EventOf("ADDED", "Node", kNamed)).has_value());
  const std::string problem = " shop/web: an object of kind \"PartialObjectMetadata\"";
  CHECK(ProblemOf<kube::Pod>(EventOf("ADDED", "PartialObjectMetadata", kNamed)) == "Pod" + problem);
  CHECK(ProblemOf<kube::Service>(EventOf("ADDED", "PartialObjectMetadata", kNamed)) == "Service" + problem);
}

TEST_CASE("an ERROR event says why by a Status, and by no other object") {
  const auto event =
      DecodeWatchEvent<kube::Pod>(EventOf("ERROR", "Status", Field(3, "too old") + Field(4, "Expired")));
  REQUIRE(event.has_value());
  CHECK(event->type == WatchEventType::kError);
  CHECK(event->error.code == Errc::kExpired);
  CHECK(event->error.message == "too old");
  const auto silent =
      DecodeWatchEvent<kube::Pod>(EventOf("ERROR", "Pod", Field(3, "too old") + Field(4, "Expired")));
  REQUIRE(silent.has_value());
  CHECK(silent->error.code == Errc::kRejected);
  CHECK(silent->error.message == "an ERROR event that does not say why");
}

TEST_CASE("a Status tells its first cause, and when to try again") {
  const std::string details = Field(4, Field(1, "ResourceVersionTooLarge") + Field(2, "x")) +
                              Field(4, Field(1, "Other")) + Number(5, 3);
  const std::string status = Field(3, "no") + Field(4, "Timeout") + Field(5, details) + Number(6, 504);
  for (const int http_status : {504, 0}) {
    CAPTURE(http_status);
    const Error error = DecodeStatus(http_status, Enveloped("Status", status));
    CHECK(error.code == Errc::kServerError);
    CHECK(error.http_status == 504);
    CHECK(error.message == "no");
    CHECK(error.cause == "ResourceVersionTooLarge");
    CHECK(error.retry_after == std::chrono::seconds(3));
  }
  CHECK(DecodeStatus(403, Enveloped("Pod", status)).message != "no");
}

TEST_CASE("an object and an event are known by their metadata, whatever else is wrong with them") {
  const std::string broken = "\x0a";
  REQUIRE(DecodeMeta(kNamed + broken).has_value());
  CHECK(DecodeMeta(kNamed + broken)->name == kube::Symbol("web"));
  CHECK_FALSE(DecodeMeta(Field(1, Field(3, "shop"))).has_value());
  const std::string event = EventOf("ADDED", "Pod", kNamed);
  for (const std::string& text : {event, event + broken, EventOf("ADDED", "Other", kNamed)}) {
    REQUIRE(DecodeEventMeta(text).has_value());
    CHECK(DecodeEventMeta(text)->resource_version == "7");
  }
  CHECK_FALSE(DecodeEventMeta(EventOf("ADDED", "Pod", "")).has_value());
  CHECK_FALSE(DecodeEventMeta("").has_value());
}

TEST_CASE("a time is one of the years 0 to 9999, and one without seconds is the first of 1970") {
  const auto created = [](const std::string& time) -> std::string {
    const auto pod = Decode<kube::Pod>(Field(1, Field(1, "web") + Field(8, time)));
    if (!pod) return "refused";
    const auto& at = pod->meta.creation_timestamp;
    return at ? std::to_string((*at).time_since_epoch().count()) : "none";
  };
  // An empty message is no time; one whose fields are other ones is the first second.
  CHECK(created("") == "none");
  CHECK(created(Number(2, 5)) == "0");
  for (const std::int64_t seconds :
       {std::int64_t{1}, std::int64_t{-62'167'219'200}, std::int64_t{253'402'300'799}})
    CHECK(created(Number(1, seconds)) == std::to_string(seconds));
  for (const std::int64_t seconds : {std::int64_t{-62'167'219'201}, std::int64_t{253'402'300'800}})
    CHECK(created(Number(1, seconds)) == "refused");
}

}  // namespace
}  // namespace k8sm::kube_proto
