// The model-based test of the whole program: random histories of a cluster, seed by seed.
//
//   model_test                                     the seeds 1 to 50, on old servers 1 and 2
//   K8SM_MODEL_SEQUENCES=1000 model_test           the seeds 1 to 1000
//   K8SM_MODEL_SEED=17 model_test                  this seed only, with the controller's log
//   K8SM_MODEL_SEED=17 K8SM_MODEL_SEQUENCES=100    the seeds 17 to 116
//
// A failure prints its seed, all steps, and the stored and the planned objects. The steps depend on the seed
// only; how they interleave with the controller depends on the machine, too, so that it may take several runs
// to reproduce a rare failure.

#include "test/integration/model/sequence.h"
#include "test/support/catch.h"

// Not glog/logging.h, whose CHECK would replace that of the tests.
#include <gflags/gflags_declare.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

DECLARE_int32(minloglevel);  // of glog

namespace k8sm::test {
namespace {

std::optional<unsigned> FromEnvironment(const char* name) {
  const char* text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  std::size_t end = 0;
  const unsigned long number = std::stoul(text, &end);
  if (text[end] != '\0') throw std::invalid_argument(std::string(name) + " is no number: " + text);
  return static_cast<unsigned>(number);
}

struct Seeds {
  unsigned first = 1;
  unsigned count = 1;
};

Seeds ChooseSeeds(unsigned default_count) {
  const auto first = FromEnvironment("K8SM_MODEL_SEED"), count = FromEnvironment("K8SM_MODEL_SEQUENCES");
  return {.first = first.value_or(1), .count = count.value_or(first ? 1 : default_count)};
}

// The skips of a single seed are of interest, those of many seeds are not.
class LogLevel {
 public:
  explicit LogLevel(bool quiet) {
    if (quiet) FLAGS_minloglevel = 3;  // FATAL
  }
  ~LogLevel() { FLAGS_minloglevel = before_; }
  LogLevel(const LogLevel&) = delete;
  LogLevel& operator=(const LogLevel&) = delete;

 private:
  const int before_ = FLAGS_minloglevel;
};

// Runs the odd or the even seeds, so that two test cases share the work.
void RunSeeds(unsigned remainder, bool with_faults = false) {
  const Seeds seeds = ChooseSeeds(50);
  const LogLevel log_level(seeds.count > 1);
  for (unsigned seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    if (seed % 2 != remainder) continue;
    CAPTURE(seed);
    const std::string failure = Sequence(seed, with_faults).Run();
    if (!failure.empty()) FAIL(failure);
  }
}

TEST_CASE("after any history starting in host-port mode, the stored endpoints are as planned") {
  RunSeeds(1);
}

TEST_CASE("after any history starting in pod-IP mode, the stored endpoints are as planned") {
  RunSeeds(0);
}

TEST_CASE("after any history with faults starting in host-port mode, the stored endpoints are as planned") {
  RunSeeds(1, true);
}

TEST_CASE("after any history with faults starting in pod-IP mode, the stored endpoints are as planned") {
  RunSeeds(0, true);
}

TEST_CASE("on an old server, after any history with or without faults, the stored endpoints are as planned") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  const bool with_faults = GENERATE(false, true);
  const Seeds seeds = ChooseSeeds(2);
  const LogLevel log_level(seeds.count > 1);
  for (unsigned seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    CAPTURE(version, seed, with_faults);
    const std::string failure = Sequence(seed, with_faults, version).Run();
    if (!failure.empty()) FAIL(failure);
  }
}

}  // namespace
}  // namespace k8sm::test
