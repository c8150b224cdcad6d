// Properties of the election that hold whatever happens, checked on random histories.

#include "test/support/catch.h"
#include "test/unit/leader/election_simulation.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// All hazards at once, with clocks that differ as much as the default durations allow.
constexpr Hazards kStorm{.clock_ratio = 1.5,
                         .loss = 0.2,
                         .longest_way = milliseconds(3'000),
                         .longest_stop = milliseconds(40'000),
                         .longest_partition = milliseconds(40'000),
                         .restarts = true};

TEST_CASE("two processes never lead at the same time, whatever goes wrong") {
  std::size_t terms = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(2 + seed % 2, kStorm, seed);
    simulation.Run(minutes(20));
    REQUIRE(simulation.most_leaders() == 1);
    terms += simulation.terms();
  }
  // The leader has changed often; otherwise this would show nothing.
  CHECK(terms > 600);
}

TEST_CASE("two processes never lead at the same time if requests arrive long after they timed out") {
  for (std::uint32_t seed = 1; seed <= 20; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(3, {.clock_ratio = 1.5, .loss = 0.1, .longest_way = seconds(20)}, seed);
    simulation.Run(minutes(20));
    REQUIRE(simulation.most_leaders() <= 1);
  }
}

TEST_CASE("two processes never lead at the same time on an Endpoints lock") {
  std::size_t terms = 0;
  Hazards hazards = kStorm;
  hazards.kind = LockKind::kEndpoints;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(2 + seed % 2, hazards, seed);
    simulation.Run(minutes(20));
    REQUIRE(simulation.most_leaders() == 1);
    terms += simulation.terms();
  }
  CHECK(terms > 400);
}

TEST_CASE("two processes never lead at the same time while the election moves from Endpoints to a Lease") {
  std::size_t moved = 0;
  Hazards hazards = kStorm;
  hazards.kind = LockKind::kEndpoints;
  hazards.upgrade = minutes(3);
  for (std::uint32_t seed = 1; seed <= 400; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(2 + seed % 3, hazards, seed);
    simulation.Run(hazards.upgrade);
    simulation.Run(minutes(4));
    REQUIRE(simulation.most_leaders() == 1);
    simulation.Heal();
    simulation.Run(seconds(70));
    REQUIRE(simulation.most_leaders() == 1);
    CHECK(simulation.leaders() == 1);
    if (simulation.electors(LockKind::kLeases) > 0) ++moved;
  }
  CHECK(moved > 300);
}

TEST_CASE("replicas that are restarted one by one move to the Lease, without a leader for less than 20 s") {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Hazards hazards{.clock_ratio = 1.5, .kind = LockKind::kEndpoints, .upgrade = seconds(60)};
    ElectionSimulation simulation(3, hazards, seed);
    simulation.Run(seconds(61));
    for (std::size_t place = 0; place < 3; ++place) {
      simulation.Restart(place);
      simulation.Run(seconds(30));
    }
    CHECK(simulation.most_leaders() == 1);
    CHECK(simulation.leaders() == 1);
    CHECK(simulation.electors(LockKind::kLeases) == 3);
    CHECK(simulation.longest_gap() < seconds(20));
  }
}

TEST_CASE("a process leads within 70 s after all faults have ended") {
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(2 + seed % 2, kStorm, seed);
    simulation.Run(minutes(3));
    simulation.Heal();
    // The last disturbance ends within 40 s, and a lease expires 15 s later.
    simulation.Run(seconds(70));
    CHECK(simulation.leaders() == 1);
  }
}

TEST_CASE("without faults the first leader keeps leading") {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(3, {.clock_ratio = 1.5}, seed);
    simulation.Run(minutes(5));
    CHECK(simulation.terms() == 1);
    CHECK(simulation.leaders() == 1);
    CHECK(simulation.longest_gap() < seconds(1));
  }
}

TEST_CASE("of many processes that start at the same time exactly one leads") {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    CAPTURE(seed);
    ElectionSimulation simulation(12, {.clock_ratio = 1.5, .longest_way = milliseconds(20)}, seed);
    simulation.Run(minutes(2));
    CHECK(simulation.most_leaders() == 1);
    CHECK(simulation.terms() == 1);
  }
}

TEST_CASE("two processes can lead if clocks differ by more than the durations allow") {
  std::size_t most = 0;
  for (std::uint32_t seed = 1; seed <= 400 && most < 2; ++seed) {
    Hazards hazards = kStorm;
    hazards.clock_ratio = 1.7;
    ElectionSimulation simulation(3, hazards, seed);
    simulation.Run(minutes(20));
    most = std::max(most, simulation.most_leaders());
  }
  // So the simulation does notice two leaders.
  CHECK(most == 2);
}

}  // namespace
}  // namespace k8sm::leader
