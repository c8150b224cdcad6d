#include "controller/port_space/evaluation.h"

#include "lib/base/count.h"
#include "lib/ports/doubts.h"
#include "lib/ports/headroom.h"
#include "lib/ports/sentence.h"

#include <algorithm>
#include <utility>

namespace k8sm::controller {
namespace {

using ports::AgentIndex;
using ports::Verdict;

constexpr AgentIndex kAgentsPerStep = 500;

}  // namespace

Evaluation::Evaluation(ports::SharedSnapshot snapshot, const PortLedger& ledger,
                       const EvaluationOptions& options)
    : options_(options),
      default_roles_(ledger.rules().default_roles),
      report_(std::make_shared<PortReport>(std::move(snapshot))),
      suggester_(report_->space) {
  report_->roles = ledger.rules().framework_roles;
  std::vector<ports::Port> declared;
  for (const DemandGroup& each : ledger.groups()) {
    Group group{.pods = {.group = each.id, .count = each.pending.size()},
                .demand = each.demand,
                .placed = each.bound - each.mirrors};
    for (const auto& [key, pod] : each.pending) {
      if (group.pods.kept.size() == PendingPods::kMaxKept) break;
      group.pods.kept.push_back(pod);
    }
    const std::vector<ports::Port> fixed = each.demand.fixed.Ports();
    declared.insert(declared.end(), fixed.begin(), fixed.end());
    groups_.push_back(std::move(group));
  }
  avoid_ = ports::PortsOfK8sm() | ports::PortSet::OfPorts(std::move(declared));
}

bool Evaluation::Step() {
  if (next_agent_ < report_->space.agents().size()) {
    CountAgents();
  } else if (!counted_) {
    FindClashes();
    FindAstray();
    FindFreePort();
    counted_ = true;
  } else if (next_group_ < groups_.size()) {
    JudgeGroup(groups_[next_group_++]);
  }
  return next_agent_ < report_->space.agents().size() || !counted_ || next_group_ < groups_.size();
}

void Evaluation::CountAgents() {
  const auto all = static_cast<AgentIndex>(report_->space.agents().size());
  const AgentIndex end = std::min(all, next_agent_ + kAgentsPerStep);
  for (; next_agent_ < end; ++next_agent_) CountAgent(next_agent_);
}

void Evaluation::CountAgent(AgentIndex agent) {
  const ports::CellCounts counts = CountCells(report_->space, agent, report_->roles);
  for (std::size_t i = 0; i < counts.by_state.size(); ++i) report_->cells[i] += counts.by_state[i];
  report_->offered += counts.offered;
  report_->free += counts.free;
  if (counts.of(ports::CellState::kUnaccounted) > 0) FindUnaccounted(agent);
  if (!report_->space.agents()[agent].active) {
    ++report_->inactive_agents;
    return;
  }
  ++report_->active_agents;
  if (counts.offered == 0) {
    ++report_->agents_without_ports;
    return;
  }
  report_->free_minimum = std::min(report_->free_minimum.value_or(counts.free), counts.free);
  if (!IsLow(counts, options_.low_percent)) return;
  ++report_->low_agents;
  if (report_->low.size() == PortReport::kMaxListed) {
    report_->cut.low = true;
    return;
  }
  report_->low.push_back({agent, counts.free, counts.offered});
}

void Evaluation::FindUnaccounted(AgentIndex agent) {
  if (report_->cut.unaccounted) return;
  for (const ports::Port port : report_->space.HeldOn(agent).Ports()) {
    const ports::Run cell = CellOf(report_->space, agent, port, report_->roles);
    if (!IsUnaccounted(report_->space, agent, cell, report_->roles)) continue;
    if (report_->unaccounted.size() == PortReport::kMaxListed) {
      report_->cut.unaccounted = true;
      return;
    }
    report_->unaccounted.push_back({agent, port, cell.holder});
  }
}

void Evaluation::FindClashes() {
  ports::Clashes found = ports::FindClashes(report_->space);
  report_->clashes = std::move(found.kept);
  report_->clash_counts = found.counts;
  report_->cut.clashes = found.more;
  report_->roles_without_ports = RolesWithoutPorts(report_->space, report_->roles);
}

void Evaluation::FindAstray() {
  const ports::PortSpace& space = report_->space;
  if (!space.known() || space.agents().empty()) return;
  const ports::PodsWithPorts pods = CountPodsWithPorts(space);
  if (pods.astray < pods.all) return;
  report_->pods_astray = pods.astray;
  report_->astray = pods.first_astray;
}

void Evaluation::FindFreePort() {
  ports::Demand any;
  any.roles = default_roles_;
  const auto found = Suggest(report_->space, {.ports = 1, .replicas = 1, .where = any, .avoid = avoid_});
  if (!found || found->agents == 0 || !report_->space.fresh()) return;
  report_->free_port = std::to_string(found->ports.front()) + " is free on " + std::to_string(found->agents) +
                       " of " + Count(report_->active_agents, "agent");
}

void Evaluation::JudgeGroup(Group& group) {
  const ports::PortSpace& space = report_->space;
  if (group.pods.count == 0) {
    if (group.placed == 0 || !space.fresh() || space.agents().empty()) return;
    const auto spare = HeadroomOf(space, group.demand, ports::Basis::kFree, {},
                                  std::max<std::uint32_t>(options_.reserve, 1));
    if (!spare.AtLeast(options_.reserve)) ++report_->demands_without_spare;
    return;
  }
  ports::Judgement judgement = Judge(space, group.demand);
  report_->pods[static_cast<std::size_t>(judgement.verdict)] += group.pods.count;
  if (judgement.verdict == Verdict::kFits) return;
  if (report_->pending.size() == PortReport::kMaxListed) {
    report_->cut.pending = true;
    return;
  }
  group.pods.sentence = Sentence(space, group.demand, judgement);
  const auto replicas = static_cast<std::uint32_t>(group.pods.count);
  if (judgement.verdict != Verdict::kUnknown) {
    if (const auto instead = SuggestInstead(suggester_, group.demand, judgement, replicas, avoid_))
      group.pods.sentence += ". " + Advice(*instead, space.CountEligible(group.demand));
  }
  group.pods.has_selector = !group.demand.selector.empty();
  group.pods.judgement = std::move(judgement);
  report_->pending.push_back(std::move(group.pods));
}

}  // namespace k8sm::controller
