// An API server and controllers that run against it, in one process and on one thread.

#ifndef K8SM_TEST_INTEGRATION_WORLD_H_
#define K8SM_TEST_INTEGRATION_WORLD_H_

#include "controller/program/manager.h"
#include "controller/program/options.h"
#include "lib/async/task_group.h"
#include "lib/http_server/page.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "test/apiserver/api_server.h"
#include "test/support/log_capture.h"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::test {

class World {
 public:
  explicit World(apiserver::ApiServerOptions server = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  apiserver::ApiServer& server() { return *server_; }
  const apiserver::ApiServer& server() const { return *server_; }
  LogCapture& log() { return log_; }
  asio::any_io_executor executor() { return context_.get_executor(); }

  // Replaces the API server by an empty one with a new history at the same address. Connections to the old
  // one are closed.
  void ReplaceServer();

  // Options to connect to the server, without an ops port and leader election.
  controller::Options Defaults() const;

  // The same with timeouts and delays twenty times shorter, so that tests need not wait for faults to time
  // out.
  controller::Options Hurried() const;

  // Runs a controller with options.once until it exits. Returns its exit code.
  int RunOnce(controller::Options options);

  // Starts a controller. REQUIRES: none is running.
  void Start(controller::Options options);
  // Waits until the controller ends by itself. Returns its exit code.
  int WaitForEnd();
  // Stops the controller. Returns its exit code.
  int Stop();

  // Returns a page of the running controller's ops port, completely generated.
  http_server::Page Ask(std::string_view path,
                        std::vector<std::pair<std::string, std::string>> query = {}) const;

  // Runs at most `handlers` ready handlers, without waiting.
  void Turn(int handlers);

  // Waits for an event in the loop, for at most a millisecond.
  void Rest();

  // Runs the loop until the condition holds; returns false after 5 minutes. The condition is evaluated after
  // each turn.
  bool RunUntil(const std::function<bool()>& condition);

  // Runs at most `handlers` ready handlers.
  void Poll(std::size_t handlers);

  // Runs the loop until the controller has settled: it has seen every write in the server, including its own,
  // and has nothing left to sync. It then stays idle until something changes or min_resync_period ends.
  // Returns false after 5 minutes. REQUIRES: a controller is running.
  bool Settle();

  // The stored Endpoints; nullopt if there are none.
  std::optional<kube::Endpoints> EndpointsOf(std::string_view ns, std::string_view name) const;

  // The stored EndpointSlices whose label names the service, sorted by name.
  std::vector<kube::EndpointSlice> SlicesOf(std::string_view ns, std::string_view service) const;

  // Returns the addresses of the stored Endpoints, those not ready prefixed with "-": "10.0.0.1:31080
  // -10.0.0.2:31081". "none" if there are no Endpoints, "" if they are empty.
  std::string Places(std::string_view ns, std::string_view name) const;

  // The same for the EndpointSlices, with "~" before terminating endpoints.
  std::string SlicePlaces(std::string_view ns, std::string_view service) const;

  // Create, replace or delete an object. The test fails if the server refuses it.
  void Create(std::string_view resource, std::string_view ns, const std::string& json);
  void Update(std::string_view resource, std::string_view ns, const std::string& json);
  void Delete(std::string_view resource, std::string_view ns, std::string_view name);

 private:
  bool HasSeenEverything() const;

  const std::string emulated_;
  asio::io_context context_;
  LogCapture log_;
  std::unique_ptr<apiserver::ApiServer> server_;
  TaskGroup tasks_;
  std::string ns_;  // the namespace that the controller watches; empty: all
  std::unique_ptr<controller::Manager> manager_;
  std::optional<int> exit_code_;
};

// Returns the text with the first occurrence of `part` replaced. REQUIRES: it contains `part`.
std::string Replaced(std::string text, std::string_view part, std::string_view replacement);

// Returns a node in a zone.
std::string NodeJson(const std::string& name, const std::string& zone = "zone-a");

// A service that selects app=NAME, with a port 80 whose targetPort is 8080.
std::string ServiceJson(const std::string& name);

// The properties of a pod that tests set.
struct PodSpec {
  std::string name;
  std::string app = "web";
  int host_port = 0;  // 0: declares none
  std::string host_ip = "10.0.0.1";
  std::string pod_ip = "172.17.0.2";
  bool ready = true;
  std::string phase = "Running";
};

// A pod with one container that declares port 8080.
std::string PodJson(const PodSpec& pod);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_WORLD_H_
