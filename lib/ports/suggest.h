// Suggests ports to use.

#ifndef K8SM_LIB_PORTS_SUGGEST_H_
#define K8SM_LIB_PORTS_SUGGEST_H_

#include "lib/ports/headroom.h"
#include "lib/ports/port_space.h"

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace k8sm::ports {

// What to search for.
struct Wish {
  std::uint32_t ports = 1;     // number of ports, all on one agent
  std::uint32_t replicas = 1;  // number of agents
  bool contiguous = false;     // adjacent numbers
  // Roles, node and selector of the pods. Its fixed ports are kept: they must be free together with the
  // suggested ones, as must the number of wild ports.
  Demand where;
  // Ports not to suggest. Node ports of Services are never suggested.
  PortSet avoid;
};

struct Suggestion {
  std::vector<Port> ports;     // ascending
  std::uint64_t agents = 0;    // number of agents on which all of them are free
  bool enough = false;         // agents >= replicas
  bool best_possible = false;  // no other ports are free together on more agents
};

// Returns the ports of k8sm's own processes on each agent, which Mesos may offer nevertheless: cAdvisor, the
// kubelet and the proxy (4194, 10248-10256), and the Mesos agent (5051).
PortSet PortsOfK8sm();

// Returns the ports that pods of the snapshot hold on any agent.
PortSet PortsInUse(const PortSpace& space);

// Chooses among ports that are free on the same agents, highest numbers first, because the scheduler assigns
// wild ports from the lowest up. nullopt if there are not enough ports. Takes O(agents * ranges + ports).
std::optional<Suggestion> Suggest(const PortSpace& space, const Wish& wish);

// Suggests, and remembers it: most pods that need other ports need the same. The space must outlive it.
class Suggester {
 public:
  explicit Suggester(const PortSpace& space) : space_(space) {}

  // The same as Suggest().
  std::optional<Suggestion> Suggest(const Wish& wish);

 private:
  struct Known {
    Wish wish;  // its number of replicas does not count
    std::optional<Suggestion> suggestion;
  };

  const PortSpace& space_;
  std::unordered_multimap<std::size_t, Known> known_;  // by hash of the wish
};

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_SUGGEST_H_
