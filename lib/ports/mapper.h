// Models which ports of an offer the k8sm scheduler assigns to a pod.

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

// One `ports` resource of an offer, with its ranges in their original order.
struct OfferedPorts {
  std::string role;
  std::vector<Range> ranges;
};

struct MappedPort {
  std::size_t declared = 0;  // index into the pod's declared ports
  Port host_port = 0;
  std::string role;
  friend bool operator==(const MappedPort&, const MappedPort&) = default;
};

struct Mapping {
  enum class Result : std::uint8_t { kFits, kDuplicate, kNoRoom };
  Result result = Result::kFits;
  std::vector<MappedPort> mapped;  // set if kFits; ordered by `declared`
  std::vector<Port> unmet;  // with kNoRoom: fixed ports that are not offered; empty: too few other ports
};

// Follows the scheduler's mapper: first the fixed ports, each in the first role, resource and range that
// contains it; then each host port 0 (with the wildcard strategy) gets the lowest remaining port, in the
// order of roles, resources and ranges. Does not check nodes and selectors.
Mapping MapPorts(std::span<const OfferedPorts> offer, const PodSpec& spec, const SchedulerRules& rules);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_MAPPER_H_
