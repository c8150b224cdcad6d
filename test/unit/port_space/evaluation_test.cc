#include "controller/port_space/evaluation.h"

#include "controller/port_space/findings.h"
#include "lib/ports/port_text.h"
#include "test/support/builders.h"
#include "test/support/catch.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

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
  PortLedger ledger{{}};
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

TEST_CASE("nothing is never while the list of agents is incomplete or outdated", "[port_space]") {
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

TEST_CASE("a number that is declared twice is never, whatever is known of agents", "[port_space]") {
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

TEST_CASE("a pod that waits is told who holds its port, and is reported after a minute", "[port_space]") {
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

TEST_CASE("a nodeSelector that agents without a Node would match is not reported, another is",
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

TEST_CASE("ports that pods share, and that Mesos does not know of, are found", "[port_space]") {
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

TEST_CASE("agents that run short, and roles without ports, are found", "[port_space]") {
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

TEST_CASE("workloads without room for one more pod are counted", "[port_space]") {
  Stage stage;
  stage.agents = {MakeAgent("node1", "[31000-31009]", "[31000-31000]"),
                  MakeAgent("node2", "[31000-31009]", "[31000-31000]")};
  stage.Add("web-1", 31000, "node1");
  stage.Add("web-2", 31000, "node2");
  CHECK(stage.Evaluate()->demands_without_spare == 1);
  stage.agents.push_back(MakeAgent("node3", "[31000-31009]"));
  CHECK(stage.Evaluate()->demands_without_spare == 0);
}

TEST_CASE("a port that is free is named only as long as the agents are up to date", "[port_space]") {
  Stage stage;
  CHECK(stage.Evaluate()->free_port == "31009 is free on 2 of 2 agents");
  stage.fresh = false;
  CHECK(stage.Evaluate()->free_port.empty());
}

}  // namespace
}  // namespace k8sm::controller
