#include "controller/ops/program_metrics.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/http_server/fixture.h"
#include "test/unit/ops/metric_lines.h"
#include "test/unit/reconcile/offline_controller.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using test::MakePod;
using test::MakeService;

const ControllerOptions kDryRun{.dry_run = true};

kube::Service Web() {
  return MakeService("web").Port({.target = 8080});
}

std::string Value(const ProgramMetrics& metrics, const std::string& sample) {
  return ValueOf(metrics.registry(), sample);
}

TEST_CASE("the metrics of the controller are 0 before there is one", "[program_metrics]") {
  const ProgramMetrics metrics("10.0.0.1:6443");
  CHECK(Value(metrics, "k8sm_endpoints_skipped{reason=\"no_host_port\"}") == "0");
  CHECK(Value(metrics, "k8sm_endpoints_skips_total{reason=\"no_host_port\"}") == "0");
  CHECK(Value(metrics, "k8sm_foreign_writes_total{resource=\"endpoints\"}") == "0");
  CHECK(Value(metrics, "k8sm_foreign_writes_total{resource=\"endpointslices\"}") == "0");
  CHECK(Value(metrics, "workqueue_depth{name=\"endpoint\"}") == "0");
}

// The lines of this program's own metrics, sorted: names with their types, and samples, all of which are 0.
std::string OwnMetrics(const ProgramMetrics& metrics) {
  std::istringstream page(metrics.registry().Text());
  std::set<std::string> own;
  for (std::string line; std::getline(page, line);) {
    if (line.find("_bucket{") != std::string::npos) continue;
    if (line.starts_with("k8sm_") || line.starts_with("# TYPE k8sm_")) own.insert(line);
  }
  std::string text;
  for (const std::string& line : own) text += line + "\n";
  return text;
}

TEST_CASE("all k8sm_ metrics are on the page at first, each with its type and its labels",
          "[program_metrics]") {
  const std::vector<std::string> skip_reasons = {
      "bad_port_annotation", "host_port_conflict", "ip_family_mismatch", "no_container_port",
      "no_host_ip",          "no_host_port",       "no_pod_ip",          "node_not_found",
      "unusable_host_ip",    "unusable_pod_ip"};
  const std::vector<std::string> empty_reasons = {"ended", "mistyped_selector", "no_pods", "not_ready",
                                                  "skipped"};
  const std::vector<std::string> resources = {"endpoints", "endpointslices"};
  const auto samples = [](const std::string& name, const std::string& label,
                          const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) text += name + "{" + label + "=\"" + value + "\"} 0\n";
    return text;
  };
  ProgramMetrics metrics("10.0.0.1:6443");
  CHECK(OwnMetrics(metrics) ==
        "# TYPE k8sm_endpoints_skipped gauge\n"
        "# TYPE k8sm_endpoints_skips_total counter\n"
        "# TYPE k8sm_foreign_writes_total counter\n"
        "# TYPE k8sm_network_programming_duration_seconds histogram\n"
        "# TYPE k8sm_pods_on_missing_nodes gauge\n"
        "# TYPE k8sm_services_failing gauge\n"
        "# TYPE k8sm_services_without_endpoints gauge\n"
        "# TYPE k8sm_sync_duration_seconds histogram\n" +
            samples("k8sm_endpoints_skipped", "reason", skip_reasons) +
            samples("k8sm_endpoints_skips_total", "reason", skip_reasons) +
            samples("k8sm_foreign_writes_total", "resource", resources) +
            samples("k8sm_network_programming_duration_seconds_count", "resource", resources) +
            samples("k8sm_network_programming_duration_seconds_sum", "resource", resources) +
            "k8sm_pods_on_missing_nodes 0\n"
            "k8sm_services_failing 0\n" +
            samples("k8sm_services_without_endpoints", "reason", empty_reasons) +
            "k8sm_sync_duration_seconds_count 0\n"
            "k8sm_sync_duration_seconds_sum 0\n");
}

TEST_CASE("services whose syncs fail are counted", "[program_metrics]") {
  const test::LogCapture log;
  ProgramMetrics metrics("10.0.0.1:6443");
  OfflineController test({});
  metrics.Observe(test.controller());
  test.Put(Web());
  test.Put(kube::Service(MakeService("db").Port({.target = 8080})));
  test.controller().Start(test.tasks());
  test.RunUntil([&] { return test.controller().loop().failing().size() == 2; });
  CHECK(Value(metrics, "k8sm_services_failing") == "2");
}

TEST_CASE("pods on nodes that do not exist are counted, but not at once", "[program_metrics]") {
  const OutputCapture output;
  const test::LogCapture log;
  ProgramMetrics metrics("10.0.0.1:6443");
  OfflineController test(kDryRun);
  metrics.Observe(test.controller());
  test.Put(Web());
  for (const char* name : {"a", "b"})
    test.Put(kube::Pod(MakePod(name).Port({.number = 8080, .host_port = 31000 + name[0]}).Ready()));
  test.controller().ReportMissingNodes();
  test.Start();
  Reconciler& reconciler = test.controller().reconciler();
  const auto later = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  reconciler.TellMissingNodes(later, later);
  CHECK(Value(metrics, "k8sm_pods_on_missing_nodes") == "0");
  reconciler.TellMissingNodes(later, later + std::chrono::minutes(1));
  CHECK(Value(metrics, "k8sm_pods_on_missing_nodes") == "2");
}

TEST_CASE("a gauge counts the current skips, and a counter all skips so far", "[program_metrics]") {
  OutputCapture output;
  ProgramMetrics metrics("10.0.0.1:6443");
  OfflineController test(kDryRun);
  metrics.Observe(test.controller());
  test.Put(Web());
  test.Put(kube::Pod(MakePod("a").Port({.number = 8080}).Ready()));
  test.Start();
  CHECK(Value(metrics, "k8sm_endpoints_skipped{reason=\"no_host_port\"}") == "1");
  CHECK(Value(metrics, "k8sm_endpoints_skipped{reason=\"no_container_port\"}") == "0");
  test.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080}).Ready()));
  test.Turn();
  CHECK(Value(metrics, "k8sm_endpoints_skipped{reason=\"no_host_port\"}") == "0");
  CHECK(Value(metrics, "k8sm_endpoints_skips_total{reason=\"no_host_port\"}") == "1");
  CHECK(Value(metrics, "endpoint_slice_controller_syncs{result=\"success\"}") == "2");
  CHECK(Value(metrics, "workqueue_adds_total{name=\"endpoint\"}") == "2");
}

TEST_CASE("a change before the controller started does not count as latency", "[program_metrics]") {
  OutputCapture output;
  ProgramMetrics metrics("10.0.0.1:6443");
  const std::string count = "k8sm_network_programming_duration_seconds_count{resource=\"endpoints\"}";
  OfflineController test(kDryRun);
  metrics.Observe(test.controller());
  test.Put(Web());
  test.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080}).Ready().ReadyChangedAt({})));
  test.Start();
  CHECK(Value(metrics, count) == "0");
  kube::Pod changed = MakePod("a").Port({.number = 8080, .host_port = 31081}).Ready();
  changed.ready_transition = test.controller().following_since();
  test.Put(changed);
  test.Turn();
  CHECK(Value(metrics, count) == "1");
}

TEST_CASE("services without endpoints are counted by reason", "[program_metrics]") {
  OutputCapture output;
  ProgramMetrics metrics("10.0.0.1:6443");
  CHECK(Value(metrics, "k8sm_services_without_endpoints{reason=\"no_pods\"}") == "0");
  OfflineController test(kDryRun);
  metrics.Observe(test.controller());
  test.Put(Web());
  test.Start();
  CHECK(Value(metrics, "k8sm_services_without_endpoints{reason=\"no_pods\"}") == "1");
  test.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080})));
  test.Turn();
  CHECK(Value(metrics, "k8sm_services_without_endpoints{reason=\"no_pods\"}") == "0");
  CHECK(Value(metrics, "k8sm_services_without_endpoints{reason=\"not_ready\"}") == "1");
  test.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080}).Ready()));
  test.Turn();
  CHECK(Value(metrics, "k8sm_services_without_endpoints{reason=\"not_ready\"}") == "0");
}

TEST_CASE("the address mode is a metric with the name of the lease", "[program_metrics]") {
  ProgramMetrics metrics("10.0.0.1:6443");
  metrics.ObserveMode(endpoints::AddressMode::kPodIp, "k8sm");
  CHECK(Value(metrics, "k8sm_mode{mode=\"pod_ip\",name=\"k8sm\"}") == "1");
  ProgramMetrics alone("10.0.0.1:6443");
  alone.ObserveMode(endpoints::AddressMode::kPodIp, "");
  CHECK(Value(alone, "k8sm_mode{mode=\"pod_ip\"}") == "1");
}

TEST_CASE("events are counted by their result", "[program_metrics]") {
  ProgramMetrics metrics("10.0.0.1:6443");
  events::RecorderMachine::Stats stats;
  metrics.ObserveEvents([&stats] { return stats; });
  stats.written = 1;
  stats.filtered = 2;
  stats.refused = 3;
  stats.given_up = 4;
  stats.dropped = 5;
  stats.retried = 6;  // is no result
  stats.moot = 7;
  CHECK(Value(metrics, "k8sm_events_total{result=\"written\"}") == "1");
  CHECK(Value(metrics, "k8sm_events_total{result=\"filtered\"}") == "2");
  CHECK(Value(metrics, "k8sm_events_total{result=\"refused\"}") == "3");
  CHECK(Value(metrics, "k8sm_events_total{result=\"given_up\"}") == "4");
  CHECK(Value(metrics, "k8sm_events_total{result=\"dropped\"}") == "5");
  CHECK(Value(metrics, "k8sm_events_total{result=\"moot\"}") == "7");
}

TEST_CASE("plans and writes of slices are counted", "[program_metrics]") {
  OutputCapture output;
  ProgramMetrics metrics("10.0.0.1:6443");
  OfflineController test(kDryRun);
  metrics.Observe(test.controller());
  test.controller().AddSlices();
  test.Put(Web());
  test.Start();
  CHECK(Value(metrics, "endpoint_slice_controller_num_endpoint_slices") == "1");
  CHECK(Value(metrics, "endpoint_slice_controller_changes{operation=\"create\"}") == "1");
}

TEST_CASE("a dry run counts the slices that it plans, and neither writes nor latencies",
          "[program_metrics]") {
  OutputCapture output;
  ProgramMetrics metrics("10.0.0.1:6443");
  OfflineController test(kDryRun);
  metrics.Observe(test.controller(), true);
  test.controller().AddSlices();
  test.Put(Web());
  test.Start();
  kube::Pod changed = MakePod("a").Port({.number = 8080, .host_port = 31081}).Ready();
  changed.ready_transition = test.controller().following_since();
  test.Put(changed);
  test.Turn();
  CHECK(Value(metrics, "endpoint_slice_controller_num_endpoint_slices") == "1");
  CHECK(Value(metrics, "endpoint_slice_controller_changes{operation=\"create\"}") == "0");
  CHECK(Value(metrics, "k8sm_network_programming_duration_seconds_count{resource=\"endpoints\"}") == "0");
  CHECK(Value(metrics, "k8sm_network_programming_duration_seconds_count{resource=\"endpointslices\"}") ==
        "0");
}

TEST_CASE("each cache has metrics for its objects and for the age of its last event", "[program_metrics]") {
  OfflineCluster cluster;
  ProgramMetrics metrics("10.0.0.1:6443");
  metrics.Observe(cluster.cache);
  cluster.cache.services().Apply(Object<kube::Service>("a", 1));
  cluster.cache.pods().Apply(Object<kube::Pod>("a", 1));
  cluster.cache.pods().Apply(Object<kube::Pod>("b", 2));
  CHECK(Value(metrics, "k8sm_informer_objects{resource=\"services\"}") == "1");
  CHECK(Value(metrics, "k8sm_informer_objects{resource=\"pods\"}") == "2");
  CHECK(Value(metrics, "k8sm_informer_objects{resource=\"endpoints\"}") == "0");
  // Caches that are not used have no metrics.
  CHECK(Value(metrics, "k8sm_informer_objects{resource=\"nodes\"}") == "none");
  CHECK(Value(metrics, "k8sm_watch_last_event_age_seconds{resource=\"pods\"}") != "none");
  CHECK(Value(metrics, "k8sm_watch_last_event_age_seconds{resource=\"nodes\"}") == "none");
}

TEST_CASE("a cache that has never received an event is as old as the program", "[program_metrics]") {
  const auto start = std::chrono::steady_clock::now();
  const OfflineCluster cluster;
  ProgramMetrics metrics("10.0.0.1:6443");
  metrics.Observe(cluster.cache);
  const auto age = [&metrics] {
    return std::stod(Value(metrics, "k8sm_watch_last_event_age_seconds{resource=\"pods\"}"));
  };
  const double before = age();
  CHECK(before <= std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  const auto later = std::chrono::steady_clock::now() + std::chrono::milliseconds(2);
  while (std::chrono::steady_clock::now() < later) {
  }
  CHECK(age() >= before + 0.001);
}

TEST_CASE("a health check has a metric once it was run, and each result is counted", "[program_metrics]") {
  HealthChecks checks;
  std::optional<std::string> failure = "no pods yet";
  checks.Add(HealthEndpoint::kReadyz, {"informer-sync", [&failure] { return failure; }});
  ProgramMetrics metrics("10.0.0.1:6443");
  metrics.Observe(checks);
  const std::string labels = "{name=\"informer-sync\",type=\"readyz\"}";
  const auto total = [&](const std::string& status) {
    return Value(metrics, "kubernetes_healthchecks_total{name=\"informer-sync\",status=\"" + status +
                              "\",type=\"readyz\"}");
  };
  CHECK(Value(metrics, "kubernetes_healthcheck" + labels) == "none");
  CHECK(total("success") == "0");
  checks.Answer(HealthEndpoint::kReadyz, {});
  CHECK(Value(metrics, "kubernetes_healthcheck" + labels) == "0");
  failure.reset();
  checks.Answer(HealthEndpoint::kReadyz, {});
  CHECK(Value(metrics, "kubernetes_healthcheck" + labels) == "1");
  CHECK(total("success") == "1");
  CHECK(total("error") == "1");
  checks.Answer(HealthEndpoint::kReadyz, {});
  CHECK(total("success") == "2");
  CHECK(total("error") == "1");
}

TEST_CASE("the metrics of the election have the name of the lease", "[program_metrics]") {
  ProgramMetrics metrics("10.0.0.1:6443");
  bool leading = false;
  std::uint64_t slow_paths = 0;
  metrics.ObserveElection(
      "lock", [&leading] { return leading; }, [&slow_paths] { return slow_paths; });
  CHECK(Value(metrics, "leader_election_master_status{name=\"lock\"}") == "0");
  CHECK(Value(metrics, "leader_election_slowpath_total{name=\"lock\"}") == "0");
  leading = true;
  slow_paths = 3;
  CHECK(Value(metrics, "leader_election_master_status{name=\"lock\"}") == "1");
  CHECK(Value(metrics, "leader_election_slowpath_total{name=\"lock\"}") == "3");
}

TEST_CASE("/metrics has all metrics, and /metrics/slis only those of the health checks",
          "[program_metrics]") {
  HealthChecks checks;
  checks.Answer(HealthEndpoint::kLivez, {});
  ProgramMetrics metrics("10.0.0.1:6443");
  metrics.Observe(checks);
  http_server::Router router;
  AddMetricsPages(metrics, router);
  const auto page = [&router](const std::string& path) {
    http_server::Page made = router.MakePage({.path = path, .query = {}, .accept = {}, .body = {}});
    CHECK(made.status == 200);
    CHECK(made.content_type == metrics::Registry::kContentType);
    while (made.steps && made.steps->Next(made.body)) {
    }
    return made.body;
  };
  const std::string all = page("/metrics");
  const std::string slis = page("/metrics/slis");
  for (const std::string name : {"kubernetes_healthcheck ", "kubernetes_healthchecks_total "}) {
    CHECK(all.find("# HELP " + name) != std::string::npos);
    CHECK(slis.find("# HELP " + name) != std::string::npos);
  }
  for (const std::string name :
       {"workqueue_depth ", "kubernetes_build_info ", "process_cpu_seconds_total "}) {
    CHECK(all.find("# HELP " + name) != std::string::npos);
    CHECK(slis.find("# HELP " + name) == std::string::npos);
  }
}

TEST_CASE("the page of all metrics, which grows with the cluster, rests after it was made",
          "[program_metrics]") {
  ProgramMetrics metrics("10.0.0.1:6443");
  auto now = http_server::PagePace::Clock::time_point(std::chrono::hours(1));
  http_server::Fixture fixture(
      {}, [&now] { return now += std::chrono::milliseconds(2); }, std::chrono::milliseconds(0));
  AddMetricsPages(metrics, fixture.router());
  for (const bool again : {false, true}) {
    CAPTURE(again);
    CHECK(fixture.Ask("GET", "/metrics").starts_with(again ? "HTTP/1.1 503 " : "HTTP/1.1 200 "));
    CHECK(fixture.Ask("GET", "/metrics/slis").starts_with("HTTP/1.1 200 "));
  }
}

}  // namespace
}  // namespace k8sm::controller
