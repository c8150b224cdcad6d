#include "lib/ports/port_space.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

namespace k8sm::ports {
namespace {

struct SymbolHash {
  std::size_t operator()(const kube::Symbol& symbol) const { return HashOf(symbol); }
};

// Counts for each port the sets that contain it, from the ends of the ranges.
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

PortSet PortsCounted(const std::vector<std::uint32_t>& count) {
  std::vector<Range> ranges;
  for (std::uint32_t port = 1; port <= kMaxPort; ++port) {
    if (count[port] == 0) continue;
    const std::uint32_t begin = port;
    while (port < kMaxPort && count[port + 1] > 0) ++port;
    ranges.push_back({static_cast<Port>(begin), static_cast<Port>(port)});
  }
  return PortSet::Of(std::move(ranges));
}

// The labels of a selector that k8sm derives from agents. Kubelets and users set others on Nodes.
kube::LabelMap LabelsOfAgents(const kube::LabelMap& selector) {
  kube::LabelMap labels;
  for (const kube::Label& label : selector) {
    const std::string_view key = label.key.get();
    if (key == "kubernetes.io/hostname" || key.starts_with("k8s.mesosphere.io/attribute-"))
      labels.Set(label.key, label.value);
  }
  return labels;
}

bool IsBefore(const Hold& a, const Hold& b) {
  return std::tie(a.port, a.holder, a.claim) < std::tie(b.port, b.holder, b.claim);
}

}  // namespace

bool IsForAnyAgent(const Demand& demand) {
  return demand.node.empty() && demand.selector.empty();
}

bool HasRoom(const PortSet& ports, const Demand& demand) {
  return demand.doubled.empty() && ports.size() >= demand.fixed.size() + demand.wild &&
         ports.Contains(demand.fixed);
}

PortSpace::PortSpace(Snapshot snapshot) : PortSpace(Share(std::move(snapshot))) {}

PortSpace::PortSpace(SharedSnapshot snapshot) : snapshot_(std::move(snapshot)) {
  IndexHolds();
}

void PortSpace::IndexHolds() {
  struct Agents {
    AgentIndex first = 0;
    AgentIndex count = 0;
  };
  std::unordered_map<kube::Symbol, Agents, SymbolHash> by_name;
  by_name.reserve(snapshot_.agents.size());
  for (AgentIndex i = 0; i < snapshot_.agents.size(); ++i) {
    if (snapshot_.agents[i]->active) active_.push_back(i);
    if (snapshot_.agents[i]->labels_from == LabelSource::kAgent) nodes_known_ = false;
    ++by_name.try_emplace(snapshot_.agents[i]->name, Agents{i, 0}).first->second.count;
  }

  // Group by agent: count the holds of each, which gives their offsets.
  first_hold_.assign(snapshot_.agents.size() + 1, 0);
  std::vector<Agents> places(snapshot_.holders.size());
  for (HolderIndex i = 0; i < snapshot_.holders.size(); ++i) {
    const Holder& holder = *snapshot_.holders[i];
    const auto found = by_name.find(holder.node);
    if (found == by_name.end()) {
      strays_.push_back(i);
      continue;
    }
    places[i] = found->second;
    for (AgentIndex n = 0; n < places[i].count; ++n) {
      first_hold_[places[i].first + n + 1] += static_cast<std::uint32_t>(holder.claims.size());
    }
  }
  std::partial_sum(first_hold_.begin(), first_hold_.end(), first_hold_.begin());

  holds_.resize(first_hold_.back());
  std::vector<std::uint32_t> next(first_hold_.begin(), first_hold_.end() - 1);
  for (HolderIndex i = 0; i < snapshot_.holders.size(); ++i) {
    const bool leaving = snapshot_.holders[i]->leaving;
    const std::vector<Claim>& claims = snapshot_.holders[i]->claims;
    for (AgentIndex n = 0; n < places[i].count; ++n) {
      std::uint32_t& to = next[places[i].first + n];
      for (std::uint32_t claim = 0; claim < claims.size(); ++claim)
        holds_[to++] = {claims[claim].port, leaving, i, claim};
    }
  }
  SortHolds();
}

void PortSpace::SortHolds() {
  held_.resize(snapshot_.agents.size());
  for (AgentIndex agent = 0; agent < snapshot_.agents.size(); ++agent) {
    const auto begin = holds_.begin() + first_hold_[agent];
    const auto end = holds_.begin() + first_hold_[agent + 1];
    std::sort(begin, end, IsBefore);
    std::vector<Port> ports;
    ports.reserve(static_cast<std::size_t>(end - begin));
    for (auto hold = begin; hold != end; ++hold) ports.push_back(hold->port);
    held_[agent] = PortSet::OfPorts(std::move(ports));
  }
}

bool PortSpace::HasAgent(const kube::Symbol& name, std::string_view id) const {
  const auto at = std::ranges::partition_point(snapshot_.agents, [&](const SharedAgent& agent) {
    return agent->name == name ? agent->id < id : agent->name < name;
  });
  return at != snapshot_.agents.end() && (*at)->name == name && (*at)->id == id;
}

std::span<const Hold> PortSpace::HoldsOf(AgentIndex agent) const {
  return std::span(holds_).subspan(first_hold_[agent], first_hold_[agent + 1] - first_hold_[agent]);
}

bool PortSpace::IsAccounted(AgentIndex agent, Port port) const {
  const std::vector<SharedAgent>& agents = snapshot_.agents;
  const kube::Symbol& name = agents[agent]->name;
  AgentIndex each = agent;
  while (each > 0 && agents[each - 1]->name == name) --each;
  for (; each < agents.size() && agents[each]->name == name; ++each) {
    if (agents[each]->used.Contains(port)) return true;
  }
  return false;
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
    const Agent& agent = *snapshot_.agents[i];
    view.offer.push_back(OfferOf(agent, roles));
    PortSet left = view.offer.back() - agent.used;
    if (left.Intersects(held_[i])) left = left - held_[i];
    view.free.push_back(std::move(left));
    if (!agent.active) continue;
    offered.Add(view.offer.back());
    free.Add(view.free.back());
  }
  view.offer_count = offered.Count();
  view.offered = PortsCounted(view.offer_count);
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

bool PortSpace::HoldsAny(AgentIndex agent, std::span<const HolderIndex> pods) const {
  const std::span<const Hold> holds = HoldsOf(agent);
  return std::any_of(holds.begin(), holds.end(), [&](const Hold& hold) {
    return std::binary_search(pods.begin(), pods.end(), hold.holder);
  });
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
  return view.offer[agent] - (snapshot_.agents[agent]->used - given_back) - kept;
}

bool PortSpace::IsEligible(AgentIndex agent, const Demand& demand) const {
  return snapshot_.agents[agent]->active && HasLabels(agent, demand);
}

bool PortSpace::HasLabels(AgentIndex index, const Demand& demand) const {
  const Agent& agent = *snapshot_.agents[index];
  if (!demand.node.empty() && demand.node != agent.name) return false;
  if (demand.selector.empty()) return true;
  return agent.labels_from != LabelSource::kNoNode && kube::Matches(demand.selector, agent.labels);
}

// Active agents with these labels, wherever they come from.
std::vector<AgentIndex> PortSpace::WithLabels(const kube::LabelMap& labels) const {
  if (labels.empty()) return active_;
  if (!labels_) labels_.emplace(snapshot_.agents, active_);
  std::vector<AgentIndex> agents = labels_->Candidates(labels);
  std::erase_if(agents,
                [&](AgentIndex agent) { return !kube::Matches(labels, snapshot_.agents[agent]->labels); });
  return agents;
}

std::vector<AgentIndex> PortSpace::Eligible(const Demand& demand) const {
  std::vector<AgentIndex> agents = WithLabels(demand.selector);
  if (!IsForAnyAgent(demand))
    std::erase_if(agents, [&](AgentIndex agent) { return !IsEligible(agent, demand); });
  return agents;
}

std::vector<AgentIndex> PortSpace::EligibleEver(const Demand& demand) const {
  std::vector<AgentIndex> agents =
      WithLabels(nodes_known_ ? demand.selector : LabelsOfAgents(demand.selector));
  std::erase_if(agents, [&](AgentIndex agent) {
    return !demand.node.empty() && demand.node != snapshot_.agents[agent]->name;
  });
  return agents;
}

std::size_t PortSpace::CountEligible(const Demand& demand) const {
  return IsForAnyAgent(demand) ? active_.size() : Eligible(demand).size();
}

PortSet PortSpace::OfferTo(const Demand& demand) const {
  const RoleView& view = ViewFor(demand.roles);
  if (IsForAnyAgent(demand)) return view.offered;
  PortSet all;
  for (const AgentIndex agent : Eligible(demand)) {
    // Most agents have equal offers, so the union rarely grows.
    if (!all.Contains(view.offer[agent])) all = all | view.offer[agent];
  }
  return all;
}

}  // namespace k8sm::ports
