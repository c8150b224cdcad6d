// Computes for how many pods of one demand there is room.

#ifndef K8SM_LIB_PORTS_HEADROOM_H_
#define K8SM_LIB_PORTS_HEADROOM_H_

#include "lib/ports/port_space.h"

#include <cstdint>
#include <limits>
#include <span>

namespace k8sm::ports {

struct Headroom {
  // No limit by ports: no port is requested and some agent is eligible.
  bool unlimited = false;
  std::uint64_t pods = 0;  // 0 if unlimited

  bool AtLeast(std::uint64_t n) const { return unlimited || pods >= n; }
  friend bool operator==(const Headroom&, const Headroom&) = default;
};

enum class Basis {
  kOffer,      // if nothing ran
  kOfferEver,  // if nothing ran and the Nodes of all agents were registered and known
  kFree,       // now
};

// Exact for a single demand: two pods with a fixed port cannot share an agent, and pods without one fill up
// each agent, unless at most one is to run on each (`one_per_agent`). The pods `without` (sorted indexes) are
// treated as absent; only with kFree. Counting stops at `enough`; the result is then a lower bound. Takes
// O(agents * log ranges).
Headroom HeadroomOf(const PortSpace& space, const Demand& demand, Basis basis,
                    std::span<const HolderIndex> without = {},
                    std::uint64_t enough = std::numeric_limits<std::uint64_t>::max(),
                    bool one_per_agent = false);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_HEADROOM_H_
