#include "lib/endpoints/claims.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using kube::Pod;
using kube::PodPhase;
using kube::Protocol;
using kube::Service;
using std::chrono::seconds;
using test::MakePod;
using test::MakeService;

using Lines = std::vector<std::string>;

struct Outcome {
  Lines granted;  // "a http 10.0.0.11:31080"
  Lines skipped;  // "a http no_host_port"
};

Outcome Resolve(const Service& service, const std::vector<Pod>& pods,
                AddressMode mode = AddressMode::kHostPort, IpFamily family = IpFamily::kIPv4) {
  const Claims claims = ResolveClaims(service, test::PointersTo(pods), family, mode);
  Outcome outcome;
  for (const Claim& claim : claims.granted) {
    const std::string port = claim.service_port == nullptr ? "-" : PortLabel(*claim.service_port);
    outcome.granted.push_back(claim.pod->meta.name.get() + " " + port + " " + claim.ip.get() + ":" +
                              std::to_string(claim.port));
  }
  for (const Skip& skip : claims.skips) {
    outcome.skipped.push_back(skip.pod.name.get() + " " + skip.service_port + " " +
                              std::string(ToString(skip.reason)));
  }
  return outcome;
}

// The sentence of the only skip.
std::string SentenceOf(const Service& service, const std::vector<Pod>& pods,
                       IpFamily family = IpFamily::kIPv4) {
  const Claims claims = ResolveClaims(service, test::PointersTo(pods), family, AddressMode::kHostPort);
  REQUIRE(claims.skips.size() == 1);
  return claims.skips.front().sentence;
}

// A pod whose port 8080 is 31080 on node-1.
test::PodBuilder OnTheSamePlace(const std::string& name) {
  return MakePod(name).Port({.number = 8080, .host_port = 31080});
}

const Service kWeb = MakeService("web").Port({.target = 8080});

// ---- Services and pods

TEST_CASE("a service without a selector or of type ExternalName is left alone") {
  CHECK(kube::Service(MakeService("web")).SelectsPods());
  CHECK(kube::Service(MakeService("web").Headless()).SelectsPods());
  CHECK_FALSE(kube::Service(MakeService("web").Selector({})).SelectsPods());
  CHECK_FALSE(kube::Service(MakeService("web").ExternalName()).SelectsPods());
}

TEST_CASE("the primary family is the first one else that of the cluster IP else IPv4") {
  CHECK(PrimaryFamily(MakeService("web").Families({IpFamily::kIPv6, IpFamily::kIPv4})) == IpFamily::kIPv6);
  CHECK(PrimaryFamily(MakeService("web").Families({IpFamily::kIPv4}).ClusterIp("fd00::1")) ==
        IpFamily::kIPv4);
  CHECK(PrimaryFamily(MakeService("web").Families({}).ClusterIp("fd00::1")) == IpFamily::kIPv6);
  CHECK(PrimaryFamily(MakeService("web").Families({}).ClusterIp("10.96.0.1")) == IpFamily::kIPv4);
  CHECK(PrimaryFamily(MakeService("web").Families({}).Headless()) == IpFamily::kIPv4);
  CHECK(PrimaryFamily(MakeService("web").Families({}).ClusterIp("")) == IpFamily::kIPv4);
}

TEST_CASE("a pod has ended when its phase is Succeeded or Failed") {
  const std::vector<std::pair<PodPhase, bool>> cases = {{PodPhase::kPending, false},
                                                        {PodPhase::kRunning, false},
                                                        {PodPhase::kUnknown, false},
                                                        {PodPhase::kSucceeded, true},
                                                        {PodPhase::kFailed, true}};
  for (const auto& [phase, ended] : cases) CHECK(HasEnded(MakePod("a").Phase(phase)) == ended);
}

// ---- Claims

TEST_CASE("each pod claims each port of the service in the order of pod names and of the service's ports") {
  const Service service =
      MakeService("web").Port({.name = "z", .target = 8080}).Port({.name = "a", .target = 9090});
  const auto pod = [](const std::string& name, int base) {
    return MakePod(name)
        .Port({.number = 8080, .host_port = base})
        .Port({.number = 9090, .host_port = base + 1});
  };
  const Outcome outcome = Resolve(service, {pod("b", 31010), pod("a", 31000)});
  CHECK(outcome.granted ==
        Lines{"a z 10.0.0.11:31000", "a a 10.0.0.11:31001", "b z 10.0.0.11:31010", "b a 10.0.0.11:31011"});
  CHECK(outcome.skipped.empty());
}

TEST_CASE("a pod can be published for one port and skipped for another") {
  const Service service =
      MakeService("web").Port({.name = "http", .target = 8080}).Port({.name = "metrics", .target = 9090});
  const Outcome outcome = Resolve(service, {OnTheSamePlace("a"), MakePod("b").Port({.number = 9090})});
  CHECK(outcome.granted == Lines{"a http 10.0.0.11:31080"});
  CHECK(outcome.skipped ==
        Lines{"a metrics no_container_port", "b http no_container_port", "b metrics no_host_port"});
}

TEST_CASE("a skip names the pod and its uid and the port and the reason with its sentence") {
  const std::vector<Pod> pods = {MakePod("a").Namespace("shop").Port({.number = 8080, .container = "web"})};
  const Claims claims = ResolveClaims(kWeb, test::PointersTo(pods), IpFamily::kIPv4, AddressMode::kHostPort);
  REQUIRE(claims.skips.size() == 1);
  const Skip& skip = claims.skips.front();
  CHECK(ToString(skip.pod) == "shop/a");
  CHECK(skip.pod_uid.get() == "uid-a");
  CHECK(skip.service_port == "80");
  CHECK(skip.reason == SkipReason::kNoHostPort);
  CHECK_THAT(skip.sentence,
             Catch::Matchers::StartsWith("container \"web\" declares port 8080/TCP without a hostPort"));
}

TEST_CASE("each reason of host-port mode shows in a skip") {
  const std::vector<std::pair<Pod, std::string>> cases = {
      {MakePod("a"), "a 80 no_container_port"},
      {MakePod("a").Port({.number = 8080}), "a 80 no_host_port"},
      {OnTheSamePlace("a").Annotation("k8s.mesosphere.io/port_TCP_8080", "x"), "a 80 bad_port_annotation"},
      {OnTheSamePlace("a").Unscheduled(), "a 80 no_host_ip"},
      {MakePod("a").Port({.host_port = 31080, .host_ip = "fd00::1"}), "a 80 ip_family_mismatch"},
      {OnTheSamePlace("a").On("node-1", "127.0.0.1"), "a 80 unusable_host_ip"},
  };
  for (const auto& [pod, skip] : cases) {
    const Outcome outcome = Resolve(kWeb, {pod});
    CHECK(outcome.granted.empty());
    CHECK(outcome.skipped == Lines{skip});
  }
}

TEST_CASE("each reason of pod-IP mode shows in a skip") {
  const Service named = MakeService("web").Port({.target = "http"});
  const std::vector<std::pair<Pod, std::string>> cases = {
      {MakePod("a"), "a 80 no_container_port"},
      {MakePod("a").Port({.name = "http"}).PodIps({}), "a 80 no_pod_ip"},
      {MakePod("a").Port({.name = "http"}).PodIps({"169.254.0.1"}), "a 80 unusable_pod_ip"},
  };
  for (const auto& [pod, skip] : cases) {
    const Outcome outcome = Resolve(named, {pod}, AddressMode::kPodIp);
    CHECK(outcome.granted.empty());
    CHECK(outcome.skipped == Lines{skip});
  }
}

TEST_CASE("addresses are those of the family that is asked for") {
  const Pod pod =
      OnTheSamePlace("a").HostIps({"10.0.0.11", "fd00:10::11"}).PodIps({"172.17.0.4", "fd00:17::4"});
  CHECK(Resolve(kWeb, {pod}, AddressMode::kHostPort, IpFamily::kIPv6).granted ==
        Lines{"a 80 fd00:10::11:31080"});
  CHECK(Resolve(kWeb, {pod}, AddressMode::kPodIp, IpFamily::kIPv6).granted == Lines{"a 80 fd00:17::4:8080"});
}

TEST_CASE("a headless service without ports lists the addresses of its pods without conflicts") {
  const Service peers = MakeService("peers").Headless();
  const std::vector<Pod> pods = {MakePod("a"), MakePod("b"), MakePod("c").Unscheduled()};
  const Outcome hosts = Resolve(peers, pods);
  CHECK(hosts.granted == Lines{"a - 10.0.0.11:0", "b - 10.0.0.11:0"});
  CHECK(hosts.skipped == Lines{"c  no_host_ip"});

  const Outcome pod_ips = Resolve(peers, pods, AddressMode::kPodIp);
  CHECK(pod_ips.granted == Lines{"a - 172.17.0.11:0", "b - 172.17.0.11:0"});
  CHECK(pod_ips.skipped == Lines{"c  no_pod_ip"});
}

TEST_CASE("a service with a cluster IP and without ports has neither claims nor skips") {
  const Outcome outcome = Resolve(MakeService("web"), {MakePod("a"), MakePod("b").Unscheduled()});
  CHECK(outcome.granted.empty());
  CHECK(outcome.skipped.empty());
}

// ---- Conflicts

TEST_CASE(
    "of two pods on the same host port the ready one is published else the older else the first by name") {
  struct Case {
    Pod winner;
    Pod loser;
    std::string merit;
  };
  const std::vector<Case> cases = {
      {OnTheSamePlace("b").Ready().CreatedAt(seconds(9)), OnTheSamePlace("a"), "is ready"},
      {OnTheSamePlace("b").Ready(), OnTheSamePlace("a").Ready().CreatedAt(seconds(1)), "is older"},
      {OnTheSamePlace("b"), OnTheSamePlace("a").CreatedAt(seconds(1)), "is older"},
      {OnTheSamePlace("a").Ready(), OnTheSamePlace("b").Ready(), "comes first by name"},
      {OnTheSamePlace("a"), OnTheSamePlace("b"), "comes first by name"},
  };
  for (const Case& each : cases) {
    const std::string winner = each.winner.meta.name.get();
    const std::string loser = each.loser.meta.name.get();
    CAPTURE(winner, each.merit);
    for (const bool winner_first : {true, false}) {
      const std::vector<Pod> pods = winner_first ? std::vector<Pod>{each.winner, each.loser}
                                                 : std::vector<Pod>{each.loser, each.winner};
      const Outcome outcome = Resolve(kWeb, pods);
      CHECK(outcome.granted == Lines{winner + " 80 10.0.0.11:31080"});
      CHECK(outcome.skipped == Lines{loser + " 80 host_port_conflict"});
      CHECK(SentenceOf(kWeb, pods) == "10.0.0.11:31080/TCP is taken by pod default/" + winner + ", which " +
                                          each.merit + ": give one of the two pods another host port");
    }
  }
}

TEST_CASE("a pod without a creation time loses a host port to one that has it") {
  Pod undated = OnTheSamePlace("a");
  undated.meta.creation_timestamp.reset();
  const Pod dated = OnTheSamePlace("b").CreatedAt(seconds(100));
  CHECK(Resolve(kWeb, {undated, dated}).granted == Lines{"b 80 10.0.0.11:31080"});
  CHECK(Resolve(kWeb, {dated, undated}).granted == Lines{"b 80 10.0.0.11:31080"});
}

TEST_CASE("publishing what is not ready does not change who holds a host port") {
  const Service service = MakeService("web").PublishNotReadyAddresses().Port({});
  CHECK(Resolve(service, {OnTheSamePlace("a"), OnTheSamePlace("b").Ready().CreatedAt(seconds(5))}).granted ==
        Lines{"b 80 10.0.0.11:31080"});
}

TEST_CASE("all but one of many pods on the same host port are told of the one that holds it") {
  const Outcome outcome =
      Resolve(kWeb, {OnTheSamePlace("a"), OnTheSamePlace("c").Ready(), OnTheSamePlace("b")});
  CHECK(outcome.granted == Lines{"c 80 10.0.0.11:31080"});
  CHECK(outcome.skipped == Lines{"a 80 host_port_conflict", "b 80 host_port_conflict"});
}

TEST_CASE("a conflict is one of address and port and protocol") {
  const Service service = MakeService("dns")
                              .Port({.name = "tcp", .target = 53})
                              .Port({.name = "udp", .target = 53, .protocol = Protocol::kUdp});
  const std::vector<Pod> pods = {
      MakePod("a").Port({.number = 53, .host_port = 31053}),
      MakePod("b").Port({.number = 53, .host_port = 31053, .protocol = Protocol::kUdp}),
      MakePod("c").Port({.number = 53, .host_port = 31054}),
      MakePod("d").Port({.number = 53, .host_port = 31053}).On("node-2", "10.0.0.12"),
      MakePod("e").Port({.number = 53, .host_port = 31053, .host_ip = "10.0.0.99"}),
  };
  const Outcome outcome = Resolve(service, pods);
  CHECK(outcome.granted == Lines{"a tcp 10.0.0.11:31053", "b udp 10.0.0.11:31053", "c tcp 10.0.0.11:31054",
                                 "d tcp 10.0.0.12:31053", "e tcp 10.0.0.99:31053"});
  CHECK(std::count_if(outcome.skipped.begin(), outcome.skipped.end(),
                      [](const std::string& skip) { return skip.ends_with("host_port_conflict"); }) == 0);
}

TEST_CASE("a conflict crosses the ports of a service and costs the loser that port alone") {
  const Service service =
      MakeService("web").Port({.name = "http", .target = 8080}).Port({.name = "admin", .target = 9090});
  const Pod a =
      MakePod("a").Port({.number = 8080, .host_port = 31080}).Port({.number = 9090, .host_port = 31090});
  const Pod b =
      MakePod("b").Port({.number = 8080, .host_port = 31090}).Port({.number = 9090, .host_port = 31091});
  const Outcome outcome = Resolve(service, {b, a});
  CHECK(outcome.granted ==
        Lines{"a http 10.0.0.11:31080", "a admin 10.0.0.11:31090", "b admin 10.0.0.11:31091"});
  CHECK(outcome.skipped == Lines{"b http host_port_conflict"});
}

TEST_CASE("ports of a service that end at one host port of one pod do not conflict") {
  const Service service = MakeService("web").Port({.name = "http"}).Port({.name = "alias", .number = 81});
  const Outcome outcome = Resolve(service, {OnTheSamePlace("a")});
  CHECK(outcome.granted == Lines{"a http 10.0.0.11:31080", "a alias 10.0.0.11:31080"});
  CHECK(outcome.skipped.empty());
}

TEST_CASE("a conflict on an IPv6 host is told with the address in brackets") {
  const auto pod = [](const std::string& name) { return OnTheSamePlace(name).HostIps({"fd00:10::11"}); };
  CHECK(SentenceOf(kWeb, {pod("a"), pod("b")}, IpFamily::kIPv6) ==
        "[fd00:10::11]:31080/TCP is taken by pod default/a, which comes first by name: give one of the two "
        "pods "
        "another host port");
}

TEST_CASE("in pod-IP mode pods may share an address") {
  const Outcome outcome = Resolve(kWeb, {MakePod("b"), MakePod("a")}, AddressMode::kPodIp);
  CHECK(outcome.granted == Lines{"a 80 172.17.0.11:8080", "b 80 172.17.0.11:8080"});
  CHECK(outcome.skipped.empty());
}

}  // namespace
}  // namespace k8sm::endpoints
