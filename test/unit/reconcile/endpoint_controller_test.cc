#include "controller/reconcile/endpoint_controller.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/verdicts.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/reconcile/offline_controller.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::MakePod;
using test::MakeService;

const ControllerOptions kDryRun{.dry_run = true};

class SyncCount final : public SyncObserver {
 public:
  void OnAdded() override {}
  void OnTaken(Duration) override {}
  void OnDone(Duration) override {}
  void OnRetry() override {}
  void OnSynced(SyncOutcome, Duration) override { ++ended; }

  int ended = 0;
};

kube::Service Web() {
  return MakeService("web").Port({.target = 8080});
}
kube::Pod Ready(const std::string& name, int host_port) {
  return MakePod(name).Port({.number = 8080, .host_port = host_port}).Ready();
}

TEST_CASE("a controller that starts syncs every service, and then those that change",
          "[endpoint_controller]") {
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

TEST_CASE("a controller does nothing before it starts, whatever changes", "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.controller().AddSlices();
  test.Turn();
  CHECK(test.controller().loop().queue().asked() == 0);
  CHECK_FALSE(test.controller().Idle());
  CHECK(output.Take().empty());
}

TEST_CASE("adding slices to a running controller syncs every service again", "[endpoint_controller]") {
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

TEST_CASE("nodes listed after the start cause another sync of all services if any node is missing",
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

TEST_CASE("nodes cause no further sync if all exist, or if they are listed before the start or after slices",
          "[endpoint_controller]") {
  const OutputCapture output;
  SyncCount syncs;
  OfflineController test(kDryRun);
  test.controller().loop().SetObserver(&syncs);
  test.Put(Web());
  test.Put(Ready("a", 31080));
  test.Put(Ready("b", 31081));
  SECTION("all exist") {
    test.PutNode("node-1");
    test.Start();
    CHECK(std::exchange(syncs.ended, 0) == 1);
    test.controller().ReportMissingNodes();
  }
  SECTION("before the start") {
    test.controller().ReportMissingNodes();
    CHECK(test.controller().loop().Idle());
  }
  SECTION("after slices") {
    test.controller().AddSlices();
    test.Start();
    CHECK(std::exchange(syncs.ended, 0) == 1);
    test.controller().ReportMissingNodes();
  }
  test.Turn();
  CHECK(syncs.ended == 0);
}

TEST_CASE("a single missing node causes another sync of every service, whichever node it is",
          "[endpoint_controller]") {
  const OutputCapture output;
  for (const char* missing : {"node-1", "node-2", "node-3"}) {
    CAPTURE(missing);
    SyncCount syncs;
    OfflineController test(kDryRun);
    test.controller().loop().SetObserver(&syncs);
    test.Put(Web());
    for (const char* node : {"node-1", "node-2", "node-3"}) {
      test.Put(kube::Pod(MakePod(std::string("on-") + node).On(node, "10.0.0.11")));
      if (node != std::string(missing)) test.PutNode(node);
    }
    test.Start();
    CHECK(std::exchange(syncs.ended, 0) == 1);
    test.controller().ReportMissingNodes();
    test.Turn();
    CHECK(syncs.ended == 1);
  }
}

TEST_CASE("the skip of a pod whose node is missing from the cache says why the cache may be outdated",
          "[endpoint_controller]") {
  const OutputCapture output;
  const test::LogCapture log;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Put(Ready("a", 31080));
  test.controller().AddSlices();
  test.Start();
  CHECK(log.Count("node_not_found: node node-1 does not exist, so the pod is in Endpoints and in no "
                  "EndpointSlice: delete the pod, or register the node again; it may exist, as nodes are "
                  "outdated: not watched: grant list, watch on nodes, and restart") == 1);
}

TEST_CASE("the slices of a service are left alone while one of them is unreadable", "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  kube::ObjectMeta slice = SliceFor("web-1", "web", 1000).meta;
  slice.ns = kube::Symbol("default");
  test.cache().slices().ApplyUnreadable(slice);
  test.controller().AddSlices();
  test.Start();
  CHECK(output.Take() == "create default/web\n");
}

TEST_CASE("SetStoredFields leaves out fields of Endpoints that the API server does not store, and no others",
          "[endpoint_controller]") {
  const kube::Service service = MakeService("web").Port({.target = 8080, .app_protocol = "http"});
  const kube::Pod pod = Ready("a", 31080);
  const kube::Pod* const pods[] = {&pod};
  const auto verdicts = endpoints::Judge(service, pods, endpoints::AddressMode::kHostPort, nullptr);
  // Whether node names and application protocols are stored and wanted.
  for (int i = 0; i < 16; ++i) {
    CAPTURE(i);
    const bool stored[] = {(i & 1) != 0, (i & 2) != 0};
    const bool wanted[] = {(i & 4) != 0, (i & 8) != 0};
    const OutputCapture output;
    OfflineController test(kDryRun);
    test.controller().SetStoredFields(wanted[0], wanted[1]);
    const auto plan =
        endpoints::PlanEndpoints(verdicts, {.node_names = stored[0], .app_protocols = stored[1]});
    test.Put(*endpoints::PlannedWrite(service, plan, nullptr, std::nullopt));
    test.Put(service);
    test.Put(pod);
    test.Start();
    const bool is_same = stored[0] == wanted[0] && stored[1] == wanted[1];
    CHECK(
        test.controller().DryRunReport().starts_with(is_same ? "No Endpoints would change" : "1 Endpoints"));
  }
}

TEST_CASE("with min_resync_period, every service is synced again and again", "[endpoint_controller]") {
  const OutputCapture output;
  SyncCount syncs;
  OfflineController test({.min_resync_period = milliseconds(1), .dry_run = true});
  test.controller().loop().SetObserver(&syncs);
  test.Put(Web());
  test.Put(MakeService("db").Port({.target = 8080}));
  test.Start();
  test.RunUntil([&] { return syncs.ended >= 6; });
}

TEST_CASE("the ticks of a running controller let further selectors be examined", "[endpoint_controller]") {
  const OutputCapture output;
  const test::LogCapture log;
  OfflineController test({.tick = milliseconds(1), .dry_run = true});
  test.Put(Ready("a", 31080));
  test.Start();
  kube::LabelMap mistyped;
  mistyped.Set(kube::Symbol("app"), kube::Symbol("wbe"));
  // A hundred are examined between two ticks, so this ends only with a tick.
  int services = 0;
  test.RunUntil([&] {
    test.Put(MakeService("web-" + std::to_string(services++)).Port({.target = 8080}).Selector(mistyped));
    const auto& empty = test.controller().reconciler().empty_services();
    return empty.current(endpoints::EmptyReason::kMistypedSelector) > 100;
  });
}

TEST_CASE("with a batch period, changes of pods are delayed and changes of services are not",
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

TEST_CASE(
    "a running controller has tasks for syncs and ticks, and one for resyncs if there is a resync period",
    "[endpoint_controller]") {
  OfflineController without({.min_resync_period = milliseconds(0), .dry_run = true});
  without.Start();
  CHECK(without.tasks().size() == 2);
  OfflineController with(kDryRun);
  with.Start();
  CHECK(with.tasks().size() == 3);
}

TEST_CASE("no more services are written at the same time than the option says", "[endpoint_controller]") {
  const test::LogCapture log;
  OfflineController test({.concurrency = 3});
  for (int i = 0; i < 5; ++i)
    test.Put(kube::Service(MakeService("web-" + std::to_string(i)).Port({.target = 8080})));
  test.controller().Start(test.tasks());
  test.RunUntil([&] { return test.controller().loop().queue().processing() > 0; });
  CHECK(test.controller().loop().queue().processing() == 3);
}

// ---- Deleted services

TEST_CASE("unmarked Endpoints are deleted if their service is deleted while the controller runs",
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

TEST_CASE("the Endpoints of a service deleted under an earlier leader are deleted by the next one",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.PutUnmarked("web");
  test.RemoveService("web");
  test.Start();
  CHECK(output.Take() == "delete default/web\n");
}

TEST_CASE(
    "a deletion that another leader has completed is forgotten, and Endpoints created by hand then stay",
    "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  SECTION("Endpoints deleted after the service") {
    test.PutUnmarked("web");
    test.RemoveService("web");
    test.RemoveEndpoints("web");
  }
  SECTION("Endpoints deleted before the service") {
    test.PutUnmarked("web");
    test.RemoveEndpoints("web");
    test.RemoveService("web");
  }
  test.PutUnmarked("web");
  test.Start();
  CHECK(output.Take().empty());
  CHECK(test.controller().reconciler().size() == 0);
}

TEST_CASE("Endpoints recreated after their deletion and that of their service are deleted, too",
          "[endpoint_controller]") {
  OutputCapture output;
  OfflineController test(kDryRun);
  test.Put(Web());
  test.Start();
  test.PutUnmarked("web");
  test.Turn();
  output.Take();
  // All of this happens before the sync that it causes.
  test.RemoveService("web");
  test.RemoveEndpoints("web");
  test.PutUnmarked("web");
  test.Turn();
  CHECK(output.Take() == "delete default/web\n");
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

TEST_CASE("-once reports at its end the number of suppressed lines about services without endpoints",
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

TEST_CASE("the JSON report lists skipped pods and services without endpoints", "[endpoint_controller]") {
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
    // Do not wait for the backoff.
    test.controller().loop().Add(test.Key("web"));
  }
  test.RunUntil([&] { return once.ended; });
  CHECK(test.controller().failed() == 1);
  CHECK(test.controller().reached_all());
  CHECK(log.Count("given up after 8 tries") == 1);
}

TEST_CASE("without -once, no service is given up", "[endpoint_controller]") {
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

TEST_CASE("-once reports suppressed skips at its end", "[endpoint_controller]") {
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
