// Finds pods on one agent that hold the same port number.

#ifndef K8SM_LIB_PORTS_CLASH_H_
#define K8SM_LIB_PORTS_CLASH_H_

#include "lib/ports/port_space.h"

#include <array>
#include <cstddef>
#include <vector>

namespace k8sm::ports {

struct Clash {
  AgentIndex agent = 0;
  Port port = 0;
  HolderIndex a = 0;
  HolderIndex b = 0;
  // Same protocol and overlapping addresses, so one of the two pods cannot listen. If false, both can, and
  // only Mesos' accounting is wrong.
  bool bind = false;
};

struct Clashes {
  std::vector<Clash> kept;              // the first kMaxClashes, ordered by agent, port, pods
  std::array<std::size_t, 2> counts{};  // of all, [bind]
  bool more = false;                    // some were omitted from `kept`
};

inline constexpr std::size_t kMaxClashes = 1'000;
// Limit of pairs that are compared. Clashes beyond are neither kept nor counted.
inline constexpr std::size_t kMaxCompared = 1'000'000;

// Takes O(holds), plus the number of pairs of holds of one port.
Clashes FindClashes(const PortSpace& space);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_CLASH_H_
