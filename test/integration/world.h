// An API server and controllers to run against it, in one process and on one thread.

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

  // Puts another API server in the place of this one, which is cut off: at the same address, empty, and with
  // a history of its own.
  void ReplaceServer();

  // Options that lead to the server, without a health server and without an election.
  controller::Options Defaults() const;

  // The same for a controller in a hurry: it gives up and tries again twenty times as soon as others, so that
  // faults need not be waited out.
  controller::Options Hurried() const;

  // Runs a controller to its end (options.once is set) and gives its exit code.
  int RunOnce(controller::Options options);

  // Starts a controller; one at a time.
  void Start(controller::Options options);
  // Stops it and gives its exit code.
  int Stop();

  // The page of the running controller's ops port, with all its steps made.
  http_server::Page Ask(std::string_view path,
                        std::vector<std::pair<std::string, std::string>> query = {}) const;

  // Lets the loop do at most so many things, without waiting for any.
  void Turn(int handlers);

  // Waits for something to happen in the loop, for a millisecond at the most.
  void Rest();

  // Runs the loop until the condition holds; false where it does not for half a minute. The condition is
  // looked at after each turn of the loop.
  bool RunUntil(const std::function<bool()>& condition);

  // Runs what is ready to run, at most so many handlers of the loop.
  void Poll(std::size_t handlers);

  // Runs the loop until the controller is at rest: it has seen every write that the server holds, its own
  // too, and has dealt with it. From then on it does nothing unless something happens (or min_resync_period
  // ends). False where that does not come within half a minute. REQUIRES: a controller runs.
  bool Settle();

  // The stored Endpoints; nothing where there are none.
  std::optional<kube::Endpoints> EndpointsOf(std::string_view ns, std::string_view name) const;

  // The stored EndpointSlices whose label names the service, by name.
  std::vector<kube::EndpointSlice> SlicesOf(std::string_view ns, std::string_view service) const;

  // "10.0.0.1:31080 -10.0.0.2:31081", the not ready with a dash before them; "none" where there are no
  // Endpoints and "" where they list nothing.
  std::string Places(std::string_view ns, std::string_view name) const;

  // The same of the EndpointSlices, those terminating with a "~" before them.
  std::string SlicePlaces(std::string_view ns, std::string_view service) const;

  // Creates an object from JSON text, or fails the test.
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
  std::string ns_;  // that the controller looks after; empty: all
  std::unique_ptr<controller::Manager> manager_;
  std::optional<int> exit_code_;
};

// The text with `part`, which it has to hold, replaced where it first stands.
std::string Replaced(std::string text, std::string_view part, std::string_view replacement);

// A node in a zone.
std::string NodeJson(const std::string& name, const std::string& zone = "zone-a");

// A service that selects app=NAME, with a port 80 whose targetPort is 8080.
std::string ServiceJson(const std::string& name);

// What a test says of a pod.
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
