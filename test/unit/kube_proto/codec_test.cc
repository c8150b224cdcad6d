#include "lib/kube_proto/codec.h"

#include "test/support/catch.h"
#include "test/unit/kube_proto/messages.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

TEST_CASE("PeekEventVersion reads from an event which version of which object it contains") {
  const std::string meta = Field(1, "web") + Field(3, "shop") + Field(5, "u-1") + Field(6, "7");
  for (const std::string type : {"ADDED", "MODIFIED"}) {
    for (const std::string& raw : {Field(1, meta), Field(1, Field(17, "manager") + meta + Field(11, "label")),
                                   Field(1, meta) + "\x12\x7f"}) {
      const auto version = PeekEventVersion(EventOf(type, "Endpoints", raw));
      REQUIRE(version);
      CHECK(version->ns == "shop");
      CHECK(version->name == "web");
      CHECK(version->uid == "u-1");
      CHECK(version->resource_version == "7");
    }
  }
}

TEST_CASE("PeekEventVersion gives nothing for other events, and where the version is not whole") {
  const std::string meta = Field(1, "web") + Field(3, "shop") + Field(5, "u-1") + Field(6, "7");
  const std::vector<std::string> events = {
      "",
      "text",
      // Some servers send a deletion with the version of the object's last state.
      EventOf("DELETED", "Endpoints", Field(1, meta)),
      EventOf("BOOKMARK", "Endpoints", Field(1, meta)),
      EventOf("ERROR", "Endpoints", Field(1, meta)),
      EventOf("ADDED", "Endpoints", ""),
      EventOf("ADDED", "Endpoints", Field(2, "subset") + Field(1, meta)),
      EventOf("ADDED", "Endpoints", Field(1, meta + "\x12\x7f")),
      EventOf("ADDED", "Endpoints", Field(1, Number(1, 7) + meta)),
      EventOf("ADDED", "Endpoints", Field(1, Field(3, "shop") + Field(5, "u-1") + Field(6, "7"))),
      EventOf("ADDED", "Endpoints", Field(1, Field(1, "web") + Field(3, "shop") + Field(6, "7"))),
      EventOf("ADDED", "Endpoints", Field(1, Field(1, "web") + Field(3, "shop") + Field(5, "u-1"))),
      Field(1, "ADDED") + Field(2, Field(1, Field(1, meta))),
  };
  for (const std::string& event : events) {
    CAPTURE(event);
    CHECK_FALSE(PeekEventVersion(event));
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

TEST_CASE("a field of the metadata of Endpoints and slices that is not known is an error of its own") {
  struct Case {
    std::string metadata;
    std::string problem;
  };
  const std::vector<Case> cases = {
      {Field(18, "later"), ".metadata: field 18 is not known"},
      {Number(18, 1), ".metadata: field 18 is not known"},
      {Field(13, Field(3, "web") + Field(8, "later")), ".metadata.ownerReferences[0]: field 8 is not known"},
      // Go writes zero values of fields that it has and nobody has set.
      {Field(15, "") + Number(18, 0), ""},
  };
  for (const auto& [metadata, problem] : cases) {
    CAPTURE(metadata);
    const std::string message = Field(1, Field(1, "web") + Field(3, "shop") + metadata);
    const auto endpoints = Decode<kube::Endpoints>(message);
    const auto slice = DecodeWatchEvent<kube::EndpointSlice>(EventOf("ADDED", "EndpointSlice", message));
    REQUIRE(endpoints.has_value() == problem.empty());
    REQUIRE(slice.has_value() == problem.empty());
    CHECK(Decode<kube::Pod>(message).has_value());
    if (problem.empty()) continue;
    CHECK(endpoints.error().code == Errc::kUnknownField);
    CHECK(endpoints.error().message == "Endpoints shop/web: " + problem);
    CHECK(slice.error().code == Errc::kUnknownField);
    CHECK(slice.error().message == "EndpointSlice shop/web: " + problem);
  }
}

TEST_CASE("an endpoint with a field that is not known is not exact") {
  const std::string known = Field(1, "10.0.0.1") + Field(2, Number(1, 1) + Number(2, 1) + Number(3, 0)) +
                            Field(4, Field(1, "Pod") + Field(3, "web-1"));
  const auto is_exact = [](const std::string& endpoint) {
    return Decode<kube::EndpointSlice>(kNamed + Field(2, endpoint))->endpoints.at(0).exact;
  };
  CHECK(is_exact(known));
  CHECK(is_exact(known + Field(9, "") + Number(10, 0)));
  CHECK_FALSE(is_exact(known + Field(9, "later")));
  CHECK_FALSE(is_exact(known + Number(9, 1)));
  CHECK_FALSE(is_exact(known + Field(4, Field(7, "spec"))));
  CHECK_FALSE(is_exact(known + Field(8, Field(1, Field(1, "zone-a") + Field(2, "later")))));
  CHECK_FALSE(is_exact(known + Field(8, Field(3, "later"))));
  CHECK_FALSE(is_exact(Field(1, "10.0.0.1") + Field(2, Number(1, 1))));
}

TEST_CASE("endpoints are exact if an update would leave their references as they are, apart from a version") {
  const auto is_exact = [](std::uint32_t list, const std::string& reference) {
    const std::string address = Field(1, "10.0.0.1") + Field(2, Field(1, "Pod") + reference);
    return Decode<kube::Endpoints>(kNamed + Field(2, Field(list, address)))->exact;
  };
  for (const std::uint32_t list : {1, 2}) {
    CHECK(is_exact(list, ""));
    CHECK(is_exact(list, Field(5, "") + Field(6, "7") + Field(7, "")));
    CHECK_FALSE(is_exact(list, Field(5, "v1")));
    CHECK_FALSE(is_exact(list, Field(7, "spec")));
    CHECK_FALSE(is_exact(list, Field(9, "later")));
  }
}

TEST_CASE("managedFields that cannot be decoded leave the last writer unknown, and are no error") {
  const std::string entry = Field(17, Field(1, "kubectl") + Field(4, Number(1, 1'700'000'000)));
  const std::string broken = Field(17, Field(1, "other") + Field(4, "\x08"));
  const auto manager_of = [](const std::string& fields) {
    return Decode<kube::Endpoints>(Field(1, Field(1, "web") + fields))->meta.field_manager;
  };
  CHECK(manager_of(entry) == "kubectl");
  CHECK(manager_of(entry + broken) == "kubectl");
  CHECK(manager_of(broken).empty());
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
  // "e" is the tag of an annotation as a fixed32, which Decode<Node>() does not read.
  const std::string node = Field(1, "e1e3\f" + Field(1, "node-1"));
  REQUIRE(Decode<kube::Node>(node).has_value());
  REQUIRE(DecodeMeta(node).has_value());
  CHECK(DecodeMeta(node)->name == kube::Symbol("node-1"));
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
