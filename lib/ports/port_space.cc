#include "lib/ports/port_space.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

namespace k8sm::ports {
namespace {

struct SymbolHash {
  std::size_t operator()(const kube::Symbol& symbol) const { return HashOf(symbol); }
};

// Adds up, for each port, the agents in whose set it is, from where ranges begin and end.
class PortCounter {
 public:
  PortCounter() : change_(kMaxPort + 2) {}

  void Add(const PortSet& set) {
    for (const Range& range : set.ranges()) {
      ++change_[range.begin];
      --change_[range.end + 1U];
    }
  }

  std::vector<std::uint32_t> Count() const {
    std::vector<std::uint32_t> count(kMaxPort + 1);
    std::int32_t sum = 0;
    for (std::uint32_t port = 0; port <= kMaxPort; ++port) {
      sum += change_[port];
      count[port] = static_cast<std::uint32_t>(sum);
    }
    return count;
  }

 private:
  std::vector<std::int32_t> change_;
};

struct PlacedHold {
  AgentIndex agent;
  Hold hold;
};

bool IsBefore(const PlacedHold& a, const PlacedHold& b) {
  return std::tie(a.agent, a.hold.port, a.hold.holder, a.hold.claim) <
         std::tie(b.agent, b.hold.port, b.hold.holder, b.hold.claim);
}

}  // namespace

std::string NameOf(const Holder& holder) {
  return holder.ns.get() + "/" + holder.name.get();
}

bool HasRoom(const PortSet& ports, const Demand& demand) {
  return demand.doubled.empty() && ports.size() >= demand.fixed.size() + demand.wild &&
         ports.Contains(demand.fixed);
}

PortSpace::PortSpace(Snapshot snapshot) : snapshot_(std::move(snapshot)) {
  std::sort(snapshot_.agents.begin(), snapshot_.agents.end(), [](const Agent& a, const Agent& b) {
    const auto by_name = a.name <=> b.name;
    return by_name == 0 ? a.id < b.id : by_name < 0;
  });
  IndexHolds();
}

void PortSpace::IndexHolds() {
  struct Agents {
    AgentIndex first;
    AgentIndex count;
  };
  std::unordered_map<kube::Symbol, Agents, SymbolHash> by_name;
  by_name.reserve(snapshot_.agents.size());
  for (AgentIndex i = 0; i < snapshot_.agents.size(); ++i) {
    ++by_name.try_emplace(snapshot_.agents[i].name, Agents{i, 0}).first->second.count;
  }

  std::vector<PlacedHold> placed;
  for (HolderIndex i = 0; i < snapshot_.holders.size(); ++i) {
    const Holder& holder = snapshot_.holders[i];
    const auto found = by_name.find(holder.node);
    if (found == by_name.end()) {
      strays_.push_back(i);
      continue;
    }
    for (AgentIndex agent = found->second.first; agent < found->second.first + found->second.count; ++agent) {
      for (std::uint32_t claim = 0; claim < holder.claims.size(); ++claim) {
        placed.push_back({agent, {holder.claims[claim].port, i, claim}});
      }
    }
  }
  std::sort(placed.begin(), placed.end(), IsBefore);

  holds_.reserve(placed.size());
  first_hold_.assign(snapshot_.agents.size() + 1, 0);
  for (const PlacedHold& hold : placed) {
    holds_.push_back(hold.hold);
    ++first_hold_[hold.agent + 1];
  }
  std::partial_sum(first_hold_.begin(), first_hold_.end(), first_hold_.begin());

  held_.resize(snapshot_.agents.size());
  for (AgentIndex agent = 0; agent < snapshot_.agents.size(); ++agent) {
    std::vector<Port> ports;
    for (const Hold& hold : HoldsOf(agent)) ports.push_back(hold.port);
    held_[agent] = PortSet::OfPorts(std::move(ports));
  }
}

std::span<const Hold> PortSpace::HoldsOf(AgentIndex agent) const {
  return std::span(holds_).subspan(first_hold_[agent], first_hold_[agent + 1] - first_hold_[agent]);
}

PortSet PortSpace::OfferOf(const Agent& agent, std::span<const std::string> roles) const {
  PortSet offer;
  for (const auto& [role, ports] : agent.offered) {
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) offer = offer | ports;
  }
  return offer;
}

RoleView PortSpace::MakeView(std::span<const std::string> roles) const {
  RoleView view;
  view.offer.reserve(snapshot_.agents.size());
  view.free.reserve(snapshot_.agents.size());
  PortCounter offered;
  PortCounter free;
  for (AgentIndex i = 0; i < snapshot_.agents.size(); ++i) {
    const Agent& agent = snapshot_.agents[i];
    view.offer.push_back(OfferOf(agent, roles));
    view.free.push_back(view.offer.back() - agent.used - held_[i]);
    if (!agent.active) continue;
    offered.Add(view.offer.back());
    free.Add(view.free.back());
  }
  view.offer_count = offered.Count();
  view.free_count = free.Count();
  return view;
}

const RoleView& PortSpace::ViewFor(std::span<const std::string> roles) const {
  std::vector<std::string> key(roles.begin(), roles.end());
  std::sort(key.begin(), key.end());
  const auto found = views_.find(key);
  if (found != views_.end()) return found->second;
  RoleView view = MakeView(key);
  return views_.emplace(std::move(key), std::move(view)).first->second;
}

PortSet PortSpace::FreeWithout(AgentIndex agent, std::span<const std::string> roles,
                               std::span<const HolderIndex> without) const {
  const RoleView& view = ViewFor(roles);
  std::vector<Port> own;
  std::vector<Port> others;
  for (const Hold& hold : HoldsOf(agent)) {
    const bool is_own = std::binary_search(without.begin(), without.end(), hold.holder);
    (is_own ? own : others).push_back(hold.port);
  }
  if (own.empty()) return view.free[agent];
  const PortSet kept = PortSet::OfPorts(std::move(others));
  const PortSet given_back = PortSet::OfPorts(std::move(own)) - kept;
  return view.offer[agent] - (snapshot_.agents[agent].used - given_back) - kept;
}

bool PortSpace::IsEligible(AgentIndex index, const Demand& demand) const {
  const Agent& agent = snapshot_.agents[index];
  if (!agent.active) return false;
  if (!demand.node.empty() && demand.node != agent.name) return false;
  return demand.selector.empty() || kube::Matches(demand.selector, agent.labels);
}

std::vector<AgentIndex> PortSpace::Eligible(const Demand& demand) const {
  std::vector<AgentIndex> eligible;
  for (AgentIndex agent = 0; agent < snapshot_.agents.size(); ++agent) {
    if (IsEligible(agent, demand)) eligible.push_back(agent);
  }
  return eligible;
}

}  // namespace k8sm::ports
