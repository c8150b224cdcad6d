// The port space: what each agent offers, who holds it, and what is free.

#ifndef K8SM_LIB_PORTS_PORT_SPACE_H_
#define K8SM_LIB_PORTS_PORT_SPACE_H_

#include "lib/ports/demand.h"
#include "lib/ports/port_set.h"
#include "lib/ports/snapshot.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

namespace k8sm::ports {

using AgentIndex = std::uint32_t;
using HolderIndex = std::uint32_t;

// One claim on one agent.
struct Hold {
  Port port = 0;
  HolderIndex holder = 0;
  std::uint32_t claim = 0;  // the index in the holder's claims
};

// What the agents offer to pods of certain roles.
struct RoleView {
  std::vector<PortSet> offer;  // by agent
  std::vector<PortSet> free;   // by agent: offered, neither used nor held
  // By port (0 to 65535), the number of active agents that offer it, and on which it is free.
  std::vector<std::uint32_t> offer_count;
  std::vector<std::uint32_t> free_count;
};

// An index over a snapshot, built once per evaluation. Immutable, but not thread-safe: views are made on
// demand. Building costs O(agents * ranges + holds * log holds).
class PortSpace {
 public:
  explicit PortSpace(Snapshot snapshot);

  // By name, then id.
  std::span<const Agent> agents() const { return snapshot_.agents; }
  std::span<const Holder> holders() const { return snapshot_.holders; }
  const PortSet& node_ports() const { return snapshot_.node_ports; }
  // Whether something that is not there can be said to be nowhere.
  bool known() const { return snapshot_.complete && snapshot_.fresh; }
  bool fresh() const { return snapshot_.fresh; }
  bool complete() const { return snapshot_.complete; }

  // The claims on an agent, by port, then holder. Agents of one name share the claims of the pods bound to
  // it.
  std::span<const Hold> HoldsOf(AgentIndex agent) const;
  // The ports that pods hold on it.
  const PortSet& HeldOn(AgentIndex agent) const { return held_[agent]; }
  // Those that are bound to no agent of the snapshot.
  std::span<const HolderIndex> strays() const { return strays_; }

  // The sets for pods of these roles, whose order does not matter. Valid as long as the space.
  const RoleView& ViewFor(std::span<const std::string> roles) const;

  // Whether one of these pods (sorted indexes) holds a port on the agent.
  bool HoldsAny(AgentIndex agent, std::span<const HolderIndex> pods) const;

  // What is free on an agent for pods of these roles if the pods `without` (sorted indexes) were not there.
  PortSet FreeWithout(AgentIndex agent, std::span<const std::string> roles,
                      std::span<const HolderIndex> without) const;

  // Whether the scheduler considers the agent for such a pod, ports aside.
  bool IsEligible(AgentIndex agent, const Demand& demand) const;
  // By index.
  std::vector<AgentIndex> Eligible(const Demand& demand) const;

 private:
  void IndexHolds();
  void SortHolds();
  PortSet OfferOf(const Agent& agent, std::span<const std::string> roles) const;
  RoleView MakeView(std::span<const std::string> roles) const;

  Snapshot snapshot_;
  std::vector<Hold> holds_;                // by agent, port, holder
  std::vector<std::uint32_t> first_hold_;  // by agent, and one more: where its holds begin
  std::vector<PortSet> held_;              // by agent
  std::vector<HolderIndex> strays_;
  mutable std::map<std::vector<std::string>, RoleView> views_;  // by sorted roles
};

// Whether a pod of this demand finds its ports among `ports`.
bool HasRoom(const PortSet& ports, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_PORT_SPACE_H_
