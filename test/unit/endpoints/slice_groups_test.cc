#include "lib/endpoints/slice_groups.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/slice_text.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::IpFamily;
using kube::Node;
using kube::Pod;
using kube::PodPhase;
using kube::Protocol;
using kube::Service;
using kube::SliceEndpoint;
using kube::Symbol;
using kube::Uid;
using test::MakePod;
using test::MakeService;
using Lines = std::vector<std::string>;

// node-1 in zone-a, and node-2 without a zone.
const Node* NodeOf(const Symbol& name) {
  static const Node node_1 = {.zone = Symbol("zone-a")};
  static const Node node_2;
  if (name.get() == "node-1") return &node_1;
  return name.get() == "node-2" ? &node_2 : nullptr;
}

const NodeLookup kNodeOf = NodeOf;

Lines MemberNames(const Service& service, const std::vector<Pod>& pods) {
  const auto pointers = test::PointersTo(pods);
  Lines names;
  for (const SelectedPod& each : Judge(service, pointers, AddressMode::kHostPort, &kNodeOf).pods) {
    if (each.in_slices) names.emplace_back(each.pod->meta.name.get());
  }
  return names;
}

SliceGroups Group(Service service, const std::vector<Pod>& pods, AddressMode mode,
                  IpFamily family = IpFamily::kIPv4) {
  service.ip_families = {family};
  const auto pointers = test::PointersTo(pods);
  return GroupEndpoints(Judge(service, pointers, mode, &kNodeOf), 0);
}

// A line for each set of ports: "a@10.0.0.11 !b@10.0.0.12 | http:31080/TCP".
Lines AsLines(const SliceGroups& groups) {
  Lines lines;
  for (const auto& [ports, endpoints] : groups) {
    std::string line;
    for (const SliceEndpoint& endpoint : endpoints) line += test::ToText(endpoint) + " ";
    line += "|";
    for (const kube::EndpointPort& port : ports) line += " " + test::ToText(port);
    lines.push_back(line);
  }
  return lines;
}

// The only endpoint of the only pod.
SliceEndpoint Single(const Service& service, const Pod& pod) {
  const SliceGroups groups = Group(service, {pod}, AddressMode::kPodIp);
  REQUIRE(groups.size() == 1);
  REQUIRE(groups.begin()->second.size() == 1);
  return groups.begin()->second.front();
}

TEST_CASE("pods that have ended are not in slices, and terminating ones are") {
  CHECK(MemberNames(MakeService("web"),
                    {MakePod("running"), MakePod("pending").Phase(PodPhase::kPending),
                     MakePod("failed").Phase(PodPhase::kFailed), MakePod("leaving").Terminating(),
                     MakePod("succeeded").Phase(PodPhase::kSucceeded)}) ==
        Lines{"leaving", "pending", "running"});
}

TEST_CASE("a pod whose node does not exist is in slices only with publishNotReadyAddresses") {
  const std::vector<Pod> pods = {MakePod("a").On("node-9", "10.0.0.9"), MakePod("b")};
  const auto pointers = test::PointersTo(pods);
  for (const bool publish : {false, true}) {
    Service service = MakeService("web");
    service.publish_not_ready_addresses = publish;
    const Verdicts verdicts = Judge(service, pointers, AddressMode::kHostPort, &kNodeOf);
    CHECK(verdicts.pods[0].in_slices == publish);
    CHECK(verdicts.pods[0].node_missing);
    CHECK(verdicts.pods[0].node == nullptr);
    CHECK(verdicts.pods[1].in_slices);
    CHECK_FALSE(verdicts.pods[1].node_missing);
  }
}

TEST_CASE("an unscheduled pod is not in slices, and its node does not count as missing") {
  const std::vector<Pod> pods = {MakePod("a").Unscheduled()};
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(MakeService("web"), pointers, AddressMode::kHostPort, &kNodeOf);
  CHECK_FALSE(verdicts.pods[0].in_slices);
  CHECK_FALSE(verdicts.pods[0].node_missing);
}

TEST_CASE("an endpoint's conditions follow from the pod's state and publishNotReadyAddresses") {
  struct Row {
    bool pod_ready;
    bool leaving;
    bool publish_not_ready;
    bool ready;
  };
  for (const Row& row :
       {Row{true, false, false, true}, Row{false, false, false, false}, Row{true, true, false, false},
        Row{false, true, false, false}, Row{false, false, true, true}, Row{true, true, true, true},
        Row{false, true, true, true}}) {
    CAPTURE(row.pod_ready, row.leaving, row.publish_not_ready);
    test::PodBuilder pod = MakePod("a").Ready(row.pod_ready);
    if (row.leaving) pod.Terminating();
    test::ServiceBuilder service = MakeService("web").Port({});
    if (row.publish_not_ready) service.PublishNotReadyAddresses();
    const SliceEndpoint endpoint = Single(service, pod);
    CHECK(endpoint.ready == row.ready);
    CHECK(endpoint.serving == row.pod_ready);
    CHECK(endpoint.terminating == row.leaving);
  }
}

TEST_CASE("an endpoint has its pod, its node and the node's zone") {
  const SliceEndpoint endpoint = Single(MakeService("web").Port({}), MakePod("a"));
  CHECK(endpoint.address == Symbol("172.17.0.11"));
  CHECK(endpoint.node_name == Symbol("node-1"));
  CHECK(endpoint.zone == Symbol("zone-a"));
  CHECK(endpoint.target_ref ==
        kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("uid-a")});
  CHECK(Single(MakeService("web").Port({}), MakePod("a").On("node-2", "10.0.0.12")).zone == Symbol());
}

TEST_CASE("an endpoint has its pod's hostname if the pod's subdomain is the service's name") {
  const Service service = MakeService("web").Port({});
  CHECK(Single(service, MakePod("a").Hostname("host-a", "web")).hostname == Symbol("host-a"));
  CHECK(Single(service, MakePod("a").Hostname("host-a", "other")).hostname == Symbol());
  CHECK(Single(service, MakePod("a").Hostname("", "web")).hostname == Symbol());
}

TEST_CASE("a ready endpoint has the hints that the service's trafficDistribution asks for") {
  Service service = MakeService("web").Port({});
  service.traffic_distribution = Symbol("PreferSameNode");
  CHECK(Single(service, MakePod("a").Ready()).zone_hint == Symbol("zone-a"));
  CHECK(Single(service, MakePod("a").Ready()).node_hint == Symbol("node-1"));
  CHECK(Single(service, MakePod("a")).zone_hint == Symbol());
}

TEST_CASE("in pod-IP mode pods are grouped by the number to which a named targetPort resolves") {
  const Service service = MakeService("web").Port({.name = "http", .target = "http"});
  CHECK(AsLines(Group(service,
                      {MakePod("c").Port({.number = 8080, .name = "http"}).Ready(),
                       MakePod("a").Port({.number = 9090, .name = "http"}).Ready(),
                       MakePod("b").Port({.number = 8080, .name = "http"})},
                      AddressMode::kPodIp)) ==
        Lines{"!b@172.17.0.11 c@172.17.0.11 | http:8080/TCP", "a@172.17.0.11 | http:9090/TCP"});
}

TEST_CASE("in pod-IP mode a pod with none of the service's ports is listed without ports") {
  const Service service = MakeService("web").Port({.target = "http"});
  CHECK(AsLines(Group(service, {MakePod("a").Ready()}, AddressMode::kPodIp)) == Lines{"a@172.17.0.11 |"});
  CHECK(AsLines(Group(service, {MakePod("a").PodIps({})}, AddressMode::kPodIp)) == Lines{});
}

TEST_CASE("in host-port mode each distinct host port is a group of its own") {
  const Service service = MakeService("web").Port({.name = "http"});
  CHECK(
      AsLines(Group(service,
                    {MakePod("a").Port({.host_port = 31001}).Ready(), MakePod("b").Port({.host_port = 31000}),
                     MakePod("c").Port({.host_port = 31001}).On("node-2", "10.0.0.12").Ready()},
                    AddressMode::kHostPort)) ==
      Lines{"!b@10.0.0.11 | http:31000/TCP", "a@10.0.0.11 c@10.0.0.12 | http:31001/TCP"});
}

TEST_CASE("in host-port mode a pod with none of the service's ports is left out") {
  const Service service = MakeService("web").Port({});
  CHECK(AsLines(Group(service, {MakePod("a").Port({}).Ready()}, AddressMode::kHostPort)) == Lines{});
}

TEST_CASE("a headless service without ports lists its pods' addresses without ports in both modes") {
  const Service service = MakeService("web").Headless();
  CHECK(AsLines(Group(service, {MakePod("a").Ready()}, AddressMode::kHostPort)) == Lines{"a@10.0.0.11 |"});
  CHECK(AsLines(Group(service, {MakePod("a").Ready()}, AddressMode::kPodIp)) == Lines{"a@172.17.0.11 |"});
}

TEST_CASE("a pod is an endpoint at each of the host addresses that its ports are bound to") {
  const Service service = MakeService("web")
                              .Port({.name = "http", .target = 8080})
                              .Port({.name = "admin", .number = 81, .target = 9090});
  const Pod pod = MakePod("a")
                      .Ready()
                      .Port({.number = 8080, .host_port = 31000, .host_ip = "10.1.0.1"})
                      .Port({.number = 9090, .host_port = 31001});
  CHECK(AsLines(Group(service, {pod}, AddressMode::kHostPort)) ==
        Lines{"a@10.0.0.11 | admin:31001/TCP", "a@10.1.0.1 | http:31000/TCP"});
}

TEST_CASE("ports are compared as sets, and distinguished by protocol and appProtocol") {
  CHECK(PortSetOf({{Symbol("b"), 2}, {Symbol("a"), 1}}) == PortSetOf({{Symbol("a"), 1}, {Symbol("b"), 2}}));
  const PortSet tcp = {{Symbol("a"), 1}};
  const PortSet udp = {{Symbol("a"), 1, Protocol::kUdp}};
  const PortSet h2c = {{Symbol("a"), 1, Protocol::kTcp, Symbol("kubernetes.io/h2c")}};
  const PortSetBefore before;
  CHECK(before(tcp, udp) != before(udp, tcp));
  CHECK(before(tcp, h2c) != before(h2c, tcp));
  CHECK_FALSE(before(tcp, tcp));
}

TEST_CASE("only endpoints of the requested family are grouped") {
  const Service service = MakeService("web").Port({}).Families({IpFamily::kIPv4, IpFamily::kIPv6});
  const std::vector<Pod> pods = {MakePod("a").PodIps({"172.17.0.1", "fd00::1"}).Ready(),
                                 MakePod("b").PodIps({"172.17.0.2"}).Ready()};
  CHECK(AsLines(Group(service, pods, AddressMode::kPodIp, IpFamily::kIPv4)) ==
        Lines{"a@172.17.0.1 b@172.17.0.2 | 8080/TCP"});
  CHECK(AsLines(Group(service, pods, AddressMode::kPodIp, IpFamily::kIPv6)) == Lines{"a@fd00::1 | 8080/TCP"});
}

TEST_CASE("a terminating pod that still serves keeps its host port until its successor is ready") {
  using std::chrono::seconds;
  const Service service = MakeService("web").Port({});
  const auto listed = [&](bool old_ready, bool new_ready) {
    return AsLines(Group(service,
                         {MakePod("old").Port({.host_port = 31000}).Ready(old_ready).Terminating(),
                          MakePod("new").Port({.host_port = 31000}).Ready(new_ready).CreatedAt(seconds(60))},
                         AddressMode::kHostPort));
  };
  CHECK(listed(true, false) == Lines{"!+old@10.0.0.11 | 31000/TCP"});
  CHECK(listed(true, true) == Lines{"new@10.0.0.11 | 31000/TCP"});
  CHECK(listed(false, false) == Lines{"!new@10.0.0.11 | 31000/TCP"});
  CHECK(listed(false, true) == Lines{"new@10.0.0.11 | 31000/TCP"});
}

TEST_CASE("a pod that is left out because its node does not exist holds no host port") {
  const Service service = MakeService("web").Port({});
  CHECK(AsLines(Group(service,
                      {MakePod("a").Port({.host_port = 31000}).Ready().On("node-9", "10.0.0.11"),
                       MakePod("b").Port({.host_port = 31000})},
                      AddressMode::kHostPort)) == Lines{"!b@10.0.0.11 | 31000/TCP"});
}

}  // namespace
}  // namespace k8sm::endpoints
