// The port space: what each agent offers, which pods hold it, and what is free.

#ifndef K8SM_LIB_PORTS_PORT_SPACE_H_
#define K8SM_LIB_PORTS_PORT_SPACE_H_

#include "lib/ports/demand.h"
#include "lib/ports/label_index.h"
#include "lib/ports/port_set.h"
#include "lib/ports/shared_list.h"
#include "lib/ports/snapshot.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace k8sm::ports {

// One claim on one agent.
struct Hold {
  Port port = 0;
  bool leaving = false;  // as the holder
  HolderIndex holder = 0;
  std::uint32_t claim = 0;  // index into the holder's claims
};

// The offers to pods of certain roles.
struct RoleView {
  std::vector<PortSet> offer;  // by agent
  std::vector<PortSet> free;   // by agent: offered, and neither used nor held
  // By port (0 to 65535): number of active agents that offer it, and on which it is free.
  std::vector<std::uint32_t> offer_count;
  std::vector<std::uint32_t> free_count;
  PortSet offered;  // the ports that an active agent offers
};

// An index of a snapshot, built once per evaluation. Immutable, but not thread-safe, as views are created
// lazily. Construction takes O(agents * ranges + holds * log holds).
class PortSpace {
 public:
  explicit PortSpace(Snapshot snapshot);
  // REQUIRES: the agents are ordered as by ShareAgents().
  explicit PortSpace(SharedSnapshot snapshot);

  // Ordered by name, then ID.
  SharedList<Agent> agents() const { return SharedList<Agent>(snapshot_.agents); }
  // Whether the agent is one of them. O(log agents).
  bool HasAgent(const kube::Symbol& name, std::string_view id) const;
  SharedList<Holder> holders() const { return SharedList<Holder>(snapshot_.holders); }
  const PortSet& node_ports() const { return snapshot_.node_ports; }
  // Whether absence is reliable, i.e. the snapshot is complete and fresh.
  bool known() const { return snapshot_.complete && snapshot_.fresh; }
  bool fresh() const { return snapshot_.fresh; }
  bool complete() const { return snapshot_.complete; }
  // Whether the labels of agents are those of their Nodes, or those that they will have once they are
  // registered.
  bool nodes_known() const { return nodes_known_; }
  bool all_namespaces() const { return snapshot_.all_namespaces; }

  // The claims on an agent, by port, then holder. Agents with the same name share the claims of the pods
  // bound to it.
  std::span<const Hold> HoldsOf(AgentIndex agent) const;
  // Whether the agent, or another of its name, uses the port according to Mesos: agents that share a name
  // share the pods bound to it, but each task is of one of them.
  bool IsAccounted(AgentIndex agent, Port port) const;
  // The ports that pods hold on the agent.
  const PortSet& HeldOn(AgentIndex agent) const { return held_[agent]; }
  // Holders bound to a node that is not an agent of the snapshot.
  std::span<const HolderIndex> strays() const { return strays_; }

  // Returns the sets for pods of these roles, whose order does not matter. Valid as long as the space.
  const RoleView& ViewFor(std::span<const std::string> roles) const;

  // Whether one of these pods (sorted indexes) holds a port on the agent.
  bool HoldsAny(AgentIndex agent, std::span<const HolderIndex> pods) const;

  // Returns the ports free on an agent for pods of these roles if the pods `without` (sorted indexes) were
  // absent.
  PortSet FreeWithout(AgentIndex agent, std::span<const std::string> roles,
                      std::span<const HolderIndex> without) const;

  // Agents that Mesos makes offers for, ordered by index.
  std::span<const AgentIndex> active() const { return active_; }
  // Whether the agent has the node name and the labels that the pod asks for.
  bool HasLabels(AgentIndex agent, const Demand& demand) const;
  // Whether the scheduler considers the agent for such a pod, ports aside: it is active, and has the labels.
  bool IsEligible(AgentIndex agent, const Demand& demand) const;
  // Returns the eligible agents, ordered by index.
  std::vector<AgentIndex> Eligible(const Demand& demand) const;
  // Returns the agents that are eligible, or may be once the Nodes of all agents are registered and known,
  // ordered by index.
  std::vector<AgentIndex> EligibleEver(const Demand& demand) const;
  // Returns their number.
  std::size_t CountEligible(const Demand& demand) const;
  // Returns the ports that an eligible agent offers. O(1) if the demand names no node and no labels.
  PortSet OfferTo(const Demand& demand) const;

 private:
  void IndexHolds();
  void SortHolds();
  PortSet OfferOf(const Agent& agent, std::span<const std::string> roles) const;
  RoleView MakeView(std::span<const std::string> roles) const;
  std::vector<AgentIndex> WithLabels(const kube::LabelMap& labels) const;

  SharedSnapshot snapshot_;
  std::vector<Hold> holds_;                // ordered by agent, port, holder
  std::vector<std::uint32_t> first_hold_;  // by agent, plus an end marker: offset of its holds
  std::vector<PortSet> held_;              // by agent
  std::vector<AgentIndex> active_;
  std::vector<HolderIndex> strays_;
  mutable std::map<std::vector<std::string>, RoleView> views_;  // keyed by sorted roles
  mutable std::optional<LabelIndex> labels_;                    // of the active agents
  bool nodes_known_ = true;
};

// Whether every active agent is eligible.
bool IsForAnyAgent(const Demand& demand);

// Whether `ports` satisfy the demand.
bool HasRoom(const PortSet& ports, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_PORT_SPACE_H_
