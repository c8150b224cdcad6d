// A controller whose API server, proxy, credential plugin, Mesos masters and clients misbehave, all at once.

#ifndef K8SM_TEST_INTEGRATION_HOSTILE_NEIGHBOURHOOD_H_
#define K8SM_TEST_INTEGRATION_HOSTILE_NEIGHBOURHOOD_H_

#include "controller/program/options.h"
#include "lib/async/task_group.h"
#include "test/integration/hostile/hostile_server.h"
#include "test/integration/hostile/plugin.h"
#include "test/integration/hostile/scraper.h"
#include "test/integration/model/dice.h"
#include "test/integration/model/random_cluster.h"
#include "test/integration/world.h"
#include "test/mesos_master/mock_master.h"
#include "test/support/certificates.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::test {

// The controller reaches the API server over TLS through the proxy, with the plugin's token, and serves its
// ops port off loopback, with authorisation.
class Neighbourhood {
 public:
  // Odd seeds are in host-port mode, even ones in pod-IP mode. `may_stall`: the plugin may hang, which takes
  // the controller a minute to end.
  Neighbourhood(unsigned seed, bool may_stall);
  ~Neighbourhood();

  // Every peer misbehaves as the dice say while the cluster changes. Returns what they do, for a report.
  std::string Storm();

  // Every peer is honest again. Returns the properties that do not hold then, as sentences; empty if all
  // hold:
  // - The controller settles.
  // - The stored Endpoints and EndpointSlices match a fresh plan of the stored state.
  // - The ops port serves health checks to everybody, and metrics only to authorised clients.
  // - The agents of Mesos are known.
  // - No token is in the log.
  std::vector<std::string> Calm();

 private:
  std::string StormOfApiServer();
  std::string StormOfMaster();
  void SetTokens(const std::string& token);
  void ReplaceToken();
  void RestartApiServer();
  void Forget();
  std::string Get(const std::string& path, const std::string& token);
  void CheckPlan(std::vector<std::string>& broken);
  void CheckOpsPort(std::vector<std::string>& broken);

  Dice dice_;
  const bool may_stall_;
  TestAuthority authority_{"authority"};
  World world_;
  RandomCluster cluster_;
  Plugin plugin_;
  HostileServer proxy_;
  HostileServer false_master_;
  std::unique_ptr<mock_master::MockMaster> master_;
  Scraper scraper_;
  TaskGroup tasks_;
  controller::Options options_;
  int tokens_ = 0;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_HOSTILE_NEIGHBOURHOOD_H_
