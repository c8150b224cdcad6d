#include "lib/ports/together.h"

#include "lib/base/count.h"
#include "lib/ports/matching.h"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <optional>
#include <tuple>
#include <utility>

namespace k8sm::ports {
namespace {

using Answer = Together::Answer;

std::string Witness(Port port, std::uint64_t wanted, std::uint64_t placed) {
  return "port " + std::to_string(port) + ": " + std::to_string(wanted) + " wanted, " +
         Count(placed, "agent");
}

// The size of `have` without `taken`, which is small.
std::uint32_t Left(const PortSet& have, const PortSet& taken) {
  return taken.empty() ? have.size() : have.size() - (have & taken).size();
}

class Fitting {
 public:
  Fitting(const PortSpace& space, std::span<const Load> loads, TogetherOptions options)
      : space_(space), loads_(loads), options_(options), steps_left_(options.max_steps) {}

  Together Run() {
    CollectSets();
    if (auto alone = FindLonelyMisfit()) return *std::move(alone);
    const bool any_wild = std::ranges::any_of(loads_, [](const Load& load) { return load.demand.wild > 0; });
    competes_.assign(loads_.size(), any_wild);
    for (const auto& [port, wanting] : LoadsByPort()) {
      if (wanting.size() < 2) continue;
      if (auto found = CheckPort(port, wanting)) return *std::move(found);
      for (const std::size_t load : wanting) competes_[load] = true;
    }
    if (any_wild) {
      if (auto found = CheckSum()) return *std::move(found);
    }
    return Place();
  }

 private:
  // What the agents have for each load. Loads of equal roles share the sets.
  void CollectSets() {
    for (const Load& load : loads_) {
      std::vector<bool>& eligible = eligible_.emplace_back(space_.agents().size());
      for (const AgentIndex agent : options_.basis == Basis::kOfferEver ? space_.EligibleEver(load.demand)
                                                                        : space_.Eligible(load.demand))
        eligible[agent] = true;
      const RoleView& view = space_.ViewFor(load.demand.roles);
      if (options_.basis != Basis::kFree) {
        have_.push_back(&view.offer);
      } else if (options_.without.empty()) {
        have_.push_back(&view.free);
      } else {
        have_.push_back(&SetsWithout(load.demand.roles));
      }
    }
  }

  const std::vector<PortSet>& SetsWithout(const std::vector<std::string>& roles) {
    const auto [found, is_new] = without_.try_emplace(roles);
    for (AgentIndex agent = 0; is_new && agent < space_.agents().size(); ++agent) {
      found->second.push_back(space_.FreeWithout(agent, roles, options_.without));
    }
    return found->second;
  }

  bool IsEligible(AgentIndex agent, std::size_t load) const { return eligible_[load][agent]; }
  const PortSet& Have(AgentIndex agent, std::size_t load) const { return (*have_[load])[agent]; }

  // Takes that many steps from the budget; false if it is exhausted.
  bool Spend(std::size_t steps) {
    if (steps_left_ < steps) return false;
    steps_left_ -= steps;
    return true;
  }

  std::optional<Together> FindLonelyMisfit() {
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      rooms_.push_back(HeadroomOf(space_, loads_[i].demand, options_.basis, options_.without,
                                  std::numeric_limits<std::uint64_t>::max(), loads_[i].one_per_agent));
      if (rooms_.back().AtLeast(loads_[i].replicas)) continue;
      return Together{.answer = Answer::kDoesNotFit,
                      .ports = loads_[i].demand.fixed.Ports(),
                      .loads = {i},
                      .witness = "does not fit alone"};
    }
    return std::nullopt;
  }

  std::map<Port, std::vector<std::size_t>> LoadsByPort() const {
    std::map<Port, std::vector<std::size_t>> by_port;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      for (const Port port : loads_[i].demand.fixed.Ports()) by_port[port].push_back(i);
    }
    return by_port;
  }

  // The problem with a port that several loads want; nullopt if each of their pods can be placed.
  std::optional<Together> CheckPort(Port port, const std::vector<std::size_t>& wanting) {
    if (!Spend(wanting.size() * space_.agents().size())) return OutOfSteps();
    std::vector<std::uint64_t> wanted;
    wanted.reserve(wanting.size());
    for (const std::size_t load : wanting) wanted.push_back(loads_[load].replicas);
    std::vector<std::vector<std::uint32_t>> agents;
    for (AgentIndex agent = 0; agent < space_.agents().size(); ++agent) {
      std::vector<std::uint32_t> takes;
      for (std::uint32_t i = 0; i < wanting.size(); ++i) {
        const Demand& demand = loads_[wanting[i]].demand;
        if (IsEligible(agent, wanting[i]) && HasRoom(Have(agent, wanting[i]), demand)) takes.push_back(i);
      }
      if (!takes.empty()) agents.push_back(std::move(takes));
    }
    const auto placed = MaxMatching(wanted, agents, steps_left_);
    if (!placed) return OutOfSteps();
    const std::uint64_t all = std::accumulate(wanted.begin(), wanted.end(), std::uint64_t{0});
    if (*placed == all) return std::nullopt;
    return Together{Answer::kDoesNotFit, {port}, wanting, all, *placed, Witness(port, all, *placed)};
  }

  // The problem that all loads together want more ports than there are; nullopt if they do not.
  std::optional<Together> CheckSum() {
    std::uint64_t wanted = 0;
    for (const Load& load : loads_)
      wanted += std::uint64_t{load.replicas} * (load.demand.fixed.size() + load.demand.wild);
    std::uint64_t had = 0;
    if (!Spend(loads_.size() * space_.agents().size())) return OutOfSteps();
    for (AgentIndex agent = 0; agent < space_.agents().size() && had < wanted; ++agent)
      had += UsableOn(agent);
    if (had >= wanted) return std::nullopt;
    Together sum{.answer = Answer::kDoesNotFit, .wanted = wanted, .placed = had};
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      if (loads_[i].replicas > 0 && loads_[i].demand.wants_ports()) sum.loads.push_back(i);
    }
    sum.witness = Count(wanted, "port") + " wanted, " + std::to_string(had) + " there";
    return sum;
  }

  // The number of ports of an agent that some load could have.
  std::uint32_t UsableOn(AgentIndex agent) const {
    PortSet usable;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      if (IsEligible(agent, i) && !usable.Contains(Have(agent, i))) usable = usable | Have(agent, i);
    }
    return usable.size();
  }

  static Together OutOfSteps() {
    return {.answer = Answer::kUnknown, .witness = "too many pods and agents to tell"};
  }

  // What has been placed on an agent.
  struct Site {
    PortSet fixed;
    std::uint64_t wild = 0;
    std::vector<std::size_t> wild_loads;  // loads with wild ports here, each with different roles
    // By load: whether its fixed ports are still available, so that it can use this agent.
    std::vector<bool> can_take;
    std::uint32_t takers = 0;
  };

  void CountTakers(AgentIndex agent, Site& site) const {
    site.takers = 0;
    for (std::size_t i = 0; i < loads_.size(); ++i) {
      if (!competes_[i]) continue;
      const Demand& demand = loads_[i].demand;
      const bool can = IsEligible(agent, i) && Have(agent, i).Contains(demand.fixed) &&
                       !site.fixed.Intersects(demand.fixed);
      site.can_take[i] = can;
      site.takers += can ? 1 : 0;
    }
  }

  // Places the rarest load first, each pod on the agent that the fewest other loads can use; ties are broken
  // by the least room.
  Together Place() {
    if (!Spend(loads_.size() * space_.agents().size())) return OutOfSteps();
    sites_.resize(space_.agents().size());
    for (AgentIndex agent = 0; agent < sites_.size(); ++agent) {
      sites_[agent].can_take.resize(loads_.size());
      CountTakers(agent, sites_[agent]);
    }
    std::vector<std::size_t> order(loads_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto room = [&](std::size_t load) {
      // A DaemonSet has no choice, however much room there is.
      if (loads_[load].one_per_agent) return std::uint64_t{0};
      return rooms_[load].unlimited ? std::numeric_limits<std::uint64_t>::max() : rooms_[load].pods;
    };
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return room(a) < room(b); });
    for (const std::size_t load : order) {
      if (!competes_[load] || !loads_[load].demand.wants_ports()) continue;
      const bool enough = loads_[load].one_per_agent ? PlaceOnEach(load) : PlaceAll(load);
      if (out_of_steps_) return OutOfSteps();
      if (!enough) return {.answer = Answer::kUnknown, .loads = {load}, .witness = "no placement found"};
    }
    return {};
  }

  // A DaemonSet's pods, on as many agents as it has replicas.
  bool PlaceOnEach(std::size_t load) {
    std::uint32_t left = loads_[load].replicas;
    if (!Spend(space_.agents().size() + loads_.size())) out_of_steps_ = true;
    for (AgentIndex agent = 0; agent < sites_.size() && left > 0 && !out_of_steps_; ++agent) {
      if (!CanTake(agent, load)) continue;
      Put(agent, load);
      --left;
    }
    return left == 0;
  }

  bool PlaceAll(std::size_t load) {
    for (std::uint32_t left = loads_[load].replicas; left > 0;) {
      if (!Spend(space_.agents().size() + loads_.size())) {
        out_of_steps_ = true;
        return false;
      }
      const auto agent = BestFor(load);
      if (!agent) return false;
      // Without fixed ports the choice does not change until the agent is full.
      do {
        Put(*agent, load);
        --left;
      } while (left > 0 && loads_[load].demand.fixed.empty() && CanTake(*agent, load));
    }
    return true;
  }

  bool CanTake(AgentIndex agent, std::size_t load) const {
    const Site& site = sites_[agent];
    if (!site.can_take[load]) return false;
    const Demand& demand = loads_[load].demand;
    const std::uint32_t left = Left(Have(agent, load), site.fixed);
    return left - demand.fixed.size() >= site.wild + demand.wild && LeavesRoom(agent, site, demand);
  }

  std::optional<AgentIndex> BestFor(std::size_t load) const {
    using Key = std::tuple<std::uint32_t, std::uint32_t>;
    std::optional<Key> best_key;
    std::optional<AgentIndex> best;
    for (AgentIndex agent = 0; agent < sites_.size(); ++agent) {
      if (!CanTake(agent, load)) continue;
      const Key key(sites_[agent].takers - 1, Left(Have(agent, load), sites_[agent].fixed));
      if (best_key && *best_key <= key) continue;
      best_key = key;
      best = agent;
    }
    return best;
  }

  void Put(AgentIndex agent, std::size_t load) {
    const Demand& demand = loads_[load].demand;
    sites_[agent].fixed = sites_[agent].fixed | demand.fixed;
    NoteWild(sites_[agent], load);
    if (!demand.fixed.empty()) CountTakers(agent, sites_[agent]);
  }

  // Whether the wild ports of other roles already placed there still fit.
  bool LeavesRoom(AgentIndex agent, const Site& site, const Demand& demand) const {
    return std::all_of(site.wild_loads.begin(), site.wild_loads.end(), [&](std::size_t other) {
      const Demand& there = loads_[other].demand;
      if (there.roles == demand.roles) return true;
      return (Have(agent, other) - site.fixed - demand.fixed).size() >= site.wild + demand.wild;
    });
  }

  void NoteWild(Site& site, std::size_t load) const {
    const Demand& demand = loads_[load].demand;
    if (demand.wild == 0) return;
    site.wild += demand.wild;
    const bool is_noted = std::any_of(site.wild_loads.begin(), site.wild_loads.end(), [&](std::size_t other) {
      return loads_[other].demand.roles == demand.roles;
    });
    if (!is_noted) site.wild_loads.push_back(load);
  }

  const PortSpace& space_;
  std::span<const Load> loads_;
  TogetherOptions options_;
  std::size_t steps_left_;
  bool out_of_steps_ = false;
  // By load: whether it wants a port that another load could take. One that does not fits wherever it fits
  // alone.
  std::vector<bool> competes_;
  std::vector<std::vector<bool>> eligible_;                           // by load and agent
  std::vector<const std::vector<PortSet>*> have_;                     // by load: the sets by agent
  std::map<std::vector<std::string>, std::vector<PortSet>> without_;  // by roles
  std::vector<Headroom> rooms_;                                       // by load
  std::vector<Site> sites_;                                           // by agent
};

}  // namespace

Together FitTogether(const PortSpace& space, std::span<const Load> loads, TogetherOptions options) {
  return Fitting(space, loads, options).Run();
}

}  // namespace k8sm::ports
