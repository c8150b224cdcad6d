#include "lib/endpoints/place.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Protocol;
using test::MakePod;
using test::MakeService;
using Target = test::ServiceBuilder::PortSpec;

// "31080", "31080 on 10.0.0.7" if that is not the host's or pod's first address, or "no_host_port: sentence".
std::string Resolve(const kube::Pod& pod, const Target& target, AddressMode mode,
                    kube::IpFamily family = kube::IpFamily::kIPv4) {
  const kube::Service service = MakeService("web").Port(target);
  const auto resolved = ResolvePlace(pod, &service.ports.front(), family, mode);
  if (const auto* obstacle = std::get_if<Obstacle>(&resolved)) {
    return std::string(ToString(obstacle->reason)) + ": " + obstacle->sentence;
  }
  const auto& place = std::get<Place>(resolved);
  const bool usual = place.ip.get() == "10.0.0.11" || place.ip.get() == "172.17.0.11";
  return std::to_string(place.port) + (usual ? "" : " on " + place.ip);
}

std::string HostPort(const kube::Pod& pod, const Target& target) {
  return Resolve(pod, target, AddressMode::kHostPort);
}

std::string PodPort(const kube::Pod& pod, const Target& target) {
  return Resolve(pod, target, AddressMode::kPodIp);
}

// ---- pod-IP mode

TEST_CASE(
    "in pod-IP mode a numeric targetPort is published as it is, whether a container declares it or not") {
  CHECK(PodPort(MakePod("a").Port({.number = 8080}), {.target = 8080}) == "8080");
  CHECK(PodPort(MakePod("a").Port({.number = 8080}), {.target = 9090}) == "9090");
  CHECK(PodPort(MakePod("a"), {.target = 53, .protocol = Protocol::kUdp}) == "53");
}

TEST_CASE("in pod-IP mode a named targetPort is the container port of that name and protocol") {
  const kube::Pod pod = MakePod("a")
                            .Port({.number = 53, .name = "dns", .protocol = Protocol::kTcp})
                            .Port({.number = 5353, .name = "dns", .protocol = Protocol::kUdp});
  CHECK(PodPort(pod, {.target = "dns", .protocol = Protocol::kTcp}) == "53");
  CHECK(PodPort(pod, {.target = "dns", .protocol = Protocol::kUdp}) == "5353");
  CHECK(
      PodPort(pod, {.target = "web"}) ==
      "no_container_port: no container declares a port named \"web\" with protocol TCP, which the service's "
      "targetPort asks for; the pod declares dns 53/TCP, dns 5353/UDP: declare it in the pod or correct the "
      "targetPort");
}

TEST_CASE("pod-IP mode ignores host ports, annotations and hostNetwork") {
  const kube::Pod pod =
      MakePod("a")
          .HostNetwork()
          .Annotation("k8s.mesosphere.io/port_TCP_8080", "none")
          .Annotation("k8s.mesosphere.io/portName_TCP_http", "31777")
          .Port({.number = 8080, .name = "http", .host_port = 31080, .host_ip = "10.0.0.7"});
  CHECK(PodPort(pod, {.target = 8080}) == "8080");
  CHECK(PodPort(pod, {.target = "http"}) == "8080");
}

// ---- Which container port

TEST_CASE("in host-port mode a targetPort names a container port by number or name, and by protocol") {
  const kube::Pod pod =
      MakePod("a")
          .Port({.number = 8080, .name = "http", .host_port = 31080})
          .Port({.number = 53, .name = "dns", .host_port = 31053})
          .Port({.number = 53, .name = "dns-udp", .host_port = 31054, .protocol = Protocol::kUdp})
          .Port({.number = 9000, .name = "sig", .host_port = 31900, .protocol = Protocol::kSctp});
  const std::vector<std::pair<Target, std::string>> cases = {
      {{.target = 8080}, "31080"},
      {{.target = "http"}, "31080"},
      {{.target = 53}, "31053"},
      {{.target = 53, .protocol = Protocol::kUdp}, "31054"},
      {{.target = "dns-udp", .protocol = Protocol::kUdp}, "31054"},
      {{.target = "sig", .protocol = Protocol::kSctp}, "31900"},
  };
  for (const auto& [target, expected] : cases) {
    CAPTURE(expected);
    CHECK(HostPort(pod, target) == expected);
  }
}

TEST_CASE("of several container ports that match, the first that can be published is used") {
  const kube::Pod pod =
      MakePod("a")
          .Port({.number = 8080, .name = "http", .host_port = 31001, .container = "main"})
          .Port({.number = 8080, .name = "http", .host_port = 31002, .container = "sidecar"})
          .Port({.number = 8081, .name = "http", .host_port = 31003, .container = "last"});
  CHECK(HostPort(pod, {.target = 8080}) == "31001");
  CHECK(HostPort(pod, {.target = "http"}) == "31001");
  CHECK(PodPort(pod, {.target = "http"}) == "8080");

  const kube::Pod later = MakePod("b").Port({.number = 80}).Port({.number = 80, .host_port = 31080});
  CHECK(HostPort(later, {.target = 80}) == "31080");

  const kube::Pod loopback_first = MakePod("c")
                                       .Port({.number = 80, .host_port = 31080, .host_ip = "127.0.0.1"})
                                       .Port({.number = 80, .host_port = 31081, .host_ip = "10.0.0.7"});
  CHECK(HostPort(loopback_first, {.target = 80}) == "31081 on 10.0.0.7");
}

TEST_CASE("a port that is bound once in each family is published in both") {
  const kube::Pod pod = MakePod("a")
                            .Port({.number = 80, .host_port = 31080, .host_ip = "10.0.0.7"})
                            .Port({.number = 80, .host_port = 31086, .host_ip = "fd00::7"});
  CHECK(HostPort(pod, {.target = 80}) == "31080 on 10.0.0.7");
  CHECK(Resolve(pod, {.target = 80}, AddressMode::kHostPort, kube::IpFamily::kIPv6) == "31086 on fd00::7");
}

TEST_CASE("if no container port can be published, the obstacle is that of the one that came nearest") {
  using PortSpec = test::PodBuilder::PortSpec;
  // From the farthest to the nearest.
  const std::vector<std::pair<PortSpec, std::string>> steps = {
      {{.number = 80, .container = "bare"}, "no_host_port: container \"bare\""},
      {{.number = 80, .host_port = 31080, .host_ip = "fd00::7", .container = "v6"},
       "ip_family_mismatch: container \"v6\""},
      {{.number = 80, .host_port = 31080, .host_ip = "127.0.0.1", .container = "local"},
       "unusable_host_ip: container \"local\""},
  };
  for (std::size_t near = 0; near < steps.size(); ++near) {
    for (std::size_t far = 0; far <= near; ++far) {
      for (const bool near_first : {true, false}) {
        CAPTURE(near, far, near_first);
        const auto& [first, second] =
            near_first ? std::pair(steps[near], steps[far]) : std::pair(steps[far], steps[near]);
        const kube::Pod pod = MakePod("a").Port(first.first).Port(second.first);
        CHECK_THAT(HostPort(pod, {.target = 80}), Catch::Matchers::StartsWith(steps[near].second));
      }
    }
  }
}

TEST_CASE("a bad annotation is nearer than no host port and farther than a binding in the other family") {
  const auto bare = [](test::PodBuilder pod) {
    return pod.Port({.number = 80, .name = "http", .container = "bare"});
  };
  const auto bad = [](test::PodBuilder pod) {
    return pod.Port({.number = 81, .name = "http", .container = "bad"})
        .Annotation("k8s.mesosphere.io/port_TCP_81", "x");
  };
  const auto v6 = [](test::PodBuilder pod) {
    return pod.Port(
        {.number = 82, .name = "http", .host_port = 31082, .host_ip = "fd00::7", .container = "v6"});
  };
  const test::PodBuilder pod = MakePod("a");
  using Catch::Matchers::StartsWith;
  CHECK_THAT(HostPort(bad(bare(pod)), {.target = "http"}), StartsWith("bad_port_annotation"));
  CHECK_THAT(HostPort(bare(bad(pod)), {.target = "http"}), StartsWith("bad_port_annotation"));
  CHECK_THAT(HostPort(v6(bad(pod)), {.target = "http"}), StartsWith("ip_family_mismatch"));
  CHECK_THAT(HostPort(bad(v6(pod)), {.target = "http"}), StartsWith("ip_family_mismatch"));
}

TEST_CASE("of container ports that come equally near, the obstacle is that of the first") {
  const kube::Pod pod =
      MakePod("a").Port({.number = 80, .container = "first"}).Port({.number = 80, .container = "second"});
  CHECK_THAT(HostPort(pod, {.target = 80}), Catch::Matchers::StartsWith("no_host_port: container \"first\""));
}

TEST_CASE("a port of a sidecar is published like that of any container") {
  const kube::Pod pod =
      MakePod("a")
          .Port({.number = 8080, .host_port = 31080})
          .Port({.number = 15020, .name = "mesh", .host_port = 31520, .container = "proxy"});
  CHECK(HostPort(pod, {.target = "mesh"}) == "31520");
  CHECK(PodPort(pod, {.target = "mesh"}) == "15020");
}

TEST_CASE("the obstacle of an undeclared targetPort lists the first five ports of the pod, if it has any") {
  const std::string begin =
      "no_container_port: no container declares port 1/TCP, which the service's targetPort asks for; ";
  const std::string end = ": declare it in the pod or correct the targetPort";
  CHECK(HostPort(MakePod("a"), {.target = 1}) == begin + "the pod declares no ports" + end);
  auto pod = MakePod("a").Port({.number = 8080, .name = "http"});
  for (int number = 2; number < 8; ++number) pod.Port({.number = number, .protocol = Protocol::kUdp});
  CHECK(HostPort(pod, {.target = 1}) ==
        begin + "the pod declares http 8080/TCP, 2/UDP, 3/UDP, 4/UDP, 5/UDP (and 2 more)" + end);
}

TEST_CASE("the obstacle of an undeclared targetPort says what may have been meant") {
  const kube::Pod pod = MakePod("a").Port(
      {.number = 8080, .name = "http", .host_port = 31080, .protocol = Protocol::kTcp, .container = "web"});
  const std::vector<std::pair<Target, std::string>> cases = {
      {{.target = 9090},
       "no container declares port 9090/TCP, which the service's targetPort asks for; the pod declares "
       "http 8080/TCP: declare it in the pod or "
       "correct the targetPort"},
      {{.target = "https"},
       "no container declares a port named \"https\" with protocol TCP, which the service's targetPort asks "
       "for; the pod declares http 8080/TCP: "
       "declare it in the pod or correct the targetPort"},
      {{.target = 8080, .protocol = Protocol::kUdp},
       "no container declares port 8080/UDP; container \"web\" declares it with protocol TCP: make the "
       "service's "
       "protocol and the pod's agree"},
      {{.target = "http", .protocol = Protocol::kUdp},
       "no container declares a port named \"http\" with protocol UDP; container \"web\" declares it with "
       "protocol "
       "TCP: make the service's protocol and the pod's agree"},
      {{.target = 31080},
       "no container declares port 31080/TCP; container \"web\" declares it as the hostPort of 8080: make "
       "the "
       "service's targetPort 8080"},
      {{.target = 31080, .protocol = Protocol::kUdp},
       "no container declares port 31080/UDP, which the service's targetPort asks for; the pod declares "
       "http 8080/TCP: declare it in the pod or "
       "correct the targetPort"},
  };
  for (const auto& [target, sentence] : cases) {
    CHECK(HostPort(pod, target) == "no_container_port: " + sentence);
  }
}

TEST_CASE("an annotation does not replace the declaration of a container port") {
  const kube::Pod pod = MakePod("a")
                            .Annotation("k8s.mesosphere.io/port_TCP_8080", "31080")
                            .Annotation("k8s.mesosphere.io/portName_TCP_http", "31080");
  CHECK_THAT(HostPort(pod, {.target = 8080}), Catch::Matchers::StartsWith("no_container_port: "));
  CHECK_THAT(HostPort(pod, {.target = "http"}), Catch::Matchers::StartsWith("no_container_port: "));
}

// ---- Which host port

TEST_CASE("a host port comes from the name's annotation, else the number's, hostNetwork or the declaration") {
  test::PodBuilder pod = MakePod("a");
  pod.Port({.number = 8080, .name = "http", .host_port = 31004});
  CHECK(HostPort(pod, {.target = "http"}) == "31004");
  CHECK(HostPort(pod, {.target = 8080}) == "31004");

  pod.HostNetwork();
  CHECK(HostPort(pod, {.target = "http"}) == "8080");
  CHECK(HostPort(pod, {.target = 8080}) == "8080");

  pod.Annotation("k8s.mesosphere.io/port_TCP_8080", "31002");
  CHECK(HostPort(pod, {.target = "http"}) == "31002");
  CHECK(HostPort(pod, {.target = 8080}) == "31002");

  pod.Annotation("k8s.mesosphere.io/portName_TCP_http", "31001");
  CHECK(HostPort(pod, {.target = "http"}) == "31001");
  // The name's annotation applies only to a targetPort that is a name.
  CHECK(HostPort(pod, {.target = 8080}) == "31002");
}

TEST_CASE("an annotation maps a port without a hostPort only if its protocol and its number or name match") {
  const kube::Pod pod = MakePod("a")
                            .Annotation("k8s.mesosphere.io/port_TCP_80", "123")
                            .Annotation("k8s.mesosphere.io/portName_UDP_foo", "456")
                            .Port({.number = 80, .name = "foo"})
                            .Port({.number = 80, .name = "foo", .protocol = Protocol::kUdp});
  CHECK(HostPort(pod, {.target = 80}) == "123");
  CHECK(HostPort(pod, {.target = "foo"}) == "123");
  CHECK(HostPort(pod, {.target = "foo", .protocol = Protocol::kUdp}) == "456");
  CHECK_THAT(HostPort(pod, {.target = 80, .protocol = Protocol::kUdp}),
             Catch::Matchers::StartsWith("no_host_port: "));
}

TEST_CASE("the value of an annotation is a decimal number from 1 to 65535") {
  for (const std::string value : {"1", "80", "31080", "65535"}) {
    const kube::Pod pod =
        MakePod("a").Annotation("k8s.mesosphere.io/port_TCP_80", value).Port({.number = 80, .host_port = 9});
    CHECK(HostPort(pod, {.target = 80}) == value);
  }
}

TEST_CASE("an annotation that is not a port is an obstacle even if another source has one") {
  for (const std::string value : {"", "0", "-1", "65536", "99999999999999999999", "http", " 80", "80 ", "+80",
                                  "0x50", "80.0", "80,81"}) {
    test::PodBuilder pod = MakePod("a").HostNetwork();
    pod.Port({.number = 80, .name = "http", .host_port = 31080});
    pod.Annotation("k8s.mesosphere.io/port_TCP_80", value);
    const std::string sentence = "bad_port_annotation: annotation k8s.mesosphere.io/port_TCP_80 is \"" +
                                 value + "\", not a host port from 1 to 65535: correct or remove it";
    CHECK(HostPort(pod, {.target = 80}) == sentence);
    CHECK(HostPort(pod, {.target = "http"}) == sentence);

    // The name's annotation takes precedence over the number's, whether it is valid or not.
    pod.Annotation("k8s.mesosphere.io/portName_TCP_http", "31001");
    CHECK(HostPort(pod, {.target = "http"}) == "31001");
    pod.Annotation("k8s.mesosphere.io/port_TCP_80", "31002");
    pod.Annotation("k8s.mesosphere.io/portName_TCP_http", value);
    CHECK(HostPort(pod, {.target = "http"}) ==
          "bad_port_annotation: annotation k8s.mesosphere.io/portName_TCP_http is \"" + value +
              "\", not a host port from 1 to 65535: correct or remove it");
    CHECK(HostPort(pod, {.target = 80}) == "31002");
  }
}

TEST_CASE("the value of a bad annotation is shown on one line and cut") {
  const auto sentence = [](const std::string& value) {
    return HostPort(MakePod("a").Annotation("k8s.mesosphere.io/port_TCP_80", value).Port({.number = 80}),
                    {.target = 80});
  };
  const std::string head = "bad_port_annotation: annotation k8s.mesosphere.io/port_TCP_80 is ";
  const std::string tail = ", not a host port from 1 to 65535: correct or remove it";
  CHECK(sentence("80\nE1122 forged\x7f") == head + "\"80\\nE1122 forged\\u007f\"" + tail);
  CHECK(sentence("80\xc3\xa9") == head + "\"80\xc3\xa9\"" + tail);
  CHECK(sentence(std::string(64, 'x')) == head + "\"" + std::string(64, 'x') + "\"" + tail);
  CHECK(sentence(std::string(1000, 'x')) == head + "\"" + std::string(64, 'x') + "...\"" + tail);
}

TEST_CASE("a hostNetwork pod is published at the container port or at an undeclared number") {
  const kube::Pod pod =
      MakePod("a").HostNetwork().Port({.number = 9100, .name = "metrics", .host_port = 9100});
  CHECK(HostPort(pod, {.target = 9100}) == "9100");
  CHECK(HostPort(pod, {.target = "metrics"}) == "9100");
  CHECK(HostPort(pod, {.target = 9999}) == "9999");
  CHECK_THAT(HostPort(pod, {.target = "other"}), Catch::Matchers::StartsWith("no_container_port: "));
}

TEST_CASE("the obstacle of a port without a hostPort names its container and the missing annotation") {
  const kube::Pod pod =
      MakePod("a").Port({.number = 8080, .name = "http", .host_port = 0, .container = "web"});
  const std::string expected =
      "no_host_port: container \"web\" declares port 8080/TCP without a hostPort, and no annotation "
      "k8s.mesosphere.io/port_TCP_8080 maps it: declare a hostPort, from the port ranges that the Mesos "
      "slaves "
      "offer";
  CHECK(HostPort(pod, {.target = 8080}) == expected);
  CHECK(HostPort(pod, {.target = "http"}) == expected);
}

// ---- Bound to an address

TEST_CASE("a hostIP binds a declared host port to one address or to all addresses of a family") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "31080"},
      {"0.0.0.0", "31080"},
      {"::", "ip_family_mismatch"},
      {"0:0:0:0:0:0:0:0", "ip_family_mismatch"},
      {"10.0.0.7", "31080 on 10.0.0.7"},
      {"fd00::7", "ip_family_mismatch"},
      {"127.0.0.1", "unusable_host_ip"},
  };
  for (const auto& [host_ip, expected] : cases) {
    CAPTURE(host_ip);
    const std::string resolved =
        HostPort(MakePod("a").Port({.number = 80, .host_port = 31080, .host_ip = host_ip}), {.target = 80});
    CHECK(resolved.substr(0, resolved.find(':')) == expected);
  }
  const kube::Pod all_v6 = MakePod("a")
                               .HostIps({"10.0.0.11", "fd00:10::11"})
                               .Port({.number = 80, .host_port = 31080, .host_ip = "::"});
  CHECK(Resolve(all_v6, {.target = 80}, AddressMode::kHostPort, kube::IpFamily::kIPv6) ==
        "31080 on fd00:10::11");
}

TEST_CASE("a hostIP has no effect if an annotation or hostNetwork gives the host port") {
  test::PodBuilder pod = MakePod("a");
  pod.Port({.number = 80, .host_port = 31080, .host_ip = "10.0.0.7"}).HostNetwork();
  CHECK(HostPort(pod, {.target = 80}) == "80");
  pod.Annotation("k8s.mesosphere.io/port_TCP_80", "31777");
  CHECK(HostPort(pod, {.target = 80}) == "31777");
}

}  // namespace
}  // namespace k8sm::endpoints
