// The controller with caches that read from an API server.

#include "controller/reconcile/endpoint_controller.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/client/run.h"
#include "test/unit/cluster/list_server.h"
#include "test/unit/cluster/offline_cluster.h"
#include "test/unit/reconcile/offline_controller.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

const std::string kService =
    R"({"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"1"},)"
    R"("spec":{"clusterIP":"10.1.0.1","selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}})";
// A pod at 10.0.0.9:31080, on a node that does not exist.
const std::string kPod =
    R"({"metadata":{"name":"a","namespace":"shop","uid":"u2","resourceVersion":"2","labels":{"app":"web"}},)"
    R"("spec":{"nodeName":"node-9","containers":[{"name":"main","ports":[{"containerPort":8080,"hostPort":31080}]}]},)"
    R"("status":{"phase":"Running","hostIP":"10.0.0.9","podIP":"172.17.0.2",)"
    R"("conditions":[{"type":"Ready","status":"True"}]}})";

// A controller that prints what it would write. The service web and its pod are listed.
class Fixture {
 public:
  explicit Fixture(ControllerOptions options = {})
      : controller_(
            io.get_executor(), DryRun(options), *client, cache, [](kube::Event) {}, test::ThrowTaskFailure) {
    server.items["services"] = kService;
    server.items["pods"] = kPod;
  }
  ~Fixture() {
    tasks.Cancel();
    server.Cancel();
    RunUntil([this] { return tasks.empty() && server.ended(); });
  }
  void RunUntil(const std::function<bool()>& reached) { client::RunUntil(io, reached); }

  EndpointController& controller() { return controller_; }

  OutputCapture output;
  test::LogCapture log;
  asio::io_context io;
  ListServer server{io};
  std::unique_ptr<client::ApiClient> client =
      client::ApiClient::Create(io.get_executor(),
                                {.scheme = "http", .host = "127.0.0.1", .port = server.port()}, {})
          .value();
  ClusterCache cache{io.get_executor(), *client, ""};
  TaskGroup tasks{io.get_executor(), test::ThrowTaskFailure};

 private:
  static ControllerOptions DryRun(ControllerOptions options) {
    options.dry_run = true;
    return options;
  }

  EndpointController controller_;
};

// The pod cache has found the server at an older version, and the watches of the others are open.
void GoBack(Fixture& f) {
  f.server.expired = {{"pods", 5}};
  f.cache.Start(f.tasks, {});
  f.RunUntil(
      [&] { return f.cache.synced() && f.cache.ResourceVersion("pods") == "5" && f.server.watches == 4; });
}

const std::string kWanted = "create shop/web\n  + pod shop/a: 10.0.0.9:31080/TCP\n";

TEST_CASE("while caches may show different server states nothing is synced, and the service is requeued",
          "[endpoint_controller]") {
  Fixture f;
  GoBack(f);
  f.server.silent = {"services"};  // when it is asked for its version
  f.controller().Start(f.tasks);
  f.RunUntil([&] { return f.controller().loop().queue().delayed() == 1; });
  CHECK(f.output.Take().empty());
  CHECK_FALSE(f.controller().Idle());
}

TEST_CASE("syncs resume by themselves once all caches have confirmed the server's state",
          "[endpoint_controller]") {
  Fixture f;
  GoBack(f);
  f.controller().Start(f.tasks);
  f.RunUntil([&] { return f.controller().Idle(); });
  CHECK(f.output.Take() == kWanted);
  CHECK(f.server.probes == 2);
}

TEST_CASE("the controller's ticks report nodes that stay missing", "[endpoint_controller]") {
  ControllerOptions options{.tick = milliseconds(1)};
  options.reconciler.missing_node_settle_time = milliseconds(1);
  Fixture f(options);
  f.cache.Start(f.tasks, {});
  f.cache.StartNodes(f.tasks, {});
  f.RunUntil([&] { return f.cache.synced() && f.cache.nodes_synced() && f.server.watches == 4; });
  f.controller().ReportMissingNodes();
  f.controller().Start(f.tasks);
  f.RunUntil([&] { return f.controller().reconciler().missing_nodes().pods() == 1; });
  CHECK(f.log.Count("W node node-9 does not exist, but pod shop/a of service shop/web is bound to it") == 1);
}

}  // namespace
}  // namespace k8sm::controller
