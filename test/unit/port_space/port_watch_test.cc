// Polls and evaluations, with a Mesos master in the same loop.

#include "controller/port_space/port_watch.h"

#include "test/mesos_master/mock_master.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/cluster/offline_cluster.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using mock_master::MockMaster;
using std::chrono::milliseconds;

void Fail(std::string_view name, std::string_view what) {
  FAIL_CHECK(std::string(name) + ": " + std::string(what));
}

const char* const kOneAgent = "node-1 ports:[31000-31009]\n";

mock_master::MasterState StateOf(const std::string& agents) {
  mock_master::MasterState state;
  state.agents = mock_master::ParseAgents(agents).value();
  return state;
}

// A master, and an API server of which nothing is known.
struct Stage {
  Stage() { tasks.Spawn("master", master->Run()); }
  ~Stage() {
    tasks.Cancel();
    master->Stop();
    RunUntil([this] { return tasks.empty(); });
  }

  // Starts a watch, which polls whoever listens at that port.
  const PortWatch& Start(std::uint16_t master_port, bool leads, milliseconds period) {
    PortSpaceOptions options;
    options.mesos.masters = {{.host = "127.0.0.1", .port = master_port}};
    options.poll_period = period;
    PortWatch::Hooks hooks{.events = [this](kube::Event event) { events.push_back(std::move(event)); },
                           .leads = [leads] { return leads; }};
    watches.push_back(
        PortWatch::Create(cluster.io.get_executor(), options, cluster.cache, std::move(hooks)).value());
    watches.back()->Start(tasks);
    return *watches.back();
  }
  void RunUntil(const std::function<bool()>& reached) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    cluster.io.restart();
    while (!reached()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      cluster.io.run_one_for(std::chrono::seconds(1));
    }
  }

  test::LogCapture log;
  std::vector<kube::Event> events;
  OfflineCluster cluster;
  std::unique_ptr<MockMaster> master =
      MockMaster::Listen(cluster.io.get_executor(), "127.0.0.1", 0, StateOf(kOneAgent)).value();
  std::vector<std::unique_ptr<PortWatch>> watches;
  TaskGroup tasks{cluster.io.get_executor(), Fail};
};

TEST_CASE("each list of agents is evaluated though nothing has changed in the cluster", "[port_watch]") {
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), true, milliseconds(100));
  stage.RunUntil([&] { return watch.report() && watch.report()->space.fresh(); });
  CHECK(watch.report()->offered == 10);
  stage.master->state() = StateOf(kOneAgent + std::string("node-2 ports:[31000-31009]\n"));
  stage.RunUntil([&] { return watch.report()->offered == 20; });
  CHECK(stage.log.Count("Mesos master 127.0.0.1:" + std::to_string(stage.master->port()) + " leads; ") == 1);
  // What is known is outdated after three periods without a list, and says so without a change.
  stage.master->state().status = 500;
  stage.RunUntil([&] { return !watch.report()->space.fresh(); });
  CHECK(watch.report()->offered == 20);
}

TEST_CASE("what is wrong is reported by who leads, and known to who stands by", "[port_watch]") {
  const bool leads = GENERATE(true, false);
  CAPTURE(leads);
  Stage stage;
  const PortWatch& watch = stage.Start(stage.master->port(), leads, milliseconds(100));
  kube::Pod pod = test::MakePod("web").Unscheduled().Port({.number = 8080, .host_port = 8080});
  pod.meta.resource_version = "1";
  stage.cluster.cache.pods().Apply(std::move(pod));
  stage.RunUntil([&] { return !watch.findings()->empty(); });
  CHECK(stage.log.Count("pod default/web can never be scheduled") == (leads ? 1 : 0));
  REQUIRE(stage.events.size() == (leads ? 1 : 0));
  if (leads) CHECK(stage.events[0].reason == "HostPortOutsideOffers");
}

TEST_CASE("who leads polls more often than who stands by", "[port_watch]") {
  Stage stage;
  // Nobody listens there, so that each poll ends at once and the pauses alone make the difference.
  const PortWatch& leader = stage.Start(1, true, milliseconds(20));
  const PortWatch& standby = stage.Start(1, false, milliseconds(20));
  const auto polls = [](const PortWatch& watch) { return watch.polls(mesos::PollOutcome::kUnreachable); };
  stage.RunUntil([&] { return polls(leader) + polls(standby) == 15; });
  CHECK(polls(leader) > 2 * polls(standby));
}

}  // namespace
}  // namespace k8sm::controller
