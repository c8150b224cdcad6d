// How many pods of one demand have room.

#ifndef K8SM_LIB_PORTS_HEADROOM_H_
#define K8SM_LIB_PORTS_HEADROOM_H_

#include "lib/ports/port_space.h"

#include <cstdint>
#include <limits>
#include <span>

namespace k8sm::ports {

struct Headroom {
  // As many as one likes, as far as ports go: no port is asked for, and some agent is eligible.
  bool unlimited = false;
  std::uint64_t pods = 0;  // 0 where unlimited

  bool AtLeast(std::uint64_t n) const { return unlimited || pods >= n; }
  friend bool operator==(const Headroom&, const Headroom&) = default;
};

enum class Basis {
  kOffer,  // if nothing ran
  kFree,   // now
};

// Exact for a single demand: two pods with a fixed port cannot share an agent, and pods without one fill each
// agent up. The pods `without` (sorted indexes) are taken for gone; only with kFree. Counting stops once
// `enough` is reached, and the answer is then at least that. O(agents * log ranges).
Headroom HeadroomOf(const PortSpace& space, const Demand& demand, Basis basis,
                    std::span<const HolderIndex> without = {},
                    std::uint64_t enough = std::numeric_limits<std::uint64_t>::max());

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_HEADROOM_H_
