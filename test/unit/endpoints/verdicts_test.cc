#include "lib/endpoints/verdicts.h"

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

// The outcome for Endpoints of that family.
Outcome Resolve(Service service, const std::vector<Pod>& pods, AddressMode mode = AddressMode::kHostPort,
                IpFamily family = IpFamily::kIPv4) {
  service.ip_families = {family};
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(service, pointers, mode, nullptr);
  Outcome outcome;
  ForEachInEndpoints(verdicts, [&](const Pod& pod, const kube::ServicePort* port, const Place& place) {
    outcome.granted.push_back(pod.meta.name + " " + (port == nullptr ? "-" : PortLabel(*port)) + " " +
                              place.ip + ":" + std::to_string(place.port));
  });
  for (const Skip& skip : SkipsOf(verdicts)) {
    outcome.skipped.push_back(skip.pod.name + " " + skip.service_port + " " +
                              std::string(ToString(skip.reason)));
  }
  return outcome;
}

std::vector<Skip> Skips(const Service& service, const std::vector<Pod>& pods) {
  const auto pointers = test::PointersTo(pods);
  return SkipsOf(Judge(service, pointers, AddressMode::kHostPort, nullptr));
}

// The sentence of the only skip.
std::string SentenceOf(Service service, const std::vector<Pod>& pods, IpFamily family = IpFamily::kIPv4) {
  service.ip_families = {family};
  const std::vector<Skip> skips = Skips(service, pods);
  REQUIRE(skips.size() == 1);
  return skips.front().sentence;
}

// A pod whose port 8080 is 31080 on node-1.
test::PodBuilder OnTheSamePlace(const std::string& name) {
  return MakePod(name).Port({.number = 8080, .host_port = 31080});
}

const Service kWeb = MakeService("web").Port({.target = 8080});

// ---- Services and pods

TEST_CASE("SelectsPods is false for a service without a selector and for an ExternalName") {
  CHECK(kube::Service(MakeService("web")).SelectsPods());
  CHECK(kube::Service(MakeService("web").Headless()).SelectsPods());
  CHECK_FALSE(kube::Service(MakeService("web").Selector({})).SelectsPods());
  CHECK_FALSE(kube::Service(MakeService("web").ExternalName()).SelectsPods());
}

TEST_CASE("the primary family is the first one, else that of the cluster IP, else IPv4") {
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

TEST_CASE("a skip has the pod, its uid, the service port, the reason and a sentence") {
  const std::vector<Pod> pods = {MakePod("a").Namespace("shop").Port({.number = 8080, .container = "web"})};
  const std::vector<Skip> skips = Skips(kWeb, pods);
  REQUIRE(skips.size() == 1);
  const Skip& skip = skips.front();
  CHECK(ToString(skip.pod) == "shop/a");
  CHECK(skip.pod_uid.Text() == "uid-a");
  CHECK(skip.service_port == "80");
  CHECK(skip.reason == SkipReason::kNoHostPort);
  CHECK_THAT(skip.sentence,
             Catch::Matchers::StartsWith("container \"web\" declares port 8080/TCP without a hostPort"));
}

TEST_CASE("each obstacle of host-port mode is the reason of a skip") {
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

TEST_CASE("each obstacle of pod-IP mode is the reason of a skip") {
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

TEST_CASE("addresses are those of the requested family") {
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

TEST_CASE("of two pods on one host port the ready one is published, else the older, else the first by name") {
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
    const std::string winner(each.winner.meta.name.get());
    const std::string loser(each.loser.meta.name.get());
    CAPTURE(winner, each.merit);
    for (const bool winner_first : {true, false}) {
      const std::vector<Pod> pods = winner_first ? std::vector<Pod>{each.winner, each.loser}
                                                 : std::vector<Pod>{each.loser, each.winner};
      const Outcome outcome = Resolve(kWeb, pods);
      CHECK(outcome.granted == Lines{winner + " 80 10.0.0.11:31080"});
      CHECK(outcome.skipped == Lines{loser + " 80 host_port_conflict"});
      CHECK(SentenceOf(kWeb, pods) ==
            "10.0.0.11:31080/TCP is taken by pod default/" + winner + ", which " + each.merit +
                ": give one of the two pods another host port, or take one out of the service's selector");
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

TEST_CASE("publishNotReadyAddresses does not change which pod holds a host port") {
  const Service service = MakeService("web").PublishNotReadyAddresses().Port({});
  CHECK(Resolve(service, {OnTheSamePlace("a"), OnTheSamePlace("b").Ready().CreatedAt(seconds(5))}).granted ==
        Lines{"b 80 10.0.0.11:31080"});
}

TEST_CASE("of many pods on the same host port all but the one that holds it are skipped") {
  const Outcome outcome =
      Resolve(kWeb, {OnTheSamePlace("a"), OnTheSamePlace("c").Ready(), OnTheSamePlace("b")});
  CHECK(outcome.granted == Lines{"c 80 10.0.0.11:31080"});
  CHECK(outcome.skipped == Lines{"a 80 host_port_conflict", "b 80 host_port_conflict"});
}

TEST_CASE("pods conflict only over the same address, port and protocol") {
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

TEST_CASE("pods may conflict across service ports, and the loser is skipped for that port only") {
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

TEST_CASE("service ports that lead to the same host port of one pod do not conflict") {
  const Service service = MakeService("web").Port({.name = "http"}).Port({.name = "alias", .number = 81});
  const Outcome outcome = Resolve(service, {OnTheSamePlace("a")});
  CHECK(outcome.granted == Lines{"a http 10.0.0.11:31080", "a alias 10.0.0.11:31080"});
  CHECK(outcome.skipped.empty());
}

TEST_CASE("the sentence of a conflict on an IPv6 host has the address in brackets") {
  const auto pod = [](const std::string& name) { return OnTheSamePlace(name).HostIps({"fd00:10::11"}); };
  CHECK(SentenceOf(kWeb, {pod("a"), pod("b")}, IpFamily::kIPv6) ==
        "[fd00:10::11]:31080/TCP is taken by pod default/a, which comes first by name: give one of the two "
        "pods another host port, or take one out of the service's selector");
}

TEST_CASE("in pod-IP mode pods may share an address") {
  const Outcome outcome = Resolve(kWeb, {MakePod("b"), MakePod("a")}, AddressMode::kPodIp);
  CHECK(outcome.granted == Lines{"a 80 172.17.0.11:8080", "b 80 172.17.0.11:8080"});
  CHECK(outcome.skipped.empty());
}

// ---- Slices, nodes and further families

// Every node exists but "gone".
const kube::Node* NodeOf(const kube::Symbol& name) {
  static const kube::Node node;
  return name.get() == "gone" ? nullptr : &node;
}
const NodeLookup kNodeOf = NodeOf;

// "a endpoints", "b slices", "c both", "d -", of the first family's first port.
Lines Listed(const Service& service, const std::vector<Pod>& pods) {
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(service, pointers, AddressMode::kHostPort, &kNodeOf);
  Lines lines;
  for (std::size_t i = 0; i < verdicts.pods.size(); ++i) {
    const Verdict& verdict = verdicts.At(0, i, 0);
    const char* where = verdict.in_endpoints ? (verdict.in_slices ? "both" : "endpoints")
                                             : (verdict.in_slices ? "slices" : "-");
    lines.push_back(verdicts.pods[i].pod->meta.name + " " + where);
  }
  return lines;
}

// "a 80 node_not_found: sentence"
Lines SkipLines(const Service& service, const std::vector<Pod>& pods,
                AddressMode mode = AddressMode::kHostPort) {
  const auto pointers = test::PointersTo(pods);
  Lines lines;
  for (const Skip& skip : SkipsOf(Judge(service, pointers, mode, &kNodeOf))) {
    lines.push_back(skip.pod.name + " " + skip.service_port + " " + std::string(ToString(skip.reason)) +
                    ": " + skip.sentence);
  }
  return lines;
}

TEST_CASE("in slices the holder of a place is decided by declaration, then state, then age, then name") {
  // From the best claim to the worst; each beats all that follow, in slices.
  const auto host_network = [](const char* name) { return MakePod(name).HostNetwork(); };
  const Service service = MakeService("web").Port({.target = 31080});
  std::vector<Pod> claims = {
      MakePod("h").HostNetwork().Port({.number = 31080}).Ready(),
      MakePod("g").HostNetwork().Port({.number = 31080}).Ready().CreatedAt(seconds(1)),
      MakePod("i").HostNetwork().Port({.number = 31080}).Ready().CreatedAt(seconds(1)),
      MakePod("f").HostNetwork().Port({.number = 31080}).Ready().Terminating(),
      MakePod("e").HostNetwork().Port({.number = 31080}),
      MakePod("d").HostNetwork().Port({.number = 31080}).Terminating(),
      host_network("c").Ready(),
      host_network("b").Ready().Terminating(),
      host_network("a"),
  };
  for (std::size_t best = 0; best < claims.size(); ++best) {
    for (std::size_t other = best + 1; other < claims.size(); ++other) {
      const Pod& winner = claims[best];
      const Pod& loser = claims[other];
      CAPTURE(winner.meta.name.get(), loser.meta.name.get());
      const std::vector<const Pod*> pair = {&loser, &winner};
      const Verdicts verdicts = Judge(service, pair, AddressMode::kHostPort, &kNodeOf);
      for (std::size_t i = 0; i < 2; ++i) {
        const bool wins = verdicts.pods[i].pod == &winner;
        CHECK(verdicts.At(0, i, 0).in_slices == wins);
        CHECK((verdicts.At(0, i, 0).slices_holder.pod == nullptr) == wins);
      }
    }
  }
}

TEST_CASE("a terminating pod that serves holds its place in slices, and its unready successor in Endpoints") {
  const Pod old_pod = OnTheSamePlace("old").Ready().Terminating();
  const Pod new_pod = OnTheSamePlace("new").CreatedAt(seconds(60));
  CHECK(Listed(kWeb, {old_pod, new_pod}) == Lines{"new endpoints", "old slices"});
  // There is nothing to change.
  CHECK(SkipLines(kWeb, {old_pod, new_pod}).empty());
}

TEST_CASE("a ready pod takes its host port from a terminating one") {
  CHECK(Listed(kWeb, {OnTheSamePlace("old").Ready().Terminating(),
                      OnTheSamePlace("new").Ready().CreatedAt(seconds(60))}) == Lines{"new both", "old -"});
}

TEST_CASE("a terminating pod is never skipped, whatever it lacks and whatever the service publishes") {
  const Service all = MakeService("web").PublishNotReadyAddresses().Port({.target = 8080});
  for (const Service& service : {kWeb, all}) {
    CHECK(SkipLines(service, {MakePod("a").Terminating(), OnTheSamePlace("b").Ready(),
                              OnTheSamePlace("c").Terminating()})
              .empty());
  }
}

TEST_CASE("a pod whose node does not exist is in Endpoints and skipped for slices") {
  const Pod pod = OnTheSamePlace("a").On("gone", "10.0.0.9").Ready();
  CHECK(Listed(kWeb, {pod}) == Lines{"a endpoints"});
  CHECK(SkipLines(kWeb, {pod}) ==
        Lines{"a 80 node_not_found: node gone does not exist, so the pod is in Endpoints and in no "
              "EndpointSlice: delete the pod, or register the node again"});
  // An obstacle that keeps the pod out of Endpoints too takes precedence.
  const Lines lines = SkipLines(kWeb, {MakePod("a").On("gone", "10.0.0.9").Port({.number = 8080})});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Matchers::StartsWith("a 80 no_host_port: "));
  // If the service publishes the pod all the same, it is not skipped.
  CHECK(SkipLines(MakeService("web").PublishNotReadyAddresses().Port({.target = 8080}), {pod}).empty());
}

TEST_CASE("while nodes are not known, no pod is skipped for a missing node") {
  const std::vector<Pod> pods = {OnTheSamePlace("a").On("gone", "10.0.0.9").Ready()};
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(kWeb, pointers, AddressMode::kHostPort, nullptr);
  CHECK(SkipsOf(verdicts).empty());
  CHECK_FALSE(verdicts.nodes_known);
  CHECK_FALSE(verdicts.At(0, 0, 0).in_slices);
}

TEST_CASE("a pod that cannot be published in a further family is skipped if it has an address there") {
  const Service dual =
      MakeService("web").Families({IpFamily::kIPv4, IpFamily::kIPv6}).Port({.name = "http", .target = 8080});
  const auto bound_to_v4 = [](const char* name) {
    return MakePod(name).Port({.number = 8080, .host_port = 31080, .host_ip = "10.0.0.11"});
  };
  const Lines lines = SkipLines(dual, {bound_to_v4("a").HostIps({"10.0.0.11", "fd00:10::11"}).Ready()});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Matchers::StartsWith("a http ip_family_mismatch: "));
  // A pod without an address of the family has nothing to change.
  CHECK(SkipLines(dual, {OnTheSamePlace("b").Ready()}).empty());
  // A pod that is skipped in the first family is not skipped again.
  CHECK(SkipLines(dual, {MakePod("c").HostIps({"10.0.0.11", "fd00:10::11"}).Port({.number = 8080})}).size() ==
        1);
}

TEST_CASE("a further family causes no skip if slices cannot list the pod or it has no address there") {
  const Service dual =
      MakeService("web").Families({IpFamily::kIPv4, IpFamily::kIPv6}).Port({.name = "http", .target = 8080});
  // While nodes are not known there are no slices.
  CHECK(Skips(dual, {MakePod("a")
                         .Port({.number = 8080, .host_port = 31080, .host_ip = "10.0.0.11"})
                         .HostIps({"10.0.0.11", "fd00:10::11"})
                         .Ready()})
            .empty());
  CHECK(SkipLines(dual, {MakePod("b").Ready()}, AddressMode::kPodIp).empty());
}

TEST_CASE("pods of a service with a cluster IP but no ports are in slices only, and in pod-IP mode only") {
  const Service service = MakeService("web");
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  const auto pointers = test::PointersTo(pods);
  for (const AddressMode mode : {AddressMode::kHostPort, AddressMode::kPodIp}) {
    const Verdicts verdicts = Judge(service, pointers, mode, &kNodeOf);
    CHECK_FALSE(verdicts.At(0, 0, 0).in_endpoints);
    CHECK(verdicts.At(0, 0, 0).in_slices == (mode == AddressMode::kPodIp));
  }
}

TEST_CASE("a conflict in a further family names the holder there") {
  const Service dual = MakeService("web").Families({IpFamily::kIPv4, IpFamily::kIPv6}).Port({.target = 8080});
  const Pod a =
      MakePod("a").HostIps({"10.0.0.1", "fd00::1"}).Port({.number = 8080, .host_port = 31080}).Ready();
  const Pod b =
      MakePod("b").HostIps({"10.0.0.2", "fd00::1"}).Port({.number = 8080, .host_port = 31080}).Ready();
  const Lines lines = SkipLines(dual, {a, b});
  REQUIRE(lines.size() == 1);
  CHECK_THAT(lines[0], Catch::Matchers::StartsWith(
                           "b 80 host_port_conflict: [fd00::1]:31080/TCP is taken by pod default/a"));
}

TEST_CASE("the sentence of a conflict says what helps") {
  const Service service = MakeService("web").Port({.target = 31080});
  const Service all = MakeService("web").PublishNotReadyAddresses().Port({.target = 8080});
  const auto sentence = [](const Service& of, const std::vector<Pod>& pods) {
    Lines lines = SkipLines(of, pods);
    std::erase_if(lines, [](const std::string& line) { return line.find("taken by") == std::string::npos; });
    REQUIRE(lines.size() == 1);
    return lines[0].substr(lines[0].find("taken by"));
  };
  CHECK(
      sentence(all, {OnTheSamePlace("old").Ready().Terminating(), OnTheSamePlace("young")}) ==
      "taken by pod default/old, which is ready and is being deleted: nothing to change, this ends with that "
      "pod");
  CHECK(
      sentence(kWeb, {OnTheSamePlace("lost").On("gone", "10.0.0.11").Ready(), OnTheSamePlace("new")}) ==
      "taken by pod default/lost, which is ready: node gone of the other pod does not exist, so delete that "
      "pod");
  CHECK(sentence(kWeb, {OnTheSamePlace("lost").On("gone", "10.0.0.11"), OnTheSamePlace("new").Ready()}) ==
        "taken by pod default/new, which is ready: node gone of this pod does not exist, so delete that pod");
  CHECK(
      sentence(service, {MakePod("guess").HostNetwork().Ready(),
                         MakePod("real").HostNetwork().Port({.number = 31080})}) ==
      "taken by pod default/real, which declares it: declare in this pod, which uses the host's network, the "
      "port that it listens on, or take it out of the service's selector");
}

TEST_CASE("SkipOf gives the skip of one pod and port") {
  const std::vector<Pod> pods = {MakePod("a").Port({.number = 8080}), OnTheSamePlace("b").Ready(),
                                 OnTheSamePlace("c")};
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(kWeb, pointers, AddressMode::kHostPort, &kNodeOf);
  CHECK(SkipOf(verdicts, 0, 0)->reason == SkipReason::kNoHostPort);
  CHECK_FALSE(SkipOf(verdicts, 1, 0).has_value());
  CHECK(SkipOf(verdicts, 2, 0)->reason == SkipReason::kHostPortConflict);
}

}  // namespace
}  // namespace k8sm::endpoints
