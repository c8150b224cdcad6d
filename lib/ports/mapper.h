// Which ports the k8sm scheduler takes out of an offer for a pod.

#ifndef K8SM_LIB_PORTS_MAPPER_H_
#define K8SM_LIB_PORTS_MAPPER_H_

#include "lib/ports/demand.h"
#include "lib/ports/port_set.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

// One `ports` resource of an offer, its ranges as they stand there.
struct OfferedPorts {
  std::string role;
  std::vector<Range> ranges;
};

struct MappedPort {
  std::size_t declared = 0;  // the index among the pod's declared ports
  Port host_port = 0;
  std::string role;
  friend bool operator==(const MappedPort&, const MappedPort&) = default;
};

struct Mapping {
  enum class Result : std::uint8_t { kFits, kDuplicate, kNoRoom };
  Result result = Result::kFits;
  std::vector<MappedPort> mapped;  // with kFits; by declared
  std::vector<Port> unmet;  // with kNoRoom: the fixed ports that are not offered; empty: too few wild ones
};

// Follows the scheduler's mapper: fixed ports first, each in the first role, resource and range that has it;
// then each host port 0 (where the strategy is wildcard) gets the lowest one that is left, in the order of
// roles, resources and ranges. Nodes and selectors are not looked at.
Mapping MapPorts(std::span<const OfferedPorts> offer, const PodSpec& spec, const SchedulerRules& rules);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_MAPPER_H_
