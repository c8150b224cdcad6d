// The state of each port on each agent.

#ifndef K8SM_LIB_PORTS_CELLS_H_
#define K8SM_LIB_PORTS_CELLS_H_

#include "lib/ports/port_set.h"
#include "lib/ports/port_space.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::ports {

// The first state that applies, in this order.
enum class CellState : std::uint8_t {
  kClash,        // held by several pods
  kOutside,      // held by a pod, but not offered to any role
  kUnaccounted,  // held by a pod, but free according to Mesos
  kLeaving,      // held by a Terminating pod
  kPod,          // held by a pod
  kForeign,    // used according to Mesos, but not held by a pod: another framework, or a task that just ended
  kOtherRole,  // free, but offered only to other roles
  kNodePort,   // free, but the node port of a Service
  kFree,
};

inline constexpr std::size_t kCellStates = 9;

// "clash", "outside", "unaccounted", "leaving", "pod", "foreign", "other_role", "node_port", "free"
std::string_view ToString(CellState state);

inline constexpr HolderIndex kNobody = static_cast<HolderIndex>(-1);

// Adjacent ports with the same state and holder.
struct Run {
  Port begin = 0;
  Port end = 0;
  CellState state = CellState::kFree;
  HolderIndex holder = kNobody;  // the pod, or of several the first by namespace and name
  friend bool operator==(const Run&, const Run&) = default;
};

// Calls visit for each run of the ports that are offered, held or used on the agent, in ascending order, as
// seen by pods of these roles. Takes O(ranges + holds + node ports).
void ForEachRun(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles,
                const std::function<void(const Run&)>& visit);

// Returns the runs that ForEachRun visits.
std::vector<Run> RowOf(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles);

// Returns the state of one port. A port that is neither offered, held nor used is kOtherRole.
Run CellOf(const PortSpace& space, AgentIndex agent, Port port, std::span<const std::string> roles);

// Whether the cell, of CellOf(), is to be reported as unaccounted: agents that share a name share the pods
// that hold ports there, so it is reported for one of them.
bool IsUnaccounted(const PortSpace& space, AgentIndex agent, const Run& cell,
                   std::span<const std::string> roles);

// Number of ports in each state. Node ports count as free.
struct CellCounts {
  std::array<std::uint32_t, kCellStates> by_state{};
  std::uint32_t offered = 0;  // offered to these roles
  std::uint32_t free = 0;     // of the offered ports, those that a pod could get
  std::uint32_t of(CellState state) const { return by_state[static_cast<std::size_t>(state)]; }
};
CellCounts CountCells(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles);

// Whether at most `low_percent` of the offered ports are free. False if the agent offers none.
bool IsLow(const CellCounts& counts, std::uint32_t low_percent);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_CELLS_H_
