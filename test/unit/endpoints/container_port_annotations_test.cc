#include "lib/endpoints/container_port_annotations.h"

#include "lib/endpoints/endpoints_plan.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/endpoints/plan_of.h"
#include "test/unit/endpoints/random_state.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::IpFamily;
using kube::Label;
using kube::LabelMap;
using kube::Pod;
using kube::Protocol;
using kube::Service;
using kube::Symbol;
using test::MakePod;
using test::MakeService;
using Texts = std::map<std::string, std::string>;

EndpointsAndSkips Plan(const Service& service, const std::vector<Pod>& pods,
                       AddressMode mode = AddressMode::kHostPort) {
  return PlanOf(service, test::PointersTo(pods), mode, true);
}

// Without the prefix: {"TCP_10.0.0.11_31080", "8080"}.
Texts ToTexts(const LabelMap& container_ports) {
  Texts texts;
  for (const Label& label : container_ports) {
    REQUIRE(label.key.get().starts_with(kContainerPortPrefix));
    texts.emplace(label.key.get().substr(kContainerPortPrefix.size()), label.value.get());
  }
  return texts;
}

Texts ContainerPorts(const Service& service, const std::vector<Pod>& pods) {
  return ToTexts(Plan(service, pods).container_ports);
}

Label Annotation(const std::string& key, const std::string& value) {
  return {Symbol(key), Symbol(value)};
}

Label ContainerPort(const std::string& key, const std::string& value) {
  return Annotation(std::string(kContainerPortPrefix) + key, value);
}

const Service kWeb = MakeService("web").Port({.target = 8080});
const Pod kPod = MakePod("a").Port({.number = 8080, .host_port = 31080});

// ---- Contents

TEST_CASE("each published host port is annotated with the container port behind it") {
  const LabelMap expected = {{Symbol("k8s.mesosphere.io/containerPort_TCP_10.0.0.11_31080"), Symbol("8080")}};
  CHECK(Plan(kWeb, {kPod}).container_ports == expected);
}

TEST_CASE("the container port is annotated wherever the host port comes from") {
  struct Case {
    std::string about;
    Service service;
    Pod pod;
    Texts expected;
  };
  const std::vector<Case> cases = {
      {"declared and named",
       MakeService("web").Port({.target = "http"}),
       MakePod("a").Port({.number = 8080, .name = "http", .host_port = 31080}),
       {{"TCP_10.0.0.11_31080", "8080"}}},
      {"the number's annotation",
       kWeb,
       MakePod("a").Annotation("k8s.mesosphere.io/port_TCP_8080", "31005").Port({.number = 8080}),
       {{"TCP_10.0.0.11_31005", "8080"}}},
      {"the name's annotation",
       MakeService("web").Port({.target = "http"}),
       MakePod("a")
           .Annotation("k8s.mesosphere.io/portName_TCP_http", "31006")
           .Port({.number = 8080, .name = "http"}),
       {{"TCP_10.0.0.11_31006", "8080"}}},
      {"the host's network",
       kWeb,
       MakePod("a").HostNetwork().Port({.number = 8080}),
       {{"TCP_10.0.0.11_8080", "8080"}}},
      {"the host's network, undeclared",
       MakeService("web").Port({.target = 9100}),
       MakePod("a").HostNetwork(),
       {{"TCP_10.0.0.11_9100", "9100"}}},
      {"bound to an address",
       kWeb,
       MakePod("a").Port({.number = 8080, .host_port = 31080, .host_ip = "10.0.0.99"}),
       {{"TCP_10.0.0.99_31080", "8080"}}},
      {"other protocols",
       MakeService("dns")
           .Port({.name = "udp", .target = 53, .protocol = Protocol::kUdp})
           .Port({.name = "sctp", .target = 53, .protocol = Protocol::kSctp}),
       MakePod("a")
           .Port({.number = 53, .host_port = 31053, .protocol = Protocol::kUdp})
           .Port({.number = 53, .host_port = 31053, .protocol = Protocol::kSctp}),
       {{"UDP_10.0.0.11_31053", "53"}, {"SCTP_10.0.0.11_31053", "53"}}},
  };
  for (const Case& each : cases) {
    CAPTURE(each.about);
    CHECK(ContainerPorts(each.service, {each.pod}) == each.expected);
  }
}

TEST_CASE("host ports of pods that are not ready are annotated, those of skipped pods are not") {
  const std::vector<Pod> pods = {
      MakePod("a").Ready().Port({.number = 8080, .host_port = 31080}),
      MakePod("b").Port({.number = 8080, .host_port = 31081}),
      MakePod("c").Ready().Port({.number = 8080}),
      // Pod a holds this host port.
      MakePod("d").Port({.number = 8080, .host_port = 31080}),
      MakePod("e").Terminating().Port({.number = 8080, .host_port = 31084}),
  };
  CHECK(ContainerPorts(kWeb, pods) ==
        Texts{{"TCP_10.0.0.11_31080", "8080"}, {"TCP_10.0.0.11_31081", "8080"}});
}

TEST_CASE("of two container ports behind one host port, that of the service's first port is annotated") {
  const Pod pod = MakePod("a")
                      .Annotation("k8s.mesosphere.io/port_TCP_9090", "31080")
                      .Port({.number = 8080, .host_port = 31080})
                      .Port({.number = 9090});
  const Service http_first =
      MakeService("web").Port({.name = "http", .target = 8080}).Port({.name = "admin", .target = 9090});
  const Service admin_first =
      MakeService("web").Port({.name = "admin", .target = 9090}).Port({.name = "http", .target = 8080});
  CHECK(ContainerPorts(http_first, {pod}) == Texts{{"TCP_10.0.0.11_31080", "8080"}});
  CHECK(ContainerPorts(admin_first, {pod}) == Texts{{"TCP_10.0.0.11_31080", "9090"}});
}

TEST_CASE("an IPv6 address is published without an annotation, whose key may not have colons") {
  const Pod dual =
      MakePod("a").HostIps({"10.0.0.11", "fd00:10::11"}).Port({.number = 8080, .host_port = 31080});
  const Service v6 = MakeService("web").Families({IpFamily::kIPv6}).Port({.target = 8080});
  const EndpointsPlan plan = Plan(v6, {dual});
  CHECK(plan.subsets.size() == 1);
  CHECK(plan.container_ports.empty());
  CHECK_FALSE(plan.container_ports_too_large);
}

TEST_CASE("a headless service without ports has no host ports to annotate") {
  const EndpointsPlan plan = Plan(MakeService("peers").Headless(), {kPod});
  CHECK(plan.subsets.size() == 1);
  CHECK(plan.container_ports.empty());
}

TEST_CASE("there are no annotations unless they are asked for, and none in pod-IP mode") {
  CHECK(PlanOf(kWeb, test::PointersTo({kPod}), AddressMode::kHostPort).container_ports.empty());
  const EndpointsPlan pod_ip = Plan(kWeb, {kPod}, AddressMode::kPodIp);
  CHECK(pod_ip.subsets.size() == 1);
  CHECK(pod_ip.container_ports.empty());
}

// ---- The size limit

// Pods on separate hosts with the ports http and admin at the same host ports. The first `wide` of them have
// a container port of five digits behind http, all others have four. Key and value of an annotation take 61
// bytes, or 62.
std::vector<Pod> ManyPods(int count, int wide = 0) {
  std::vector<Pod> pods;
  for (int i = 0; i < count; ++i) {
    const std::string host = "100.200." + std::to_string(100 + i / 100) + "." + std::to_string(100 + i % 100);
    pods.push_back(MakePod("pod-" + std::to_string(i))
                       .On("node-" + std::to_string(i), host.c_str())
                       .Ready()
                       .Port({.number = i < wide ? 18080 : 8080, .name = "http", .host_port = 31080})
                       .Port({.number = 9090, .name = "admin", .host_port = 31090}));
  }
  return pods;
}

const Service kTwoPorts =
    MakeService("web").Port({.name = "http", .target = "http"}).Port({.name = "admin", .target = "admin"});

std::size_t SizeOf(const LabelMap& annotations) {
  std::size_t bytes = 0;
  for (const Label& label : annotations) bytes += label.key.get().size() + label.value.get().size();
  return bytes;
}

TEST_CASE("up to 64 KiB all annotations are written, and beyond that none") {
  const EndpointsPlan fits = Plan(kTwoPorts, ManyPods(537, 22));
  CHECK(fits.container_ports.size() == 1074);
  CHECK(SizeOf(fits.container_ports) == 65'536);
  CHECK_FALSE(fits.container_ports_too_large);

  for (const std::vector<Pod>& pods : {ManyPods(537, 23), ManyPods(538), ManyPods(900)}) {
    const EndpointsPlan plan = Plan(kTwoPorts, pods);
    CHECK(plan.container_ports.empty());
    CHECK(plan.container_ports_too_large);
    CHECK(plan.subsets.size() == 1);
  }
  CHECK_FALSE(
      PlanOf(kTwoPorts, test::PointersTo(ManyPods(538)), AddressMode::kHostPort).container_ports_too_large);
}

TEST_CASE("a host port that several ports of the service lead to counts once against the limit") {
  const Service service = MakeService("web")
                              .Port({.name = "http", .target = "http"})
                              .Port({.name = "admin", .target = "admin"})
                              .Port({.name = "alias", .target = "http"});
  const EndpointsPlan fits = Plan(service, ManyPods(537, 22));
  CHECK(SizeOf(fits.container_ports) == 65'536);
  CHECK_FALSE(fits.container_ports_too_large);
  CHECK(Plan(service, ManyPods(537, 23)).container_ports_too_large);
}

TEST_CASE("existing annotations are removed when not all fit any more") {
  const Endpoints before = *PlannedWrite(kTwoPorts, Plan(kTwoPorts, ManyPods(3)), nullptr, std::nullopt);
  REQUIRE(before.meta.annotations.size() == 6);
  const auto write = PlannedWrite(kTwoPorts, Plan(kTwoPorts, ManyPods(538)), &before, std::nullopt);
  REQUIRE(write.has_value());
  CHECK(write->meta.annotations.empty());
}

TEST_CASE("if there are more than a thousand addresses, only the published ones are annotated") {
  const Service service = MakeService("web").Port({.target = "http"});
  const EndpointsPlan plan = Plan(service, ManyPods(1003));
  REQUIRE(plan.truncated);
  CHECK(plan.container_ports.size() == 1000);
  for (const kube::EndpointAddress& address : plan.subsets.at(0).addresses) {
    const std::string key = std::string(kContainerPortPrefix) + "TCP_" + address.ip + "_31080";
    REQUIRE(plan.container_ports.Find(key) != nullptr);
  }
}

// ---- Writes

// The Endpoints of the plan as stored, with these annotations added.
Endpoints Stored(const EndpointsPlan& plan, const std::vector<Label>& annotations) {
  Endpoints stored = *PlannedWrite(kWeb, plan, nullptr, std::nullopt);
  stored.meta.resource_version = "17";
  for (const Label& label : annotations) stored.meta.annotations.Set(label.key, label.value);
  return stored;
}

TEST_CASE("a difference in container port annotations alone is written, and foreign annotations are kept") {
  const EndpointsPlan with = Plan(kWeb, {kPod});
  EndpointsPlan without = with;
  without.container_ports = {};
  const Label right = ContainerPort("TCP_10.0.0.11_31080", "8080");
  const Label wrong = ContainerPort("TCP_10.0.0.11_31080", "80");
  const Label stale = ContainerPort("TCP_10.0.0.11_31999", "8080");
  const Label foreign = Annotation("k8s.mesosphere.io/containerPort", "8080");

  for (const std::vector<Label>& there : std::vector<std::vector<Label>>{{right}, {right, foreign}}) {
    const Endpoints stored = Stored(without, there);
    CHECK_FALSE(PlannedWrite(kWeb, with, &stored, std::nullopt));
    CHECK(PlannedWrite(kWeb, without, &stored, std::nullopt));
  }
  for (const std::vector<Label>& there : std::vector<std::vector<Label>>{
           {}, {foreign}, {wrong}, {stale}, {right, stale}, {wrong, stale, foreign}}) {
    const Endpoints stored = Stored(without, there);
    const auto write = PlannedWrite(kWeb, with, &stored, std::nullopt);
    REQUIRE(write.has_value());
    LabelMap expected = {right};
    if (stored.meta.annotations.Find(foreign.key.get()) != nullptr) expected.Set(foreign.key, foreign.value);
    CHECK(write->meta.annotations == expected);
  }
}

TEST_CASE("container port annotations that are not wanted are removed, and those of others stay") {
  const std::vector<Label> others = {
      Annotation("a.example.com/first", "1"), Annotation("k8s.mesosphere.io/bindingHost", "node-1"),
      Annotation("k8s.mesosphere.io/containerPorts", "2"), Annotation("z.example.com/last", "3")};
  std::vector<Label> there = others;
  there.push_back(ContainerPort("TCP_10.0.0.11_31080", "8080"));
  there.push_back(ContainerPort("anything", ""));
  for (const AddressMode mode : {AddressMode::kHostPort, AddressMode::kPodIp}) {
    const EndpointsPlan plan = PlanOf(kWeb, test::PointersTo({kPod}), mode, mode == AddressMode::kPodIp);
    const Endpoints stored = Stored(plan, there);
    const auto write = PlannedWrite(kWeb, plan, &stored, std::nullopt);
    REQUIRE(write.has_value());
    LabelMap expected;
    for (const Label& label : others) expected.Set(label.key, label.value);
    CHECK(write->meta.annotations == expected);
    CHECK_FALSE(PlannedWrite(kWeb, plan, &*write, std::nullopt));
  }
}

// ---- Random states

// The places that a plan publishes, as annotations name them.
Texts PublishedPlaces(const EndpointsPlan& plan) {
  Texts places;
  for (const kube::EndpointSubset& subset : plan.subsets) {
    for (const auto* kind : {&subset.addresses, &subset.not_ready_addresses}) {
      for (const kube::EndpointAddress& address : *kind) {
        for (const kube::EndpointPort& port : subset.ports) {
          places[std::string(ToString(port.protocol)) + "_" + address.ip + "_" + std::to_string(port.port)] =
              address.target_ref->name.get();
        }
      }
    }
  }
  return places;
}

const Pod& PodNamed(const std::vector<Pod>& pods, const std::string& name) {
  return *std::ranges::find(pods, name, [](const Pod& pod) { return pod.meta.name.get(); });
}

TEST_CASE("exactly the published IPv4 places are annotated, each with a port of its pod") {
  std::mt19937 random(11);
  std::size_t seen = 0;
  for (int i = 0; i < 400; ++i) {
    CAPTURE(i);
    const RandomState state = MakeRandomState(random);
    const EndpointsPlan plan = Plan(state.service, state.pods);
    Texts places = PublishedPlaces(plan);
    std::erase_if(places, [](const auto& place) { return place.first.find(':') != std::string::npos; });
    const Texts texts = ToTexts(plan.container_ports);
    REQUIRE(texts.size() == places.size());
    for (const auto& [place, name] : places) {
      CAPTURE(place);
      REQUIRE(texts.contains(place));
      const Pod& pod = PodNamed(state.pods, name);
      const bool is_declared = std::ranges::any_of(pod.ports, [&](const kube::ContainerPort& port) {
        return std::to_string(port.container_port) == texts.at(place) &&
               place.starts_with(std::string(ToString(port.protocol)) + "_");
      });
      REQUIRE((is_declared || (pod.host_network && place.ends_with("_" + texts.at(place)))));
      ++seen;
    }
  }
  CHECK(seen > 400);
}

// A random selection of our annotations and of others'.
LabelMap RandomAnnotations(std::mt19937& random, const LabelMap& wanted) {
  LabelMap annotations;
  for (const Label& label : wanted) {
    if (random() % 3 == 0) continue;
    annotations.Set(label.key, random() % 3 == 0 ? Symbol("1") : label.value);
  }
  if (random() % 2 == 0) annotations.Set(ContainerPort("TCP_10.9.9.9_1", "1").key, Symbol("1"));
  if (random() % 2 == 0) annotations.Set(Symbol("example.com/keep"), Symbol("me"));
  if (random() % 2 == 0) annotations.Set(Symbol("zone.example.com/keep"), Symbol("me"));
  return annotations;
}

LabelMap WithoutOurs(LabelMap annotations) {
  SetContainerPorts(annotations, {});
  return annotations;
}

TEST_CASE("from any annotations one write leads to the wanted ones and keeps those of others") {
  std::mt19937 random(12);
  for (int i = 0; i < 400; ++i) {
    CAPTURE(i);
    const RandomState state = MakeRandomState(random);
    std::vector<const Pod*> pods = test::PointersTo(state.pods);
    const auto mode = random() % 4 == 0 ? AddressMode::kPodIp : AddressMode::kHostPort;
    const bool annotate = random() % 4 != 0;
    const EndpointsPlan plan = PlanOf(state.service, pods, mode, annotate);
    Endpoints stored = *PlannedWrite(state.service, plan, nullptr, std::nullopt);
    stored.meta.annotations = RandomAnnotations(random, plan.container_ports);

    const bool differs = !SameContainerPorts(stored.meta.annotations, plan.container_ports);
    const auto write = PlannedWrite(state.service, plan, &stored, std::nullopt);
    REQUIRE(write.has_value() == differs);
    if (!write) continue;
    LabelMap expected = WithoutOurs(stored.meta.annotations);
    for (const Label& label : plan.container_ports) expected.Set(label.key, label.value);
    REQUIRE(write->meta.annotations == expected);

    std::shuffle(pods.begin(), pods.end(), random);
    const EndpointsPlan again = PlanOf(state.service, pods, mode, annotate);
    REQUIRE_FALSE(PlannedWrite(state.service, again, &*write, std::nullopt).has_value());
  }
}

}  // namespace
}  // namespace k8sm::endpoints
