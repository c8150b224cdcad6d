#include "controller/ports_program/commands.h"
#include "controller/ports_program/findings_of.h"
#include "lib/base/count.h"
#include "lib/ports/clash.h"
#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"
#include "lib/ports/suggest.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace k8sm::ports_program {
namespace {

using ports::AgentIndex;
using ports::Demand;

// Pods of one namespace with the same demand.
struct Group {
  std::vector<std::size_t> pending;
  std::vector<std::size_t> bound;
  Demand demand;
  std::string ns;
};

class LiveCheck {
 public:
  LiveCheck(const State& state, const Options& options) : state_(state), options_(options) {
    avoid_ = options.avoid | ports::PortsOfK8sm() | state.declared;
  }

  CheckResult Run() {
    CollectGroups();
    for (const Group& group : groups_) CheckGroup(group);
    CheckClashes();
    CheckAgents();
    std::stable_sort(result_.findings.begin(), result_.findings.end(),
                     [](const Finding& a, const Finding& b) { return a.level < b.level; });
    result_.unknown = result_.unknown || !state_.space.known() || state_.space.agents().empty();
    return std::move(result_);
  }

 private:
  void CollectGroups() {
    std::unordered_map<std::size_t, std::vector<std::size_t>> by_hash;
    for (std::size_t i = 0; i < state_.cluster.pods.size(); ++i) {
      const ClusterPod& pod = state_.cluster.pods[i];
      if (pod.ended) continue;
      Demand demand = DemandOf(pod.spec, options_.rules);
      if (!demand.wants_ports() && demand.doubled.empty()) continue;
      result_.workloads.push_back(
          {"", 0, "Pod", std::string(pod.holder.ns.get()), std::string(pod.holder.name.get())});
      if (pod.bound()) demand.node = {};
      Group& group = GroupOf(std::move(demand), pod.holder.ns.get(), by_hash);
      (pod.bound() ? group.bound : group.pending).push_back(i);
    }
  }

  Group& GroupOf(Demand demand, std::string_view ns,
                 std::unordered_map<std::size_t, std::vector<std::size_t>>& by_hash) {
    std::vector<std::size_t>& same_hash = by_hash[HashOf(demand) ^ std::hash<std::string_view>()(ns)];
    for (const std::size_t index : same_hash) {
      if (groups_[index].ns == ns && groups_[index].demand == demand) return groups_[index];
    }
    same_hash.push_back(groups_.size());
    groups_.push_back({{}, {}, std::move(demand), std::string(ns)});
    return groups_.back();
  }

  void CheckGroup(const Group& group) {
    const Judgement judgement = Judge(state_.space, group.demand);
    result_.unknown = result_.unknown || judgement.verdict == ports::Verdict::kUnknown;
    if (!group.pending.empty()) {
      if (judgement.verdict != ports::Verdict::kFits) AddPending(group, judgement);
    } else if (judgement.why != ports::Why::kNoAgents && !IsStatic(group)) {
      AddNoSpare(group);
    }
  }

  using Judgement = ports::Judgement;

  void AddPending(const Group& group, const Judgement& judgement) {
    if (RuleOf(judgement.why).empty()) return;
    Finding finding;
    finding.rule = std::string(RuleOf(judgement.why));
    finding.level = judgement.verdict == ports::Verdict::kNever     ? Level::kError
                    : judgement.verdict == ports::Verdict::kUnknown ? Level::kNote
                                                                    : Level::kWarning;
    finding.ports = judgement.ports.empty() ? group.demand.fixed.Ports() : judgement.ports;
    finding.message = Sentence(state_.space, group.demand, judgement) + ".";
    const auto replicas = static_cast<std::uint32_t>(group.pending.size());
    if (const auto instead = SuggestInstead(state_.space, group.demand, judgement, replicas, avoid_)) {
      finding.suggestion = instead->ports;
      finding.message += " " + Advice(*instead, state_.space.CountEligible(group.demand)) + ".";
    }
    if (finding.level == Level::kNote)
      finding.message += " Not certain: " + DoubtOf(state_.space, group.demand) + ".";
    AddFor(group.pending, std::move(finding));
  }

  // Whether the pods are static ones, which the scheduler does not place.
  bool IsStatic(const Group& group) const {
    return std::ranges::all_of(group.bound,
                               [&](std::size_t pod) { return state_.cluster.pods[pod].holder.mirror; });
  }

  void AddNoSpare(const Group& group) {
    const auto spare = HeadroomOf(state_.space, group.demand, ports::Basis::kFree, {}, options_.reserve);
    if (spare.AtLeast(options_.reserve)) return;
    Finding finding;
    finding.rule = "port-no-spare";
    finding.level = Level::kNote;
    finding.ports = group.demand.fixed.Ports();
    finding.message = "room for " + Count(spare.pods, "more pod") +
                      ": one agent lost, or one rollout, and it waits. Add an agent that offers the ports.";
    AddFor(group.bound, std::move(finding));
  }

  // Reported for the first of the pods, with the number of the others.
  void AddFor(const std::vector<std::size_t>& pods, Finding finding) {
    const ports::Holder& first = state_.cluster.pods[pods.front()].holder;
    finding.kind = "Pod";
    finding.ns = first.ns.get();
    finding.name = first.name.get();
    if (pods.size() > 1) finding.message += " And " + Count(pods.size() - 1, "more pod") + " like it.";
    result_.findings.push_back(std::move(finding));
  }

  void CheckClashes() {
    for (const ports::Clash& clash : ports::FindClashes(state_.space).kept) {
      Finding finding;
      finding.rule = "port-clash";
      finding.level = Level::kWarning;
      finding.kind = "Pod";
      const ports::Holder& a = state_.space.holders()[clash.a];
      finding.ns = a.ns.get();
      finding.name = a.name.get();
      finding.ports = {clash.port};
      finding.message = std::to_string(clash.port) + " on " + state_.space.agents()[clash.agent].name +
                        " is held by " + NameOf(state_.space.holders()[clash.b]) + " too: " +
                        (clash.bind ? "one of them cannot listen. Delete one, or give it another port."
                                    : "both can listen, but Mesos' account is wrong. Give one another port.");
      result_.findings.push_back(std::move(finding));
    }
  }

  void CheckAgents() {
    for (AgentIndex agent = 0; agent < state_.space.agents().size(); ++agent) {
      for (const ports::Port port : state_.space.HeldOn(agent).Ports()) CheckHeld(agent, port);
      const auto counts = CountCells(state_.space, agent, options_.rules.framework_roles);
      if (state_.space.agents()[agent].active && IsLow(counts, options_.low_percent)) AddLow(agent, counts);
    }
  }

  void CheckHeld(AgentIndex agent, ports::Port port) {
    const ports::Run cell = CellOf(state_.space, agent, port, options_.rules.framework_roles);
    if (!IsUnaccounted(state_.space, agent, cell, options_.rules.framework_roles)) return;
    const ports::Holder& holder = state_.space.holders()[cell.holder];
    Finding finding;
    finding.rule = "port-unaccounted";
    finding.level = Level::kWarning;
    finding.kind = "Pod";
    finding.ns = holder.ns.get();
    finding.name = holder.name.get();
    finding.ports = {port};
    finding.message = std::to_string(port) + " on " + state_.space.agents()[agent].name +
                      " is free as Mesos sees it" +
                      (holder.mirror ? ": it is a static pod's. Take the port out of the agent's --resources."
                                     : ". Look again in a minute; else take the port out of the agent's "
                                       "--resources, or give the pod another.");
    result_.findings.push_back(std::move(finding));
  }

  void AddLow(AgentIndex agent, const ports::CellCounts& counts) {
    Finding finding;
    finding.rule = "port-agent-low";
    finding.level = Level::kWarning;
    finding.kind = "Agent";
    finding.name = state_.space.agents()[agent].name.get();
    finding.message = std::to_string(counts.free) + " of " + Count(counts.offered, "port") +
                      " are free. Extend the agent's ranges, or add agents.";
    result_.findings.push_back(std::move(finding));
  }

  const State& state_;
  const Options& options_;
  ports::PortSet avoid_;
  std::vector<Group> groups_;
  CheckResult result_;
};

}  // namespace

CheckResult CheckLive(const State& state, const Options& options) {
  return LiveCheck(state, options).Run();
}

}  // namespace k8sm::ports_program
