#include "lib/ports/judge.h"

#include "lib/ports/headroom.h"

#include <algorithm>
#include <utility>

namespace k8sm::ports {
namespace {

// The ports that prevent one more pod on an agent whose offer has room for it.
PortSet InTheWay(const PortSet& offer, const PortSet& free, const Demand& demand) {
  const PortSet fixed = demand.fixed - free;
  if (!fixed.empty() || demand.wild == 0) return fixed;
  return offer - free;
}

// Explains why no agent's offer has room. REQUIRES: some agent is eligible.
Judgement WhyNever(const PortSpace& space, const Demand& demand) {
  const PortSet all = space.OfferTo(demand);
  if (all.empty()) return {.why = Why::kNoRole};
  const PortSet outside = demand.fixed - all;
  if (!outside.empty()) return {.why = Why::kOutsideOffers, .ports = outside.Ports()};
  const RoleView& view = space.ViewFor(demand.roles);
  const std::vector<AgentIndex> eligible = space.Eligible(demand);
  const bool together = std::any_of(eligible.begin(), eligible.end(), [&](AgentIndex agent) {
    return view.offer[agent].Contains(demand.fixed);
  });
  if (!together) return {.why = Why::kNeverTogether, .ports = demand.fixed.Ports()};
  return {.why = Why::kTooFew};
}

}  // namespace

Blockers FindBlockers(const PortSpace& space, const Demand& demand, std::span<const HolderIndex> without) {
  const RoleView& view = space.ViewFor(demand.roles);
  Blockers blockers;
  for (const AgentIndex agent : space.Eligible(demand)) {
    if (!HasRoom(view.offer[agent], demand)) continue;
    const PortSet free = space.FreeWithout(agent, demand.roles, without);
    if (HasRoom(free, demand)) continue;
    const PortSet in_the_way = InTheWay(view.offer[agent], free, demand);
    const std::size_t left = kMaxBlockers - blockers.kept.size();
    for (const Port port : in_the_way.Lowest(left)) {
      const Run cell = CellOf(space, agent, port, demand.roles);
      blockers.kept.push_back({agent, port, cell.state, cell.holder});
    }
    blockers.more += in_the_way.size() - std::min<std::size_t>(in_the_way.size(), left);
  }
  return blockers;
}

std::string_view ToString(Verdict verdict) {
  switch (verdict) {
    case Verdict::kFits:
      return "fits";
    case Verdict::kNotNow:
      return "not_now";
    case Verdict::kNever:
      return "never";
    case Verdict::kUnknown:
      return "unknown";
  }
  return "";
}

std::string_view ToString(Why why) {
  switch (why) {
    case Why::kNone:
      return "";
    case Why::kNoPorts:
      return "no_ports";
    case Why::kTaken:
      return "taken";
    case Why::kDuplicate:
      return "duplicate";
    case Why::kNoAgents:
      return "no_agents";
    case Why::kNoAgentMatches:
      return "no_agent_matches";
    case Why::kNoRole:
      return "no_role";
    case Why::kOutsideOffers:
      return "outside_offers";
    case Why::kNeverTogether:
      return "never_together";
    case Why::kTooFew:
      return "too_few";
  }
  return "";
}

Judgement Judge(const PortSpace& space, const Demand& demand) {
  if (!demand.doubled.empty()) {
    return {.verdict = Verdict::kNever, .why = Why::kDuplicate, .ports = demand.doubled};
  }
  if (space.agents().empty() || !space.fresh()) return {.verdict = Verdict::kUnknown, .why = Why::kNoAgents};
  if (!demand.wants_ports()) return {.verdict = Verdict::kFits, .why = Why::kNoPorts};
  if (HeadroomOf(space, demand, Basis::kFree, {}, 1).pods > 0) return {};
  if (HeadroomOf(space, demand, Basis::kOffer, {}, 1).pods > 0) {
    return {.verdict = Verdict::kNotNow, .why = Why::kTaken, .blockers = FindBlockers(space, demand)};
  }
  Judgement judgement =
      space.CountEligible(demand) == 0 ? Judgement{.why = Why::kNoAgentMatches} : WhyNever(space, demand);
  const bool ever = HeadroomOf(space, demand, Basis::kOfferEver, {}, 1).pods > 0;
  judgement.verdict = space.known() && !ever ? Verdict::kNever : Verdict::kUnknown;
  return judgement;
}

}  // namespace k8sm::ports
