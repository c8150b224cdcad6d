// The port space as a user sees it, with a Mesos master that works, is away, or answers wrongly.

#include "controller/ports_program/cluster_json.h"
#include "lib/mesos/agents_decoder.h"
#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/integration/world.h"
#include "test/mesos_master/mock_master.h"
#include "test/support/catch.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

using mock_master::MasterState;
using mock_master::MockMaster;
using mock_master::Version;

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A pod without a node that requests a host port.
std::string PendingJson(const std::string& name, int host_port) {
  return R"({"apiVersion":"v1","kind":"Pod","metadata":{"name":")" + name +
         R"(","namespace":"shop","labels":{"app":"cache"}},"spec":{"containers":[{"name":"main","image":"i","ports":[{"containerPort":8080,"hostPort":)" +
         std::to_string(host_port) + R"(}]}]},"status":{"phase":"Pending"}})";
}

struct Flow {
  explicit Flow(const std::string& agents, Version version = Version::k1_11) {
    MasterState state;
    state.version = version;
    state.agents = mock_master::ParseAgents(agents).value();
    master = MockMaster::Listen(world.executor(), "127.0.0.1", 0, std::move(state)).value();
    asio::co_spawn(world.executor(), master->Run(), [this](std::exception_ptr) { ended = true; });
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  }
  ~Flow() {
    world.Stop();
    master->Stop();
    world.RunUntil([this] { return ended; });
  }

  controller::Options Options() const {
    controller::Options options = world.Defaults();
    controller::PortSpaceOptions space;
    space.mesos.masters = {{.host = "127.0.0.1", .port = master->port()}};
    space.mesos.connect_timeout = space.mesos.answer_timeout = std::chrono::milliseconds(500);
    space.poll_period = std::chrono::milliseconds(50);
    options.port_space = space;
    return options;
  }

  std::string Map() const { return world.Ask("/debug/ports").body; }
  std::string Metric(const std::string& series) const {
    const std::string page = world.Ask("/metrics").body;
    const std::size_t place = page.find("\n" + series + " ");
    if (place == std::string::npos) return "absent";
    const std::size_t begin = place + series.size() + 2;
    return page.substr(begin, page.find('\n', begin) - begin);
  }
  bool HasEvent(std::string_view reason, std::string_view name) {
    const auto events = world.server().List("events", "").value();
    return std::ranges::any_of(events, [&](const std::string& event) {
      return Holds(event, "\"reason\":\"" + std::string(reason) + "\"") &&
             Holds(event, "\"name\":\"" + std::string(name) + "\"");
    });
  }
  // Waits until endpoints are written, whatever the master does.
  bool Publishes() {
    return world.RunUntil([this] { return world.Places("shop", "web") == "10.0.0.1:31080"; }) &&
           world.Ask("/readyz").status == 200;
  }

  World world;
  std::unique_ptr<MockMaster> master;
  bool ended = false;
};

const char* const kAgents = "node-1 ports:[31080-31089] [31080-31080]\nnode-2 ports:[31080-31089]\n";

TEST_CASE("a pod that can never be scheduled is logged and gets an event") {
  Flow flow(kAgents);
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.HasEvent("HostPortOutsideOffers", "cache"); }));
  CHECK(flow.world.log().Count("pod shop/cache can never be scheduled: 8080 is offered by no agent; offered: "
                               "31080-31089. Take 31089 (free on 2 of 2)") == 1);
  CHECK(flow.Metric(R"(k8sm_ports_pods{verdict="never"})") == "1");
  CHECK(flow.Metric(R"(k8sm_ports{state="pod"})") == "1");
  CHECK(flow.Metric("k8sm_ports_offered") == "20");
  CHECK(Holds(flow.Map(), "node-1  10     9     1"));
  CHECK(Holds(flow.Map(), "port-outside-offers: pod shop/cache can never be scheduled"));

  flow.world.Delete("pods", "shop", "cache");
  CHECK(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_pods{verdict="never"})") == "0"; }));
}

TEST_CASE("pods that share a host port are counted by whether both can listen") {
  Flow flow(kAgents);
  flow.world.Create("pods", "shop", PodJson({.name = "b", .app = "other", .host_port = 31080}));
  flow.world.Start(flow.Options());
  CHECK(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_clashes{kind="bind"})") == "1"; }));
  CHECK(flow.Metric(R"(k8sm_ports_clashes{kind="number"})") == "0");
  CHECK(flow.Metric(R"(k8sm_ports{state="clash"})") == "1");
}

TEST_CASE("/debug/ports shows each agent as text and as JSON") {
  Flow flow(kAgents);
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.world.Ask("/debug/ports").status == 200; }));
  const auto agent = flow.world.Ask("/debug/ports", {{"agent", "node-1"}});
  CHECK(Holds(agent.body, "31080        pod    shop/a\n31081-31089  free   -\n"));
  const auto json = flow.world.Ask("/debug/ports", {{"agent", "node-1"}, {"format", "json"}});
  CHECK(Holds(json.body, R"("cells":[[31080,31080,"pod","shop/a"],[31081,31089,"free",""]])"));
  const auto all = flow.world.Ask("/debug/ports", {{"format", "json"}, {"rows", "1"}});
  CHECK(Holds(
      all.body,
      R"("complete":true,"fresh":true,"all_namespaces":true,"nodes_known":true,"agents":2},"scheduler":{"framework_roles":["*"],"default_pod_roles":["*"],"host_port_endpoints":true},"offered":20,"free":19,"columns":["31080",)"));
  CHECK(
      Holds(all.body, R"("bands":[{"agents":2,"first":"node-1","free":[1,2,2,2,2,2,2,2,2,2],"marks":[]}])"));
  CHECK(Holds(all.body, R"("findings":[],"more":0})"));
  CHECK(flow.world.Ask("/debug/ports", {{"agent", "node-9"}}).status == 404);
  CHECK(flow.world.Ask("/debug/ports", {{"rows", "0"}}).status == 400);
  CHECK(flow.world.Ask("/debug/ports", {{"format", "xml"}}).status == 400);
}

TEST_CASE("the pages that k8sm-ports reads match the master and the API server") {
  Flow flow("node-1 ports(fixed):[31900-31909];ports:[31080-31089] [31080-31080]\n");
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.world.Ask("/debug/ports").status == 200; }));

  const auto agents = mesos::DecodeAgents(flow.world.Ask("/debug/ports/agents").body);
  REQUIRE(agents.has_value());
  REQUIRE(agents->agents.size() == 1);
  const ports::Agent& agent = agents->agents[0];
  CHECK(agent.name.get() == "node-1");
  CHECK(agent.offered.size() == 2);
  CHECK(ToString(agent.used) == "31080");

  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(flow.world.Ask("/debug/ports/pods").body).has_value());
  REQUIRE(reader.Finish().has_value());
  REQUIRE(cluster.pods.size() == 2);
  const bool first_is_a = cluster.pods[0].holder.name.get() == "a";
  const auto& bound = cluster.pods[first_is_a ? 0 : 1];
  const auto& pending = cluster.pods[first_is_a ? 1 : 0];
  CHECK(bound.holder.node.get() == "node-1");
  REQUIRE(bound.holder.claims.size() == 1);
  CHECK(bound.holder.claims[0].port == 31080);
  CHECK(pending.pending());
  REQUIRE(pending.spec.ports.size() == 1);
  CHECK(pending.spec.ports[0].host_port == 8080);
}

// A pending pod with a nodeSelector.
std::string SelectingJson(const std::string& name, const std::string& key, const std::string& value) {
  return Replaced(PendingJson(name, 31085), R"("spec":{)",
                  R"("spec":{"nodeSelector":{")" + key + R"(":")" + value + R"("},)");
}

TEST_CASE("a pod's nodeSelector is compared with the labels of Nodes, also without EndpointSlices") {
  Flow flow(kAgents);
  flow.world.Create("pods", "shop", SelectingJson("zone", "topology.kubernetes.io/zone", "zone-x"));
  flow.world.Create("pods", "shop", SelectingJson("host", "kubernetes.io/hostname", "node-2"));
  controller::Options options = flow.Options();
  options.endpoint_slices = controller::EndpointSlices::kOff;
  flow.world.Start(options);
  // k8sm will register agent node-2 with the label of its hostname, and without a zone.
  REQUIRE(flow.world.RunUntil([&] { return flow.HasEvent("NoAgentMatchesSelector", "zone"); }));
  CHECK(flow.world.log().Count("pod shop/zone can never be scheduled: no agent matches nodeSelector "
                               "topology.kubernetes.io/zone=zone-x: correct it, or label a Node") == 1);
  CHECK(flow.Metric(R"(k8sm_ports_pods{verdict="unknown"})") == "1");
  ports_program::Cluster cluster;
  ports_program::ClusterReader reader("", cluster);
  REQUIRE(reader.Push(flow.world.Ask("/debug/ports/pods").body).has_value());
  REQUIRE(cluster.node_labels.has_value());
  CHECK(cluster.node_labels->at("node-1").Find("topology.kubernetes.io/zone") != nullptr);
  flow.world.Create("nodes", "", NodeJson("node-2", "zone-x"));
  REQUIRE(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_pods{verdict="fits"})") == "1"; }));
  CHECK(flow.world.log().Count("pod shop/zone is no longer held up by host ports") == 1);
  CHECK(flow.Metric(R"(k8sm_ports_pods{verdict="never"})") == "1");
}

TEST_CASE("findings that depend on labels of Nodes do not end while the watch of Nodes is interrupted") {
  Flow flow(kAgents);
  flow.world.Create("pods", "shop", SelectingJson("zone", "topology.kubernetes.io/zone", "zone-x"));
  controller::Options options = flow.world.Hurried();
  options.port_space = flow.Options().port_space;
  flow.world.Start(options);
  const auto logged = [&](std::string_view line) { return flow.world.log().Count(std::string(line)); };
  REQUIRE(flow.world.RunUntil([&] { return logged("pod shop/zone can never be scheduled") == 1; }));

  auto failure =
      apiserver::ParseFaults(R"([{"verb":"watch","resource":"nodes","effect":"status","code":500}])");
  REQUIRE(failure.has_value());
  flow.world.server().faults().Set(*std::move(failure));
  REQUIRE(flow.world.RunUntil([&] { return logged("cannot watch nodes") > 0; }));
  // Another evaluation.
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  REQUIRE(flow.world.RunUntil([&] { return logged("pod shop/cache can never be scheduled") == 1; }));
  CHECK(logged("watching nodes from ") == 0);
  CHECK(flow.Metric(R"(k8sm_ports_pods{verdict="never"})") == "2");
  CHECK(Holds(flow.world.Ask("/debug/ports", {{"format", "json"}}).body, R"("nodes_known":true)"));
  CHECK(Holds(flow.world.Ask("/debug/ports/pods").body, R"("kind":"Node")"));

  flow.world.server().faults().Set({});
  REQUIRE(flow.world.RunUntil([&] { return logged("watching nodes from ") > 0; }));
  CHECK(logged("pod shop/zone is no longer held up by host ports") == 0);
  flow.world.Create("nodes", "", NodeJson("node-2", "zone-x"));
  CHECK(flow.world.RunUntil([&] { return logged("pod shop/zone is no longer held up by host ports") == 1; }));
  CHECK(logged("pod shop/zone can never be scheduled") == 1);
}

TEST_CASE("a skip for lack of a host port names a free one") {
  Flow flow(kAgents);
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.world.Ask("/debug/ports").status == 200; }));
  flow.world.Create("pods", "shop", PodJson({.name = "b"}));
  REQUIRE(flow.world.RunUntil(
      [&] { return flow.world.log().Count("skipped pod shop/b for service shop/web") > 0; }));
  CHECK(flow.world.log().Count("Mesos slaves offer; 31089 is free on 2 of 2 agents") == 1);
}

TEST_CASE("a master that refuses, answers nonsense or does not lead does not affect endpoints") {
  const auto spoil = GENERATE(0, 1, 2, 3);
  CAPTURE(spoil);
  Flow flow(kAgents);
  MasterState& state = flow.master->state();
  if (spoil == 0) state.status = 401;
  if (spoil == 1) state.answer = "{\"slaves\":[{";
  if (spoil == 2) state.answer = std::string(200'000, '[');
  if (spoil == 3) state.leads = false;
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  CHECK(flow.Publishes());
  CHECK(flow.world.RunUntil([&] { return flow.world.log().Count("no agents from Mesos: ") > 0; }));
  CHECK(flow.world.Ask("/debug/ports").status == 503);
  CHECK(flow.world.Ask("/readyz").status == 200);
  CHECK(flow.world.log().Count("can never be scheduled") == 0);
  CHECK(flow.Metric(R"(k8sm_ports_pods{verdict="never"})") == "absent");
}

TEST_CASE("the empty list of an old master that does not lead is ignored") {
  Flow flow(kAgents, Version::k0_28);
  flow.master->state().leads = false;
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  CHECK(flow.Publishes());
  CHECK(flow.world.RunUntil([&] { return flow.master->polls() > 2; }));
  CHECK(flow.world.log().Count("can never be scheduled") == 0);
}

TEST_CASE("old masters are understood as far as they report") {
  const auto version = GENERATE(Version::k0_22, Version::k0_28);
  Flow flow(kAgents, version);
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  CHECK(flow.world.RunUntil([&] { return flow.HasEvent("HostPortOutsideOffers", "cache"); }));
}

TEST_CASE("after a failover no pod is judged never schedulable until all agents have reregistered") {
  Flow flow(kAgents);
  flow.master->state().recovered = 3;
  flow.world.Create("pods", "shop", PendingJson("cache", 8080));
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_pods{verdict="unknown"})") == "1"; }));
  CHECK(flow.world.log().Count("can never be scheduled") == 0);
  CHECK(flow.world.log().Count("3 agents have not reregistered since a failover") == 1);
  flow.master->state().recovered = 0;
  CHECK(flow.world.RunUntil([&] { return flow.world.log().Count("can never be scheduled") == 1; }));
}

// As many replicas as agents, and each new pod needs the port of an old one: the rollout cannot go on.
TEST_CASE(
    "a rollout that will be stuck on a host port shows in the metrics beforehand, and while it is stuck") {
  Flow flow("node-1 ports:[31080-31080] [31080-31080]\n");
  flow.world.Start(flow.Options());
  REQUIRE(flow.world.RunUntil([&] { return flow.Metric("k8sm_ports_demands_no_spare") == "1"; }));
  flow.world.Create("pods", "shop", PendingJson("a-2", 31080));
  REQUIRE(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_pods{verdict="not_now"})") == "1"; }));
  CHECK(Holds(flow.Map(),
              "port-taken: pod shop/a-2 waits for host ports: on node-1 31080 is held by shop/a\n"));
  // The old pod goes, so the new one fits.
  flow.world.Delete("pods", "shop", "a");
  flow.master->state().agents[0].used = {};
  CHECK(flow.world.RunUntil([&] { return flow.Metric(R"(k8sm_ports_pods{verdict="fits"})") == "1"; }));
}

TEST_CASE("without -mesos_master there are neither pages nor metrics of ports") {
  Flow flow(kAgents);
  flow.world.Start(flow.world.Defaults());
  CHECK(flow.Publishes());
  CHECK(flow.world.Ask("/debug/ports").status == 404);
  CHECK_FALSE(Holds(flow.world.Ask("/metrics").body, "k8sm_ports"));
  CHECK_FALSE(Holds(flow.world.Ask("/metrics").body, "k8sm_mesos"));
  CHECK(flow.master->polls() == 0);
}

}  // namespace
}  // namespace k8sm::test
