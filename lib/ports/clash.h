// Pods on one agent that hold the same number.

#ifndef K8SM_LIB_PORTS_CLASH_H_
#define K8SM_LIB_PORTS_CLASH_H_

#include "lib/ports/port_space.h"

#include <cstddef>
#include <vector>

namespace k8sm::ports {

struct Clash {
  AgentIndex agent = 0;
  Port port = 0;
  HolderIndex a = 0;
  HolderIndex b = 0;
  // The same protocol and overlapping addresses: one of the two cannot listen. Otherwise both can, and only
  // Mesos' account is wrong.
  bool bind = false;
};

struct Clashes {
  std::vector<Clash> kept;  // by agent, port, pods
  bool more = false;        // some were left out
};

inline constexpr std::size_t kMaxClashes = 1'000;

// O(holds), plus the number of clashes.
Clashes FindClashes(const PortSpace& space);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_CLASH_H_
