#include "test/unit/ports/random_space.h"

#include "test/unit/ports/space_builder.h"

#include <set>
#include <string>
#include <utility>

namespace k8sm::ports::test {
namespace {

// The ports that an agent has for a demand, computed from the snapshot port by port.
std::set<Port> PortsFor(const PortSpace& space, AgentIndex index, const Demand& demand, bool offer,
                        std::span<const HolderIndex> without) {
  const Agent& agent = space.agents()[index];
  std::set<Port> ports;
  for (const auto& [role, offered] : agent.offered) {
    if (std::find(demand.roles.begin(), demand.roles.end(), role) == demand.roles.end()) continue;
    for (const Port port : offered.Ports()) ports.insert(port);
  }
  if (offer) return ports;
  std::set<Port> given_back;
  std::set<Port> held;
  for (HolderIndex i = 0; i < space.holders().size(); ++i) {
    const bool gone = std::find(without.begin(), without.end(), i) != without.end();
    if (space.holders()[i].node != agent.name) continue;
    for (const Claim& claim : space.holders()[i].claims) (gone ? given_back : held).insert(claim.port);
  }
  for (const Port port : agent.used.Ports()) {
    if (!given_back.contains(port) || held.contains(port)) ports.erase(port);
  }
  for (const Port port : held) ports.erase(port);
  return ports;
}

struct Site {
  std::set<Port> fixed;
  // For each wild port, the ports to choose from.
  std::vector<std::set<Port>> wild;
};

// Whether each wild port can have a port of its own beside the fixed ones; tries all combinations.
bool WildFits(const Site& site, std::size_t next, std::set<Port>& taken) {
  if (next == site.wild.size()) return true;
  for (const Port port : site.wild[next]) {
    if (taken.contains(port)) continue;
    taken.insert(port);
    if (WildFits(site, next + 1, taken)) return true;
    taken.erase(port);
  }
  return false;
}

class Trial {
 public:
  Trial(const PortSpace& space, const std::vector<Demand>& pods, bool offer,
        std::span<const HolderIndex> without)
      : space_(space), pods_(pods), offer_(offer), without_(without), sites_(space.agents().size()) {}

  bool PlaceFrom(std::size_t pod) {
    if (pod == pods_.size()) return true;
    for (AgentIndex agent = 0; agent < sites_.size(); ++agent) {
      const Site before = sites_[agent];
      if (Put(pods_[pod], agent) && PlaceFrom(pod + 1)) return true;
      sites_[agent] = before;
    }
    return false;
  }

 private:
  bool Put(const Demand& demand, AgentIndex agent) {
    if (!demand.doubled.empty() || !space_.IsEligible(agent, demand)) return false;
    const std::set<Port> have = PortsFor(space_, agent, demand, offer_, without_);
    Site& site = sites_[agent];
    for (const Port port : demand.fixed.Ports()) {
      if (!have.contains(port) || !site.fixed.insert(port).second) return false;
    }
    site.wild.insert(site.wild.end(), demand.wild, have);
    std::set<Port> taken = site.fixed;
    return WildFits(site, 0, taken);
  }

  const PortSpace& space_;
  const std::vector<Demand>& pods_;
  bool offer_;
  std::span<const HolderIndex> without_;
  std::vector<Site> sites_;
};

}  // namespace

PortSet RandomSpace::Subset(std::uint32_t percent) {
  std::vector<Port> ports;
  for (Port port = 1; port <= kLastRandomPort; ++port) {
    if (Chance(percent)) ports.push_back(port);
  }
  return PortSet::OfPorts(std::move(ports));
}

Snapshot RandomSpace::MakeSnapshot(std::uint32_t max_agents) {
  Snapshot snapshot;
  const std::uint32_t agents = 1 + Below(max_agents);
  const bool nodes_known = Chance(80);
  for (std::uint32_t i = 0; i < agents; ++i) {
    Agent agent;
    agent.labels_from = !nodes_known ? LabelSource::kAgent
                        : Chance(75) ? LabelSource::kNode
                                     : LabelSource::kNoNode;
    agent.name = kube::Symbol("a" + std::to_string(i));
    agent.id = std::to_string(i);
    agent.active = Chance(90);
    agent.labels.Set(kube::Symbol("z"), kube::Symbol(Chance(50) ? "x" : "y"));
    agent.offered.emplace_back("*", Subset(75));
    if (Chance(40)) agent.offered.emplace_back("fixed", Subset(40));
    agent.used = Subset(25);
    snapshot.agents.push_back(std::move(agent));
  }
  for (std::uint32_t i = Below(4); i > 0; --i) {
    const std::string node = "a" + std::to_string(Below(agents + 1));  // perhaps one that is not there
    Holder holder = MakeHolder("p" + std::to_string(i), node, Subset(25).Ports());
    holder.leaving = Chance(20);
    snapshot.holders.push_back(std::move(holder));
  }
  if (Chance(30)) snapshot.node_ports = Subset(20);
  return snapshot;
}

Snapshot RandomSpace::BestNodesOf(const Snapshot& snapshot) {
  Snapshot best = snapshot;
  for (Agent& agent : best.agents) {
    if (agent.labels_from == LabelSource::kAgent) agent.labels.Set(kube::Symbol("z"), kube::Symbol("x"));
    agent.labels_from = LabelSource::kNode;
  }
  return best;
}

Demand RandomSpace::MakeDemand() {
  std::set<Port> fixed;
  std::vector<Port> ports;
  for (std::uint32_t i = 1 + Below(3); i > 0; --i) {
    const Port port = Chance(35) ? 0 : static_cast<Port>(1 + Below(kLastRandomPort));
    if (port == 0 || fixed.insert(port).second) ports.push_back(port);
  }
  Demand demand =
      Wants(ports, Chance(70) ? std::vector<std::string>{"*"} : std::vector<std::string>{"fixed", "*"});
  if (Chance(25)) demand.selector.Set(kube::Symbol("z"), kube::Symbol("x"));
  return demand;
}

bool FitsByTrying(const PortSpace& space, const std::vector<Demand>& pods, bool basis_offer,
                  std::span<const HolderIndex> without) {
  return Trial(space, pods, basis_offer, without).PlaceFrom(0);
}

}  // namespace k8sm::ports::test
