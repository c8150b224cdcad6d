// Small random port spaces and demands, for properties.

#ifndef K8SM_TEST_UNIT_PORTS_RANDOM_SPACE_H_
#define K8SM_TEST_UNIT_PORTS_RANDOM_SPACE_H_

#include "lib/ports/port_space.h"

#include <cstdint>
#include <random>

namespace k8sm::ports::test {

// Ports from 1 to kLastRandomPort, agents a0, a1, ... and labels z=x or z=y.
inline constexpr std::uint32_t kLastRandomPort = 6;

class RandomSpace {
 public:
  explicit RandomSpace(std::uint32_t seed) : random_(seed) {}

  std::uint32_t Below(std::uint32_t n) { return random_() % n; }
  bool Chance(std::uint32_t percent) { return Below(100) < percent; }
  PortSet Subset(std::uint32_t percent);

  Snapshot MakeSnapshot(std::uint32_t max_agents);
  // The snapshot once all Nodes are registered and known, in the best case for the demands of MakeDemand().
  static Snapshot BestNodesOf(const Snapshot& snapshot);
  // One to three host ports, some of them 0, none declared twice; some with a selector.
  Demand MakeDemand();

 private:
  std::mt19937 random_;
};

// Whether all pods can be placed; tries all combinations. The holders `without` are taken for gone. With
// `basis_offer`, all that is offered counts, not only what is free.
bool FitsByTrying(const PortSpace& space, const std::vector<Demand>& pods, bool basis_offer = false,
                  std::span<const HolderIndex> without = {});

}  // namespace k8sm::ports::test

#endif  // K8SM_TEST_UNIT_PORTS_RANDOM_SPACE_H_
