// Whether all replicas of a workload can run, and whether it can be rolled out anew.

#ifndef K8SM_LIB_PORTS_WORKLOAD_H_
#define K8SM_LIB_PORTS_WORKLOAD_H_

#include "lib/ports/headroom.h"
#include "lib/ports/judge.h"
#include "lib/ports/port_space.h"

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace k8sm::ports {

enum class Fate : std::uint8_t {
  kFits,
  kNotNow,    // fewer than all replicas have room now
  kNeverAll,  // some will run, but never all
  kNever,     // none will ever run
  kUnknown,
};

std::string_view ToString(Fate fate);  // "fits", "not_now", "never_all", "never", "unknown"

// How a workload replaces its pods.
struct Rollout {
  // Makes a new pod before it takes an old one away.
  bool surges = false;
  // How many may be missing meanwhile, percentages resolved.
  std::uint32_t max_unavailable = 1;
};

// A Deployment's maxUnavailable and maxSurge, resolved as its controller does: percentages of the replicas,
// the former rounded down, the latter up; where both come out as 0, one may be missing.
std::uint32_t ResolveMaxUnavailable(std::uint32_t replicas, std::uint32_t unavailable,
                                    bool unavailable_is_percent, std::uint32_t surge);

struct WorkloadDemand {
  Demand demand;
  std::uint32_t replicas = 1;
  // Its present pods: sorted indexes of those that hold something, and how many there are, the Terminating
  // ones included.
  std::vector<HolderIndex> own;
  std::size_t own_pods = 0;
  Rollout rollout;
};

struct Plan {
  Fate fate = Fate::kFits;
  Headroom ceiling;   // how many could run if nothing else did
  Headroom capacity;  // how many could run now, its own pods taken for gone
  Headroom spare;     // how many more could run now
  // All present pods have to stay until a new one runs, and there is room for none.
  bool rollout_stuck = false;
  // All run, but fewer than `reserve` more have room: one agent lost, or one rollout, and it waits.
  bool no_spare = false;
};

Plan JudgeWorkload(const PortSpace& space, const WorkloadDemand& workload, std::uint32_t reserve);

// How many pods a DaemonSet wants: one on each eligible agent.
std::uint32_t DaemonReplicas(const PortSpace& space, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_WORKLOAD_H_
