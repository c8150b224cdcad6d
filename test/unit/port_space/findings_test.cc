#include "controller/port_space/findings.h"

#include "lib/ports/port_text.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Symbol;
using ports::Verdict;
using ports::Why;

ports::Holder MakeHolder(const std::string& name, bool mirror = false) {
  return {.ns = Symbol("shop"),
          .name = Symbol(name),
          .uid = kube::Uid("uid-" + name),
          .node = Symbol("node1"),
          .mirror = mirror,
          .claims = {{.port = 31000}}};
}

// A report with one agent, the pods of these names on it, and no findings.
PortReport MakeReport(std::vector<ports::Holder> holders = {}) {
  ports::Agent agent;
  agent.id = "S1";
  agent.name = Symbol("node1");
  agent.offered.emplace_back("*", ports::ParseRanges("[31000-31009]").value());
  return PortReport(ports::Share({.agents = {agent}, .holders = std::move(holders)}));
}

// All of a finding: its texts, when it is reported, and its events.
std::string Describe(const PortFinding& finding) {
  std::string text = std::string(finding.rule) + " [" + finding.key + "]\n" + finding.text + "\n" +
                     finding.over + "\n" + std::to_string(finding.patience.count()) + " s" +
                     (finding.needs_two_polls ? ", two polls" : "") +
                     (finding.needs_agents ? ", agents" : "") + (finding.needs_nodes ? ", nodes" : "") + "\n";
  for (const PendingPod& pod : finding.pods) text += ToString(pod.key) + "=" + pod.uid.Text() + " ";
  return text + std::string(finding.event_reason) + ": " + finding.event_text + "\n";
}

// The only finding of the report.
std::string Only(const PortReport& report) {
  const auto findings = FindingsOf(report);
  REQUIRE(findings.size() == 1);
  return Describe(findings[0]);
}

PendingPods Pending(Verdict verdict, Why why, std::size_t count = 1, bool has_selector = false) {
  PendingPods pending;
  pending.group = 7;
  for (std::size_t i = 1; i <= count && i <= 2; ++i) {
    const std::string name = "web-" + std::to_string(i);
    pending.kept.push_back({{Symbol("shop"), Symbol(name)}, kube::Uid("uid-" + name), std::nullopt});
  }
  pending.count = count;
  pending.judgement.verdict = verdict;
  pending.judgement.why = why;
  pending.has_selector = has_selector;
  pending.sentence = "because";
  return pending;
}

TEST_CASE("of a group's two findings each is the other's counterpart", "[findings]") {
  PortReport report = MakeReport();
  report.pending = {Pending(Verdict::kNever, Why::kOutsideOffers)};
  const auto never = FindingsOf(report);
  report.pending = {Pending(Verdict::kNotNow, Why::kTaken)};
  const auto waits = FindingsOf(report);
  CHECK(never[0].counterpart == waits[0].key);
  CHECK(waits[0].counterpart == never[0].key);
}

TEST_CASE("a pod that can never be scheduled is reported at once, one that waits after a minute",
          "[findings]") {
  PortReport report = MakeReport();
  report.pending = {Pending(Verdict::kNever, Why::kOutsideOffers)};
  CHECK(Only(report) ==
        "port-outside-offers [never 7]\n"
        "pod shop/web-1 can never be scheduled: because\n"
        "pod shop/web-1 is no longer held up by host ports\n"
        "0 s, agents\n"
        "shop/web-1=uid-web-1 HostPortOutsideOffers: can never be scheduled: because\n");
  report.pending = {Pending(Verdict::kNotNow, Why::kTaken, 3, true)};
  CHECK(
      Only(report) ==
      "port-taken [waits 7]\n"
      "pod shop/web-1 (and 2 more like it) waits for host ports: because\n"
      "pod shop/web-1 (and 2 more like it) is no longer held up by host ports\n"
      "60 s, agents, nodes\n"
      "shop/web-1=uid-web-1 shop/web-2=uid-web-2 HostPortTaken: waits for host ports: because; so do 2 more "
      "pods\n");
}

TEST_CASE("each reason for a never verdict has its rule and event, and only a duplicate port needs no agents",
          "[findings]") {
  struct Case {
    Why why;
    const char* rule;
    const char* event;
    bool needs_agents;
  };
  const auto [why, rule, event, needs_agents] =
      GENERATE(Case{Why::kDuplicate, "port-duplicate", "HostPortDuplicate", false},
               Case{Why::kNoAgentMatches, "port-no-agent", "NoAgentMatchesSelector", true},
               Case{Why::kNoRole, "port-no-role", "HostPortOutsideOffers", true},
               Case{Why::kOutsideOffers, "port-outside-offers", "HostPortOutsideOffers", true},
               Case{Why::kNeverTogether, "port-never-together", "HostPortOutsideOffers", true},
               Case{Why::kTooFew, "port-too-few", "HostPortOutsideOffers", true});
  PortReport report = MakeReport();
  report.pending = {Pending(Verdict::kNever, why, 1, true)};
  const auto findings = FindingsOf(report);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].rule == rule);
  CHECK(findings[0].event_reason == event);
  CHECK(findings[0].needs_agents == needs_agents);
  CHECK(findings[0].needs_nodes == needs_agents);
  for (const Verdict verdict : {Verdict::kFits, Verdict::kUnknown}) {
    report.pending = {Pending(verdict, Why::kNoAgents)};
    CHECK(FindingsOf(report).empty());
  }
}

TEST_CASE("two pods that share a port are one finding, in whatever order they are listed", "[findings]") {
  const bool other_order = GENERATE(false, true);
  PortReport report = MakeReport(other_order ? std::vector{MakeHolder("b"), MakeHolder("a")}
                                             : std::vector{MakeHolder("a"), MakeHolder("b")});
  report.clashes = {{.agent = 0, .port = 31000, .a = 0, .b = 1, .bind = true}};
  CHECK(Only(report) ==
        "port-clash [clash 31000 uid-a uid-b]\n"
        "pods shop/a and shop/b both hold host port 31000 on agent node1: one of them cannot listen; delete "
        "one, or give it another port\n"
        "pods shop/a and shop/b no longer share host port 31000 on agent node1\n"
        "0 s\n"
        "shop/b=uid-b HostPortConflict: pods shop/a and shop/b both hold host port 31000 on agent node1: one "
        "of them cannot listen; delete one, or give it another port\n");
  report.clashes[0].bind = false;
  const auto findings = FindingsOf(report);
  CHECK(findings[0].text ==
        "pods shop/a and shop/b both hold host port 31000 on agent node1: both can listen, but Mesos counts "
        "the number once; give one another port");
  CHECK(findings[0].event_reason.empty());
}

TEST_CASE("a port that Mesos does not know to be held is reported after two polls", "[findings]") {
  const bool mirror = GENERATE(false, true);
  PortReport report = MakeReport({MakeHolder("other"), MakeHolder("a", mirror)});
  report.unaccounted = {{.agent = 0, .port = 31000, .holder = 1}};
  const std::string text =
      "pod shop/a holds host port 31000 on agent node1, which Mesos takes for free and may offer: " +
      std::string(mirror ? "it is a static pod's; take the port out of the agent's --resources"
                         : "take the port out of the agent's --resources, or give the pod another");
  CHECK(Only(report) ==
        "port-unaccounted [unaccounted 31000 uid-a]\n" + text +
            "\n"
            "pod shop/a no longer holds host port 31000 on agent node1 without Mesos' knowledge\n"
            "0 s, two polls, agents\n"
            "shop/a=uid-a HostPortUnaccounted: " +
            text + "\n");
}

TEST_CASE("agents on which no pod is are reported without an event, after a minute and two polls",
          "[findings]") {
  PortReport report = MakeReport({MakeHolder("a"), MakeHolder("b")});
  report.master = "m1:5050";
  report.astray = 1;
  report.pods_astray = 1;
  const std::string head = "port-no-pod-on-agents [master]\n";
  const std::string tail =
      "; does -mesos_master name the master of this cluster?\n"
      "pods with host ports are on agents of Mesos, or none is left\n"
      "60 s, two polls, agents\n"
      ": \n";
  const std::string text = "no pod with host ports is on an agent of m1:5050: shop/b is on node node1";
  CHECK(Only(report) == head + text + tail);
  report.pods_astray = 3;
  CHECK(Only(report) == head + text + ", and 2 more pods on others like it" + tail);
}

TEST_CASE("roles without ports and agents short of ports are reported without events", "[findings]") {
  PortReport report = MakeReport();
  report.roles_without_ports = {"fixed"};
  report.low = {{.agent = 0, .free = 1, .offered = 10}};
  const auto findings = FindingsOf(report);
  REQUIRE(findings.size() == 2);
  CHECK(Describe(findings[0]) ==
        "port-role-without-ports [role fixed]\n"
        "role \"fixed\" has ports on no agent: may the principal view it (ACL view_roles), and does "
        "-mesos_framework_roles name it right?\n"
        "role \"fixed\" has ports\n"
        "0 s, agents\n"
        ": \n");
  CHECK(Describe(findings[1]) ==
        "port-agent-low [low S1]\n"
        "agent node1 is short of host ports: 1 of 10 free; extend its ranges, or add agents\n"
        "agent node1 is no longer short of host ports\n"
        "0 s, agents\n"
        ": \n");
}

}  // namespace
}  // namespace k8sm::controller
