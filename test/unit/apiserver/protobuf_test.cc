// What the server sends in protobuf, compared with recordings of a real API server.

#include "test/apiserver/protobuf.h"

#include "test/support/catch.h"
#include "test/support/recording.h"
#include "test/unit/apiserver/test_api.h"

#include <string>

namespace k8sm::apiserver {
namespace {

const std::string kPrefersProtobuf = "application/vnd.kubernetes.protobuf, application/json";

Response Ask(TestApi& api, const std::string& target, const std::string& accept = kPrefersProtobuf) {
  Request request;
  request.target = target;
  request.accept = accept;
  return api.server().Handle(request);
}

TEST_CASE("a metadata-only list recorded as JSON is encoded byte for byte as the recorded protobuf") {
  for (const auto& [json, protobuf] : {std::pair("metadata-list-nodes", "metadata-protobuf-list-nodes")}) {
    CAPTURE(json);
    CHECK(ToProtobuf(test::LoadRecording(json).body) == test::LoadRecording(protobuf).body);
  }
}

TEST_CASE("a Status is encoded byte for byte as recorded") {
  TestApi api;
  const auto recorded = test::LoadRecording("protobuf-not-found");
  const Response response = Ask(api, "/api/v1/namespaces/rec-pb/pods/none");
  CHECK(response.status == recorded.status);
  CHECK(response.content_type == "application/vnd.kubernetes.protobuf");
  CHECK(response.body == recorded.body);
}

TEST_CASE("protobuf is sent if the client prefers it and the kind is supported, in watches too") {
  TestApi api;
  CHECK(Ask(api, "/api/v1/pods").content_type == "application/vnd.kubernetes.protobuf");
  CHECK(Ask(api, "/api/v1/pods").body.starts_with(std::string("k8s\0", 4)));
  CHECK(Ask(api, "/api/v1/pods", "application/json, application/vnd.kubernetes.protobuf").content_type ==
        "application/json");
  CHECK(Ask(api, "/apis/coordination.k8s.io/v1/leases").content_type == "application/json");
  const Response watch = Ask(api, "/api/v1/services?watch=true");
  CHECK(watch.content_type == "application/vnd.kubernetes.protobuf;stream=watch");
  CHECK(watch.protobuf);
  CHECK_FALSE(Ask(api, "/api/v1/events?watch=true").protobuf);
}

TEST_CASE("a metadata-only list is sent as protobuf or JSON, as the client prefers") {
  TestApi api;
  REQUIRE(
      api.server().Create("nodes", "", R"({"metadata":{"name":"a"},"status":{"phase":"x"}})").has_value());
  const std::string as = ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";
  const Response protobuf =
      Ask(api, "/api/v1/nodes", "application/vnd.kubernetes.protobuf" + as + ", application/json");
  CHECK(protobuf.content_type == "application/vnd.kubernetes.protobuf");
  const Response json = Ask(api, "/api/v1/nodes", "application/json" + as + ", application/json");
  CHECK(json.content_type == "application/json");
  CHECK(ToProtobuf(json.body) == protobuf.body);
}

TEST_CASE("an emulated Kubernetes 1.1 sends JSON although the client prefers protobuf") {
  TestApi api({.emulate = "1.1"});
  CHECK(Ask(api, "/api/v1/pods").content_type == "application/json");
  CHECK(Ask(api, "/api/v1/pods/none").body.front() == '{');
  CHECK_FALSE(Ask(api, "/api/v1/pods?watch=true").protobuf);
}

TEST_CASE("a watch event that is cut off becomes a protobuf frame that is cut off") {
  const std::string line = R"({"type":"ADDED","object":{"kind":"Pod","metadata":{"name":"a"}}})";
  const auto whole = ToProtobufFrames(line + "\n");
  REQUIRE(whole.has_value());
  const auto cut = ToProtobufFrames(line + "\n" + line.substr(0, 20));
  REQUIRE(cut.has_value());
  CHECK(cut->starts_with(*whole));
  CHECK(cut->size() == whole->size() + 4 + 20);
}

}  // namespace
}  // namespace k8sm::apiserver
