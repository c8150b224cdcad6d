#include "lib/endpoints/address_resolver.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using test::MakePod;

// The address, or "no_host_ip: sentence".
std::string Resolve(const kube::Pod& pod, const kube::ContainerPort* bound, IpFamily family,
                    AddressMode mode) {
  const auto resolved = ResolveAddress(pod, bound, family, mode);
  if (const auto* obstacle = std::get_if<Obstacle>(&resolved)) {
    return std::string(ToString(obstacle->reason)) + ": " + obstacle->sentence;
  }
  return std::string(std::get<kube::Symbol>(resolved).get());
}

std::string HostAddress(const kube::Pod& pod, IpFamily family = IpFamily::kIPv4) {
  return Resolve(pod, nullptr, family, AddressMode::kHostPort);
}

std::string PodAddress(const kube::Pod& pod, IpFamily family = IpFamily::kIPv4) {
  return Resolve(pod, nullptr, family, AddressMode::kPodIp);
}

// The address of a pod whose port 31080 is bound to `host_ip`.
std::string BoundAddress(const std::string& host_ip, IpFamily family = IpFamily::kIPv4) {
  const kube::Pod pod = MakePod("a").Port({.host_port = 31080, .host_ip = host_ip, .container = "web"});
  return Resolve(pod, &pod.ports.front(), family, AddressMode::kHostPort);
}

bool Says(const std::string& resolved, const std::string& part) {
  return resolved.find(part) != std::string::npos;
}

TEST_CASE("in host-port mode the address is the first host IP of the family, or else status.hostIP") {
  const kube::Pod dual =
      MakePod("a").On("node-1", "10.0.0.11").HostIps({"10.0.0.11", "fd00:10::11", "fd00:10::12"});
  CHECK(HostAddress(dual, IpFamily::kIPv4) == "10.0.0.11");
  CHECK(HostAddress(dual, IpFamily::kIPv6) == "fd00:10::11");

  const kube::Pod old_server = MakePod("a").On("node-1", "10.0.0.11").HostIps({});
  CHECK(HostAddress(old_server) == "10.0.0.11");

  const kube::Pod disagreeing = MakePod("a").On("node-1", "10.0.0.11").HostIps({"fd00:10::11"});
  CHECK(HostAddress(disagreeing, IpFamily::kIPv4) == "10.0.0.11");
}

TEST_CASE("an address is published in its canonical form") {
  const kube::Pod pod =
      MakePod("a").On("node-1", "10.0.0.11").HostIps({"FD00:10::0:11"}).PodIps({"fd00:20:0::C"});
  CHECK(HostAddress(pod, IpFamily::kIPv6) == "fd00:10::11");
  CHECK(PodAddress(pod, IpFamily::kIPv6) == "fd00:20::c");
  CHECK(BoundAddress("fd00:10::0:12", IpFamily::kIPv6) == "fd00:10::12");
}

TEST_CASE("in host-port mode a pod needs no pod IP") {
  CHECK(HostAddress(MakePod("a").PodIps({})) == "10.0.0.11");
}

TEST_CASE("in pod-IP mode the address is the first pod IP of the family, whatever the host addresses") {
  const kube::Pod pod =
      MakePod("a").PodIps({"fd00:17::4", "172.17.0.4", "172.17.0.5"}).On("node-1", "127.0.0.1");
  CHECK(PodAddress(pod, IpFamily::kIPv4) == "172.17.0.4");
  CHECK(PodAddress(pod, IpFamily::kIPv6) == "fd00:17::4");
}

TEST_CASE("the obstacle of an address that is not known yet says who should report it") {
  const kube::Pod unscheduled = MakePod("a").Unscheduled();
  CHECK(HostAddress(unscheduled) ==
        "no_host_ip: status.hostIPs holds no IPv4 address yet: the pod is not scheduled; if that lasts, its "
        "events "
        "say why");
  CHECK(PodAddress(unscheduled, IpFamily::kIPv6) ==
        "no_pod_ip: status.podIPs holds no IPv6 address yet: the pod is not scheduled; if that lasts, its "
        "events say "
        "why");

  const kube::Pod starting = MakePod("a").On("node-1", "").HostIps({}).PodIps({});
  CHECK(HostAddress(starting) ==
        "no_host_ip: status.hostIPs holds no IPv4 address yet: if that lasts, see whether the kubelet of "
        "node node-1 "
        "is running");
  CHECK(PodAddress(starting) ==
        "no_pod_ip: status.podIPs holds no IPv4 address yet: if that lasts, see whether the kubelet of node "
        "node-1 "
        "is running");
}

TEST_CASE("the obstacle of an address of the other family names both remedies") {
  const kube::Pod v4 = MakePod("a");
  CHECK(HostAddress(v4, IpFamily::kIPv6) ==
        "no_host_ip: status.hostIPs holds no IPv6 address, only 10.0.0.11: create the service with IPv4 as "
        "its first "
        "IP family, or give the pod's node an IPv6 address");
  CHECK(PodAddress(v4, IpFamily::kIPv6) ==
        "no_pod_ip: status.podIPs holds no IPv6 address, only 172.17.0.11: create the service with IPv4 as "
        "its first "
        "IP family, or give the pod network an IPv6 address");
  // Also if only one of the two fields is set.
  CHECK(Says(HostAddress(MakePod("a").HostIps({}), IpFamily::kIPv6), "only 10.0.0.11:"));
  CHECK(Says(HostAddress(MakePod("a").On("node-1", "").HostIps({"10.0.0.9"}), IpFamily::kIPv6),
             "only 10.0.0.9:"));
}

TEST_CASE("a host name instead of a host IP is an obstacle that shows the name") {
  CHECK(HostAddress(MakePod("a").On("node-1", "slave-1.example")) ==
        "no_host_ip: status.hostIPs holds no IPv4 address, only \"slave-1.example\": the pod's node has to "
        "report an "
        "IP address");
}

TEST_CASE("an invalid address in the status is shown on one line and cut") {
  CHECK(
      Says(HostAddress(MakePod("a").On("node-1", "slave\nE1122 forged")), "only \"slave\\nE1122 forged\": "));
  CHECK(Says(PodAddress(MakePod("a").PodIps({std::string(100, 'x').c_str()})),
             "only \"" + std::string(64, 'x') + "...\": "));
}

TEST_CASE("an address that the API server refuses in Endpoints is an obstacle that names its flaw") {
  const std::vector<std::pair<const char*, std::string>> cases = {
      {"127.0.0.1", "loopback"},
      {"169.254.3.4", "link-local"},
      {"224.0.0.9", "multicast"},
      {"0.0.0.0", "unspecified"},
      {"::ffff:10.0.0.1", "an IPv4-mapped IPv6 address"},
  };
  for (const auto& [address, flaw] : cases) {
    const std::string said = std::string(address) + ", which cannot be an endpoint (" + flaw + "): ";
    CHECK(HostAddress(MakePod("a").On("node-1", address)) ==
          "unusable_host_ip: the pod's host IP is " + said +
              "make node node-1 report an address that other hosts reach");
    CHECK(PodAddress(MakePod("a").PodIps({address})) ==
          "unusable_pod_ip: the pod's IP is " + said +
              "make the pod network give addresses that other hosts reach");
  }
  CHECK(Says(HostAddress(MakePod("a").On("node-1", "fe80::1"), IpFamily::kIPv6),
             "fe80::1, which cannot be an endpoint (link-local)"));
  CHECK(Says(PodAddress(MakePod("a").PodIps({"::1"}), IpFamily::kIPv6),
             "::1, which cannot be an endpoint (loopback)"));
}

TEST_CASE("a port that is bound to a host IP is published there, whatever the status says") {
  CHECK(BoundAddress("10.0.0.7") == "10.0.0.7");
  CHECK(BoundAddress("fd00::7", IpFamily::kIPv6) == "fd00::7");

  const kube::Pod unknown = MakePod("a").Unscheduled().Port({.host_port = 31080, .host_ip = "10.0.0.7"});
  CHECK(Resolve(unknown, &unknown.ports.front(), IpFamily::kIPv4, AddressMode::kHostPort) == "10.0.0.7");
}

TEST_CASE("a port that is bound to a host IP of the other family is an ip_family_mismatch") {
  CHECK(BoundAddress("fd00::7") ==
        "ip_family_mismatch: container \"web\" binds host port 31080 to hostIP fd00::7, but the service's IP "
        "family is "
        "IPv4: remove the hostIP or name one of that family");
  CHECK_THAT(BoundAddress("10.0.0.7", IpFamily::kIPv6), Catch::Matchers::StartsWith("ip_family_mismatch: "));
}

TEST_CASE("a port that is bound to a host IP that other hosts cannot reach is an unusable_host_ip") {
  CHECK(BoundAddress("127.0.0.1") ==
        "unusable_host_ip: container \"web\" binds host port 31080 to hostIP 127.0.0.1, which cannot be an "
        "endpoint "
        "(loopback): remove the hostIP or name one that other hosts reach");
  CHECK(Says(BoundAddress("eth0"), "(not an IP address)"));
  CHECK(Says(BoundAddress("eth0\nE1122 forged"), "to hostIP eth0\\nE1122 forged, which"));
  CHECK(Says(BoundAddress("::ffff:10.0.0.7"), "(an IPv4-mapped IPv6 address)"));
}

TEST_CASE("the outlook of a missing address is unscheduled or starting for pods that may still get one") {
  const auto outlook = [](const kube::Pod& pod, AddressMode mode) {
    return std::get<Obstacle>(ResolveAddress(pod, nullptr, IpFamily::kIPv4, mode)).outlook;
  };
  for (const AddressMode mode : {AddressMode::kHostPort, AddressMode::kPodIp}) {
    const kube::Pod pending =
        MakePod("a").On("node-1", "").HostIps({}).PodIps({}).Phase(kube::PodPhase::kPending);
    const kube::Pod running = MakePod("a").On("node-1", "").HostIps({}).PodIps({});
    const kube::Pod other_family = MakePod("a")
                                       .HostIps({"fd00::1"})
                                       .On("node-1", "fd00::1")
                                       .PodIps({"fd00::2"})
                                       .Phase(kube::PodPhase::kPending);
    CHECK(outlook(MakePod("a").Unscheduled(), mode) == SkipOutlook::kUnscheduled);
    CHECK(outlook(pending, mode) == SkipOutlook::kStarting);
    CHECK(outlook(running, mode) == SkipOutlook::kStays);
    CHECK(outlook(other_family, mode) == SkipOutlook::kStays);
  }
}

}  // namespace
}  // namespace k8sm::endpoints
