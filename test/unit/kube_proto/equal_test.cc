// Both encodings of the same object decode to the same value.

#include "lib/kube_json/codec.h"
#include "lib/kube_proto/codec.h"
#include "test/apiserver/json.h"
#include "test/apiserver/protobuf.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/unit/kube_proto/same.h"

#include <random>
#include <string>
#include <vector>

namespace k8sm::kube_proto {
namespace {

// Compares what an update would send.
template <class T>
void CheckSameText(T expected, T object) {
  if constexpr (requires { object.family; }) {
    if (!object.family) return;
  }
  CHECK(kube_json::Encode(expected) == kube_json::Encode(object));
}

// Decodes the object in both encodings, alone and in an event, and compares.
template <class T>
void CheckSame(const std::string& json, const std::string& kind) {
  CAPTURE(json);
  const auto parsed = apiserver::ParseJson(json);
  REQUIRE(parsed.has_value());
  const auto message = apiserver::ProtobufMessage(kind, *parsed);
  REQUIRE(message.has_value());
  const auto expected = kube_json::Decode<T>(json);
  const auto object = Decode<T>(*message);
  INFO((object ? "" : object.error().message));
  REQUIRE(expected.has_value() == object.has_value());
  if (!expected) return;
  CHECK(Same(*expected, *object));
  if constexpr (requires { kube_json::Encode(*object).size(); }) CheckSameText(*expected, *object);

  for (const std::string type : {"ADDED", "MODIFIED", "DELETED"}) {
    const std::string line = R"({"type":")" + type + R"(","object":)" + json + "}\n";
    const auto frame = apiserver::ToProtobufFrames(line);
    REQUIRE(frame.has_value());
    const auto in_json = kube_json::DecodeWatchEvent<T>(line);
    const auto event = DecodeWatchEvent<T>(std::string_view(*frame).substr(4));
    REQUIRE(in_json.has_value());
    REQUIRE(event.has_value());
    CHECK(Same(*in_json, *event));
  }
}

std::string WithKind(const std::string& kind, const std::string& json) {
  return R"({"kind":")" + kind + "\"," + json.substr(1);
}

TEST_CASE("pods and services of all golden cases decode to the same values from JSON and protobuf") {
  for (const test::GoldenCase& golden : test::LoadGoldenCases()) {
    CAPTURE(golden.name);
    for (const std::string& pod : golden.pods_json) CheckSame<kube::Pod>(WithKind("Pod", pod), "Pod");
    for (const std::string& service : golden.services_json)
      CheckSame<kube::Service>(WithKind("Service", service), "Service");
  }
}

// Generates random JSON objects with any of the members that are decoded, valid or not.
class Draw {
 public:
  explicit Draw(unsigned seed) : random_(seed) {}

  std::string Pod() {
    return "{"
           R"("kind":"Pod","apiVersion":"v1","metadata":)" +
           Meta() + Maybe(",\"spec\":" + PodSpec()) + Maybe(",\"status\":" + PodStatus()) + "}";
  }

  std::string Service() {
    return "{"
           R"("kind":"Service","apiVersion":"v1","metadata":)" +
           Meta() + Maybe(",\"spec\":" + ServiceSpec()) + "}";
  }

  std::string Endpoints() {
    return "{"
           R"("kind":"Endpoints","apiVersion":"v1","metadata":)" +
           WrittenMeta() + Maybe(",\"subsets\":" + List([&] { return Subset(); })) + "}";
  }

  std::string Slice() {
    return "{"
           R"("kind":"EndpointSlice","apiVersion":"discovery.k8s.io/v1","metadata":)" +
           WrittenMeta() + Maybe(R"(,"addressType":)" + One({R"("IPv4")", R"("IPv6")", R"("FQDN")"})) +
           Maybe(",\"endpoints\":" + List([&] { return SliceEndpoint(); })) +
           Maybe(",\"ports\":" + List([&] { return EndpointPort(); })) + "}";
  }

  std::string Node() {
    return "{"
           R"("kind":"PartialObjectMetadata","metadata":)" +
           Meta() + "}";
  }

 private:
  std::size_t Below(std::size_t bound) { return random_() % bound; }
  std::string Maybe(const std::string& text) { return Below(4) == 0 ? "" : text; }
  std::string Rarely(const std::string& text) { return Below(8) == 0 ? text : ""; }
  std::string One(const std::vector<std::string>& of) { return of[Below(of.size())]; }

  // A string in JSON.
  std::string Text() {
    return One(
        {R"("")", R"("web")", R"("a b")", R"("näme ☃")", R"("10.0.0.1")", R"("fd00::1")", R"("\u0000\n\"")"});
  }
  std::string Number() {
    return One({"0", "1", "80", "65535", "-1", "2147483647", "-2147483648", "2147483648"});
  }
  std::string Bool() { return One({"true", "false"}); }
  std::string Time() { return One({R"("2026-11-27T23:51:12Z")", R"("1969-12-31T23:59:59Z")", "null"}); }

  std::string Map(const std::vector<std::string>& keys) {
    std::string text;
    for (const std::string& key : keys) {
      if (Below(2) == 0) continue;
      text += (text.empty() ? "\"" : ",\"") + key + "\":" + Text();
    }
    return "{" + text + "}";
  }

  template <class Element>
  std::string List(Element element) {
    return ListOf(Below(4), element);
  }
  template <class Element>
  std::string Some(Element element) {
    return ListOf(1 + Below(3), element);
  }
  template <class Element>
  static std::string ListOf(std::size_t count, Element element) {
    std::string text;
    for (; count > 0; --count) text += (text.empty() ? "" : ",") + element();
    return "[" + text + "]";
  }

  std::string Meta() {
    return "{\"uid\":" + Text() + Maybe(R"(,"name":"web")") + Maybe(",\"namespace\":" + Text()) +
           Maybe(R"(,"resourceVersion":"42")") + Maybe(",\"creationTimestamp\":" + Time()) +
           Maybe(",\"deletionTimestamp\":" + Time()) +
           Maybe(",\"labels\":" + Map({"app", "topology.kubernetes.io/zone", "z"})) +
           Maybe(",\"annotations\":" + Map({"k8s.mesosphere.io/port_TCP_80", "k8s.mesosphere.io/other",
                                            "note", "k8s.mesosphere.io/roles", "kubernetes.io/config.mirror",
                                            "service.alpha.kubernetes.io/tolerate-unready-endpoints"})) +
           Maybe(R"(,"finalizers":)" + List([&] {
                   return One({R"("foregroundDeletion")", R"("x")"});
                 })) +
           "}";
  }

  std::string Owner() {
    return R"({"apiVersion":)" + One({R"("v1")", R"("apps/v1")"}) + R"(,"kind":)" +
           One({R"("Service")", R"("ReplicaSet")", R"("")"}) + ",\"name\":" + Text() + R"(,"uid":)" +
           One({R"("7f2c9e0a-7a5e-4d3c-9b1e-0c1d2e3f4a5b")", R"("u-1")", R"("")"}) +
           Maybe(",\"controller\":" + Bool()) + Maybe(",\"blockOwnerDeletion\":" + Bool()) + "}";
  }

  std::string ManagedFields() {
    return R"({"manager":)" + Text() + R"(,"operation":"Update")" + Maybe(R"(,"time":)" + Time()) +
           R"(,"fieldsV1":{"f:subsets":{}}})";
  }

  // Metadata of a kind that we write, in the order of an API server, which leaves out empty members.
  std::string WrittenMeta() {
    return R"({"name":"web")" + Maybe(R"(,"generateName":"web-")") + Maybe(",\"namespace\":" + Text()) +
           Maybe(",\"uid\":" + Text()) + Maybe(R"(,"resourceVersion":"42")") + Maybe(R"(,"generation":7)") +
           Maybe(",\"creationTimestamp\":" + Time()) + Maybe(",\"deletionTimestamp\":" + Time()) +
           Maybe(R"(,"deletionGracePeriodSeconds":)" + One({"0", "30", "-1", "9007199254740993"})) +
           Maybe(R"(,"selfLink":"/api/v1/endpoints/web")") +
           Maybe(",\"labels\":" + Map({"app", "kubernetes.io/service-name"})) +
           Maybe(",\"annotations\":" + Map({"note", "endpoints.kubernetes.io/over-capacity"})) +
           Maybe(",\"ownerReferences\":" + Some([&] { return Owner(); })) +
           Maybe(",\"finalizers\":" + Some([&] {
                   return One({R"("x/\u00e4")", R"("\"")"});
                 })) +
           Maybe(",\"managedFields\":" + Some([&] { return ManagedFields(); })) + "}";
  }

  std::string TargetRef() {
    return R"({"kind":"Pod")" + Maybe(",\"namespace\":" + Text()) + Maybe(",\"name\":" + Text()) +
           Maybe(",\"uid\":" + Text()) +
           Rarely(One({R"(,"fieldPath":"spec")", R"(,"apiVersion":"v1")", R"(,"resourceVersion":"7")"})) +
           "}";
  }

  std::string Address() {
    return "{\"ip\":" + Text() + Maybe(",\"hostname\":" + Text()) + Maybe(",\"nodeName\":" + Text()) +
           Maybe(",\"targetRef\":" + One({TargetRef(), "{}", "null"})) + "}";
  }

  std::string EndpointPort() {
    return "{\"port\":" + Number() + Maybe(",\"name\":" + Text()) +
           Maybe(",\"protocol\":" + One({R"("TCP")", R"("UDP")", R"("SCTP")", R"("")", R"("tcp")"})) +
           Maybe(",\"appProtocol\":" + Text()) + "}";
  }

  std::string Subset() {
    return R"({"addresses":)" + List([&] { return Address(); }) +
           Maybe(",\"notReadyAddresses\":" + List([&] { return Address(); })) +
           Maybe(",\"ports\":" + List([&] { return EndpointPort(); })) + "}";
  }

  std::string Hint() { return R"({"name":)" + Text() + "}"; }

  std::string Hints() {
    return R"({"forZones":)" + List([&] { return Hint(); }) +
           Maybe(R"(,"forNodes":)" + List([&] { return Hint(); })) + "}";
  }

  std::string SliceEndpoint() {
    return R"({"addresses":)" + One({R"(["10.0.0.1"])", R"(["10.0.0.1","10.0.0.2"])", "[]"}) +
           R"(,"conditions":{"ready":)" + Bool() + Maybe(R"(,"serving":)" + Bool()) +
           Maybe(R"(,"terminating":)" + One({"true", "false", "null"})) + "}" +
           Maybe(",\"hostname\":" + Text()) +
           Maybe(",\"targetRef\":" + One({TargetRef(), TargetRef(), "{}"})) +
           Rarely(R"(,"deprecatedTopology":{"rack":"7"})") + Maybe(",\"nodeName\":" + Text()) +
           Maybe(",\"zone\":" + Text()) + Maybe(R"(,"hints":)" + One({"{}", Hints(), Hints()})) + "}";
  }

  std::string ContainerPort() {
    return "{\"containerPort\":" + Number() + Maybe(",\"name\":" + Text()) +
           Maybe(",\"hostPort\":" + Number()) +
           Maybe(",\"protocol\":" + One({R"("TCP")", R"("UDP")", R"("SCTP")", R"("")", R"("tcp")"})) +
           Maybe(",\"hostIP\":" + Text()) + "}";
  }

  std::string Container() {
    return "{\"image\":\"x\"" + Maybe(",\"name\":" + Text()) +
           Maybe(",\"ports\":" + List([&] { return ContainerPort(); })) +
           Maybe(",\"restartPolicy\":" + One({R"("Always")", R"("Never")", "null"})) + "}";
  }

  std::string PodSpec() {
    return "{\"hostNetwork\":" + Bool() + Maybe(",\"nodeName\":" + Text()) +
           Maybe(",\"hostname\":" + Text()) + Maybe(",\"subdomain\":" + Text()) +
           Maybe(",\"nodeSelector\":" + Map({"zone", "z"})) +
           Maybe(",\"containers\":" + List([&] { return Container(); })) +
           Maybe(",\"initContainers\":" + List([&] { return Container(); })) + "}";
  }

  std::string Condition() {
    return "{\"type\":" + One({R"("Ready")", R"("PodScheduled")"}) +
           Maybe(R"(,"status":)" + One({R"("True")", R"("False")"})) +
           Maybe(",\"lastTransitionTime\":" + Time()) + "}";
  }

  std::string Ips() {
    return List([&] { return "{\"ip\":" + Text() + "}"; });
  }

  std::string PodStatus() {
    return "{\"phase\":" + One({R"("Running")", R"("Failed")", R"("")", R"("Odd")"}) +
           Maybe(",\"conditions\":" + List([&] { return Condition(); })) + Maybe(",\"hostIP\":" + Text()) +
           Maybe(",\"hostIPs\":" + Ips()) + Maybe(",\"podIP\":" + Text()) + Maybe(",\"podIPs\":" + Ips()) +
           "}";
  }

  std::string ServicePort() {
    return "{\"port\":" + Number() + Maybe(",\"name\":" + Text()) + Maybe(R"(,"protocol":"UDP")") +
           Maybe(",\"targetPort\":" + One({"0", "8080", R"("http")", R"("")"})) +
           Maybe(",\"appProtocol\":" + Text()) + Maybe(",\"nodePort\":" + Number()) + "}";
  }

  std::string ServiceSpec() {
    return "{\"type\":" + One({R"("ClusterIP")", R"("ExternalName")"}) + Maybe(",\"clusterIP\":" + Text()) +
           Maybe(",\"selector\":" + Map({"app", "z"})) +
           Maybe(",\"ports\":" + List([&] { return ServicePort(); })) +
           Maybe(",\"ipFamilies\":" + List([&] {
                   return One({R"("IPv4")", R"("IPv6")", R"("IPv4")", R"("v4")"});
                 })) +
           Maybe(",\"publishNotReadyAddresses\":" + Bool()) + Maybe(",\"trafficDistribution\":" + Text()) +
           "}";
  }

  std::minstd_rand random_;
};

TEST_CASE("random objects decode to the same values from JSON and protobuf, or fail in both") {
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    CAPTURE(seed);
    Draw draw(seed);
    CheckSame<kube::Pod>(draw.Pod(), "Pod");
    CheckSame<kube::Service>(draw.Service(), "Service");
    CheckSame<kube::Endpoints>(draw.Endpoints(), "Endpoints");
    CheckSame<kube::EndpointSlice>(draw.Slice(), "EndpointSlice");
    CheckSame<kube::Node>(draw.Node(), "PartialObjectMetadata");
  }
}

}  // namespace
}  // namespace k8sm::kube_proto
