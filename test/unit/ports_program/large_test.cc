// The output for a cluster with more agents than fit on a screen.

#include "controller/ports_program/checker.h"
#include "controller/ports_program/commands.h"
#include "controller/ports_program/report.h"
#include "lib/ports/port_text.h"
#include "test/support/catch.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

namespace k8sm::ports_program {
namespace {

constexpr int kAgents = 60;

std::string NameOf(int agent) {
  return "n" + std::to_string(100 + agent);
}

ports::Agent MakeAgent(int number) {
  ports::Agent agent;
  agent.id = "S" + std::to_string(number);
  agent.name = kube::Symbol(NameOf(number));
  agent.offered.emplace_back("*",
                             ports::ParseRanges(number < 10 ? "[31000-31000]" : "[31000-31009]").value());
  agent.used = ports::ParseRanges(number == 59 ? "[]" : "[31000-31000]").value();
  return agent;
}

ClusterPod MakePod(const std::string& name, const std::string& node) {
  ClusterPod pod;
  pod.holder.ns = kube::Symbol("shop");
  pod.holder.name = kube::Symbol(name);
  pod.holder.uid = kube::Uid(name);
  pod.holder.node = kube::Symbol(node);
  if (!node.empty()) pod.holder.claims.push_back({.port = 31000});
  pod.spec.ports = {{8080, 31000}};
  return pod;
}

// All agents but the last run a pod with port 31000; one pod is pending.
State MakeLarge() {
  mesos::AgentList list;
  Cluster cluster;
  for (int i = 0; i < kAgents; ++i) {
    list.agents.push_back(MakeAgent(i));
    if (i < kAgents - 1) cluster.pods.push_back(MakePod("web-" + std::to_string(i), NameOf(i)));
  }
  cluster.pods.push_back(MakePod("web-new", ""));
  return MakeState(std::move(list), std::move(cluster), true, "m1:5050");
}

auto LinesIn(const std::string& text) {
  return std::ranges::count(text, '\n');
}

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("a map of many agents shows the fullest, and sums up each role", "[ports_program]") {
  const State state = MakeLarge();
  Options options;
  const std::string text = MapText(state, options);
  CHECK(LinesIn(text) == 1 + 40 + 3);
  CHECK(
      Holds(text, "and 20 more lines; -all shows them\nrole *: 60 agents, 510 ports, 451 free\n60 agents, "));
  options.all = true;
  CHECK(LinesIn(MapText(state, options)) == 1 + kAgents + 1);
}

TEST_CASE("with many agents, explain counts them by reason, those closest to having room first",
          "[ports_program]") {
  const State state = MakeLarge();
  Options options;
  options.operands = {"shop/web-new"};
  const auto answer = ExplainPod(state, options, {});
  REQUIRE(answer.has_value());
  CHECK(Holds(answer->text,
              "  AGENTS  ONE OF THEM\n"
              "       1  n159         free\n"
              "      59  n100         31000 held by shop/web-0\n"
              "  -all shows each agent.\n"
              "Room on 1 of 60 agents"));
  options.all = true;
  CHECK(LinesIn(ExplainPod(state, options, {})->text) == 1 + kAgents + 1);
}

TEST_CASE("explain PORT says how many replicas fit", "[ports_program]") {
  const State state = MakeLarge();
  Options options;
  options.operands = {"31005"};
  options.ports = ports::PortSet::OfPorts({31005});
  const std::string text = ExplainPorts(state, options).text;
  CHECK(Holds(text, "31005 is offered by 50 of 60 agents, and free on 50.\n"));
  CHECK(Holds(text, "      10  n100         does not offer 31005 (offers 31000)\n"));
  CHECK(Holds(text,
              "Room for 50 more replicas, as far as ports go; at most 50 will ever run, one on each agent."));
}

TEST_CASE("explain PORT does not say that no replica will ever run while an agent may come to match",
          "[ports_program]") {
  mesos::AgentList list;
  list.agents = {MakeAgent(10), MakeAgent(11)};
  for (ports::Agent& agent : list.agents) {
    agent.labels_from = ports::LabelSource::kAgent;
    agent.labels.Set(kube::Symbol("kubernetes.io/hostname"), agent.name);
  }
  Options options;
  options.operands = {"31005"};
  options.ports = ports::PortSet::OfPorts({31005});
  options.selector.Set(kube::Symbol("disk"), kube::Symbol("ssd"));
  // The labels of Nodes are not known.
  CHECK(Holds(ExplainPorts(MakeState(list, {}, true, "m1:5050"), options).text,
              "at most 2 will ever run, one on each agent. Not certain: agent n110 offers the ports, and may "
              "match: the labels of its Node are not known."));
  // They are known, and none matches.
  Cluster cluster;
  cluster.node_labels = {{NameOf(10), {}}, {NameOf(11), {}}};
  CHECK(Holds(ExplainPorts(MakeState(list, cluster, true, "m1:5050"), options).text,
              "\nNo replica will ever run."));
  // One of them is not registered.
  options.selector = {{kube::Symbol("kubernetes.io/hostname"), kube::Symbol(NameOf(11))}};
  cluster.node_labels->erase(NameOf(11));
  CHECK(Holds(ExplainPorts(MakeState(list, cluster, true, "m1:5050"), options).text,
              "Room for 0 more replicas, as far as ports go; at most 1 will ever run, one on each agent. Not "
              "certain: agent n111 offers the ports, and matches once it has a Node."));
  CHECK(Holds(ExplainPorts(MakeState({}, {}, true, "m1:5050"), options).text, "\nNo agents are known.\n"));
  CHECK(Holds(ExplainPorts(MakeState(list, cluster, false, "m1:5050"), options).text,
              " Not certain: the list of agents is not complete."));
}

TEST_CASE("explain AGENT says which of its pods have room on other agents", "[ports_program]") {
  mesos::AgentList list;
  for (int i = 0; i < 3; ++i) list.agents.push_back(MakeAgent(10 + i));
  list.agents[2].used = {};
  Cluster cluster;
  cluster.pods = {MakePod("web-0", NameOf(10)), MakePod("any-1", NameOf(10)), MakePod("static", NameOf(10)),
                  MakePod("web-1", NameOf(11))};
  cluster.pods[1].spec.ports = {{8080, 0}};
  cluster.pods[2].holder.mirror = true;
  Options options;
  options.operands = {NameOf(10)};
  auto answer = ExplainAgent(MakeState(list, cluster, true, "m1:5050"), options);
  REQUIRE(answer.has_value());
  CHECK(answer->text ==
        "n110 offers 31000-31009 to role *, 9 free (31001-31009).\n"
        "It runs 2 pods with host ports.\n"
        "  shop/web-0  31000: room for 1 on others\n"
        "  shop/any-1  any 1 port: room for 19 on others\n"
        "Without this agent 2 of them have room on others, as far as ports go. Pods of a DaemonSet end with "
        "it.\n");
  // Another framework takes the last one.
  list.agents[2].used = list.agents[1].used;
  answer = ExplainAgent(MakeState(list, cluster, true, "m1:5050"), options);
  CHECK(Holds(answer->text, "  shop/web-0  31000: no room on another agent\n"));
  CHECK(Holds(answer->text, "Without this agent 1 of them has room on others, and 1 waits, as far as"));
  options.operands = {"n1"};
  CHECK(ExplainAgent(MakeState(list, cluster, true, "m1:5050"), options).error().code == Errc::kNotFound);
}

// An agent with 45 pods, each of which holds a port that nobody offers.
State MakeCrowded() {
  mesos::AgentList list;
  list.agents = {MakeAgent(10), MakeAgent(11)};
  Cluster cluster;
  for (int i = 0; i < 45; ++i) {
    cluster.pods.push_back(MakePod("pod-" + std::to_string(100 + i), NameOf(10)));
    const auto port = static_cast<ports::Port>(40'000 + i);
    cluster.pods.back().holder.claims[0].port = port;
    cluster.pods.back().spec.ports = {{8080, port}};
  }
  return MakeState(std::move(list), std::move(cluster), true, "m1:5050");
}

TEST_CASE("map and explain AGENT list 40 pods and count the rest", "[ports_program]") {
  const State state = MakeCrowded();
  Options options;
  const std::string map = MapText(state, options);
  CHECK(LinesIn(map) == 1 + 2 + 1 + 40 + 1);
  CHECK(map.ends_with("\nand 5 more; -all shows them\n"));
  options.operands = {NameOf(10)};
  const std::string agent = ExplainAgent(state, options)->text;
  CHECK(LinesIn(agent) == 2 + 40 + 1 + 1);
  CHECK(Holds(agent,
              "\n  and 5 more with more room; -all shows them.\n"
              "Without this agent 0 of them have room on others, and 45 wait, as far as ports go. "));
  options.all = true;
  CHECK(LinesIn(MapText(state, options)) == 1 + 2 + 1 + 45);
  CHECK(LinesIn(ExplainAgent(state, options)->text) == 2 + 45 + 1);
}

TEST_CASE("explain lists up to 30 agents line by line, and map up to 40", "[ports_program]") {
  const auto make = [](int agents) {
    mesos::AgentList list;
    for (int i = 0; i < agents; ++i) list.agents.push_back(MakeAgent(i));
    Cluster cluster;
    cluster.pods = {MakePod("web", "")};
    return MakeState(std::move(list), std::move(cluster), true, "m1:5050");
  };
  Options options;
  options.operands = {"shop/web"};
  CHECK(LinesIn(ExplainPod(make(30), options, {})->text) == 1 + 30 + 1);
  CHECK(Holds(ExplainPod(make(31), options, {})->text, "\n  -all shows each agent.\n"));
  CHECK(LinesIn(MapText(make(40), options)) == 1 + 40 + 1);
  CHECK(Holds(MapText(make(41), options), "and 1 more line; -all shows it\n"));
}

TEST_CASE("explain names three of the ports in the way of a pod and counts the rest", "[ports_program]") {
  mesos::AgentList list;
  list.agents = {MakeAgent(10)};
  list.agents[0].used = ports::ParseRanges("[31000-31004]").value();
  Cluster cluster;
  cluster.pods = {MakePod("web", "")};
  cluster.pods[0].spec.ports = {{1, 31000}, {2, 31001}, {3, 31002}};
  Options options;
  options.operands = {"shop/web"};
  const std::string three =
      "\n  n110  31000 held by another framework, 31001 held by another framework, 31002 held by another "
      "framework";
  CHECK(Holds(ExplainPod(MakeState(list, cluster, true, "m1:5050"), options, {})->text, three + "\n"));
  cluster.pods[0].spec.ports.push_back({4, 31003});
  cluster.pods[0].spec.ports.push_back({5, 31004});
  CHECK(Holds(ExplainPod(MakeState(list, cluster, true, "m1:5050"), options, {})->text,
              three + " and 2 more\n"));
}

TEST_CASE("explain says for how long a pod has been pending, if that is known", "[ports_program]") {
  mesos::AgentList list;
  list.agents = {MakeAgent(10)};
  Cluster cluster;
  cluster.pods = {MakePod("web", "")};
  Options options;
  options.operands = {"shop/web"};
  const kube::Timestamp now{std::chrono::hours(400'000)};
  const auto text = [&] { return ExplainPod(MakeState(list, cluster, true, "m1:5050"), options, now)->text; };
  CHECK(text().starts_with("Pending: not now. "));
  cluster.pods[0].created = now - std::chrono::seconds(3'661);
  CHECK(text().starts_with("Pending for 1h1m1s: not now. "));
  cluster.pods[0].created = now;
  CHECK(text().starts_with("Pending for 0s: not now. "));
  cluster.pods[0].created = now + std::chrono::seconds(1);
  CHECK(text().starts_with("Pending: not now. "));
}

TEST_CASE("a map says how old its data is, and whether it is complete and up to date", "[ports_program]") {
  mesos::AgentList list;
  list.agents = {MakeAgent(10)};
  Cluster cluster;
  State state = MakeState(list, cluster, true, "m1:5050");
  CHECK(Holds(MapText(state, {}), "\n1 agent, 10 ports, 9 free (90%); from m1:5050, complete\n"));
  state.age_seconds = 7;
  CHECK(Holds(MapText(state, {}), "; from m1:5050, 7 s ago, complete\n"));
  CHECK(Holds(MapText(MakeState(list, cluster, false, "m1:5050"), {}), "; from m1:5050, not complete\n"));
  cluster.fresh = false;
  CHECK(Holds(MapText(MakeState(list, cluster, false, "m1:5050"), {}), "; from m1:5050, outdated\n"));
  cluster.fresh = true;
  cluster.all_namespaces = false;
  CHECK(Holds(MapText(MakeState(list, cluster, true, "m1:5050"), {}),
              "\nwarning: the pods of one namespace alone are known: what others hold is counted as another "
              "framework's\n"));
}

TEST_CASE("a map warns of a role that has ports on no agent", "[ports_program]") {
  Options options;
  options.rules.framework_roles = {"*", "fixed"};
  CHECK(Holds(
      MapText(MakeLarge(), options),
      "warning: role \"fixed\" has ports on no agent: may the principal view it (ACL view_roles), and does "
      "-mesos_framework_roles name it right?\n"));
}

TEST_CASE("findings do not depend on the order in which pods are read", "[ports_program]") {
  mesos::AgentList list;
  list.agents = {MakeAgent(10), MakeAgent(11)};
  Cluster cluster;
  cluster.pods = {MakePod("b", NameOf(10)), MakePod("a", NameOf(10)), MakePod("c", NameOf(11))};
  Options options;
  const CheckResult first = CheckLive(MakeState(list, cluster, true, "m1:5050"), options);
  std::ranges::reverse(cluster.pods);
  const CheckResult second = CheckLive(MakeState(list, cluster, true, "m1:5050"), options);
  REQUIRE(first.findings.size() == 2);
  REQUIRE(second.findings.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(first.findings[i].name == "a");
    CHECK(second.findings[i].name == "a");
    CHECK(first.findings[i].message == second.findings[i].message);
  }
}

TEST_CASE("an active agent is low if no more than -port_low_percent of its ports are free",
          "[ports_program]") {
  struct Case {
    const char* used;
    bool active;
    std::uint32_t low_percent;
    bool low;
  };
  // Of ten ports.
  const auto [used, active, low_percent, low] =
      GENERATE(Case{"[31000-31008]", true, 10, true}, Case{"[31000-31008]", true, 9, false},
               Case{"[31000-31007]", true, 10, false}, Case{"[31000-31009]", true, 0, true},
               Case{"[31000-31008]", false, 10, false});
  CAPTURE(used, active, low_percent);
  mesos::AgentList list;
  list.agents = {MakeAgent(10)};
  list.agents[0].used = ports::ParseRanges(used).value();
  list.agents[0].active = active;
  Options options;
  options.low_percent = low_percent;
  const CheckResult result = CheckLive(MakeState(std::move(list), {}, true, "m1:5050"), options);
  CHECK(result.findings.size() == (low ? 1 : 0));
  for (const Finding& finding : result.findings) {
    CHECK(finding.rule == "port-agent-low");
    CHECK(finding.name == NameOf(10));
  }
}

TEST_CASE("ports to be avoided are never suggested, and ports that others declare only if no others are left",
          "[ports_program]") {
  struct Case {
    const char* offered;
    const char* avoid;
    std::vector<ports::Port> declared;
    std::vector<ports::Port> suggested;
  };
  const auto [offered, avoid, declared, suggested] =
      GENERATE(Case{"[31000-31002]", "[31000-31000]", {31001}, {31002}},
               Case{"[31000-31001]", "[31000-31000]", {31001}, {31001}},
               Case{"[31000-31001]", "[31001-31001]", {31000}, {31000}},
               Case{"[31000-31001]", "[31000-31001]", {31000}, {}},
               // The kubelet's own.
               Case{"[10250-10250, 31000-31000]", "[]", {}, {31000}}, Case{"[10250-10250]", "[]", {}, {}});
  CAPTURE(offered, avoid);
  mesos::AgentList list;
  list.agents = {MakeAgent(10)};
  list.agents[0].offered[0].second = ports::ParseRanges(offered).value();
  list.agents[0].used = {};
  Cluster cluster;
  for (const ports::Port port : declared) {
    cluster.pods.push_back(MakePod("p" + std::to_string(port), ""));
    cluster.pods.back().spec.ports = {{8080, port}};
  }
  Options options;
  options.operands = {"1"};
  options.replicas = 1;
  options.avoid = ports::ParseRanges(avoid).value();
  const Answer answer =
      SuggestPorts(MakeState(std::move(list), std::move(cluster), true, "m1:5050"), options);
  CAPTURE(answer.text);
  CHECK(Holds(answer.json, "\"ports\":" + PortsJson(suggested) + ","));
  CHECK(answer.enough == !suggested.empty());
}

TEST_CASE("a node port in the files that live pods hold is reported at its Service", "[ports_program]") {
  NamedManifest named{.file = "front.yaml", .manifest = {}};
  named.manifest.node_ports = {{.line = 7, .ns = "front", .service = "web", .port = 31000},
                               {.line = 9, .ns = "", .service = "blog", .port = 31000},
                               {.line = 11, .ns = "front", .service = "free", .port = 30000}};
  Options options;
  options.default_namespace = "shop";
  const State state = MakeLarge();
  const CheckResult result = CheckManifests({named}, &state, options);
  REQUIRE(result.findings.size() == 2);
  CHECK(ObjectOf(result.findings[0]) == "Service front/web");
  CHECK(PlaceOf(result.findings[0]) == "front.yaml:7");
  CHECK(ObjectOf(result.findings[1]) == "Service shop/blog");
  CHECK(result.findings[1].rule == "port-node-port-overlap");
}

TEST_CASE("a report on live objects shows at most 30 findings of a rule", "[ports_program]") {
  Report report;
  report.live = true;
  for (int i = 0; i < 35; ++i)
    report.result.findings.push_back({.rule = "port-agent-low", .level = Level::kWarning, .kind = "Agent"});
  report.result.findings.push_back({.rule = "port-clash", .level = Level::kWarning, .kind = "Pod"});
  const std::string text = TextReport(report, false);
  CHECK(LinesIn(text) == 30 + 1 + 2);
  CHECK(Holds(
      text,
      "\nand 5 more of port-agent-low; -all shows them\n0 pods with host ports: 0 errors, 36 warnings"));
  report.all = true;
  CHECK(LinesIn(TextReport(report, false)) == 36 + 1);
  report.result.workloads.push_back({"", 0, "Pod", "shop", "web"});
  CHECK(Holds(TextReport(report, false), "\n1 pod with host ports: 0 errors, 36 warnings"));
}

}  // namespace
}  // namespace k8sm::ports_program
