// One random history of a cluster with a controller.

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

// Runs bursts of changes. During a burst the controller may be syncing, stopped or restarted in the other
// mode, the API server may be unavailable, and, if requested, faults are injected until the burst ends
// (random_faults.h). After each burst the cluster settles and is compared with a fresh plan.
class Sequence {
 public:
  // Odd seeds start in host-port mode, even ones in pod-IP mode. `version`: of Kubernetes (emulation.h).
  Sequence(unsigned seed, bool with_faults, const std::string& version = "1.36");

  // Runs until the end or the first failure. Returns the failure and all steps before it; empty on success.
  // Call once.
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

  // Each throws std::runtime_error if a property does not hold.
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
  bool watched_ = false;                // the controller has run since the cluster last settled
  bool expect_no_writes_ = false;       // until the cluster settles next
  std::uint64_t revision_at_rest_ = 0;  // the server's
  std::uint64_t others_revisions_ = 0;  // number of writes by others since then
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_SEQUENCE_H_
