// What to know about a port space before believing it.

#ifndef K8SM_LIB_PORTS_DOUBTS_H_
#define K8SM_LIB_PORTS_DOUBTS_H_

#include "lib/ports/port_space.h"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

// Returns sentences, such as: that used ports are not known, that agents share a name, and which pods hold
// ports on a node that is not an agent. At most `max` of a kind, then how many more there are.
std::vector<std::string> DoubtsOf(const PortSpace& space, std::size_t max);

// The pods that hold host ports, and those of them that are on no agent. Static pods do not count, since they
// run where they are put.
struct PodsWithPorts {
  std::size_t all = 0;
  std::size_t astray = 0;
  HolderIndex first_astray = 0;  // the first of these, if there are any
};

PodsWithPorts CountPodsWithPorts(const PortSpace& space);

// Returns why the agents are not known, as a clause: "the list of agents is not complete". Empty if they are
// (PortSpace::known()).
std::string DoubtOfAgents(const PortSpace& space);

// Returns why pods of this demand, of which too few have room on any agent, are not said to have none ever,
// as a clause: "the list of agents is not complete", "agent node5 offers the ports, and matches once it has a
// Node". Empty if that is certain.
std::string DoubtOf(const PortSpace& space, const Demand& demand);

// Returns, of agents that are not active and would have room for such a pod, which they are: "agent node3
// offers the ports, but is not active". Empty if there is none. Mesos calls an agent inactive that is
// disconnected, deactivated or drained: it makes no offers, but may again.
std::string InactiveWithRoom(const PortSpace& space, const Demand& demand);

// Returns those of the roles that no agent offers ports to, as far as that is known. They may be misspelt, or
// hidden from the principal (Mesos' ACL view_roles).
std::vector<std::string> RolesWithoutPorts(const PortSpace& space, std::span<const std::string> roles);

// Returns the name of an agent, with its ID if others have the same name.
std::string TitleOf(const PortSpace& space, AgentIndex agent);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_DOUBTS_H_
