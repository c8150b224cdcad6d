// A cluster whose controller has settled, an API server with fault injection, and the checks after a fault.

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
  // Creates the services "shop/web" and "shop/db" with pods, and waits until their endpoints are written.
  // `kubeconfig` has the controller's credentials, if the server needs any.
  explicit FaultWorld(apiserver::ApiServerOptions server = {}, const std::string& kubeconfig = "");

  World& world() { return world_; }

  // Injects these faults (apiserver/fault_rule.h).
  void Break(const std::string& rules);

  // The same, and closes all connections, so that every watch starts again. `forget` also discards the
  // history, so that every resource is listed again.
  void BreakConnections(const std::string& rules, bool forget = false);

  // Starts the controller again. REQUIRES: it is stopped.
  void Restart() { world_.Start(options_); }

  // Creates, changes and deletes pods and services, so that every cache changes and every kind of write
  // occurs.
  void Change();

  // Runs until each rule has hit `times` requests. Returns false after 5 minutes.
  bool Hit(std::size_t times = 1);

  // Removes the faults and returns the violated properties as sentences; empty if all hold:
  //
  // - The controller settles, and writes no Endpoints and slices afterwards.
  // - The stored Endpoints and EndpointSlices match a fresh plan of the stored state.
  // - No endpoint is in two slices.
  // - Since Break() at most a few lines of each kind were logged.
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
