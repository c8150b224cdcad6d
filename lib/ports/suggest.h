// Which ports to take.

#ifndef K8SM_LIB_PORTS_SUGGEST_H_
#define K8SM_LIB_PORTS_SUGGEST_H_

#include "lib/ports/headroom.h"
#include "lib/ports/port_space.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace k8sm::ports {

struct Wish {
  std::uint32_t ports = 1;     // how many, all on one agent
  std::uint32_t replicas = 1;  // on so many agents
  bool contiguous = false;     // neighbouring numbers
  // The roles, node and selector of the pods. Its fixed ports are kept: they have to be free beside those
  // that are suggested. So many wild ones too.
  Demand where;
  // Not to be suggested; the node ports of Services never are.
  PortSet avoid;
};

struct Suggestion {
  std::vector<Port> ports;     // ascending
  std::uint64_t agents = 0;    // on which all of them are free
  bool enough = false;         // agents >= replicas
  bool best_possible = false;  // no others are free together on more agents
};

// The ports of k8sm's own processes on each agent, which Mesos may offer nevertheless: cAdvisor, the kubelet
// and the proxy (4194, 10248-10256), and the Mesos agent (5051).
PortSet PortsOfK8sm();

// The ports that pods in the snapshot hold, wherever: a port that a workload has is its own on all agents.
PortSet PortsInUse(const PortSpace& space);

// Picks among ports that are free on equal sets of agents, highest numbers first, since the scheduler gives
// out wild ports from the lowest on. Nothing where there are not that many ports. O(agents * ranges + ports).
std::optional<Suggestion> Suggest(const PortSpace& space, const Wish& wish);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SUGGEST_H_
