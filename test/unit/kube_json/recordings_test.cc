// Recorded responses of a Kubernetes API server, through framers and decoders.

#include "lib/kube_json/codec.h"
#include "lib/kube_json/framer.h"
#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/kube_json/framing.h"

#include <algorithm>
#include <string>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Pod;
using test::LoadRecording;

template <class T>
std::vector<T> DecodeList(const std::string& recording, ListFramer& framer) {
  std::vector<T> objects;
  for (const std::string& item : Frame(framer, LoadRecording(recording).body)) {
    auto object = Decode<T>(item);
    REQUIRE(object.has_value());
    objects.push_back(*std::move(object));
  }
  REQUIRE(framer.done());
  return objects;
}

// "ADDED default/web@42", "BOOKMARK @42", "BOOKMARK @42 end", "ERROR expired".
std::vector<std::string> DecodeWatch(const std::string& recording) {
  WatchFramer framer;
  std::vector<std::string> events;
  for (const std::string& text : Frame(framer, LoadRecording(recording).body)) {
    const auto event = DecodeWatchEvent<Pod>(text);
    REQUIRE(event.has_value());
    constexpr const char* kNames[] = {"ADDED ", "MODIFIED ", "DELETED ", "BOOKMARK ", "ERROR "};
    std::string line = kNames[static_cast<int>(event->type)];
    if (event->type == WatchEventType::kError) {
      line += ToString(event->error.code);
    } else {
      if (event->object) line += kube::ToString(event->object->meta.Key());
      line += "@" + event->resource_version;
      if (event->initial_events_end) line += " end";
    }
    events.push_back(line);
  }
  CHECK_FALSE(framer.mid_value());
  CHECK_FALSE(framer.broken());
  return events;
}

TEST_CASE("a recorded list of pods is read page by page") {
  ListFramer first;
  const auto page1 = DecodeList<Pod>("list-pods-page1", first);
  ListFramer second;
  const auto page2 = DecodeList<Pod>("list-pods-page2", second);
  REQUIRE(page1.size() == 2);
  REQUIRE(page2.size() == 2);
  CHECK(kube::ToString(page1[0].meta.Key()) == "rec/web-0");
  CHECK(kube::ToString(page2[0].meta.Key()) == "rec/web-2");
  CHECK(first.meta()->resource_version == "161053");
  CHECK(second.meta()->resource_version == "161053");
  CHECK(first.meta()->continue_token ==
        "eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6MTYxMDUzLCJzdGFydCI6Ii93ZWItMVx1MDAwMCJ9");
  CHECK_FALSE(second.meta()->continue_token.empty());
}

TEST_CASE("a recorded list of all pods is read in full") {
  ListFramer framer;
  const auto pods = DecodeList<Pod>("list-pods-rv0", framer);
  CHECK(framer.meta()->resource_version == "161051");
  CHECK(framer.meta()->continue_token.empty());
  REQUIRE(pods.size() == 5);
  const Pod& pod = pods.front();
  CHECK(kube::ToString(pod.meta.Key()) == "rec/web-0");
  CHECK(pod.meta.uid == kube::Uid("128c9275-d7d6-4f62-8372-c3f80544198e"));
  CHECK(pod.meta.resource_version == "161043");
  CHECK(pod.meta.labels.size() == 2);
  CHECK(pod.node_name == kube::Symbol("node-1"));
  REQUIRE(pod.ports.size() == 1);
  CHECK(pod.ports[0].container_port == 8080);
  CHECK(pod.ports[0].host_port == 31080);
  CHECK(pod.phase == kube::PodPhase::kRunning);
  CHECK(pod.ready);
  CHECK(pod.host_ips.size() == 2);
  CHECK(pod.pod_ips.size() == 1);
}

TEST_CASE("recorded lists of services and endpoints are read") {
  ListFramer framer;
  const auto services = DecodeList<kube::Service>("list-services", framer);
  REQUIRE(services.size() == 1);
  CHECK(kube::ToString(services[0].meta.Key()) == "rec/web");
  CHECK(services[0].HasClusterIp());
  CHECK(services[0].selector.size() == 1);
  CHECK(services[0].ports.size() == 1);

  ListFramer empty;
  CHECK(DecodeList<kube::Endpoints>("list-endpoints-empty", empty).empty());
  CHECK(empty.meta()->resource_version == "161053");
}

TEST_CASE("a recorded list of slices is read in full") {
  ListFramer framer("EndpointSliceList");
  const auto slices = DecodeList<kube::EndpointSlice>("list-slices", framer);
  REQUIRE(slices.size() == 2);
  CHECK_FALSE(slices[0].owner.has_value());
  const kube::EndpointSlice& slice = slices[1];
  CHECK(kube::ToString(slice.meta.Key()) == "rec/web-zg2g2");
  CHECK(slice.meta.field_manager == kube::Symbol("kube-controller-manager"));
  CHECK(slice.owner ==
        kube::ServiceOwner{kube::Symbol("web"), kube::Uid("85ea7c26-d2a5-4305-881d-2dcd2a2cb3c2")});
  CHECK(slice.family == kube::IpFamily::kIPv4);
  REQUIRE(slice.ports.size() == 1);
  CHECK(slice.ports[0] == kube::EndpointPort{.name = kube::Symbol("http"), .port = 8080});
  REQUIRE(slice.endpoints.size() == 5);
  CHECK(std::ranges::all_of(slice.endpoints, &kube::SliceEndpoint::exact));
  const kube::SliceEndpoint& endpoint = slice.endpoints[0];
  CHECK(endpoint.address == kube::Symbol("172.17.205.28"));
  CHECK(endpoint.ready);
  CHECK(endpoint.serving);
  CHECK_FALSE(endpoint.terminating);
  CHECK(endpoint.node_name == kube::Symbol("node-2"));
  CHECK(endpoint.zone == kube::Symbol("zone-c"));
  REQUIRE(endpoint.target_ref.has_value());
  CHECK(endpoint.target_ref->name == kube::Symbol("web-1"));
  CHECK_FALSE(slice.endpoints[3].ready);
}

TEST_CASE("a recorded list of nodes is read") {
  ListFramer framer("NodeList");
  const auto nodes = DecodeList<kube::Node>("list-nodes", framer);
  REQUIRE(nodes.size() == 2);
  CHECK(kube::ToString(nodes[0].meta.Key()) == "node-1");
  CHECK(nodes[0].zone == kube::Symbol("zone-b"));
  CHECK(nodes[1].zone == kube::Symbol("zone-c"));
  CHECK_FALSE(framer.meta()->continue_token.empty());
}

TEST_CASE("recorded watches are read event by event") {
  const std::vector<std::string> life_of_a_pod = {"MODIFIED rec/web-1@161054", "ADDED rec/web-9@161055",
                                                  "MODIFIED rec/web-9@161056", "MODIFIED rec/web-9@161057",
                                                  "DELETED rec/web-9@161058"};
  std::vector<std::string> expected = life_of_a_pod;
  expected.push_back("BOOKMARK @161058");
  CHECK(DecodeWatch("watch-pods") == expected);
  expected = life_of_a_pod;
  expected.insert(expected.end(), {"MODIFIED rec/web-1@161059", "BOOKMARK @161069", "BOOKMARK @161069"});
  CHECK(DecodeWatch("watch-pods-bookmark") == expected);
  expected = {"ADDED rec/web-0@161043", "ADDED rec/web-1@161059", "ADDED rec/web-2@161047",
              "ADDED rec/web-3@161049", "ADDED rec/web-4@161051", "BOOKMARK @163053 end"};
  CHECK(DecodeWatch("watchlist-pods") == expected);
  CHECK(DecodeWatch("watch-too-old") == std::vector<std::string>{"ERROR expired"});
  CHECK(DecodeWatch("watch-future").empty());
}

TEST_CASE("a recorded watch that is split at any byte gives the same events") {
  // Only the end of the recording, to keep this fast: a deleted pod, a modified one and two bookmarks.
  const std::string recorded = LoadRecording("watch-pods-bookmark").body;
  const std::string body = recorded.substr(recorded.find(R"({"type":"DELETED")"));
  WatchFramer whole;
  const auto events = Frame(whole, body);
  REQUIRE(events.size() == 4);
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    WatchFramer framer;
    if (Frame(framer, body, cut, body.size()) != events) FAIL("cut at byte " << cut);
  }
}

TEST_CASE("a recorded list that is split at any byte gives the same items") {
  const std::string body = LoadRecording("list-pods-page1").body;
  ListFramer whole;
  const auto items = Frame(whole, body);
  for (std::size_t cut = 0; cut <= body.size(); ++cut) {
    ListFramer framer;
    if (Frame(framer, body, cut, body.size()) != items || framer.meta().has_error())
      FAIL("cut at byte " << cut);
  }
}

TEST_CASE("recorded slices are unchanged after encoding and decoding") {
  ListFramer framer("EndpointSliceList");
  auto slices = DecodeList<kube::EndpointSlice>("list-slices", framer);
  slices.push_back(Decode<kube::EndpointSlice>(LoadRecording("create-slice").body).value());
  for (const kube::EndpointSlice& stored : slices) {
    CAPTURE(stored.meta.name.get());
    const auto again = Decode<kube::EndpointSlice>(Encode(stored));
    REQUIRE(again.has_value());
    CHECK(again->meta.preserved == stored.meta.preserved);
    CHECK(again->owner == stored.owner);
    CHECK(again->family == stored.family);
    CHECK(again->ports == stored.ports);
    CHECK(again->endpoints == stored.endpoints);
    CHECK(Encode(*again) == Encode(stored));
  }
}

TEST_CASE("recorded endpoints are unchanged after encoding and decoding") {
  for (const std::string name : {"create-endpoints", "update-endpoints", "update-endpoints-missing"}) {
    CAPTURE(name);
    const auto stored = Decode<kube::Endpoints>(LoadRecording(name).body);
    REQUIRE(stored.has_value());
    CHECK_FALSE(stored->meta.uid.Text().empty());
    CHECK_FALSE(stored->meta.resource_version.empty());
    CHECK(stored->meta.field_manager == kube::Symbol("k8sm-recorder"));
    REQUIRE_FALSE(stored->subsets.empty());
    const auto again = Decode<kube::Endpoints>(Encode(*stored));
    REQUIRE(again.has_value());
    CHECK(again->subsets == stored->subsets);
    CHECK(Encode(*again) == Encode(*stored));
  }
}

}  // namespace
}  // namespace k8sm::kube_json
