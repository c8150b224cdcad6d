// One random history of a cluster with our controller in it.

#ifndef K8SM_TEST_INTEGRATION_MODEL_SEQUENCE_H_
#define K8SM_TEST_INTEGRATION_MODEL_SEQUENCE_H_

#include "controller/program/options.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/endpoints_meddler.h"
#include "test/integration/model/happening.h"
#include "test/integration/model/memory.h"
#include "test/integration/model/random_cluster.h"
#include "test/integration/model/slices_meddler.h"
#include "test/integration/world.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

// Bursts of changes, some of them while the controller syncs, is stopped or restarted in the other mode, or
// while the API server is away, and, where they are asked for, with faults of the API server's
// (random_faults.h) that end with the burst. After each burst the cluster comes to rest and is compared with
// what a fresh plan of it asks for.
class Sequence {
 public:
  // Odd seeds begin in host-port mode, even ones in pod-IP mode. `version`: of Kubernetes (emulation.h).
  Sequence(unsigned seed, bool with_faults, const std::string& version = "1.36");

  // Runs to the end or the first failure. Returns what has failed, with all that happened before; empty: all
  // is well. Once.
  std::string Run();

 private:
  void Play();
  void Burst();
  void Happen(int steps);
  void Step();
  void ChangeOptions();
  void Start();
  void Stop();
  void Restart();
  void StopHalfway();
  void NoteUpset(const Happening& happening);
  void Touch();
  void CutConnections();
  void Break();

  // Each throws std::runtime_error where something is not as it has to be.
  void Rest();
  void CheckState();
  void CheckWrites();
  void RequireNoWrites(const std::string& why);

  void Tell(const std::string& step) { steps_.push_back(step); }

  const unsigned seed_;
  const bool with_faults_;
  Dice dice_;
  World world_;
  RandomCluster cluster_;
  EndpointsMeddler endpoints_meddler_;
  SlicesMeddler slices_meddler_;
  controller::Options options_;
  Memory memory_;

  std::vector<std::string> steps_;
  bool running_ = false;
  std::map<Name, int> upsets_;          // since the controller was started
  bool watched_ = false;                // the controller has run since the last rest
  bool expect_no_writes_ = false;       // until the next rest
  std::uint64_t revision_at_rest_ = 0;  // the server's
  std::uint64_t others_revisions_ = 0;  // since then, of writes that were not the controller's
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_SEQUENCE_H_
