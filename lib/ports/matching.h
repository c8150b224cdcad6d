// How many pods that want one port find an agent each. Internal to the room.

#ifndef K8SM_LIB_PORTS_MATCHING_H_
#define K8SM_LIB_PORTS_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace k8sm::ports {

// `wanted[i]` pods of load i; `agents[a]` are the loads (ascending) of which agent a takes one pod,
// whichever. The greatest number of pods that can be placed: a maximum matching, with agents that take the
// same loads counted together. Nothing where it would take more than `max_steps`.
std::optional<std::uint64_t> MaxMatching(const std::vector<std::uint64_t>& wanted,
                                         const std::vector<std::vector<std::uint32_t>>& agents,
                                         std::size_t max_steps);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_MATCHING_H_
