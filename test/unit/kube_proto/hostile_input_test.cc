#include "lib/kube_json/codec.h"
#include "lib/kube_proto/codec.h"
#include "test/apiserver/json.h"
#include "test/apiserver/protobuf.h"
#include "test/support/catch.h"
#include "test/support/recording.h"

#include <protozero/pbf_writer.hpp>

#include <string>
#include <string_view>

namespace k8sm::kube_proto {
namespace {

std::string MessageOf(std::string_view kind, std::string_view json) {
  return apiserver::ProtobufMessage(kind, apiserver::ParseJson(json).value()).value();
}

std::string PodMessage(std::string_view spec) {
  return MessageOf("Pod",
                   R"({"metadata":{"name":"web","namespace":"shop"},"spec":)" + std::string(spec) + "}");
}

std::string MessageWith(std::uint32_t field, std::string_view text) {
  std::string message;
  protozero::pbf_writer(message).add_bytes(field, text.data(), text.size());
  return message;
}

template <class T>
std::string ProblemOf(std::string_view message) {
  const auto object = Decode<T>(message);
  REQUIRE(object.has_error());
  CHECK(object.error().code == Errc::kMalformed);
  return object.error().message;
}

TEST_CASE("an error names the object and the path of the field") {
  CHECK(ProblemOf<kube::Pod>(PodMessage(R"({"containers":[{},{"ports":[{},{"hostPort":2147483648}]}]})")) ==
        "Pod shop/web: .spec.containers[1].ports[1].hostPort: the integer does not fit into 32 bits");
  CHECK(ProblemOf<kube::Pod>(PodMessage(R"({"containers":[{"ports":[{"protocol":"TPC"}]}]})")) ==
        "Pod shop/web: .spec.containers[0].ports[0].protocol: unknown protocol \"TPC\"");
  CHECK(ProblemOf<kube::Pod>(PodMessage("{\"nodeName\":\"\xff\"}")) ==
        "Pod shop/web: .spec.nodeName: invalid UTF-8");
  CHECK(ProblemOf<kube::Service>(
            MessageOf("Service", R"({"metadata":{"name":"web"},"spec":{"ipFamilies":["IPv4","v6"]}})")) ==
        "Service web: .spec.ipFamilies[1]: expected IPv4 or IPv6");
  CHECK(ProblemOf<kube::Node>("") == "Node: .metadata.name: missing");
}

TEST_CASE("a field of the wrong wire type is an error") {
  std::string message = PodMessage("{}");
  protozero::pbf_writer(message).add_int32(2, 7);
  CHECK(ProblemOf<kube::Pod>(message) == "Pod shop/web: .spec: unexpected wire type 0");
}

std::string EndpointsMessage(std::string_view members) {
  return MessageOf("Endpoints", R"({"metadata":{"name":"web","namespace":"shop",)" + std::string(members));
}

// With metadata that is preserved, of which none may be invented or lost silently.
const std::string kEndpoints = EndpointsMessage(
    R"("generateName":"web-","deletionTimestamp":"2026-11-27T23:51:12Z","deletionGracePeriodSeconds":30,)"
    R"("ownerReferences":[{"apiVersion":"v1","kind":"Service","name":"web","uid":"u-1","controller":true}],)"
    R"("finalizers":["example.com/keep"],"managedFields":[{"manager":"kubectl","time":"2026-11-27T23:51:12Z"}]},)"
    R"("subsets":[{"addresses":[{"ip":"10.0.0.1","nodeName":"n","targetRef":{"kind":"Pod","name":"p"}}],)"
    R"("notReadyAddresses":[{"ip":"10.0.0.2","hostname":"h"}],"ports":[{"name":"http","port":80}]}]})");

const std::string kSlice = MessageOf(
    "EndpointSlice",
    R"({"metadata":{"name":"web-1","namespace":"shop"},"addressType":"IPv4","ports":[{"name":"","port":80}],)"
    R"("endpoints":[{"addresses":["10.0.0.1"],"conditions":{"ready":true,"serving":true,"terminating":false},)"
    R"("targetRef":{"kind":"Pod","name":"p"},"zone":"a","hints":{"forZones":[{"name":"a"}]}}]})");

TEST_CASE("an error in Endpoints and slices names the path of the field") {
  CHECK(ProblemOf<kube::Endpoints>(
            EndpointsMessage(R"("uid":"1"},"subsets":[{},{"ports":[{"protocol":"TPC"}]}]})")) ==
        "Endpoints shop/web: .subsets[1].ports[0].protocol: unknown protocol \"TPC\"");
  CHECK(ProblemOf<kube::Endpoints>(EndpointsMessage("\"uid\":\"1\"},\"subsets\":[{\"notReadyAddresses\":[{},{"
                                                    "\"targetRef\":{\"name\":\"\xff\"}}]}]}")) ==
        "Endpoints shop/web: .subsets[0].notReadyAddresses[1].targetRef.name: invalid UTF-8");
  CHECK(ProblemOf<kube::EndpointSlice>(kSlice + MessageWith(2, MessageWith(8, MessageWith(1, "\x0a")))) ==
        "EndpointSlice shop/web-1: .endpoints[1].hints.forZones[0].name: invalid protobuf (end of buffer "
        "exception)");
  CHECK(ProblemOf<kube::EndpointSlice>(kSlice +
                                       MessageWith(2, MessageWith(1, "10.0.0.2") + MessageWith(1, "\xff"))) ==
        "EndpointSlice shop/web-1: .endpoints[1].addresses[1]: invalid UTF-8");
  CHECK(ProblemOf<kube::EndpointSlice>(kSlice + MessageWith(3, MessageWith(3, "80"))) ==
        "EndpointSlice shop/web-1: .ports[1].port: unexpected wire type 2");
  CHECK(ProblemOf<kube::Endpoints>(kEndpoints + MessageWith(1, MessageWith(13, MessageWith(6, "yes")))) ==
        "Endpoints shop/web: .metadata.ownerReferences[1].controller: unexpected wire type 2");
}

// Decodes every truncation, and every byte changed in some ways.
template <class T>
void CheckDamaged(const std::string& message) {
  for (std::size_t size = 0; size < message.size(); ++size) {
    const auto object = Decode<T>(std::string_view(message).substr(0, size));
    if (object.has_error()) CHECK_FALSE(object.error().message.empty());
  }
  for (std::size_t at = 0; at < message.size(); ++at) {
    for (const int change : {1, 2, 4, 7, 8, 0x80, 0xff}) {
      std::string broken = message;
      broken[at] = static_cast<char>(broken[at] ^ change);
      const auto object = Decode<T>(broken);
      if (!object) continue;
      // What would be written can be read again, and has the same metadata.
      if constexpr (requires { object->family; }) {
        if (!object->family) continue;
      }
      const auto again = kube_json::Decode<T>(kube_json::Encode(*object));
      INFO(at << " " << change << ": " << (again ? "" : again.error().message));
      REQUIRE(again.has_value());
      CHECK(again->meta.preserved == object->meta.preserved);
    }
  }
}

TEST_CASE("damaged Endpoints and slices give an error, or an object that can be written") {
  CheckDamaged<kube::Endpoints>(kEndpoints);
  CheckDamaged<kube::EndpointSlice>(kSlice);
}

TEST_CASE("an annotation that is not valid UTF-8 reads as in JSON, and leaves the object readable") {
  const std::string annotation = MessageWith(12, MessageWith(1, "note") + MessageWith(2,
                                                                                      "a\xff"
                                                                                      "b"));
  const auto endpoints = Decode<kube::Endpoints>(kEndpoints + MessageWith(1, annotation));
  REQUIRE(endpoints.has_value());
  REQUIRE(endpoints->meta.annotations.Find("note") != nullptr);
  CHECK(*endpoints->meta.annotations.Find("note") ==
        "a\uFFFD"
        "b");
  CHECK(Decode<kube::Pod>(PodMessage("{}") + MessageWith(1, annotation)).has_value());
}

TEST_CASE("a timestamp that is out of range is an error") {
  for (const std::int64_t seconds : {std::int64_t(1) << 62, -(std::int64_t(1) << 62)}) {
    std::string time;
    protozero::pbf_writer(time).add_int64(1, seconds);
    const std::string message = PodMessage("{}") + MessageWith(1, MessageWith(8, time));
    CHECK(ProblemOf<kube::Pod>(message) ==
          "Pod shop/web: .metadata.creationTimestamp: " + std::to_string(seconds) + " is not a time");
  }
}

TEST_CASE("fields may come in any order and repeatedly, and unknown ones are ignored") {
  const std::string spec = MessageWith(2, MessageWith(10, "node-1"));
  const std::string again = MessageWith(2, MessageWith(10, "node-2"));
  const std::string metadata = MessageWith(1, MessageWith(1, "web"));
  const std::string unknown = MessageWith(99, "what a later version sends");
  const auto pod = Decode<kube::Pod>(unknown + spec + metadata + again);
  REQUIRE(pod.has_value());
  CHECK(pod->meta.name == kube::Symbol("web"));
  CHECK(pod->node_name == kube::Symbol("node-2"));
}

TEST_CASE("ports of sidecars follow those of containers, whatever their order in the message") {
  const auto container = [](const char* name, bool sidecar) {
    const std::string port = MessageWith(6, MessageWith(1, name));
    return port + MessageWith(1, name) + (sidecar ? MessageWith(24, "Always") : "");
  };
  const std::string spec = MessageWith(20, container("proxy", true)) +
                           MessageWith(20, container("init", false)) +
                           MessageWith(2, container("main", false));
  const auto pod = Decode<kube::Pod>(MessageWith(1, MessageWith(1, "web")) + MessageWith(2, spec));
  REQUIRE(pod.has_value());
  REQUIRE(pod->ports.size() == 2);
  CHECK(pod->ports[0].container == kube::Symbol("main"));
  CHECK(pod->ports[1].container == kube::Symbol("proxy"));
}

TEST_CASE("a truncated message gives a value or an error with a message") {
  const std::string message = PodMessage(
      R"({"nodeName":"node-1","containers":[{"name":"main","ports":[{"name":"http","containerPort":80}]}]})");
  for (std::size_t size = 0; size < message.size(); ++size) {
    const auto pod = Decode<kube::Pod>(std::string_view(message).substr(0, size));
    if (pod.has_error()) CHECK_FALSE(pod.error().message.empty());
    DecodeMeta(std::string_view(message).substr(0, size));
  }
  CHECK(ProblemOf<kube::Pod>(message.substr(0, message.size() - 1)).starts_with("Pod shop/web: "));
}

TEST_CASE("an event with any byte changed gives a value or an error") {
  const std::string line = R"({"type":"MODIFIED","object":{"kind":"Pod","metadata":{"name":"web"},)"
                           R"("spec":{"containers":[{"ports":[{"containerPort":80}]}]}}})";
  const std::string frame = apiserver::ToProtobufFrames(line + "\n").value().substr(4);
  for (std::size_t at = 0; at < frame.size(); ++at) {
    for (const int change : {1, 2, 4, 7, 0x80, 0xff}) {
      std::string broken = frame;
      broken[at] = static_cast<char>(broken[at] ^ change);
      const auto event = DecodeWatchEvent<kube::Pod>(broken);
      if (event.has_error()) CHECK(event.error().code == Errc::kMalformed);
      DecodeEventMeta(broken);
    }
  }
}

TEST_CASE("an event whose object is of another kind is an error") {
  const std::string line = R"({"type":"ADDED","object":{"kind":"Service","metadata":{"name":"web"}}})";
  const std::string frame = apiserver::ToProtobufFrames(line + "\n").value().substr(4);
  const auto event = DecodeWatchEvent<kube::Pod>(frame);
  REQUIRE(event.has_error());
  CHECK(event.error().message == "Pod web: an object of kind \"Service\"");
  CHECK(DecodeWatchEvent<kube::Service>(frame).has_value());
}

TEST_CASE("a DELETED event whose object cannot be decoded still gives its name and version") {
  const std::string line =
      R"({"type":"DELETED","object":{"kind":"Pod","metadata":{"name":"web","resourceVersion":"7"},)"
      R"("spec":{"containers":[{"ports":[{"protocol":"?"}]}]}}})";
  const auto event = DecodeWatchEvent<kube::Pod>(apiserver::ToProtobufFrames(line + "\n").value().substr(4));
  REQUIRE(event.has_value());
  CHECK(event->object->meta.name == kube::Symbol("web"));
  CHECK(event->resource_version == "7");
}

TEST_CASE("an error response that is not a Status is quoted") {
  const Error error = DecodeStatus(502, "<html>bad gateway</html>");
  CHECK(error.code == Errc::kServerError);
  CHECK(error.message == "<html>bad gateway</html>");
}

}  // namespace
}  // namespace k8sm::kube_proto
