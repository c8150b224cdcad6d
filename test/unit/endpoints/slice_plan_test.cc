#include "lib/endpoints/slice_plan.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/slice_text.h"
#include "test/unit/endpoints/slice_store.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::EndpointSlice;
using kube::IpFamily;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using kube::Uid;
using test::MakePod;
using test::MakeService;
using Lines = std::vector<std::string>;

constexpr const char* kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

// A store in this mode, with node-1.
SliceStore StoreOf(AddressMode mode = AddressMode::kPodIp) {
  SliceStore store;
  store.mode = mode;
  store.AddNode("node-1", "zone-a");
  return store;
}

Lines Stored(const SliceStore& store) {
  return test::ToText(store.All());
}

// What a plan does: "create web-* IPv4: …", "update …", "remove …".
Lines Told(const SlicePlan& plan) {
  Lines lines;
  for (const EndpointSlice& slice : plan.create) lines.push_back("create " + test::ToText(slice));
  for (const EndpointSlice& slice : plan.update) lines.push_back("update " + test::ToText(slice));
  for (const EndpointSlice& slice : plan.remove) lines.push_back("remove " + test::ToText(slice));
  return lines;
}

// A number of ready pods with an address and a host port each.
std::vector<Pod> ManyPods(int count) {
  std::vector<Pod> pods;
  for (int i = 0; i < count; ++i) {
    const std::string ip = "172.17." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    pods.push_back(
        MakePod("pod-" + std::to_string(i)).PodIps({ip.c_str()}).Port({.host_port = 31000 + i}).Ready());
  }
  return pods;
}

TEST_CASE("a service with nothing to publish has one empty slice per family") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({}).Families({IpFamily::kIPv4, IpFamily::kIPv6});
  CHECK(Told(store.Sync(service, {})) == Lines{"create web-* IPv4: |", "create web-* IPv6: |"});
  CHECK(Told(store.Sync(service, {})) == Lines{});
}

TEST_CASE("the empty slice is filled when there is something to publish and emptied when there is not") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({.name = "http"});
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  store.Sync(service, {});
  CHECK(Told(store.Sync(service, pods)) == Lines{"update web-1 IPv4: a@172.17.0.11 | http:8080/TCP"});
  CHECK(Told(store.Sync(service, {})) == Lines{"update web-1 IPv4: |"});
}

TEST_CASE("if nothing is left to publish, one of many slices is emptied and the others are removed") {
  SliceStore store = StoreOf();
  store.max_endpoints = 1;
  const Service service = MakeService("web").Port({});
  store.Sync(service, ManyPods(3));
  CHECK(Told(store.Sync(service, {})) == Lines{"update web-1 IPv4: |",
                                               "remove web-2 IPv4: pod-1@172.17.0.2 | 8080/TCP",
                                               "remove web-3 IPv4: pod-2@172.17.0.3 | 8080/TCP"});
}

TEST_CASE("of several empty slices the one that needs no write stays") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  store.Sync(service, {});
  EndpointSlice with_ports = *store.Find("web-1");
  with_ports.meta.name = Symbol("web-0");
  with_ports.ports = {{Symbol(), 8080}};
  EndpointSlice outdated = *store.Find("web-1");
  outdated.meta.name = Symbol("web-00");
  outdated.meta.labels.Set(Symbol("app"), Symbol("old"));
  store.Put(with_ports);
  store.Put(outdated);
  CHECK(Told(store.Sync(service, {})) == Lines{"remove web-00 IPv4: |", "remove web-0 IPv4: | 8080/TCP"});
  CHECK(Stored(store) == Lines{"web-1 IPv4: |"});
}

TEST_CASE("an empty slice that is the only one loses its ports") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  store.Sync(service, {});
  EndpointSlice slice = *store.Find("web-1");
  slice.ports = {{Symbol(), 8080}};
  store.Put(slice);
  CHECK(Told(store.Sync(service, {})) == Lines{"update web-1 IPv4: |"});
}

TEST_CASE("a created slice has the service's labels and an owner reference to it") {
  const SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({}).Label("app", "shop");
  const SlicePlan plan = store.Plan(&service, {});
  REQUIRE(plan.create.size() == 1);
  const EndpointSlice& slice = plan.create[0];
  CHECK(*slice.meta.labels.Find("app") == "shop");
  CHECK(*slice.meta.labels.Find("kubernetes.io/service-name") == "web");
  CHECK(slice.owner == kube::ServiceOwner{Symbol("web"), Uid("uid-web")});
  CHECK(slice.generate_name == "web-");
  CHECK(slice.meta.ns == Symbol("default"));
}

TEST_CASE("a change of the service's labels updates its slices") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  store.Sync(MakeService("web").Port({}).Label("app", "shop"), pods);
  const Service service = MakeService("web").Port({}).Label("tier", "front");
  const SlicePlan plan = store.Sync(service, pods);
  REQUIRE(plan.update.size() == 1);
  CHECK(plan.update[0].meta.labels.Find("app") == nullptr);
  CHECK(*plan.update[0].meta.labels.Find("tier") == "front");
  CHECK(Told(store.Sync(service, pods)) == Lines{});
}

TEST_CASE("the trigger time is written with other changes and never causes a write") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  store.trigger_time = test::kEpoch;
  store.Sync(service, {MakePod("a")});
  CHECK(*store.Find("web-1")->meta.annotations.Find(kTriggerTime) == "2026-01-01T00:00:00Z");

  store.trigger_time = test::kEpoch + std::chrono::seconds(5);
  CHECK(Told(store.Sync(service, {MakePod("a")})) == Lines{});
  store.Sync(service, {MakePod("a").Ready()});
  CHECK(*store.Find("web-1")->meta.annotations.Find(kTriggerTime) == "2026-01-01T00:00:05Z");

  store.trigger_time.reset();
  store.Sync(service, {MakePod("a")});
  CHECK(store.Find("web-1")->meta.annotations.Find(kTriggerTime) == nullptr);
}

TEST_CASE("an update keeps what others have added to a slice") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  store.Sync(service, {MakePod("a")});
  EndpointSlice slice = *store.Find("web-1");
  slice.meta.annotations.Set(Symbol("example.com/note"), Symbol("kept"));
  slice.meta.preserved = Symbol("\"finalizers\":[\"example.com/f\"]");
  store.Put(slice);
  store.Sync(service, {MakePod("a").Ready()});
  CHECK(*store.Find("web-1")->meta.annotations.Find("example.com/note") == "kept");
  CHECK(store.Find("web-1")->meta.preserved == slice.meta.preserved);
}

TEST_CASE("a service that is gone, has no selector or is an ExternalName loses its slices") {
  const Service service = MakeService("web").Port({});
  const Service without_selector = MakeService("web").Port({}).Selector({});
  const Service external = MakeService("web").ExternalName();
  for (const Service* now : {static_cast<const Service*>(nullptr), &without_selector, &external}) {
    SliceStore store = StoreOf();
    store.Sync(service, {MakePod("a").Ready()});
    const SlicePlan plan = store.Plan(now, {});
    CHECK(Told(plan) == Lines{"remove web-1 IPv4: a@172.17.0.11 | 8080/TCP"});
    CHECK(plan.counts.removed == 1);
  }
}

TEST_CASE("slices of a family that the service no longer has are removed") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").PodIps({"172.17.0.11", "fd00::11"}).Ready()};
  store.Sync(MakeService("web").Port({}).Families({IpFamily::kIPv4, IpFamily::kIPv6}), pods);
  CHECK(Told(store.Sync(MakeService("web").Port({}).Families({IpFamily::kIPv6}), pods)) ==
        Lines{"remove web-1 IPv4: a@172.17.0.11 | 8080/TCP"});
}

TEST_CASE("a service without IP families has slices of its cluster IP's family, or else of IPv4") {
  const SliceStore store = StoreOf();
  const Service v6 = MakeService("web").Families({}).ClusterIp("fd00::1");
  const Service headless = MakeService("web").Families({}).Headless();
  const Service twice = MakeService("web").Families({IpFamily::kIPv4, IpFamily::kIPv4});
  CHECK(Told(store.Plan(&v6, {})) == Lines{"create web-* IPv6: |"});
  CHECK(Told(store.Plan(&headless, {})) == Lines{"create web-* IPv4: |"});
  CHECK(Told(store.Plan(&twice, {})) == Lines{"create web-* IPv4: |"});
}

TEST_CASE("slices with the address type FQDN are removed") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  store.Sync(service, {});
  EndpointSlice slice = *store.Find("web-1");
  slice.meta.name = Symbol("web-fqdn");
  slice.family.reset();
  store.Put(slice);
  CHECK(Told(store.Sync(service, {})) == Lines{"remove web-fqdn FQDN: |"});
}

TEST_CASE("a recreated service does not adopt the slices of its predecessor") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  Service service = MakeService("web").Port({});
  store.Sync(service, pods);
  service.meta.uid = Uid("uid-of-another-web");
  CHECK(Told(store.Sync(service, pods)) ==
        Lines{"create web-* IPv4: a@172.17.0.11 | 8080/TCP", "remove web-1 IPv4: a@172.17.0.11 | 8080/TCP"});
}

TEST_CASE("slices of other controllers are neither used nor touched") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  const Service service = MakeService("web").Port({});
  store.Sync(service, pods);
  EndpointSlice foreign = *store.Find("web-1");
  foreign.meta.name = Symbol("foreign");
  foreign.meta.labels.Set(Symbol("endpointslice.kubernetes.io/managed-by"), Symbol("somebody"));
  EndpointSlice unmarked = foreign;
  unmarked.meta.name = Symbol("unmarked");
  unmarked.meta.labels.Erase("endpointslice.kubernetes.io/managed-by");
  store.Put(foreign);
  store.Put(unmarked);
  CHECK(Told(store.Sync(service, pods)) == Lines{});
  CHECK(Told(store.Plan(&service, {})) == Lines{"update web-1 IPv4: |"});
  CHECK(Told(store.Plan(nullptr, {})) == Lines{"remove web-1 IPv4: a@172.17.0.11 | 8080/TCP"});
}

TEST_CASE("a slice that is being deleted is left alone and replaced") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  const Service service = MakeService("web").Port({});
  store.Sync(service, pods);
  EndpointSlice slice = *store.Find("web-1");
  slice.meta.deletion_timestamp = test::kEpoch;
  store.Put(slice);
  CHECK(Told(store.Sync(service, pods)) == Lines{"create web-* IPv4: a@172.17.0.11 | 8080/TCP"});
  CHECK(Told(store.Plan(nullptr, {})) == Lines{"remove web-3 IPv4: a@172.17.0.11 | 8080/TCP"});
}

TEST_CASE("a service that is being deleted gets no new slices, and its existing ones are kept up to date") {
  SliceStore store = StoreOf();
  Service service = MakeService("web").Port({});
  store.Sync(service, {MakePod("a").Ready()});
  service.meta.deletion_timestamp = test::kEpoch;
  store.max_endpoints = 1;
  const SlicePlan plan = store.Sync(service, {MakePod("a"), MakePod("b").Ready()});
  CHECK(Told(plan) == Lines{"update web-1 IPv4: !a@172.17.0.11 | 8080/TCP"});
  CHECK(plan.counts.endpoints == 1);
  CHECK(plan.counts.added == 0);
  CHECK(plan.counts.slices == 1);
  CHECK(Told(store.Sync(service, {MakePod("a"), MakePod("b").Ready()})) == Lines{});
}

TEST_CASE("a changed targetPort updates the slice in place") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready()};
  store.Sync(MakeService("web").Port({.target = 8080}), pods);
  CHECK(Told(store.Sync(MakeService("web").Port({.target = 9090}), pods)) ==
        Lines{"update web-1 IPv4: a@172.17.0.11 | 9090/TCP"});
}

TEST_CASE("in host-port mode a slice whose port is no longer used is reused for a new port") {
  SliceStore store = StoreOf(AddressMode::kHostPort);
  const Service service = MakeService("web").Port({});
  const Pod a = MakePod("a").Port({.host_port = 31001}).Ready();
  store.Sync(service, {a, MakePod("b").Port({.host_port = 31002}).Ready()});
  CHECK(Told(store.Sync(service, {a, MakePod("c").Port({.host_port = 31003}).Ready()})) ==
        Lines{"update web-2 IPv4: c@10.0.0.11 | 31003/TCP"});
}

TEST_CASE("a change of trafficDistribution adds and removes hints in place") {
  SliceStore store = StoreOf();
  const std::vector<Pod> pods = {MakePod("a").Ready(), MakePod("b")};
  Service service = MakeService("web").Port({});
  store.Sync(service, pods);
  service.traffic_distribution = Symbol("PreferSameNode");
  CHECK(store.Sync(service, pods).update.size() == 1);
  CHECK(store.Find("web-1")->endpoints[0].zone_hint == Symbol("zone-a"));
  CHECK(store.Find("web-1")->endpoints[0].node_hint == Symbol("node-1"));
  CHECK(store.Find("web-1")->endpoints[1].zone_hint == Symbol());
  service.traffic_distribution = Symbol();
  CHECK(store.Sync(service, pods).update.size() == 1);
  CHECK(store.Find("web-1")->endpoints[0].zone_hint == Symbol());
}

TEST_CASE("a pod whose node does not exist is listed when the node appears") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  const std::vector<Pod> pods = {MakePod("a").On("node-2", "10.0.0.12").Ready()};
  store.Sync(service, pods);
  CHECK(Stored(store) == Lines{"web-1 IPv4: |"});
  store.AddNode("node-2", "zone-b");
  store.Sync(service, pods);
  CHECK(Stored(store) == Lines{"web-1 IPv4: a@172.17.0.11 | 8080/TCP"});
  CHECK(store.Find("web-1")->endpoints[0].zone == Symbol("zone-b"));
}

TEST_CASE("a thousand pods fill ten slices and one pod more takes one write") {
  SliceStore store = StoreOf();
  const Service service = MakeService("web").Port({});
  CHECK(store.Sync(service, ManyPods(1000)).create.size() == 10);
  const SlicePlan plan = store.Sync(service, ManyPods(1001));
  CHECK(plan.create.size() == 1);
  CHECK(WritesOf(plan) == 1);
  CHECK(store.Sync(service, ManyPods(1002)).update.size() == 1);
}

TEST_CASE("a change of one pod's readiness writes one slice") {
  for (const AddressMode mode : {AddressMode::kPodIp, AddressMode::kHostPort}) {
    SliceStore store = StoreOf(mode);
    const Service service = MakeService("web").Port({});
    std::vector<Pod> pods = ManyPods(250);
    store.Sync(service, pods);
    pods[120].ready = false;
    const SlicePlan plan = store.Sync(service, pods);
    CHECK(plan.update.size() == 1);
    CHECK(WritesOf(plan) == 1);
    CHECK(WritesOf(store.Sync(service, pods)) == 0);
  }
}

TEST_CASE("the counts say what a plan does and how well the endpoints are packed") {
  SliceStore store = StoreOf();
  store.max_endpoints = 10;
  const Service service = MakeService("web").Port({});
  SliceCounts counts = store.Sync(service, ManyPods(25)).counts;
  CHECK(counts.endpoints == 25);
  CHECK(counts.added == 25);
  CHECK(counts.removed == 0);
  CHECK(counts.slices == 3);
  CHECK(counts.fewest_slices == 3);

  std::vector<Pod> pods = ManyPods(26);
  pods.erase(pods.begin() + 12, pods.begin() + 21);
  counts = store.Sync(service, pods).counts;
  CHECK(counts.endpoints == 17);
  CHECK(counts.added == 1);
  CHECK(counts.removed == 9);
  CHECK(counts.slices == 3);
  CHECK(counts.fewest_slices == 2);

  counts = store.Sync(service, {}).counts;
  CHECK(counts.endpoints == 0);
  CHECK(counts.removed == 17);
  CHECK(counts.slices == 1);
  CHECK(counts.fewest_slices == 1);
}

}  // namespace
}  // namespace k8sm::endpoints
