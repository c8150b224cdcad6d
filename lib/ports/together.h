// Decides whether several workloads fit at the same time.

#ifndef K8SM_LIB_PORTS_TOGETHER_H_
#define K8SM_LIB_PORTS_TOGETHER_H_

#include "lib/ports/headroom.h"
#include "lib/ports/port_space.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace k8sm::ports {

struct Load {
  Demand demand;
  std::uint32_t replicas = 1;
  bool one_per_agent = false;  // as WorkloadDemand's
};

struct Together {
  enum class Answer : std::uint8_t { kFits, kDoesNotFit, kUnknown };
  Answer answer = Answer::kFits;
  // With kDoesNotFit: the ports concerned, and the loads (indexes) that want them; no ports if the loads want
  // more than all agents have together. With kUnknown: the load that could not be placed; none if there are
  // too many pods and agents to tell.
  std::vector<Port> ports;
  std::vector<std::size_t> loads;
  // With kDoesNotFit because of one port: how many pods want it, and how many of them can be placed. Because
  // of all: how many ports are wanted, and how many there are.
  std::uint64_t wanted = 0;
  std::uint64_t placed = 0;
  // "port 31000: 3 wanted, 2 agents"
  std::string witness;
};

struct TogetherOptions {
  Basis basis = Basis::kFree;
  std::span<const HolderIndex> without = {};  // pods treated as absent, sorted
  // Limit on the work, roughly in agents examined; beyond it the answer is kUnknown.
  std::size_t max_steps = 20'000'000;
};

// The problem is NP-hard in general. kDoesNotFit is certain: one load does not fit alone, more pods want a
// port than agents can accept (Hall's theorem), or the loads want more ports than there are. kFits is
// certain: a placement was found. Otherwise kUnknown.
Together FitTogether(const PortSpace& space, std::span<const Load> loads, TogetherOptions options = {});

}  // namespace k8sm::ports

#endif  // K8SM_LIB_PORTS_TOGETHER_H_
