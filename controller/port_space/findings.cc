#include "controller/port_space/findings.h"

#include "lib/base/count.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using ports::Verdict;
using ports::Why;

constexpr std::chrono::seconds kPatience{60};

std::string_view RuleOf(Why why) {
  switch (why) {
    case Why::kTaken:
      return "port-taken";
    case Why::kDuplicate:
      return "port-duplicate";
    case Why::kNoAgentMatches:
      return "port-no-agent";
    case Why::kNoRole:
      return "port-no-role";
    case Why::kOutsideOffers:
      return "port-outside-offers";
    case Why::kNeverTogether:
      return "port-never-together";
    case Why::kTooFew:
      return "port-too-few";
    case Why::kNone:
    case Why::kNoPorts:
    case Why::kNoAgents:
      break;
  }
  return "";
}

std::string_view EventReasonOf(const ports::Judgement& judgement) {
  if (judgement.verdict != Verdict::kNever) return "HostPortTaken";
  if (judgement.why == Why::kDuplicate) return "HostPortDuplicate";
  return judgement.why == Why::kNoAgentMatches ? "NoAgentMatchesSelector" : "HostPortOutsideOffers";
}

PortFinding OfPending(const PendingPods& pending) {
  const bool never = pending.judgement.verdict == Verdict::kNever;
  std::string pod = "pod " + ToString(pending.kept.front().key);
  if (pending.count > 1) pod += " (and " + std::to_string(pending.count - 1) + " more like it)";
  PortFinding finding;
  finding.rule = RuleOf(pending.judgement.why);
  finding.key = KeyOfPending(pending.group, never);
  finding.counterpart = KeyOfPending(pending.group, !never);
  finding.text = pod + (never ? " can never be scheduled: " : " waits for host ports: ") + pending.sentence;
  finding.over = pod + " is no longer held up by host ports";
  finding.patience = never ? std::chrono::seconds(0) : kPatience;
  finding.needs_agents = pending.judgement.why != Why::kDuplicate;
  finding.needs_nodes = finding.needs_agents && pending.has_selector;
  finding.pods = pending.kept;
  finding.event_reason = EventReasonOf(pending.judgement);
  finding.event_text = (never ? "can never be scheduled: " : "waits for host ports: ") + pending.sentence;
  if (pending.count > 1) finding.event_text += "; so do " + Count(pending.count - 1, "more pod");
  return finding;
}

PendingPod PodOf(const ports::Holder& holder) {
  return {{holder.ns, holder.name}, holder.uid, std::nullopt};
}

PortFinding OfClash(const PortReport& report, const ports::Clash& clash) {
  // Holders are in no particular order, which may be another one in the next evaluation.
  const auto by_name = [](const ports::Holder& x, const ports::Holder& y) { return NameOf(x) < NameOf(y); };
  const auto& [a, b] = std::minmax(report.space.holders()[clash.a], report.space.holders()[clash.b], by_name);
  const std::string what =
      "host port " + std::to_string(clash.port) + " on agent " + report.space.agents()[clash.agent].name;
  PortFinding finding;
  finding.kind = FindingKind::kClash;
  finding.rule = "port-clash";
  finding.key = "clash " + std::to_string(clash.port) + " " + a.uid.Text() + " " + b.uid.Text();
  finding.text = "pods " + NameOf(a) + " and " + NameOf(b) + " both hold " + what + ": " +
                 (clash.bind ? "one of them cannot listen; delete one, or give it another port"
                             : "both can listen, but Mesos counts the number once; give one another port");
  finding.over = "pods " + NameOf(a) + " and " + NameOf(b) + " no longer share " + what;
  finding.needs_agents = false;
  finding.pods = {PodOf(b)};
  if (clash.bind) finding.event_reason = "HostPortConflict";
  finding.event_text = finding.text;
  return finding;
}

PortFinding OfUnaccounted(const PortReport& report, const UnaccountedPort& port) {
  const ports::Holder& holder = report.space.holders()[port.holder];
  const std::string what =
      "host port " + std::to_string(port.port) + " on agent " + report.space.agents()[port.agent].name;
  PortFinding finding;
  finding.kind = FindingKind::kUnaccounted;
  finding.rule = "port-unaccounted";
  finding.key = "unaccounted " + std::to_string(port.port) + " " + holder.uid.Text();
  finding.text = "pod " + NameOf(holder) + " holds " + what + ", which Mesos takes for free and may offer: " +
                 (holder.mirror ? "it is a static pod's; take the port out of the agent's --resources"
                                : "take the port out of the agent's --resources, or give the pod another");
  finding.over = "pod " + NameOf(holder) + " no longer holds " + what + " without Mesos' knowledge";
  finding.needs_two_polls = true;
  finding.pods = {PodOf(holder)};
  finding.event_reason = "HostPortUnaccounted";
  finding.event_text = finding.text;
  return finding;
}

PortFinding OfLow(const PortReport& report, const LowAgent& low) {
  const ports::Agent& agent = report.space.agents()[low.agent];
  PortFinding finding;
  finding.kind = FindingKind::kLow;
  finding.rule = "port-agent-low";
  finding.key = "low " + agent.id;
  finding.agent_name = agent.name;
  finding.agent_id = agent.id;
  finding.text = "agent " + agent.name + " is short of host ports: " + std::to_string(low.free) + " of " +
                 std::to_string(low.offered) + " free; extend its ranges, or add agents";
  finding.over = "agent " + agent.name + " is no longer short of host ports";
  return finding;
}

PortFinding OfRole(const std::string& role) {
  PortFinding finding;
  finding.kind = FindingKind::kRole;
  finding.rule = "port-role-without-ports";
  finding.key = "role " + role;
  finding.text = "role \"" + role +
                 "\" has ports on no agent: may the principal view it (ACL view_roles), and does "
                 "-mesos_framework_roles name it right?";
  finding.over = "role \"" + role + "\" has ports";
  return finding;
}

PortFinding OfMaster(const PortReport& report) {
  const ports::Holder& holder = report.space.holders()[report.astray];
  PortFinding finding;
  finding.kind = FindingKind::kMaster;
  finding.rule = "port-no-pod-on-agents";
  finding.key = "master";
  finding.text = "no pod with host ports is on an agent of " + report.master + ": " + NameOf(holder) +
                 " is on node " + std::string(holder.node.get());
  if (report.pods_astray > 1)
    finding.text += ", and " + Count(report.pods_astray - 1, "more pod") + " on others like it";
  finding.text += "; does -mesos_master name the master of this cluster?";
  finding.over = "pods with host ports are on agents of Mesos, or none is left";
  finding.patience = kPatience;
  finding.needs_two_polls = true;
  return finding;
}

}  // namespace

std::string KeyOfPending(std::uint64_t group, bool never) {
  return (never ? "never " : "waits ") + std::to_string(group);
}

std::vector<PortFinding> FindingsOf(const PortReport& report) {
  std::vector<PortFinding> findings;
  for (const PendingPods& pending : report.pending) {
    const Verdict verdict = pending.judgement.verdict;
    if (verdict == Verdict::kNever || verdict == Verdict::kNotNow) findings.push_back(OfPending(pending));
  }
  for (const ports::Clash& clash : report.clashes) findings.push_back(OfClash(report, clash));
  for (const UnaccountedPort& port : report.unaccounted) findings.push_back(OfUnaccounted(report, port));
  for (const std::string& role : report.roles_without_ports) findings.push_back(OfRole(role));
  if (report.pods_astray > 0) findings.push_back(OfMaster(report));
  for (const LowAgent& low : report.low) findings.push_back(OfLow(report, low));
  return findings;
}

}  // namespace k8sm::controller
