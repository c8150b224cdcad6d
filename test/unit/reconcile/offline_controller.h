// An EndpointController over caches that a test fills. Its API server can't be reached.

#ifndef K8SM_TEST_UNIT_RECONCILE_OFFLINE_CONTROLLER_H_
#define K8SM_TEST_UNIT_RECONCILE_OFFLINE_CONTROLLER_H_

#include "controller/reconcile/endpoint_controller.h"
#include "lib/async/task_group.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/cluster/offline_cluster.h"

#include <boost/asio/co_spawn.hpp>

#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::controller {

// Captures what is printed to stdout during its lifetime.
class OutputCapture {
 public:
  OutputCapture() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~OutputCapture() { std::cout.rdbuf(before_); }
  OutputCapture(const OutputCapture&) = delete;
  OutputCapture& operator=(const OutputCapture&) = delete;

  // What was printed since the last call.
  std::string Take() {
    std::string text = text_.str();
    text_.str("");
    return text;
  }

 private:
  std::ostringstream text_;
  std::streambuf* const before_;
};

// Everything is in namespace "default", as builders.h makes it.
class OfflineController {
 public:
  explicit OfflineController(const ControllerOptions& options)
      : controller_(
            cluster_.io.get_executor(), options, *cluster_.client, cluster_.cache, [](kube::Event) {}, Fail),
        tasks_(cluster_.io.get_executor(), Fail) {}
  ~OfflineController() {
    tasks_.Cancel();
    Turn();
    std::optional<bool> ended;
    asio::co_spawn(cluster_.io, controller_.Drain(std::chrono::steady_clock::now()),
                   [&ended](std::exception_ptr, bool all) { ended = all; });
    RunUntil([&ended] { return ended.has_value(); });
  }

  void Put(kube::Service service) { cache().services().Apply(Versioned(std::move(service))); }
  void Put(kube::Pod pod) { cache().pods().Apply(Versioned(std::move(pod))); }
  void Put(kube::Endpoints endpoints) { cache().endpoints().Apply(Versioned(std::move(endpoints))); }
  void PutNode(const std::string& name) {
    kube::Node node;
    node.meta.name = kube::Symbol(name);
    cache().nodes().Apply(Versioned(std::move(node)));
  }
  void RemoveService(const std::string& name) { cache().services().Remove(Key(name), NextVersion()); }
  void RemoveEndpoints(const std::string& name) { cache().endpoints().Remove(Key(name), NextVersion()); }
  // Endpoints without a controller's label.
  void PutUnmarked(const std::string& name) {
    kube::Endpoints endpoints;
    endpoints.meta.ns = kube::Symbol("default");
    endpoints.meta.name = kube::Symbol(name);
    endpoints.meta.uid = kube::Uid("uid of " + name + std::to_string(version_));
    Put(std::move(endpoints));
  }

  void Start() {
    controller_.Start(tasks_);
    Turn();
  }
  // Runs all handlers that are ready.
  void Turn() {
    cluster_.io.restart();
    cluster_.io.poll();
  }
  template <class Reached>
  void RunUntil(Reached reached) {
    cluster_.io.restart();
    while (!reached()) {
      if (cluster_.io.run_one_for(std::chrono::seconds(30)) == 0) FAIL("nothing happens any more");
    }
  }

  static kube::ObjectKey Key(const std::string& name) {
    return {kube::Symbol("default"), kube::Symbol(name)};
  }

  EndpointController& controller() { return controller_; }
  ClusterCache& cache() { return cluster_.cache; }
  TaskGroup& tasks() { return tasks_; }
  boost::asio::io_context& io() { return cluster_.io; }

 private:
  static void Fail(std::string_view name, std::string_view what) {
    FAIL_CHECK(std::string(name) + ": " + std::string(what));
  }
  std::string NextVersion() { return std::to_string(++version_); }
  template <class T>
  T Versioned(T object) {
    object.meta.resource_version = NextVersion();
    return object;
  }

  int version_ = 100;
  OfflineCluster cluster_;
  EndpointController controller_;
  TaskGroup tasks_;
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_RECONCILE_OFFLINE_CONTROLLER_H_
