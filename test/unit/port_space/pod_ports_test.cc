#include "controller/port_space/pod_ports.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

namespace k8sm::controller {
namespace {

using test::MakePod;

kube::Pod Pod(test::PodBuilder builder) {
  return builder;
}

TEST_CASE("a pod holds the ports that the scheduler has mapped", "[port_space]") {
  const kube::Pod pod = Pod(MakePod("a")
                                .Port({.number = 8080, .name = "http"})
                                .Port({.number = 9090, .host_port = 0})
                                .Annotation("k8s.mesosphere.io/portName_TCP_http", "31005")
                                .Annotation("k8s.mesosphere.io/port_TCP_9090", "31006"));
  const ports::Holder holder = HolderOf(pod);
  REQUIRE(holder.claims.size() == 2);
  CHECK(holder.claims[0].port == 31005);
  CHECK(holder.claims[1].port == 31006);
  CHECK(holder.node.get() == "node-1");
}

TEST_CASE("a declared host port is held, whatever annotations say; of these the one by port name wins",
          "[port_space]") {
  struct Case {
    const char* by_name;  // null: there is none
    const char* by_number;
    int declared;
    ports::Port held;
  };
  const auto [by_name, by_number, declared, held] =
      GENERATE(Case{"31001", "31002", 31003, 31003}, Case{"31001", "31002", 0, 31001},
               Case{nullptr, "31002", 0, 31002}, Case{"0", "31002", 0, 31002},
               Case{nullptr, "x", 31003, 31003}, Case{nullptr, nullptr, 31003, 31003});
  test::PodBuilder pod = MakePod("a").Port({.number = 80, .name = "http", .host_port = declared});
  if (by_name != nullptr) pod.Annotation("k8s.mesosphere.io/portName_TCP_http", by_name);
  if (by_number != nullptr) pod.Annotation("k8s.mesosphere.io/port_TCP_80", by_number);
  // Those of another protocol, name or number do not count.
  pod.Annotation("k8s.mesosphere.io/portName_UDP_http", "1").Annotation("k8s.mesosphere.io/port_UDP_80", "2");
  const ports::Holder holder = HolderOf(Pod(pod));
  REQUIRE(holder.claims.size() == 1);
  CHECK(holder.claims[0].port == held);
}

TEST_CASE("of a container port with two host ports both are held", "[port_space]") {
  // The scheduler's annotation tells the last of them.
  const kube::Pod pod = Pod(MakePod("a")
                                .Port({.number = 80, .host_port = 31001})
                                .Port({.number = 80, .host_port = 31002})
                                .Annotation("k8s.mesosphere.io/port_TCP_80", "31002"));
  const ports::Holder holder = HolderOf(pod);
  REQUIRE(holder.claims.size() == 2);
  CHECK(holder.claims[0].port == 31001);
  CHECK(holder.claims[1].port == 31002);
}

TEST_CASE("a port that is not a number from 1 to 65535 is not held", "[port_space]") {
  const kube::Pod pod = Pod(MakePod("a")
                                .Port({.number = 80, .host_port = 70'000})
                                .Port({.number = 81, .host_port = -1})
                                .Port({.number = 82})
                                .Annotation("k8s.mesosphere.io/port_TCP_82", "31000x"));
  CHECK(HolderOf(pod).claims.empty());
  CHECK(SpecOf(pod).ports[0].host_port == 0);
}

TEST_CASE("a sidecar's port is held but not requested from an offer", "[port_space]") {
  kube::Pod pod = Pod(MakePod("a").Port({.number = 80, .host_port = 31000}));
  pod.ports.push_back({.container_port = 81, .host_port = 31001, .sidecar = true});
  const ports::Holder holder = HolderOf(pod);
  REQUIRE(holder.claims.size() == 2);
  CHECK(holder.claims[0].counted);
  CHECK_FALSE(holder.claims[1].counted);
  CHECK(SpecOf(pod).ports.size() == 1);
}

TEST_CASE("with hostNetwork, a container port is a host port", "[port_space]") {
  kube::Pod pod = Pod(MakePod("a").Port({.number = 80}));
  CHECK(HolderOf(pod).claims.empty());
  pod.host_network = true;
  REQUIRE(HolderOf(pod).claims.size() == 1);
  CHECK(HolderOf(pod).claims[0].port == 80);
}

TEST_CASE("SameForPorts ignores readiness and pod IPs, but not phase, deletion, node, roles and nodeSelector",
          "[port_space]") {
  const kube::Pod pod = Pod(MakePod("a").Port({.number = 80, .host_port = 31000}));
  kube::Pod same = pod;
  same.ready = !same.ready;
  same.pod_ips.clear();
  CHECK(SameForPorts(pod, same));
  kube::Pod ended = pod;
  ended.phase = kube::PodPhase::kFailed;
  CHECK_FALSE(IsAlive(ended));
  CHECK_FALSE(SameForPorts(pod, ended));
  kube::Pod leaving = pod;
  leaving.meta.deletion_timestamp = test::kEpoch;
  CHECK_FALSE(SameForPorts(pod, leaving));
  kube::Pod moved = pod;
  moved.node_name = kube::Symbol("node-2");
  CHECK_FALSE(SameForPorts(pod, moved));
  kube::Pod other_roles = pod;
  other_roles.meta.annotations.Set(kube::Symbol(kube::kRolesAnnotation), kube::Symbol("fixed"));
  CHECK_FALSE(SameForPorts(pod, other_roles));
  kube::Pod selective = pod;
  selective.node_selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  CHECK_FALSE(SameForPorts(pod, selective));
}

TEST_CASE("an annotation maps a port only if it is a whole number from 1 to 65535", "[port_space]") {
  const auto held = [](const std::string& annotation) {
    return HolderOf(
               Pod(MakePod("a").Port({.number = 80}).Annotation("k8s.mesosphere.io/port_TCP_80", annotation)))
        .claims;
  };
  for (const char* no_port : {"0", "-1", "65536", "99999999999", "", "x", " 80", "80 "}) {
    CAPTURE(no_port);
    CHECK(held(no_port).empty());
  }
  REQUIRE(held("65535").size() == 1);
  CHECK(held("65535")[0].port == 65535);
  REQUIRE(held("1").size() == 1);
  CHECK(held("1")[0].port == 1);
}

TEST_CASE("with hostNetwork, a declared host port is held instead of the container port", "[port_space]") {
  const kube::Pod pod = Pod(MakePod("a").HostNetwork().Port(
      {.number = 80, .host_port = 8080, .protocol = kube::Protocol::kUdp, .host_ip = "10.0.0.1"}));
  const ports::Holder holder = HolderOf(pod);
  REQUIRE(holder.claims.size() == 1);
  CHECK(holder.claims[0].port == 8080);
  CHECK(holder.claims[0].protocol == kube::Protocol::kUdp);
  CHECK(holder.claims[0].host_ip.get() == "10.0.0.1");
}

}  // namespace
}  // namespace k8sm::controller
