#include "lib/endpoints/endpoints_plan.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/subset_text.h"
#include "test/unit/endpoints/plan_of.h"

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::IpFamily;
using kube::LabelMap;
using kube::Pod;
using kube::PodPhase;
using kube::Service;
using kube::Symbol;
using kube::Uid;
using std::chrono::seconds;
using test::MakePod;
using test::MakeService;
using test::ToText;
using Lines = std::vector<std::string>;

EndpointsAndSkips Plan(const Service& service, const std::vector<Pod>& pods,
                       AddressMode mode = AddressMode::kHostPort) {
  return PlanOf(service, test::PointersTo(pods), mode);
}

Lines Subsets(const Service& service, const std::vector<Pod>& pods,
              AddressMode mode = AddressMode::kHostPort) {
  return ToText(Plan(service, pods, mode).subsets);
}

LabelMap Labels(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  LabelMap labels;
  for (const auto& [key, value] : pairs) labels.Set(Symbol(key), Symbol(value));
  return labels;
}

// A pod on the node whose address ends in `host`, port 8080 at 31080.
test::PodBuilder OnNode(const std::string& name, int host) {
  const std::string address = "10.0.0." + std::to_string(host);
  return MakePod(name)
      .On("node-" + std::to_string(host), address.c_str())
      .PodIps({("172.17.0." + std::to_string(host)).c_str()})
      .Port({.number = 8080, .name = "http", .host_port = 31080});
}

const Service kWeb = MakeService("web").Port({.target = 8080});

// ---- Subsets

TEST_CASE("a ready pod is published at its host port, or in pod-IP mode at its pod port") {
  const std::vector<Pod> pods = {OnNode("a", 1).Ready(), OnNode("b", 2).Ready()};
  CHECK(Subsets(kWeb, pods) == Lines{"a@10.0.0.1 b@10.0.0.2 | 31080/TCP"});
  CHECK(Subsets(kWeb, pods, AddressMode::kPodIp) == Lines{"a@172.17.0.1 b@172.17.0.2 | 8080/TCP"});
}

TEST_CASE("a pod that is not ready is in notReadyAddresses unless publishNotReadyAddresses is set") {
  const std::vector<Pod> pods = {OnNode("a", 1).Ready(), OnNode("b", 2),
                                 OnNode("c", 3).Phase(PodPhase::kPending)};
  CHECK(Subsets(kWeb, pods) == Lines{"a@10.0.0.1 !b@10.0.0.2 !c@10.0.0.3 | 31080/TCP"});
  CHECK(Subsets(MakeService("web").PublishNotReadyAddresses().Port({}), pods) ==
        Lines{"a@10.0.0.1 b@10.0.0.2 c@10.0.0.3 | 31080/TCP"});
}

TEST_CASE("pods that have ended are neither published nor skipped, even with publishNotReadyAddresses") {
  const std::vector<Pod> pods = {OnNode("a", 1).Phase(PodPhase::kSucceeded),
                                 OnNode("b", 2).Phase(PodPhase::kFailed),
                                 MakePod("c").Phase(PodPhase::kFailed)};
  for (const Service& service :
       std::vector<Service>{kWeb, MakeService("web").PublishNotReadyAddresses().Port({})}) {
    for (const AddressMode mode : {AddressMode::kHostPort, AddressMode::kPodIp}) {
      const EndpointsAndSkips plan = Plan(service, pods, mode);
      CHECK(plan.subsets.empty());
      CHECK(plan.skips.empty());
    }
  }
}

TEST_CASE("terminating pods are never skipped, and published only with publishNotReadyAddresses") {
  const std::vector<Pod> pods = {OnNode("a", 1).Ready().Terminating(), OnNode("b", 2).Terminating(),
                                 MakePod("c").Terminating()};
  const EndpointsAndSkips plan = Plan(kWeb, pods);
  CHECK(plan.subsets.empty());
  CHECK(plan.skips.empty());

  const EndpointsAndSkips all = Plan(MakeService("web").PublishNotReadyAddresses().Port({}), pods);
  CHECK(ToText(all.subsets) == Lines{"a@10.0.0.1 b@10.0.0.2 | 31080/TCP"});
  CHECK(all.skips.empty());
}

TEST_CASE("a terminating pod does not keep its host port from its successor") {
  CHECK(Subsets(kWeb, {OnNode("a", 1).Ready().Terminating(), OnNode("b", 1).CreatedAt(seconds(60))}) ==
        Lines{"!b@10.0.0.1 | 31080/TCP"});
}

TEST_CASE("pods at different host ports are in separate subsets") {
  const Service service = MakeService("web").Port({.name = "http"}).Port({.name = "admin", .target = 9090});
  const auto pod = [](const std::string& name, int http, int admin) {
    return MakePod(name)
        .Ready()
        .Port({.number = 8080, .host_port = http})
        .Port({.number = 9090, .host_port = admin});
  };
  CHECK(
      Subsets(service, {pod("a", 31000, 31001), pod("b", 31002, 31003)}) ==
      Lines{"a@10.0.0.11 | admin:31001/TCP http:31000/TCP", "b@10.0.0.11 | admin:31003/TCP http:31002/TCP"});
}

TEST_CASE("a port has the service port's name, protocol and appProtocol") {
  const Service service = MakeService("web").Port(
      {.name = "sig", .target = 9000, .protocol = kube::Protocol::kSctp, .app_protocol = "example.com/sig"});
  CHECK(Subsets(service, {OnNode("a", 1).Ready().Port(
                             {.number = 9000, .host_port = 31900, .protocol = kube::Protocol::kSctp})}) ==
        Lines{"a@10.0.0.1 | sig:31900/SCTP(example.com/sig)"});
}

TEST_CASE("an address has its node and its pod, and a hostname only if the pod's subdomain is the service") {
  const Service peers = MakeService("peers").Headless().Port({});
  const auto address = [&](const Pod& pod) {
    const EndpointsAndSkips plan = Plan(peers, {pod});
    REQUIRE(plan.subsets.size() == 1);
    return plan.subsets.front().addresses.at(0);
  };
  const kube::EndpointAddress plain = address(OnNode("a", 1).Ready());
  CHECK(plain.node_name.get() == "node-1");
  CHECK(plain.hostname.get().empty());
  CHECK(plain.target_ref ==
        kube::ObjectReference{Symbol("Pod"), Symbol("default"), Symbol("a"), Uid("uid-a")});

  CHECK(address(OnNode("a", 1).Ready().Hostname("a-0", "peers")).hostname.get() == "a-0");
  CHECK(address(OnNode("a", 1).Ready().Hostname("a-0", "others")).hostname.get().empty());
  CHECK(address(OnNode("a", 1).Ready().Hostname("a-0", "")).hostname.get().empty());
  CHECK(address(OnNode("a", 1).Ready().Hostname("", "peers")).hostname.get().empty());
}

TEST_CASE("nodeName and appProtocol are not planned if the API server does not store them") {
  const Service service = MakeService("web").Port({.target = 8080, .app_protocol = "http"});
  const std::vector<Pod> pods = {OnNode("a", 1).Ready()};
  const auto pointers = test::PointersTo(pods);
  const Verdicts verdicts = Judge(service, pointers, AddressMode::kHostPort, nullptr);
  for (const bool stored : {true, false}) {
    const EndpointsPlan plan = PlanEndpoints(verdicts, {.node_names = stored, .app_protocols = stored});
    REQUIRE(plan.subsets.size() == 1);
    CHECK(plan.subsets[0].addresses[0].node_name.empty() == !stored);
    CHECK(plan.subsets[0].ports[0].app_protocol.has_value() == stored);
  }
}

TEST_CASE("a headless service without ports lists addresses without ports") {
  const Service peers = MakeService("peers").Headless();
  const std::vector<Pod> pods = {OnNode("a", 1).Ready(), OnNode("b", 2),
                                 MakePod("c").Ready().On("node-1", "10.0.0.1")};
  CHECK(Subsets(peers, pods) == Lines{"a@10.0.0.1 c@10.0.0.1 !b@10.0.0.2 |"});
}

TEST_CASE("only addresses of the service's first IP family are published") {
  const Pod dual =
      OnNode("a", 1).Ready().HostIps({"10.0.0.1", "fd00:10::1"}).PodIps({"172.17.0.1", "fd00:17::1"});
  const Service v6_first =
      MakeService("web").Families({IpFamily::kIPv6, IpFamily::kIPv4}).Port({.target = 8080});
  CHECK(Subsets(kWeb, {dual}) == Lines{"a@10.0.0.1 | 31080/TCP"});
  CHECK(Subsets(v6_first, {dual}) == Lines{"a@fd00:10::1 | 31080/TCP"});
  CHECK(Subsets(v6_first, {dual}, AddressMode::kPodIp) == Lines{"a@fd00:17::1 | 8080/TCP"});

  const EndpointsAndSkips plan = Plan(v6_first, {OnNode("a", 1).Ready()});
  CHECK(plan.subsets.empty());
  REQUIRE(plan.skips.size() == 1);
  CHECK(plan.skips.front().reason == SkipReason::kNoHostIp);
}

TEST_CASE("a service without a published pod has Endpoints without subsets") {
  CHECK(Plan(kWeb, {}).subsets.empty());
  const EndpointsAndSkips plan = Plan(kWeb, {MakePod("a").Ready()});
  CHECK(plan.subsets.empty());
  CHECK(plan.skips.size() == 1);
}

TEST_CASE("a pod that loses a conflict over a host port is skipped and not published") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1), OnNode("b", 1).Ready(), OnNode("c", 2).Ready()});
  CHECK(ToText(plan.subsets) == Lines{"b@10.0.0.1 c@10.0.0.2 | 31080/TCP"});
  REQUIRE(plan.skips.size() == 1);
  CHECK(ToString(plan.skips.front().pod) == "default/a");
  CHECK(plan.skips.front().reason == SkipReason::kHostPortConflict);
}

// ---- Labels

TEST_CASE("the labels are the service's with managed-by, and with headless if there is no cluster IP") {
  const std::string managed = "endpoints.kubernetes.io/managed-by";
  const LabelMap plain = Labels({{"tier", "front"}, {managed.c_str(), "k8sm-controller-manager"}});
  const LabelMap headless = Labels({{"tier", "front"},
                                    {managed.c_str(), "k8sm-controller-manager"},
                                    {"service.kubernetes.io/headless", ""}});
  CHECK(Plan(MakeService("web").Label("tier", "front"), {}).labels == plain);
  CHECK(Plan(MakeService("web").Label("tier", "front").Headless(), {}).labels == headless);
  CHECK(Plan(MakeService("web").Label("tier", "front").ClusterIp(""), {}).labels == headless);
  // The service's own values of the two labels do not count.
  CHECK(Plan(MakeService("web")
                 .Label("tier", "front")
                 .Label(managed, "somebody")
                 .Label("service.kubernetes.io/headless", "x"),
             {})
            .labels == plain);
}

// ---- Writes

const std::optional<kube::Timestamp> kTrigger = test::kEpoch + seconds(3);

// The write as stored, with a resourceVersion.
Endpoints Stored(Endpoints endpoints) {
  endpoints.meta.resource_version = "17";
  return endpoints;
}

TEST_CASE("missing Endpoints are created under the service's name") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1).Ready()});
  const auto write = PlannedWrite(kWeb, plan, nullptr, kTrigger);
  REQUIRE(write.has_value());
  CHECK(ToString(write->meta.Key()) == "default/web");
  CHECK(write->meta.resource_version.empty());
  CHECK(write->meta.labels == plan.labels);
  CHECK(write->meta.annotations ==
        Labels({{"endpoints.kubernetes.io/last-change-trigger-time", "2026-01-01T00:00:03Z"}}));
  CHECK(write->subsets == plan.subsets);
}

TEST_CASE("Endpoints without addresses are created too") {
  const auto write = PlannedWrite(kWeb, Plan(kWeb, {}), nullptr, std::nullopt);
  REQUIRE(write.has_value());
  CHECK(write->subsets.empty());
  CHECK(write->meta.annotations.empty());
}

TEST_CASE("Endpoints that are stored as planned are not written, whatever the trigger time") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1).Ready()});
  const Endpoints stored = Stored(*PlannedWrite(kWeb, plan, nullptr, kTrigger));
  CHECK_FALSE(PlannedWrite(kWeb, plan, &stored, kTrigger));
  CHECK_FALSE(PlannedWrite(kWeb, plan, &stored, *kTrigger + seconds(60)));
  CHECK_FALSE(PlannedWrite(kWeb, plan, &stored, std::nullopt));
}

TEST_CASE("any difference in subsets or labels is written") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1).Ready()});
  const Endpoints stored = Stored(*PlannedWrite(kWeb, plan, nullptr, kTrigger));
  std::vector<Endpoints> others(10, stored);
  others[0].subsets.clear();
  others[1].subsets[0].addresses[0].ip = Symbol("10.0.0.99");
  others[2].subsets[0].addresses[0].hostname = Symbol("x");
  others[3].subsets[0].addresses[0].node_name = Symbol();
  others[4].subsets[0].addresses[0].target_ref->uid = Uid("earlier");
  others[5].subsets[0].ports[0].port = 1;
  others[6].subsets[0].ports[0].app_protocol = Symbol("http");
  others[7].meta.labels.Erase(kManagedByLabel);
  others[8].meta.labels.Set(Symbol("foreign"), Symbol("x"));
  others[9].exact = false;
  for (const Endpoints& other : others) {
    const auto write = PlannedWrite(kWeb, plan, &other, std::nullopt);
    REQUIRE(write.has_value());
    CHECK(write->subsets == plan.subsets);
    CHECK(write->meta.labels == plan.labels);
    CHECK(write->exact);
  }
}

TEST_CASE("an update keeps the metadata and annotations that are not ours") {
  Endpoints current = Stored({});
  current.meta.ns = Symbol("default");
  current.meta.name = Symbol("web");
  current.meta.uid = Uid("uid-of-endpoints");
  current.meta.creation_timestamp = test::kEpoch;
  current.meta.preserved = Symbol(R"("finalizers":["example.com/keep"])");
  current.meta.annotations = Labels({{"example.com/keep", "me"}});
  const Endpoints before = current;

  const auto write = PlannedWrite(kWeb, Plan(kWeb, {OnNode("a", 1)}), &current, kTrigger);
  REQUIRE(write.has_value());
  CHECK(write->meta.resource_version == "17");
  CHECK(write->meta.uid == before.meta.uid);
  CHECK(write->meta.creation_timestamp == before.meta.creation_timestamp);
  CHECK(write->meta.preserved == before.meta.preserved);
  CHECK(write->meta.annotations ==
        Labels({{"example.com/keep", "me"},
                {"endpoints.kubernetes.io/last-change-trigger-time", "2026-01-01T00:00:03Z"}}));
  CHECK(current.meta.annotations == before.meta.annotations);
  CHECK(current.subsets == before.subsets);
}

TEST_CASE("a foreign annotation alone causes no write") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1)});
  Endpoints stored = Stored(*PlannedWrite(kWeb, plan, nullptr, kTrigger));
  stored.meta.annotations.Set(Symbol("example.com/keep"), Symbol("me"));
  CHECK_FALSE(PlannedWrite(kWeb, plan, &stored, kTrigger));
}

TEST_CASE("an update without a trigger time removes the old one") {
  const Endpoints stored = Stored(*PlannedWrite(kWeb, Plan(kWeb, {}), nullptr, kTrigger));
  const auto write = PlannedWrite(kWeb, Plan(kWeb, {OnNode("a", 1)}), &stored, std::nullopt);
  REQUIRE(write.has_value());
  CHECK(write->meta.annotations.empty());
}

// ---- Truncation

std::vector<Pod> ManyPods(int ready, int not_ready) {
  std::vector<Pod> pods;
  for (int i = 0; i < ready + not_ready; ++i) {
    const std::string host = "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250 + 1);
    pods.push_back(MakePod("pod-" + std::to_string(i))
                       .On("node-" + std::to_string(i), host.c_str())
                       .Ready(i < ready)
                       .Port({.host_port = 31080}));
  }
  return pods;
}

TEST_CASE("a thousand addresses fit, without the over-capacity annotation") {
  const EndpointsAndSkips plan = Plan(kWeb, ManyPods(700, 300));
  CHECK_FALSE(plan.truncated);
  REQUIRE(plan.subsets.size() == 1);
  CHECK(plan.subsets.front().addresses.size() == 700);
  CHECK(plan.subsets.front().not_ready_addresses.size() == 300);
  CHECK(PlannedWrite(kWeb, plan, nullptr, std::nullopt)->meta.annotations.empty());
}

TEST_CASE("beyond a thousand addresses the ready ones are kept, and the over-capacity annotation is set") {
  const EndpointsAndSkips plan = Plan(kWeb, ManyPods(700, 301));
  CHECK(plan.truncated);
  CHECK(plan.skips.empty());
  REQUIRE(plan.subsets.size() == 1);
  CHECK(plan.subsets.front().addresses.size() == 700);
  CHECK(plan.subsets.front().not_ready_addresses.size() == 300);
  CHECK(plan.listed.size() == 1'001);
  CHECK(std::ranges::count(plan.listed, true) == 1'000);

  const auto write = PlannedWrite(kWeb, plan, nullptr, std::nullopt);
  REQUIRE(write.has_value());
  const LabelMap marked = Labels({{"endpoints.kubernetes.io/over-capacity", "truncated"}});
  CHECK(write->meta.annotations == marked);

  // Once stored it stays as it is, unless the annotation is gone or has another value.
  Endpoints stored = Stored(*write);
  CHECK_FALSE(PlannedWrite(kWeb, plan, &stored, std::nullopt));
  for (const LabelMap& annotations :
       {LabelMap(), Labels({{"endpoints.kubernetes.io/over-capacity", "warning"}})}) {
    stored.meta.annotations = annotations;
    const auto again = PlannedWrite(kWeb, plan, &stored, std::nullopt);
    REQUIRE(again.has_value());
    CHECK(again->meta.annotations == marked);
  }
}

TEST_CASE("a truncated plan tells which addresses are listed, with ports and without") {
  const Service headless = MakeService("peers").Headless();
  const std::vector<Pod> pods = {OnNode("a", 1), OnNode("b", 2), OnNode("c", 3)};
  for (const Service* service : {&kWeb, &headless}) {
    CAPTURE(service->meta.name.get());
    const Verdicts verdicts = Judge(*service, test::PointersTo(pods), AddressMode::kHostPort, nullptr);
    const EndpointsPlan plan = PlanEndpoints(verdicts, {.max_addresses = 2});
    CHECK(plan.truncated);
    CHECK(plan.listed == std::vector<bool>{true, true, false});
    CHECK(PlanEndpoints(verdicts, {.max_addresses = 3}).listed.empty());
  }
}

TEST_CASE("the over-capacity annotation is removed when all addresses fit, even if they are the same") {
  const EndpointsAndSkips plan = Plan(kWeb, {OnNode("a", 1)});
  Endpoints stored = Stored(*PlannedWrite(kWeb, plan, nullptr, std::nullopt));
  stored.meta.annotations = Labels({{"endpoints.kubernetes.io/over-capacity", "truncated"}});
  const auto write = PlannedWrite(kWeb, plan, &stored, std::nullopt);
  REQUIRE(write.has_value());
  CHECK(write->meta.annotations.empty());
}

// ---- Leftovers

TEST_CASE(
    "Endpoints are leftovers if a controller has marked them and they are not a leader election record") {
  const auto endpoints = [](const LabelMap& labels, const LabelMap& annotations) {
    Endpoints made;
    made.meta.labels = labels;
    made.meta.annotations = annotations;
    return made;
  };
  const LabelMap ours = Labels({{"endpoints.kubernetes.io/managed-by", "k8sm-controller-manager"}});
  const LabelMap upstreams = Labels({{"endpoints.kubernetes.io/managed-by", "endpoint-controller"}});
  const LabelMap trigger =
      Labels({{"endpoints.kubernetes.io/last-change-trigger-time", "2026-01-01T00:00:03Z"}});
  const LabelMap leader = Labels({{"control-plane.alpha.kubernetes.io/leader", "{}"}});
  LabelMap leader_and_trigger = trigger;
  leader_and_trigger.Set(Symbol("control-plane.alpha.kubernetes.io/leader"), Symbol("{}"));

  CHECK(IsLeftover(endpoints(ours, {})));
  CHECK(IsLeftover(endpoints(upstreams, {})));
  CHECK(IsLeftover(endpoints({}, trigger)));
  CHECK_FALSE(IsLeftover(endpoints({}, {})));
  CHECK_FALSE(IsLeftover(endpoints(Labels({{"app", "web"}}), Labels({{"note", "mine"}}))));
  CHECK_FALSE(IsLeftover(endpoints({}, leader)));
  CHECK_FALSE(IsLeftover(endpoints(ours, leader)));
  CHECK_FALSE(IsLeftover(endpoints({}, leader_and_trigger)));

  CHECK(GoesWithItsService(endpoints(ours, {})));
  CHECK(GoesWithItsService(endpoints({}, {})));
  CHECK_FALSE(GoesWithItsService(endpoints(ours, leader)));
}

}  // namespace
}  // namespace k8sm::endpoints
