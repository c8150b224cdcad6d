#include "controller/port_space/evaluation.h"

#include "controller/port_space/findings.h"
#include "lib/ports/port_text.h"
#include "test/support/builders.h"
#include "test/support/catch.h"

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using test::MakePod;

ports::Agent MakeAgent(const std::string& name, const std::string& offered, const std::string& used = "[]") {
  ports::Agent agent;
  agent.id = "S-" + name;
  agent.name = kube::Symbol(name);
  agent.offered.emplace_back("*", ports::ParseRanges(offered).value());
  agent.used = ports::ParseRanges(used).value();
  return agent;
}

struct Stage {
  explicit Stage(ports::SchedulerRules rules = {}) : ledger(std::move(rules)) {}

  std::shared_ptr<PortReport> Evaluate() {
    ports::SharedSnapshot snapshot{.agents = ports::ShareAgents(agents),
                                   .holders = ledger.Holders(),
                                   .node_ports = ledger.NodePorts(),
                                   .complete = complete,
                                   .fresh = fresh};
    Evaluation evaluation(std::move(snapshot), ledger, options);
    while (evaluation.Step()) {
    }
    return evaluation.TakeReport();
  }

  void Add(const std::string& name, int port, const std::string& node = "") {
    kube::Pod pod = MakePod(name).Port({.number = 8080, .host_port = port});
    pod.node_name = kube::Symbol(node);
    Add(pod);
  }
  void Add(const kube::Pod& pod) { ledger.OnPod(nullptr, &pod); }

  std::vector<ports::Agent> agents{MakeAgent("node1", "[31000-31009]"), MakeAgent("node2", "[31000-31009]")};
  PortLedger ledger;
  EvaluationOptions options;
  bool complete = true;
  bool fresh = true;
};

std::string TextOf(const PortReport& report) {
  std::string text;
  for (const PortFinding& finding : FindingsOf(report))
    text += std::string(finding.rule) + ": " + finding.text + "\n";
  return text;
}

TEST_CASE("a pod that asks for a port outside of all offers can never be scheduled", "[port_space]") {
  Stage stage;
  stage.Add("cache", 8080);
  const auto report = stage.Evaluate();
  CHECK(report->pods[static_cast<std::size_t>(ports::Verdict::kNever)] == 1);
  CHECK(
      TextOf(*report) ==
      "port-outside-offers: pod default/cache can never be scheduled: 8080 is offered by no agent; offered: "
      "31000-31009. Take 31009 (free on 2 of 2)\n");
  CHECK(FindingsOf(*report)[0].event_reason == "HostPortOutsideOffers");
}

TEST_CASE("no pod is judged never schedulable while the list of agents is incomplete or outdated",
          "[port_space]") {
  Stage stage;
  stage.Add("cache", 8080);
  stage.complete = false;
  CHECK(TextOf(*stage.Evaluate()).empty());
  stage.complete = true;
  stage.fresh = false;
  const auto report = stage.Evaluate();
  CHECK(TextOf(*report).empty());
  CHECK(report->pods[static_cast<std::size_t>(ports::Verdict::kUnknown)] == 1);
}

TEST_CASE("a pod that declares a host port twice can never be scheduled, whatever is known of the agents",
          "[port_space]") {
  Stage stage;
  stage.agents.clear();
  stage.complete = stage.fresh = false;
  kube::Pod pod = MakePod("dns")
                      .Port({.number = 53, .host_port = 31000})
                      .Port({.number = 53, .host_port = 31000, .protocol = kube::Protocol::kUdp});
  pod.node_name = {};
  pod.node_selector.Set(kube::Symbol("rack"), kube::Symbol("r2"));
  stage.Add(pod);
  const auto findings = FindingsOf(*stage.Evaluate());
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == "port-duplicate");
  CHECK_FALSE(findings[0].needs_agents);
  CHECK_FALSE(findings[0].needs_nodes);
}

TEST_CASE("a pod that waits is reported after a minute, with who holds its port on each agent",
          "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[31000-31009]", "[31000-31000]"),
                  MakeAgent("node2", "[31000-31009]", "[31000-31000]")};
  stage.Add("web-1", 31000, "node1");
  stage.Add("web-2", 31000);
  stage.Add("web-3", 31000);
  const auto report = stage.Evaluate();
  CHECK(report->pods[static_cast<std::size_t>(ports::Verdict::kNotNow)] == 2);
  const auto findings = FindingsOf(*report);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].text ==
        "pod default/web-2 (and 1 more like it) waits for host ports: on node1 31000 is held by "
        "default/web-1, on node2 31000 is held by another framework. Take 31009 (free on 2 of 2)");
  CHECK(findings[0].patience == std::chrono::seconds(60));
  CHECK(findings[0].needs_agents);
  CHECK_FALSE(findings[0].needs_nodes);
  CHECK(findings[0].pods.size() == 2);
}

TEST_CASE(
    "a nodeSelector that an agent without a Node would match is not reported, one that no agent matches is",
    "[port_space]") {
  Stage stage;
  const kube::Symbol rack("k8s.mesosphere.io/attribute-rack");
  stage.agents[1].labels_from = ports::LabelSource::kNoNode;
  stage.agents[1].labels.Set(rack, kube::Symbol("r2"));
  kube::Pod pod = MakePod("a").Port({.number = 80, .host_port = 31000});
  pod.node_name = {};
  pod.node_selector.Set(rack, kube::Symbol("r2"));
  stage.Add(pod);
  const auto doubtful = stage.Evaluate();
  CHECK(TextOf(*doubtful).empty());
  CHECK(doubtful->pods[static_cast<std::size_t>(ports::Verdict::kUnknown)] == 1);
  pod.meta.name = kube::Symbol("b");
  pod.node_selector.Set(rack, kube::Symbol("r3"));
  stage.Add(pod);
  const auto report = stage.Evaluate();
  CHECK(TextOf(*report) ==
        "port-no-agent: pod default/b can never be scheduled: no agent matches nodeSelector "
        "k8s.mesosphere.io/attribute-rack=r3: correct it, or label a Node\n");
  CHECK(FindingsOf(*report)[0].event_reason == "NoAgentMatchesSelector");
  CHECK(FindingsOf(*report)[0].needs_nodes);
}

TEST_CASE("a host port that two pods hold is a finding, and so is one that Mesos does not know to be held",
          "[port_space]") {
  Stage stage;
  stage.agents[0] = MakeAgent("node1", "[31000-31009]", "[31004-31004]");
  stage.Add("a", 31004, "node1");
  stage.Add("b", 31004, "node1");
  stage.Add("c", 31003, "node1");
  const auto report = stage.Evaluate();
  CHECK(report->clash_counts[1] == 1);
  CHECK(report->cells[static_cast<std::size_t>(ports::CellState::kUnaccounted)] == 1);
  const auto findings = FindingsOf(*report);
  REQUIRE(findings.size() == 2);
  CHECK(findings[0].rule == "port-clash");
  CHECK(findings[0].event_reason == "HostPortConflict");
  CHECK(findings[1].text ==
        "pod default/c holds host port 31003 on agent node1, which Mesos takes for free and may offer: take "
        "the port out of the agent's --resources, or give the pod another");
  CHECK(findings[1].needs_two_polls);
}

TEST_CASE("an agent that is short of free ports is a finding", "[port_space]") {
  Stage stage;
  stage.agents[0] = MakeAgent("node1", "[31000-31009]", "[31000-31008]");
  const auto report = stage.Evaluate();
  CHECK(report->low_agents == 1);
  CHECK(report->free_minimum == 1U);
  CHECK(report->offered == 20);
  CHECK(report->free == 11);
  CHECK(
      TextOf(*report) ==
      "port-agent-low: agent node1 is short of host ports: 1 of 10 free; extend its ranges, or add agents\n");
}

TEST_CASE("each finding of an evaluation has a key of its own", "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[31000-31009]", "[31000-31008]"),
                  MakeAgent("node2", "[31000-31009]", "[31000-31008]")};
  stage.Add("never-1", 1);
  stage.Add("never-2", 2);
  for (const char* pod : {"a", "b", "c"}) stage.Add(pod, 31000, "node1");
  for (const char* pod : {"d", "e"}) stage.Add(pod, 31001, "node1");
  std::map<std::string_view, int> rules;
  std::set<std::string> keys;
  for (const PortFinding& finding : FindingsOf(*stage.Evaluate())) {
    CAPTURE(finding.text);
    ++rules[finding.rule];
    CHECK(keys.insert(finding.key).second);
  }
  CHECK(rules == std::map<std::string_view, int>{
                     {"port-agent-low", 2}, {"port-clash", 4}, {"port-outside-offers", 2}});
}

TEST_CASE("an evaluation counts the workloads without room for one more pod", "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[31000-31009]", "[31000-31000]"),
                  MakeAgent("node2", "[31000-31009]", "[31000-31000]")};
  stage.Add("web-1", 31000, "node1");
  stage.Add("web-2", 31000, "node2");
  CHECK(stage.Evaluate()->demands_without_spare == 1);
  stage.agents.push_back(MakeAgent("node3", "[31000-31009]"));
  CHECK(stage.Evaluate()->demands_without_spare == 0);
}

TEST_CASE("a report names a free port only while the agents are up to date", "[port_space]") {
  Stage stage;
  CHECK(stage.Evaluate()->free_port == "31009 is free on 2 of 2 agents");
  stage.fresh = false;
  CHECK(stage.Evaluate()->free_port.empty());
}

TEST_CASE("a report names five pods of a workload and counts the rest", "[port_space]") {
  Stage stage;
  for (const char* pod : {"g", "b", "e", "a", "c", "f", "d"}) stage.Add(pod, 8080);
  const auto report = stage.Evaluate();
  REQUIRE(report->pending.size() == 1);
  const PendingPods& pods = report->pending[0];
  std::string kept;
  for (const PendingPod& pod : pods.kept) kept += pod.key.name + "=" + pod.uid.Text() + " ";
  CHECK(kept == "a=uid-a b=uid-b c=uid-c d=uid-d e=uid-e ");
  CHECK(pods.count == 7);
  CHECK(pods.group == stage.ledger.groups().front().id);
  CHECK_FALSE(pods.has_selector);
  CHECK(FindingsOf(*report)[0].event_text.ends_with("; so do 6 more pods"));
}

TEST_CASE("ports that workloads declare, and those of k8sm's own processes, are not suggested",
          "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[10255-10256, 31000-31001]"), MakeAgent("node2", "[10255-10256]")};
  stage.Add("web", 31001);
  stage.Add("cache", 8080);
  const auto report = stage.Evaluate();
  CHECK(report->free_port == "31000 is free on 1 of 2 agents");
  REQUIRE(report->pending.size() == 1);
  CHECK(report->pending[0].sentence.ends_with(". Take 31000 (free on 1 of 2)"));
  stage.Add("db", 31000);
  CHECK(stage.Evaluate()->free_port.empty());
  CHECK(stage.Evaluate()->pending[0].sentence ==
        "8080 is offered by no agent; offered: 10255-10256,31000-31001");
}

TEST_CASE("no port is suggested to a pod whose verdict is unknown", "[port_space]") {
  Stage stage;
  stage.Add("cache", 8080);
  stage.complete = false;
  const auto report = stage.Evaluate();
  REQUIRE(report->pending.size() == 1);
  CHECK(report->pending[0].judgement.verdict == ports::Verdict::kUnknown);
  CHECK(report->pending[0].sentence.find("Take ") == std::string::npos);
}

TEST_CASE("pods that fit are counted and not listed", "[port_space]") {
  Stage stage;
  stage.Add("a", 31000);
  stage.Add("b", 31000);
  const auto report = stage.Evaluate();
  CHECK(report->pods == std::array<std::size_t, 4>{2, 0, 0, 0});
  CHECK(report->pending.empty());
}

TEST_CASE("inactive agents and agents without ports are counted apart, and are never low on ports",
          "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[31000-31009]", "[31000-31009]"), MakeAgent("node2", "[]"),
                  MakeAgent("node3", "[31000-31009]", "[31000-31001]"), MakeAgent("node4", "[31000-31009]")};
  stage.agents[0].active = false;
  const auto report = stage.Evaluate();
  CHECK(report->active_agents == 3);
  CHECK(report->inactive_agents == 1);
  CHECK(report->agents_without_ports == 1);
  CHECK(report->free_minimum == 8U);
  CHECK(report->low_agents == 0);
  CHECK(report->low.empty());
}

TEST_CASE("a port that Mesos does not know to be held is found on inactive agents, too", "[port_space]") {
  Stage stage;
  stage.agents[0].active = false;
  stage.Add("a", 31003, "node1");
  const auto report = stage.Evaluate();
  REQUIRE(report->unaccounted.size() == 1);
  CHECK(report->unaccounted[0].port == 31003);
}

TEST_CASE("the free port that a report names is free to pods of the default roles, on active agents",
          "[port_space]") {
  Stage stage({.framework_roles = {"*", "fixed"}, .default_roles = {"fixed"}});
  stage.agents.push_back(MakeAgent("node3", "[31000-31009]"));
  for (ports::Agent& agent : stage.agents)
    agent.offered.emplace_back("fixed", ports::ParseRanges("[30900-30901]").value());
  stage.agents[2].active = false;
  CHECK(stage.Evaluate()->free_port == "30901 is free on 2 of 2 agents");
}

TEST_CASE("a TCP and a UDP pod on one host port clash in Mesos' account only", "[port_space]") {
  Stage stage;
  stage.agents[0] = MakeAgent("node1", "[31000-31009]", "[31004-31004]");
  kube::Pod udp = MakePod("b").Port({.host_port = 31004, .protocol = kube::Protocol::kUdp});
  udp.node_name = kube::Symbol("node1");
  stage.Add("a", 31004, "node1");
  stage.Add(udp);
  const auto report = stage.Evaluate();
  CHECK(report->clash_counts == std::array<std::size_t, 2>{1, 0});
}

TEST_CASE("a report lists the framework's roles that have ports on no agent", "[port_space]") {
  Stage stage({.framework_roles = {"*", "fixed", "absent"}});
  stage.agents[0].offered.emplace_back("fixed", ports::ParseRanges("[31900-31901]").value());
  const auto report = stage.Evaluate();
  CHECK(report->roles_without_ports == std::vector<std::string>{"absent"});
  CHECK(report->offered == 22);
}

TEST_CASE("pods with host ports of which none is on an agent are told of, for the master may be another's",
          "[port_space]") {
  Stage stage;
  stage.Add("web", 31000, "other1");
  stage.Add("cache", 31001, "other2");
  stage.Add("waiting", 31002);
  CHECK(stage.Evaluate()->pods_astray == 2);
  // Until it is known that there are no more agents.
  stage.complete = false;
  CHECK(stage.Evaluate()->pods_astray == 0);
  stage.complete = true;
  stage.fresh = false;
  CHECK(stage.Evaluate()->pods_astray == 0);
  stage.fresh = true;
  stage.Add("log", 31000, "node1");
  CHECK(stage.Evaluate()->pods_astray == 0);
}

kube::Pod StaticPod(const std::string& name, int port, const std::string& node) {
  kube::Pod pod = MakePod(name).Port({.number = port, .host_port = port});
  pod.node_name = kube::Symbol(node);
  pod.mirror = true;
  return pod;
}

TEST_CASE("static pods may be on nodes that are not agents", "[port_space]") {
  Stage stage;
  stage.Add(StaticPod("kube-apiserver", 6443, "master1"));
  CHECK(stage.Evaluate()->pods_astray == 0);
  stage.Add("web", 31000, "other1");
  const auto report = stage.Evaluate();
  CHECK(report->pods_astray == 1);
  CHECK(report->space.holders()[report->astray].name.get() == "web");
}

TEST_CASE("static pods need no spare room", "[port_space]") {
  Stage stage;
  kube::Pod pod = StaticPod("kube-proxy", 10249, "node1");
  stage.Add(pod);
  CHECK(stage.Evaluate()->demands_without_spare == 0);
  stage.ledger.OnPod(&pod, nullptr);
  pod.mirror = false;
  stage.Add(pod);
  CHECK(stage.Evaluate()->demands_without_spare == 1);
}

TEST_CASE("workloads without room for one more pod are counted only while agents are known and up to date",
          "[port_space]") {
  Stage stage;
  stage.Add("web", 8080, "node1");
  CHECK(stage.Evaluate()->demands_without_spare == 1);
  stage.fresh = false;
  CHECK(stage.Evaluate()->demands_without_spare == 0);
  stage.fresh = true;
  stage.agents.clear();
  CHECK(stage.Evaluate()->demands_without_spare == 0);
}

TEST_CASE("a workload has room only if as many more of its pods fit as the reserve says", "[port_space]") {
  Stage stage;
  stage.Add("web", 31000, "node9");
  stage.options.reserve = 2;
  CHECK(stage.Evaluate()->demands_without_spare == 0);
  stage.options.reserve = 3;
  CHECK(stage.Evaluate()->demands_without_spare == 1);
}

TEST_CASE("an evaluation lists at most 1,000 findings of each kind, counts all, and says if there are more",
          "[port_space]") {
  const bool more = GENERATE(false, true);
  const std::size_t all = more ? 1'001 : 1'000;
  Stage stage;
  stage.agents = {MakeAgent("wide", "[1-2000]"), MakeAgent("shared", "[40000-40009]", "[40000-40009]")};
  test::PodBuilder wide = MakePod("wide").On("wide", "10.0.0.1");
  for (int i = 1; i <= static_cast<int>(all); ++i) {
    stage.agents.push_back(MakeAgent("node" + std::to_string(i), "[31000-31000]", "[31000-31000]"));
    wide.Port({.number = i, .host_port = i});
    stage.Add("never-" + std::to_string(i), 50'000 + i);
  }
  stage.agents[1].active = false;
  stage.Add(wide);
  // 990 pairs of pods on one port, 10 on another, and 1 on a third.
  int pods = 0;
  const auto share = [&](int port, int count) {
    for (int i = 0; i < count; ++i) stage.Add("shared-" + std::to_string(++pods), port, "shared");
  };
  share(40000, 45);
  share(40001, 5);
  if (more) share(40002, 2);
  const auto report = stage.Evaluate();
  const auto count_of = [&](ports::CellState state) {
    return report->cells[static_cast<std::size_t>(state)];
  };
  CHECK(report->low.size() == 1'000);
  CHECK(report->low_agents == all);
  CHECK(report->cut.low == more);
  CHECK(report->unaccounted.size() == 1'000);
  CHECK(count_of(ports::CellState::kUnaccounted) == all);
  CHECK(report->cut.unaccounted == more);
  CHECK(report->pending.size() == 1'000);
  CHECK(report->pods[static_cast<std::size_t>(ports::Verdict::kNever)] == all);
  CHECK(report->cut.pending == more);
  CHECK(report->clashes.size() == 1'000);
  CHECK(report->clash_counts == std::array<std::size_t, 2>{0, all});
  CHECK(report->cut.clashes == more);
}

TEST_CASE("a step of an evaluation counts 500 agents or judges one workload", "[port_space]") {
  Stage stage;
  stage.agents.clear();
  for (int i = 0; i < 1'001; ++i)
    stage.agents.push_back(MakeAgent("node" + std::to_string(i), "[31000-31000]"));
  for (int port : {31000, 31001}) stage.Add("web-" + std::to_string(port), port);
  Evaluation evaluation({.agents = ports::ShareAgents(stage.agents)}, stage.ledger, stage.options);
  int steps = 1;
  while (evaluation.Step()) ++steps;
  CHECK(steps == 3 + 1 + 2);
  CHECK(evaluation.TakeReport()->active_agents == 1'001);
}

}  // namespace
}  // namespace k8sm::controller
