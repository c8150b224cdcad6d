// A cluster with our controller at rest in it, a server that can have faults, and what has to hold after.

#ifndef K8SM_TEST_INTEGRATION_FAULTS_FAULT_WORLD_H_
#define K8SM_TEST_INTEGRATION_FAULTS_FAULT_WORLD_H_

#include "controller/program/options.h"
#include "test/apiserver/api_server.h"
#include "test/integration/world.h"

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace k8sm::test {

class FaultWorld {
 public:
  // Services "shop/web" and "shop/db" and their pods; what they ask for is written. `kubeconfig` tells how
  // the controller gets in, where that takes one.
  explicit FaultWorld(apiserver::ApiServerOptions server = {}, const std::string& kubeconfig = "");

  World& world() { return world_; }

  // Has these faults (apiserver/fault_rule.h) from now on.
  void Break(const std::string& rules);

  // The same, on connections that are all new: those that are open are cut, so that every watch begins again.
  // `forget`: the history is gone too, so that everything is listed anew.
  void BreakConnections(const std::string& rules, bool forget = false);

  // Starts the controller once more. REQUIRES: it is stopped.
  void Restart() { world_.Start(options_); }

  // Pods come, change and go, and so do services: something for every cache and for every kind of write.
  void Change();

  // Runs until each rule has hit so many requests; false where that does not come within half a minute.
  bool Hit(std::size_t times = 1);

  // Ends the faults, then tells whatever does not hold, as sentences; empty: all is well.
  //
  // - The controller comes to rest, and writes no Endpoints and slices from then on.
  // - The stored Endpoints and EndpointSlices are as a fresh plan of the stored state asks for.
  // - No slice lists what another lists too.
  // - Since Break() the log has told no more than a few lines of each kind.
  std::vector<std::string> Healed();

 private:
  void CheckPlan(std::vector<std::string>& broken);
  void CheckQuiet(std::vector<std::string>& broken);
  void CheckLog(std::vector<std::string>& broken);

  World world_;
  controller::Options options_;
  std::size_t rules_ = 0;
  int changes_ = 0;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_FAULTS_FAULT_WORLD_H_
