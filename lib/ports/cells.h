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

// The first that holds, in this order.
enum class CellState : std::uint8_t {
  kClash,        // several pods hold it
  kOutside,      // a pod holds it, and no role is offered it
  kUnaccounted,  // a pod holds it, and Mesos takes it for free
  kLeaving,      // a pod holds it that is Terminating
  kPod,          // a pod holds it
  kForeign,      // Mesos says it is used, and no pod holds it: another framework, or a task that just ended
  kOtherRole,    // free, but offered to other roles only
  kNodePort,     // free, but a Service has it as its node port
  kFree,
};

inline constexpr std::size_t kCellStates = 9;

// "clash", "outside", "unaccounted", "leaving", "pod", "foreign", "other_role", "node_port", "free"
std::string_view ToString(CellState state);

inline constexpr HolderIndex kNobody = static_cast<HolderIndex>(-1);

// Neighbouring ports of one state and one holder.
struct Run {
  Port begin = 0;
  Port end = 0;
  CellState state = CellState::kFree;
  HolderIndex holder = kNobody;  // the pod, or the first of several
  friend bool operator==(const Run&, const Run&) = default;
};

// Calls visit for each run of the ports that are offered, held or used on the agent, in ascending order, as
// pods of these roles see them. O(ranges + holds + node ports).
void ForEachRun(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles,
                const std::function<void(const Run&)>& visit);

std::vector<Run> RowOf(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles);

// The state of one port that is offered, held or used; kOtherRole for any other.
Run CellOf(const PortSpace& space, AgentIndex agent, Port port, std::span<const std::string> roles);

// How many ports are in each state; node ports count as free.
struct CellCounts {
  std::array<std::uint32_t, kCellStates> by_state{};
  std::uint32_t offered = 0;  // to these roles
  std::uint32_t free = 0;     // of the offered: those that a pod could get
  std::uint32_t of(CellState state) const { return by_state[static_cast<std::size_t>(state)]; }
};
CellCounts CountCells(const PortSpace& space, AgentIndex agent, std::span<const std::string> roles);

// Whether at most `low_percent` of what an agent offers is free. Never where it offers nothing.
bool IsLow(const CellCounts& counts, std::uint32_t low_percent);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_CELLS_H_
