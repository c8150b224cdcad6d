#include "controller/port_space/port_metrics.h"

#include "lib/metrics/registry.h"
#include "test/support/catch.h"
#include "test/unit/ops/metric_lines.h"
#include "test/unit/port_space/busy_cluster.h"
#include "test/unit/port_space/watch_stage.h"

#include <chrono>
#include <string>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The samples of the page without comments.
std::string SamplesOf(const std::string& page) {
  std::string samples;
  for (std::size_t at = 0; at < page.size();) {
    const std::size_t end = page.find('\n', at) + 1;
    if (page[at] != '#') samples += page.substr(at, end - at);
    at = end;
  }
  return samples;
}

TEST_CASE("the port metrics show the last evaluation", "[port_metrics]") {
  Stage stage;
  PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100), {"*", "fixed"});
  FillBusyCluster(stage);
  metrics::Registry registry;
  AddPortMetrics(watch, registry);
  const auto samples = [&] {
    return SamplesOf(
        registry.TextOf({"k8sm_ports", "k8sm_ports_offered", "k8sm_ports_agents", "k8sm_ports_agents_low",
                         "k8sm_ports_agent_free_min", "k8sm_ports_pods", "k8sm_ports_demands_no_spare",
                         "k8sm_ports_clashes", "k8sm_mesos_snapshot_complete"}));
  };
  CHECK(samples().empty());
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(samples() ==
        R"(k8sm_mesos_snapshot_complete 1
k8sm_ports{state="clash"} 1
k8sm_ports{state="foreign"} 4
k8sm_ports{state="free"} 9
k8sm_ports{state="leaving"} 1
k8sm_ports{state="other_role"} 3
k8sm_ports{state="pod"} 1
k8sm_ports{state="unaccounted"} 1
k8sm_ports_agent_free_min 0
k8sm_ports_agents{state="active"} 3
k8sm_ports_agents{state="inactive"} 1
k8sm_ports_agents{state="no_ports"} 1
k8sm_ports_agents_low 1
k8sm_ports_clashes{kind="bind"} 1
k8sm_ports_clashes{kind="number"} 0
k8sm_ports_demands_no_spare 4
k8sm_ports_offered 17
k8sm_ports_pods{verdict="fits"} 2
k8sm_ports_pods{verdict="never"} 1
k8sm_ports_pods{verdict="not_now"} 3
k8sm_ports_pods{verdict="unknown"} 0
)");
}

TEST_CASE("polls are counted by outcome, and their duration is measured", "[port_metrics]") {
  const auto begin = steady_clock::now();
  Stage stage;
  PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100));
  metrics::Registry registry;
  AddPortMetrics(watch, registry);
  const auto polls = [&](const std::string& outcome) {
    return ValueOf(registry, "k8sm_mesos_polls_total{result=\"" + outcome + "\"}");
  };
  CHECK(ValueOf(registry, "k8sm_mesos_poll_duration_seconds_count") == "0");
  for (const char* outcome : {"ok", "partial", "unreachable", "no_leader", "unauthorized", "malformed"})
    CHECK(polls(outcome) == "0");
  mock_master::MasterState& master = stage.master->state();
  const auto poll = [&](const std::string& outcome) {
    CAPTURE(outcome);
    stage.RunUntil([&] { return polls(outcome) != "0"; });
  };
  poll("ok");
  master.recovered = 1;
  poll("partial");
  master.status = 403;
  poll("unauthorized");
  master.status = 500;
  poll("malformed");
  master.status = 0;
  master.leads = false;
  poll("no_leader");
  stage.master->Stop();
  poll("unreachable");
  std::size_t all = 0;
  for (const char* outcome : {"ok", "partial", "unreachable", "no_leader", "unauthorized", "malformed"})
    all += std::stoul(polls(outcome));
  CHECK(ValueOf(registry, "k8sm_mesos_poll_duration_seconds_count") == std::to_string(all));
  // In seconds: one poll follows the other.
  const double sum = std::stod(ValueOf(registry, "k8sm_mesos_poll_duration_seconds_sum"));
  CHECK(sum > 0);
  CHECK(sum < std::chrono::duration<double>(steady_clock::now() - begin).count());
}

TEST_CASE("the age of the list of agents counts from the last poll, and from the start before the first",
          "[port_metrics]") {
  Stage stage;
  PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100));
  metrics::Registry registry;
  const auto before = steady_clock::now();
  AddPortMetrics(watch, registry);
  const auto after = steady_clock::now();
  // Whether the metric is the age of something that happened in that time.
  const auto counts_from = [&](steady_clock::time_point begin, steady_clock::time_point end) {
    const std::chrono::duration<double> least = steady_clock::now() - end;
    const double age = std::stod(ValueOf(registry, "k8sm_mesos_snapshot_age_seconds"));
    const std::chrono::duration<double> most = steady_clock::now() - begin;
    return least.count() <= age && age <= most.count();
  };
  CHECK(counts_from(before, after));
  stage.RunUntil([&] { return watch.report() != nullptr; });
  CHECK(counts_from(watch.report()->polled_at, watch.report()->polled_at));
  stage.master->state().recovered = 1;
  stage.RunUntil([&] { return !watch.report()->space.complete(); });
  CHECK(ValueOf(registry, "k8sm_mesos_snapshot_complete") == "0");
}

}  // namespace
}  // namespace k8sm::controller
