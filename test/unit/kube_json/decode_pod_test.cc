#include "lib/base/compact_vector.h"
#include "lib/kube/pod.h"
#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <span>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

using kube::Symbol;

// A pod with metadata and these members.
std::string PodJson(const std::string& members) {
  return R"({"metadata":{"name":"web","namespace":"default"},)" + members + "}";
}

kube::Pod DecodePod(const std::string& members) {
  return Decode<kube::Pod>(PodJson(members)).value();
}

std::vector<std::string> Texts(std::span<const Symbol> symbols) {
  return {symbols.begin(), symbols.end()};
}

TEST_CASE("a pod is decoded in full") {
  const kube::Pod pod =
      DecodePod(R"("spec":{"nodeName":"node-1","hostname":"web-0","subdomain":"db","hostNetwork":true,
      "containers":[{"name":"main","image":"x","ports":[
          {"name":"http","containerPort":8080,"hostPort":31080,"protocol":"TCP","hostIP":"10.0.0.1"},
          {"containerPort":53,"protocol":"UDP"}]},
        {"name":"side"},{"name":"sctp","ports":[{"containerPort":9,"protocol":"SCTP"}]}]},
      "status":{"phase":"Running","conditions":[{"type":"Initialized","status":"False"},
          {"type":"Ready","status":"True","lastTransitionTime":"2026-11-22T10:34:21Z"}],
        "hostIP":"10.0.0.11","hostIPs":[{"ip":"10.0.0.11"},{"ip":"fd00:10::11"}],
        "podIP":"172.17.0.2","podIPs":[{"ip":"172.17.0.2"},{"ip":"fd00::2"}]})");
  CHECK(kube::ToString(pod.meta.Key()) == "default/web");
  CHECK(pod.node_name == Symbol("node-1"));
  CHECK(pod.hostname == Symbol("web-0"));
  CHECK(pod.subdomain == Symbol("db"));
  CHECK(pod.host_network);
  REQUIRE(pod.ports.size() == 3);
  const CompactVector<kube::ContainerPort> ports = {
      {Symbol("main"), Symbol("http"), Symbol("10.0.0.1"), 8080, 31080, kube::Protocol::kTcp},
      {Symbol("main"), Symbol(), Symbol(), 53, 0, kube::Protocol::kUdp},
      {Symbol("sctp"), Symbol(), Symbol(), 9, 0, kube::Protocol::kSctp},
  };
  CHECK(pod.ports == ports);
  CHECK(pod.phase == kube::PodPhase::kRunning);
  CHECK(pod.ready);
  CHECK(kube::FormatTimestamp(*pod.ready_transition) == "2026-11-22T10:34:21Z");
  CHECK(pod.host_ip == Symbol("10.0.0.11"));
  CHECK(Texts(pod.host_ips) == std::vector<std::string>{"10.0.0.11", "fd00:10::11"});
  CHECK(Texts(pod.pod_ips) == std::vector<std::string>{"172.17.0.2", "fd00::2"});
}

TEST_CASE("the roles annotation, mirror annotation, node selector and sidecars of a pod are decoded") {
  const auto pod = Decode<kube::Pod>(
      R"({"metadata":{"name":"web","annotations":{"k8s.mesosphere.io/roles":"fixed,*","kubernetes.io/config.mirror":"x"}},
      "spec":{"nodeSelector":{"rack":"r1"},"containers":[{"name":"a","ports":[{"containerPort":1}]}],
        "initContainers":[{"name":"b","restartPolicy":"Always","ports":[{"containerPort":2}]}]}})");
  REQUIRE(pod.has_value());
  CHECK(pod->meta.annotations == kube::LabelMap{{Symbol("k8s.mesosphere.io/roles"), Symbol("fixed,*")}});
  CHECK(pod->mirror);
  CHECK(pod->node_selector == kube::LabelMap{{Symbol("rack"), Symbol("r1")}});
  REQUIRE(pod->ports.size() == 2);
  CHECK_FALSE(pod->ports[0].sidecar);
  CHECK(pod->ports[1].sidecar);
  const kube::Pod plain = DecodePod(R"("spec":{})");
  CHECK(plain.meta.annotations.empty());
  CHECK_FALSE(plain.mirror);
}

TEST_CASE("a pod without spec and status is pending and empty") {
  const auto pod = Decode<kube::Pod>(R"({"metadata":{"name":"web"}})");
  REQUIRE(pod.has_value());
  CHECK(pod->phase == kube::PodPhase::kPending);
  CHECK(pod->ports.empty());
  CHECK_FALSE(pod->ready);
  CHECK_FALSE(pod->host_network);
  CHECK_FALSE(pod->ready_transition.has_value());
  CHECK(pod->pod_ips.empty());
}

TEST_CASE("of a pod's annotations only those of the port mapping are kept") {
  const auto pod = Decode<kube::Pod>(R"({"metadata":{"name":"web","annotations":{"a":"b",
      "k8s.mesosphere.io/port_TCP_80":"31005","k8s.mesosphere.io/portName_UDP_dns":"31006",
      "k8s.mesosphere.io/taskId":"t","kubectl.kubernetes.io/last-applied-configuration":"{}"}}})");
  REQUIRE(pod.has_value());
  CHECK(pod->meta.annotations ==
        kube::LabelMap{{Symbol("k8s.mesosphere.io/portName_UDP_dns"), Symbol("31006")},
                       {Symbol("k8s.mesosphere.io/port_TCP_80"), Symbol("31005")}});
}

TEST_CASE("ports of sidecars follow those of the other containers; other init containers are ignored") {
  const kube::Pod pod = DecodePod(R"("spec":{
      "initContainers":[{"name":"once","ports":[{"containerPort":1}]},
        {"name":"proxy","restartPolicy":"Always","ports":[{"containerPort":2}]},
        {"name":"never","restartPolicy":"Never","ports":[{"containerPort":3}]}],
      "containers":[{"name":"main","ports":[{"containerPort":4}]}]})");
  REQUIRE(pod.ports.size() == 2);
  CHECK(pod.ports[0].container == Symbol("main"));
  CHECK(pod.ports[0].container_port == 4);
  CHECK(pod.ports[1].container == Symbol("proxy"));
  CHECK(pod.ports[1].container_port == 2);
}

TEST_CASE("absent and null fields of a container port have defaults") {
  const kube::Pod pod = DecodePod(R"("spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":null,
      "protocol":null,"name":null,"hostIP":null},{"containerPort":81,"protocol":"","hostPort":0}]},{"ports":null}]})");
  REQUIRE(pod.ports.size() == 2);
  CHECK(pod.ports[0] == kube::ContainerPort{.container_port = 80});
  CHECK(pod.ports[1] == kube::ContainerPort{.container_port = 81});
}

TEST_CASE("an absent pod phase is Pending, and an unrecognised one is Unknown") {
  const std::vector<std::pair<std::string, kube::PodPhase>> cases = {
      {R"({})", kube::PodPhase::kPending},
      {R"({"phase":null})", kube::PodPhase::kPending},
      {R"({"phase":"Pending"})", kube::PodPhase::kPending},
      {R"({"phase":"Running"})", kube::PodPhase::kRunning},
      {R"({"phase":"Succeeded"})", kube::PodPhase::kSucceeded},
      {R"({"phase":"Failed"})", kube::PodPhase::kFailed},
      {R"({"phase":"Unknown"})", kube::PodPhase::kUnknown},
      {R"({"phase":"Dreaming"})", kube::PodPhase::kUnknown},
  };
  for (const auto& [status, phase] : cases) {
    CAPTURE(status);
    CHECK(DecodePod(R"("status":)" + status).phase == phase);
  }
}

TEST_CASE("a pod is ready if its Ready condition is True") {
  const std::vector<std::pair<std::string, bool>> cases = {
      {R"([])", false},
      {R"(null)", false},
      {R"([{"type":"Ready","status":"False"}])", false},
      {R"([{"type":"Ready","status":"Unknown"}])", false},
      {R"([{"type":"Ready"}])", false},
      {R"([{"type":"ContainersReady","status":"True"}])", false},
      {R"([{"type":"Ready","status":"True","lastTransitionTime":null}])", true},
      {R"([{"type":"Ready","status":"True"},{"type":"Ready","status":"False"}])", true},
      {R"([{"type":"Ready"},{"type":"Ready","status":"True"}])", false},
  };
  for (const auto& [conditions, ready] : cases) {
    CAPTURE(conditions);
    const kube::Pod pod = DecodePod(R"("status":{"conditions":)" + conditions + "}");
    CHECK(pod.ready == ready);
    CHECK_FALSE(pod.ready_transition.has_value());
  }
}

TEST_CASE("podIP stands in for podIPs if that list is absent or empty") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {R"("podIP":"10.1.0.1")", {"10.1.0.1"}},
      {R"("podIP":"10.1.0.1","podIPs":null)", {"10.1.0.1"}},
      {R"("podIP":"10.1.0.1","podIPs":[])", {"10.1.0.1"}},
      {R"("podIP":"10.1.0.1","podIPs":[{"ip":"10.1.0.2"},{"ip":""},{}])", {"10.1.0.2"}},
      {R"("podIP":"")", {}},
  };
  for (const auto& [status, ips] : cases) {
    CAPTURE(status);
    CHECK(Texts(DecodePod(R"("status":{)" + status + "}").pod_ips) == ips);
  }
}

TEST_CASE("a pod with a field of the wrong type is refused with the field's path") {
  const std::string port = R"("spec":{"containers":[{"ports":[{"containerPort":1},{)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {port + R"("hostPort":"80"}]}]})",
       ".spec.containers[0].ports[1].hostPort: expected an integer, got a string"},
      {port + R"("containerPort":8080.0}]}]})",
       ".spec.containers[0].ports[1].containerPort: expected an integer, got a number"},
      {port + R"("containerPort":1e3}]}]})",
       ".spec.containers[0].ports[1].containerPort: expected an integer, got a number"},
      {port + R"("containerPort":4294967376}]}]})",
       ".spec.containers[0].ports[1].containerPort: the integer does not fit into 32 bits"},
      {port + R"("containerPort":2147483648}]}]})",
       ".spec.containers[0].ports[1].containerPort: the integer does not fit into 32 bits"},
      {port + R"("containerPort":123456789012345678901234567890}]}]})",
       ".spec.containers[0].ports[1].containerPort: expected an integer, got a number"},
      {port + R"("containerPort":true}]}]})",
       ".spec.containers[0].ports[1].containerPort: expected an integer, got a boolean"},
      {port + R"("protocol":"tcp"}]}]})", ".spec.containers[0].ports[1].protocol: unknown protocol \"tcp\""},
      {port + R"("name":80}]}]})", ".spec.containers[0].ports[1].name: expected a string, got an integer"},
      {R"("spec":{"containers":{}})", ".spec.containers: expected a list, got an object"},
      {R"("spec":{"containers":[[]]})", ".spec.containers[0]: expected an object, got a list"},
      {R"("spec":{"initContainers":[{"restartPolicy":1}]})",
       ".spec.initContainers[0].restartPolicy: expected a string, got an integer"},
      {R"("spec":{"hostNetwork":"true"})", ".spec.hostNetwork: expected a boolean, got a string"},
      {R"("spec":{"nodeName":["a"]})", ".spec.nodeName: expected a string, got a list"},
      {R"("status":{"phase":1})", ".status.phase: expected a string, got an integer"},
      {R"("status":{"conditions":[{"type":"Ready","status":true}]})",
       ".status.conditions[0].status: expected a string, got a boolean"},
      {R"("status":{"conditions":[{"type":"Ready","lastTransitionTime":"soon"}]})",
       ".status.conditions[0].lastTransitionTime: \"soon\" is not a time"},
      {R"("status":{"podIPs":["10.0.0.1"]})", ".status.podIPs[0]: expected an object, got a string"},
      {R"("status":{"hostIPs":"10.0.0.1"})", ".status.hostIPs: expected a list, got a string"},
      {R"("status":{"hostIP":{}})", ".status.hostIP: expected a string, got an object"},
  };
  for (const auto& [members, message] : cases) {
    CAPTURE(members);
    const auto pod = Decode<kube::Pod>(PodJson(members));
    REQUIRE(pod.has_error());
    CHECK(pod.error().code == Errc::kMalformed);
    CHECK(pod.error().message == "Pod default/web: " + message);
  }
}

TEST_CASE("fields that are not decoded may hold anything") {
  for (const std::string members :
       {R"("spec":{"containers":[{"image":1,"env":{}}],"volumes":"x","priority":1.5e300})",
        R"("status":{"qosClass":[],"conditions":[{"type":"Other","status":7}]})",
        R"("kind":17,"apiVersion":false,"more":{"a":[1,-2.5,"x",null,true]})"}) {
    CAPTURE(members);
    CHECK(Decode<kube::Pod>(PodJson(members)).has_value());
  }
}

}  // namespace
}  // namespace k8sm::kube_json
