#include "lib/ports/matching.h"

#include "test/support/catch.h"

#include <functional>
#include <numeric>
#include <random>

namespace k8sm::ports {
namespace {

using Agents = std::vector<std::vector<std::uint32_t>>;

constexpr std::size_t kPlenty = 1'000'000;

// The same, by trying every choice of every agent.
std::uint64_t MaxByTrying(std::vector<std::uint64_t> left, const Agents& agents, std::size_t agent = 0) {
  if (agent == agents.size()) return 0;
  std::uint64_t best = MaxByTrying(left, agents, agent + 1);
  for (const std::uint32_t load : agents[agent]) {
    if (left[load] == 0) continue;
    --left[load];
    best = std::max(best, 1 + MaxByTrying(left, agents, agent + 1));
    ++left[load];
  }
  return best;
}

TEST_CASE("MaxMatching agrees with trying every choice", "[ports]") {
  std::mt19937 random(3);
  for (int round = 0; round < 500; ++round) {
    const std::size_t loads = 1 + random() % 4;
    std::vector<std::uint64_t> wanted(loads);
    for (auto& n : wanted) n = random() % 4;
    Agents agents(random() % 7);
    for (auto& takes : agents) {
      for (std::uint32_t load = 0; load < loads; ++load) {
        if (random() % 2 == 0) takes.push_back(load);
      }
    }
    REQUIRE(MaxMatching(wanted, agents, kPlenty) == MaxByTrying(wanted, agents));
  }
}

TEST_CASE("MaxMatching moves a load to another agent to make room for one with no alternative", "[ports]") {
  // Load 0 can go to either agent, load 1 to the first alone.
  CHECK(MaxMatching({1, 1}, {{0, 1}, {0}}, kPlenty) == 2);
  CHECK(MaxMatching({2, 1}, {{0, 1}, {0}}, kPlenty) == 2);
}

TEST_CASE("MaxMatching gives up after the given number of steps", "[ports]") {
  CHECK_FALSE(MaxMatching({1, 1}, {{0, 1}, {0}}, 2).has_value());
}

}  // namespace
}  // namespace k8sm::ports
