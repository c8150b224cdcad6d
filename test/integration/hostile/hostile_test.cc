// Everything that the program talks to answers wrongly, stalls and floods, all at once.
//
//   hostile_test                                           12 rounds of seed 1
//   K8SM_HOSTILE_SEED=7 K8SM_HOSTILE_ROUNDS=5000 hostile_test
// What the peers do depends on the seed only; how it interleaves with the controller depends on the machine,
// too. With more rounds than by default, the plugin also hangs, and progress goes to stderr.

#include "test/integration/hostile/neighbourhood.h"
#include "test/support/catch.h"

// Not glog/logging.h, whose CHECK would replace that of the tests.
#include <gflags/gflags_declare.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <malloc.h>
#include <string>

// Of the address sanitizer; null without it.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes() __attribute__((weak));

DECLARE_int32(minloglevel);  // of glog

namespace k8sm::test {
namespace {

constexpr unsigned kDefaultRounds = 12;

// How much more an idle process may have allocated than in the first half of the rounds.
constexpr std::size_t kSlack = 4 << 20;

unsigned FromEnvironment(const char* name, unsigned otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::stoul(text));
}

std::size_t AllocatedBytes() {
  if (__sanitizer_get_current_allocated_bytes != nullptr) return __sanitizer_get_current_allocated_bytes();
  return mallinfo2().uordblks;
}

std::string ResidentSet() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) return line;
  }
  return "";
}

TEST_CASE("with hostile peers the program neither grows nor ends, and recovers to the planned state") {
  const unsigned seed = FromEnvironment("K8SM_HOSTILE_SEED", 1);
  const unsigned rounds = FromEnvironment("K8SM_HOSTILE_ROUNDS", kDefaultRounds);
  const bool is_long = rounds > kDefaultRounds;
  FLAGS_minloglevel = 1;  // WARNING
  Neighbourhood neighbourhood(seed, is_long);
  std::size_t highest = 0;
  for (unsigned round = 0; round < rounds; ++round) {
    const std::string storm = neighbourhood.Storm();
    CAPTURE(seed, round, storm);
    REQUIRE(neighbourhood.Calm() == std::vector<std::string>{});
    const std::size_t allocated = AllocatedBytes();
    if (round < (rounds + 1) / 2) highest = std::max(highest, allocated);
    CHECK(allocated <= highest + kSlack);
    if (is_long && round % 10 == 0) {
      std::cerr << "round " << round << ": " << allocated << " bytes allocated, " << ResidentSet() << "\n";
    }
  }
}

}  // namespace
}  // namespace k8sm::test
