#include "lib/ports/suggest.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace k8sm::ports {
namespace {

// A 64-bit mix (splitmix64). Equal sets of agents have equal sums; different sets collide with a probability
// of 2^-64.
std::uint64_t MarkOf(AgentIndex agent) {
  std::uint64_t mark = (agent + 1) * 0x9E3779B97F4A7C15U;
  mark = (mark ^ (mark >> 30)) * 0xBF58476D1CE4E5B9U;
  mark = (mark ^ (mark >> 27)) * 0x94D049BB133111EBU;
  return mark ^ (mark >> 31);
}

struct Site {
  AgentIndex agent;
  PortSet free;  // without the ports that are kept
};

class Search {
 public:
  Search(const PortSpace& space, const Wish& wish) : wish_(wish), banned_(space.node_ports() | wish.avoid) {
    const RoleView& view = space.ViewFor(wish.where.roles);
    for (const AgentIndex agent : space.Eligible(wish.where)) {
      if (!view.free[agent].Contains(wish.where.fixed)) continue;
      PortSet free = view.free[agent] - wish.where.fixed;
      if (free.empty()) continue;
      first_ = std::min(first_, free.ranges().front().begin);
      last_ = std::max(last_, free.ranges().back().end);
      sites_.push_back({agent, std::move(free)});
    }
    if (!sites_.empty()) CountAll();
  }

  std::optional<Suggestion> Run() {
    if (wish_.ports == 0 || candidates_.size() < wish_.ports) return std::nullopt;
    if (wish_.contiguous) return BestWindow();
    GroupBySites();
    Suggestion best;
    std::uint64_t best_sum = 0;
    for (const std::vector<Port>& pick : {PickOneGroup(), PickGreedily()}) {
      if (pick.empty()) continue;
      const std::uint64_t room = RoomOf(pick);
      const std::uint64_t sum = std::accumulate(pick.begin(), pick.end(), std::uint64_t{0});
      if (!best.ports.empty() && std::tie(best.agents, best_sum) >= std::tie(room, sum)) continue;
      best.ports = pick;
      best.agents = room;
      best_sum = sum;
    }
    std::sort(best.ports.begin(), best.ports.end());
    best.enough = best.agents >= wish_.replicas;
    best.best_possible = best.agents == Bound();
    return best;
  }

 private:
  struct Group {
    std::uint32_t agents;
    std::vector<Port> ports;  // ascending
  };

  void CountAll() {
    std::vector<std::int64_t> change(ports() + 1);
    std::vector<std::uint64_t> flip(ports() + 1);
    for (const Site& site : sites_) {
      const std::uint64_t mark = MarkOf(site.agent);
      for (const Range& range : site.free.ranges()) {
        ++change[At(range.begin)];
        --change[At(range.end) + 1];
        flip[At(range.begin)] ^= mark;
        flip[At(range.end) + 1] ^= mark;
      }
    }
    count_.resize(ports());
    mark_.resize(ports());
    std::int64_t count = 0;
    std::uint64_t mark = 0;
    for (std::size_t i = 0; i < ports(); ++i) {
      count_[i] = static_cast<std::uint32_t>(count += change[i]);
      mark_[i] = mark ^= flip[i];
      const auto port = static_cast<Port>(first_ + i);
      if (count_[i] > 0 && !banned_.Contains(port)) candidates_.push_back(port);
    }
  }

  // Tables begin with the first port that is free anywhere and end with the last.
  std::size_t ports() const { return last_ - first_ + std::size_t{1}; }
  std::size_t At(Port port) const { return static_cast<std::size_t>(port - first_); }

  bool HasWildRoom(const Site& site) const { return site.free.size() >= wish_.ports + wish_.where.wild; }

  std::uint64_t RoomOf(const std::vector<Port>& ports) const {
    const PortSet set = PortSet::OfPorts(ports);
    return static_cast<std::uint64_t>(std::count_if(sites_.begin(), sites_.end(), [&](const Site& site) {
      return HasWildRoom(site) && site.free.Contains(set);
    }));
  }

  // No set of that many ports can be free on more agents than its rarest port.
  std::uint32_t Bound() const {
    std::vector<std::uint32_t> counts;
    for (const Port port : candidates_) counts.push_back(count_[At(port)]);
    const auto nth = counts.begin() + (wish_.ports - 1);
    std::nth_element(counts.begin(), nth, counts.end(), std::greater<>());
    return *nth;
  }

  std::optional<Suggestion> BestWindow() const {
    const std::uint32_t width = wish_.ports;
    std::vector<std::int64_t> change(ports() + 1);
    for (const Site& site : sites_) {
      if (!HasWildRoom(site)) continue;
      for (const Range& range : site.free.ranges()) {
        if (range.end - range.begin + 1U < width) continue;
        ++change[At(range.begin)];
        --change[At(range.end) - width + 2];
      }
    }
    std::vector<bool> is_candidate(ports());
    for (const Port port : candidates_) is_candidate[At(port)] = true;
    std::optional<Suggestion> best;
    std::int64_t agents = 0;
    std::uint32_t candidates_in_row = 0;
    for (std::size_t i = 0; i < ports(); ++i) {
      candidates_in_row = is_candidate[i] ? candidates_in_row + 1 : 0;
      if (i + 1 < width) continue;
      const std::size_t begin = i + 1 - width;
      agents += change[begin];
      if (candidates_in_row < width || (best && static_cast<std::uint64_t>(agents) < best->agents)) continue;
      best = Suggestion{.ports = {static_cast<Port>(first_ + begin)},
                        .agents = static_cast<std::uint64_t>(agents)};
    }
    if (!best) return best;
    for (std::uint32_t i = 1; i < width; ++i) best->ports.push_back(static_cast<Port>(best->ports[0] + i));
    best->enough = best->agents >= wish_.replicas;
    return best;
  }

  void GroupBySites() {
    std::unordered_map<std::uint64_t, std::size_t> by_mark;
    for (const Port port : candidates_) {
      const auto [found, is_new] = by_mark.try_emplace(mark_[At(port)], groups_.size());
      if (is_new) groups_.push_back({count_[At(port)], {}});
      groups_[found->second].ports.push_back(port);
    }
  }

  // The highest ports of the group with the most agents; ties are broken by the highest port.
  std::vector<Port> PickOneGroup() const {
    const Group* best = nullptr;
    for (const Group& group : groups_) {
      if (group.ports.size() < wish_.ports) continue;
      if (best == nullptr || IsBetter(group, *best)) best = &group;
    }
    if (best == nullptr) return {};
    return {best->ports.end() - wish_.ports, best->ports.end()};
  }

  static bool IsBetter(const Group& a, const Group& b) {
    return std::tuple(a.agents, a.ports.back()) > std::tuple(b.agents, b.ports.back());
  }

  // Starts with the best group, then repeatedly adds the group that shares the most agents with the ports
  // taken.
  std::vector<Port> PickGreedily() const {
    std::vector<const Site*> shared;
    for (const Site& site : sites_) shared.push_back(&site);
    std::vector<bool> used(groups_.size());
    std::vector<Port> picked;
    while (picked.size() < wish_.ports) {
      const std::vector<std::uint32_t> count = CountAmong(shared);
      std::size_t best = groups_.size();
      for (std::size_t i = 0; i < groups_.size(); ++i) {
        if (used[i]) continue;
        if (best == groups_.size() ||
            std::tuple(count[At(groups_[i].ports.front())], groups_[i].ports.back()) >
                std::tuple(count[At(groups_[best].ports.front())], groups_[best].ports.back()))
          best = i;
      }
      used[best] = true;
      const std::vector<Port>& ports = groups_[best].ports;
      const std::size_t taken = std::min<std::size_t>(ports.size(), wish_.ports - picked.size());
      picked.insert(picked.end(), ports.end() - static_cast<std::ptrdiff_t>(taken), ports.end());
      std::erase_if(shared, [&](const Site* site) { return !site->free.Contains(ports.front()); });
    }
    return picked;
  }

  // By port: on how many of these agents it is free.
  std::vector<std::uint32_t> CountAmong(const std::vector<const Site*>& sites) const {
    std::vector<std::int32_t> change(ports() + 1);
    for (const Site* site : sites) {
      for (const Range& range : site->free.ranges()) {
        ++change[At(range.begin)];
        --change[At(range.end) + 1];
      }
    }
    std::vector<std::uint32_t> count(ports());
    std::int32_t sum = 0;
    for (std::size_t i = 0; i < count.size(); ++i) {
      count[i] = static_cast<std::uint32_t>(sum += change[i]);
    }
    return count;
  }

  const Wish& wish_;
  PortSet banned_;
  std::vector<Site> sites_;  // those with free ports
  Port first_ = kMaxPort;    // the first and the last port that are free on a site
  Port last_ = 1;
  std::vector<std::uint32_t> count_;  // by port: number of sites on which it is free
  std::vector<std::uint64_t> mark_;   // by port: identifies the set of those sites
  std::vector<Port> candidates_;      // ascending
  std::vector<Group> groups_;
};

}  // namespace

PortSet PortsOfK8sm() {
  return PortSet::Of({{4194, 4194}, {5051, 5051}, {10248, 10256}});
}

PortSet PortsInUse(const PortSpace& space) {
  std::vector<Port> ports;
  for (const Holder& holder : space.holders()) {
    for (const Claim& claim : holder.claims) ports.push_back(claim.port);
  }
  return PortSet::OfPorts(std::move(ports));
}

std::optional<Suggestion> Suggest(const PortSpace& space, const Wish& wish) {
  return Search(space, wish).Run();
}

std::optional<Suggestion> Suggester::Suggest(const Wish& wish) {
  const auto key = [](const Wish& of) { return std::tie(of.ports, of.contiguous, of.where, of.avoid); };
  const std::size_t hash = HashOf(wish.where) ^ wish.ports;
  const auto [begin, end] = known_.equal_range(hash);
  auto known = std::find_if(begin, end, [&](const auto& each) { return key(each.second.wish) == key(wish); });
  if (known == end) known = known_.emplace(hash, Known{wish, ports::Suggest(space_, wish)});
  std::optional<Suggestion> suggestion = known->second.suggestion;
  if (suggestion) suggestion->enough = suggestion->agents >= wish.replicas;
  return suggestion;
}

}  // namespace k8sm::ports
