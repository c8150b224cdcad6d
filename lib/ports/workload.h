// Decides whether all replicas of a workload can run and whether a rollout can proceed.

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
  kNotNow,    // not all replicas have room now
  kNeverAll,  // some replicas can run, but never all
  kNever,     // no replica can ever run
  kUnknown,
};

std::string_view ToString(Fate fate);  // "fits", "not_now", "never_all", "never", "unknown"

// How a workload replaces its pods.
struct Rollout {
  // Creates a new pod before it deletes an old one.
  bool surges = false;
  // How many pods may be unavailable meanwhile, percentages resolved.
  std::uint32_t max_unavailable = 1;
};

// Resolves a Deployment's maxUnavailable and maxSurge as its controller does: percentages of the replicas,
// the former rounded down, the latter up; no more than all replicas; if both are 0, returns 1.
std::uint32_t ResolveMaxUnavailable(std::uint32_t replicas, std::uint32_t unavailable,
                                    bool unavailable_is_percent, std::uint32_t surge);

struct WorkloadDemand {
  Demand demand;
  std::uint32_t replicas = 1;
  bool one_per_agent = false;  // a DaemonSet: `replicas` is the number of eligible agents
  // Its existing pods: sorted indexes of those that hold ports, and their total number, including Terminating
  // ones.
  std::vector<HolderIndex> own;
  std::size_t own_pods = 0;
  Rollout rollout;
};

struct Plan {
  Fate fate = Fate::kFits;
  Headroom ceiling;   // how many could run if nothing else did
  Headroom capacity;  // how many could run now if its own pods were absent
  Headroom spare;     // how many more could run now
  // All existing pods must stay until a new one runs, and there is room for none.
  bool rollout_stuck = false;
  // All run, but there is room for fewer than `reserve` more: the loss of an agent, or a rollout, would
  // block. Never of a DaemonSet.
  bool no_spare = false;
};

Plan JudgeWorkload(const PortSpace& space, const WorkloadDemand& workload, std::uint32_t reserve);

// Returns the number of pods of a DaemonSet: one on each eligible agent.
std::uint32_t DaemonReplicas(const PortSpace& space, const Demand& demand);

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_WORKLOAD_H_
