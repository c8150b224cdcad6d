// Numbers of things in sentences.

#ifndef K8SM_LIB_BASE_COUNT_H_
#define K8SM_LIB_BASE_COUNT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm {

// Returns "1 agent", "3 agents" for the noun "agent". Only for nouns whose plural ends in -s.
std::string Count(std::uint64_t n, std::string_view noun);

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_COUNT_H_
