// Maximum matching of pods that need one port to agents. Internal to lib/ports.

#ifndef K8SM_LIB_PORTS_MATCHING_H_
#define K8SM_LIB_PORTS_MATCHING_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace k8sm::ports {

// There are `wanted[i]` pods of load i, and `agents[a]` lists the loads (ascending) of which agent a accepts
// one pod in total. Returns the maximum number of pods that can be placed; agents that accept the same loads
// are grouped. nullopt if it would take more than `max_steps`.
std::optional<std::uint64_t> MaxMatching(const std::vector<std::uint64_t>& wanted,
                                         const std::vector<std::vector<std::uint32_t>>& agents,
                                         std::size_t max_steps);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_MATCHING_H_
