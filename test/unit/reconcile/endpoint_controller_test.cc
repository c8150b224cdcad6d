#include "controller/reconcile/endpoint_controller.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/reconcile/offline_controller.h"

#include <chrono>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::MakePod;
using test::MakeService;

const ControllerOptions kDryRun{.dry_run = true};

kube::Service Web() {
  return MakeService("web").Port({.target = 8080});
}
kube::Pod Ready(const std::string& name, int host_port) {
  return MakePod(name).Port({.number = 8080, .host_port = host_port}).Ready();
}

TEST_CASE("a controller that starts syncs every service, and then what changes", "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Put(Ready("a", 31080));
  CHECK_FALSE(test.controller().Idle());
  test.Start();
  CHECK(test.controller().Idle());
  CHECK(output.Take() == "create default/web\n  + pod default/a: 10.0.0.11:31080/TCP\n");
  test.Put(Ready("a", 31081));
  test.Turn();
  CHECK(output.Take() == "create default/web\n  + pod default/a: 10.0.0.11:31081/TCP\n");
  CHECK(test.controller().DryRunReport().starts_with("1 Endpoints would change (1 created"));
  CHECK_FALSE(test.controller().reached_all());
}

TEST_CASE("before it starts a controller does nothing, whatever changes", "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.controller().AddSlices();
  test.Turn();
  CHECK(test.controller().loop().queue().asked() == 0);
  CHECK_FALSE(test.controller().Idle());
  CHECK(output.Take().empty());
}

TEST_CASE("slices that are added to a controller at work have every service synced again",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Start();
  output.Take();
  CHECK(test.controller().DryRunReport().find("EndpointSlices") == std::string::npos);
  test.controller().AddSlices();
  test.Turn();
  CHECK(output.Take().starts_with("create slice default/web-* IPv4"));
  CHECK(test.controller().DryRunReport().find("1 EndpointSlices would change (1 created") !=
        std::string::npos);
}

TEST_CASE("nodes that are listed after the start have services planned again if any is missing",
          "[endpoint_controller]") {
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Put(Ready("a", 31080));
  test.Start();
  CHECK(test.controller().reconciler().missing_nodes().services() == 0);
  test.controller().ReportMissingNodes();
  test.Turn();
  CHECK(test.controller().reconciler().missing_nodes().services() == 1);
  test.RemoveService("web");
  test.Turn();
  CHECK(test.controller().reconciler().missing_nodes().services() == 0);
  test.Put(Web());
  test.Turn();
  test.controller().AddSlices();
  test.Turn();
  CHECK(test.controller().reconciler().missing_nodes().services() == 0);
}

TEST_CASE("nodes that are all there have nothing planned again", "[endpoint_controller]") {
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Start();
  const auto asked = test.controller().loop().queue().asked();
  test.controller().ReportMissingNodes();
  test.Turn();
  CHECK(test.controller().loop().queue().asked() == asked);
}

TEST_CASE("changes of pods wait for further ones where that is asked for, changes of services do not",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test({.batch_period = seconds(100), .dry_run = true});
  test.Put(Web());
  test.Start();
  output.Take();
  test.Put(Ready("a", 31080));
  test.Turn();
  CHECK(test.controller().loop().queue().delayed() == 1);
  CHECK(output.Take().empty());
  kube::Service changed = Web();
  changed.meta.labels.Set(kube::Symbol("x"), kube::Symbol("y"));
  test.Put(changed);
  test.Turn();
  CHECK(output.Take() == "create default/web\n  + pod default/a: 10.0.0.11:31080/TCP\n");
}

TEST_CASE("a controller at work syncs, ticks and, where it is asked for, resyncs without cause",
          "[endpoint_controller]") {
  OfflineController without({.min_resync_period = milliseconds(0), .dry_run = true});
  without.Start();
  CHECK(without.tasks().size() == 2);
  OfflineController with(kDryRun);
  with.Start();
  CHECK(with.tasks().size() == 3);
}

TEST_CASE("as many services are written at a time as the option says", "[endpoint_controller]") {
  const test::LogCapture log;
  OfflineController test({.concurrency = 3});
  for (int i = 0; i < 5; ++i)
    test.Put(kube::Service(MakeService("web-" + std::to_string(i)).Port({.target = 8080})));
  test.controller().Start(test.tasks());
  test.RunUntil([&] { return test.controller().loop().queue().processing() > 0; });
  CHECK(test.controller().loop().queue().processing() == 3);
}

// ---- Deleted services

TEST_CASE("Endpoints of a service that is deleted while the controller works go though they bear no mark",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Start();
  test.RemoveService("web");
  // The watch of Endpoints is late.
  test.PutUnmarked("web");
  output.Take();
  test.Turn();
  CHECK(output.Take() == "delete default/web\n");
}

TEST_CASE("what another leader has not come to delete is left to the one that follows",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.PutUnmarked("web");
  test.RemoveService("web");
  test.Start();
  CHECK(output.Take() == "delete default/web\n");
}

TEST_CASE("a deletion that another leader has seen to is forgotten, and what is made by hand then stays",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  SECTION("the Endpoints went after the service") {
    test.PutUnmarked("web");
    test.RemoveService("web");
    test.RemoveEndpoints("web");
  }
  SECTION("the Endpoints went before the service") {
    test.PutUnmarked("web");
    test.RemoveEndpoints("web");
    test.RemoveService("web");
  }
  test.PutUnmarked("web");
  test.Start();
  CHECK(output.Take().empty());
  CHECK(test.controller().reconciler().size() == 0);
}

// ---- -once

struct Once {
  explicit Once(OfflineController& test) {
    asio::co_spawn(test.io(), test.controller().SyncOnce(test.tasks()),
                   [this](std::exception_ptr) { ended = true; });
  }
  bool ended = false;
};

TEST_CASE("-once ends when every service is synced", "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test({.once = true, .dry_run = true});
  test.Put(Web());
  Once once(test);
  test.RunUntil([&] { return once.ended; });
  CHECK(test.controller().reached_all());
  CHECK(test.controller().failed() == 0);
  CHECK(output.Take() == "create default/web\n");
}

TEST_CASE("-once says at its end how many warnings of services without endpoints were held back",
          "[endpoint_controller]") {
  const test::LogCapture log;
  const OutputCapture output;
  OfflineController test({.once = true, .dry_run = true});
  test.Put(Ready("a", 31080));
  kube::LabelMap mistyped;
  mistyped.Set(kube::Symbol("app"), kube::Symbol("wbe"));
  for (int i = 0; i < 150; ++i)
    test.Put(MakeService("web-" + std::to_string(i)).Port({.target = 8080}).Selector(mistyped));
  Once once(test);
  test.RunUntil([&] { return once.ended; });
  CHECK(log.Count("more services have no endpoints, or have some again (50 more times") == 1);
}

TEST_CASE("the report in JSON lists the pods that are skipped and the services without endpoints",
          "[endpoint_controller]") {
  OfflineController test({.dry_run = true, .dry_run_format = ReportFormat::kJson});
  test.Put(Web());
  test.Put(Ready("b", 0));
  test.Start();
  const std::string report = test.controller().DryRunReport();
  CAPTURE(report);
  const auto holds = [&report](const std::string& part) { return report.find(part) != std::string::npos; };
  CHECK(holds(R"("skipped":[{"namespace":"default","pod":"b","service":"web",)"));
  CHECK(holds(R"("servicesWithoutEndpoints":[{"namespace":"default","name":"web","reason":"skipped",)"));
  CHECK(holds(R"("endpointSlices":null,)"));
  test.controller().AddSlices();
  test.Turn();
  CHECK(test.controller().DryRunReport().find(R"("endpointSlices":{"created":1,)") != std::string::npos);
}

TEST_CASE("-once gives a service up after eight tries", "[endpoint_controller]") {
  const test::LogCapture log;
  OfflineController test({.once = true});
  test.Put(Web());
  Once once(test);
  const auto& queue = test.controller().loop().queue();
  for (int tries = 1; tries < 8; ++tries) {
    test.RunUntil([&] { return queue.NumRequeues(test.Key("web")) == tries && queue.processing() == 0; });
    CHECK(test.controller().failed() == 0);
    // The backoff need not be waited for.
    test.controller().loop().Add(test.Key("web"));
  }
  test.RunUntil([&] { return once.ended; });
  CHECK(test.controller().failed() == 1);
  CHECK(test.controller().reached_all());
  CHECK(log.Count("given up after 8 tries") == 1);
}

TEST_CASE("without -once no service is given up", "[endpoint_controller]") {
  const test::LogCapture log;
  OfflineController test({});
  test.Put(Web());
  test.controller().Start(test.tasks());
  const auto& queue = test.controller().loop().queue();
  for (int tries = 1; tries < 12; ++tries) {
    test.RunUntil([&] { return queue.NumRequeues(test.Key("web")) == tries && queue.processing() == 0; });
    test.controller().loop().Add(test.Key("web"));
  }
  CHECK(test.controller().failed() == 0);
}

TEST_CASE("-once says at its end what was held back of the log", "[endpoint_controller]") {
  OutputCapture output;
  const test::LogCapture log;
  OfflineController test({.once = true, .dry_run = true});
  test.Put(Web());
  for (int i = 0; i < 103; ++i)
    test.Put(kube::Pod(MakePod("pod-" + std::to_string(i)).Port({.number = 8080}).Ready()));
  Once once(test);
  test.RunUntil([&] { return once.ended; });
  CHECK(log.Count("more pods were skipped: 3 no_host_port") == 1);
}

}  // namespace
}  // namespace k8sm::controller
