// Recorded responses of a Kubernetes API server in both encodings.

#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"
#include "lib/kube_proto/codec.h"
#include "lib/kube_proto/framer.h"
#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/kube_json/framing.h"
#include "test/unit/kube_proto/same.h"

#include <string>
#include <vector>

namespace k8sm::kube_proto {
namespace {

using kube_json::Frame;
using test::LoadRecording;

std::vector<std::string> ItemsOf(auto&& framer, const std::string& recording) {
  const auto items = Frame(framer, LoadRecording(recording).body);
  const auto meta = framer.meta();
  INFO(recording << ": " << (meta ? "" : meta.error().message));
  REQUIRE(meta.has_value());
  return items;
}

template <class T>
void CheckSameLists(const std::string& json, const std::string& protobuf, std::string_view kind) {
  const auto in_json = ItemsOf(kube_json::ListFramer(kind), json);
  const auto in_protobuf = ItemsOf(ListFramer(kind), protobuf);
  REQUIRE(in_json.size() == in_protobuf.size());
  REQUIRE_FALSE(in_json.empty());
  for (std::size_t i = 0; i < in_json.size(); ++i) {
    const auto expected = kube_json::Decode<T>(in_json[i]);
    const auto object = Decode<T>(in_protobuf[i]);
    REQUIRE(expected.has_value());
    INFO((object ? "" : object.error().message));
    REQUIRE(object.has_value());
    CAPTURE(expected->meta.name.get());
    CHECK(Same(*expected, *object));
    CHECK(DecodeMeta(in_protobuf[i])->Key() == object->meta.Key());
  }
}

TEST_CASE("recorded objects of each kind decode to the same values from JSON and protobuf") {
  CheckSameLists<kube::Pod>("json-list-pods", "protobuf-list-pods", "PodList");
  CheckSameLists<kube::Service>("json-list-services", "protobuf-list-services", "ServiceList");
  CheckSameLists<kube::Endpoints>("json-list-endpoints", "protobuf-list-endpoints", "EndpointsList");
  CheckSameLists<kube::EndpointSlice>("json-list-endpointslices", "protobuf-list-endpointslices",
                                      "EndpointSliceList");
  CheckSameLists<kube::Node>("metadata-list-nodes", "metadata-protobuf-list-nodes",
                             "PartialObjectMetadataList");
}

TEST_CASE("a recorded page has the continue token of the next one") {
  ListFramer framer("PodList");
  const auto items = ItemsOf(framer, "protobuf-list-pods-page");
  CHECK(items.size() == 2);
  const kube::ListMeta meta = framer.meta().value();
  CHECK_FALSE(meta.continue_token.empty());
  CHECK_FALSE(meta.resource_version.empty());
}

TEST_CASE("recorded streaming lists of nodes decode to the same events from JSON and protobuf") {
  kube_json::WatchFramer json;
  WatchFramer protobuf;
  const auto in_json = Frame(json, LoadRecording("metadata-watchlist-nodes").body);
  const auto in_protobuf = Frame(protobuf, LoadRecording("metadata-protobuf-watchlist-nodes").body);
  REQUIRE(in_json.size() == in_protobuf.size());
  for (std::size_t i = 0; i < in_json.size(); ++i) {
    const auto expected = kube_json::DecodeWatchEvent<kube::Node>(in_json[i]);
    const auto event = DecodeWatchEvent<kube::Node>(in_protobuf[i]);
    REQUIRE(expected.has_value());
    REQUIRE(event.has_value());
    CHECK(expected->type == event->type);
    CHECK(expected->initial_events_end == event->initial_events_end);
    if (expected->object) CHECK(Same(*expected->object, *event->object));
  }
}

TEST_CASE("a recorded streaming list has the pods of the list, then the bookmark that ends it") {
  WatchFramer framer;
  const auto events = Frame(framer, LoadRecording("protobuf-watchlist-pods").body);
  CHECK_FALSE(framer.mid_value());
  ListFramer list("PodList");
  const auto items = ItemsOf(list, "protobuf-list-pods");
  REQUIRE(events.size() >= items.size() + 1);
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto event = DecodeWatchEvent<kube::Pod>(events[i]);
    REQUIRE(event.has_value());
    CHECK(event->type == kube::WatchEventType::kAdded);
    CHECK(Same(*event->object, Decode<kube::Pod>(items[i]).value()));
    CHECK(DecodeEventMeta(events[i])->Key() == event->object->meta.Key());
  }
  const auto end = DecodeWatchEvent<kube::Pod>(events[items.size()]);
  REQUIRE(end.has_value());
  CHECK(end->type == kube::WatchEventType::kBookmark);
  CHECK(end->initial_events_end);
  CHECK_FALSE(end->resource_version.empty());
}

TEST_CASE("a recorded error response and a recorded ERROR event are classified") {
  const auto refusal = LoadRecording("protobuf-not-found");
  const Error missing = DecodeStatus(refusal.status, refusal.body);
  CHECK(missing.code == Errc::kNotFound);
  CHECK(missing.message == "pods \"none\" not found");

  WatchFramer framer;
  const auto events = Frame(framer, LoadRecording("protobuf-watch-too-old").body);
  REQUIRE(events.size() == 1);
  const auto event = DecodeWatchEvent<kube::Pod>(events[0]);
  REQUIRE(event.has_value());
  CHECK(event->type == kube::WatchEventType::kError);
  CHECK(event->error.code == Errc::kExpired);
  CHECK(event->error.message == "too old resource version: 1 (156603)");
}

TEST_CASE("recorded bodies that are split at any byte give the same values") {
  const std::string list = LoadRecording("protobuf-list-pods-page").body;
  ListFramer whole("PodList");
  const auto items = Frame(whole, list);
  for (std::size_t cut = 0; cut <= list.size(); ++cut) {
    ListFramer framer("PodList");
    if (Frame(framer, list, cut, list.size()) != items || framer.meta().has_error())
      FAIL("list cut at byte " << cut);
  }
  const std::string watch = LoadRecording("protobuf-watchlist-pods").body;
  WatchFramer whole_watch;
  const auto events = Frame(whole_watch, watch);
  for (std::size_t cut = 0; cut <= watch.size(); ++cut) {
    WatchFramer framer;
    if (Frame(framer, watch, cut, watch.size()) != events) FAIL("watch cut at byte " << cut);
  }
}

TEST_CASE("a recorded list that arrives byte by byte gives the same items") {
  const std::string list = LoadRecording("protobuf-list-pods").body;
  ListFramer whole("PodList");
  ListFramer split("PodList");
  CHECK(Frame(split, list, 1, 1) == Frame(whole, list));
  CHECK(split.done());
}

}  // namespace
}  // namespace k8sm::kube_proto
