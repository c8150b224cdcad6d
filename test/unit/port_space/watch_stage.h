// A PortWatch that polls a Mesos master in the same loop.

#ifndef K8SM_TEST_UNIT_PORT_SPACE_WATCH_STAGE_H_
#define K8SM_TEST_UNIT_PORT_SPACE_WATCH_STAGE_H_

#include "controller/port_space/port_watch.h"
#include "lib/async/task_group.h"
#include "test/mesos_master/mock_master.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/support/task_failure.h"
#include "test/unit/cluster/offline_cluster.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

inline const char* const kOneAgent = "node-1 ports:[31000-31009]\n";

inline mock_master::MasterState StateOf(const std::string& agents) {
  mock_master::MasterState state;
  state.agents = mock_master::ParseAgents(agents).value();
  return state;
}

// A master with one agent, and an API server of which nothing is known.
struct Stage {
  explicit Stage(std::uint16_t api_port = 1) : cluster(api_port) { tasks.Spawn("master", master->Run()); }
  ~Stage() {
    tasks.Cancel();
    master->Stop();
    RunUntil([this] { return tasks.empty(); });
  }

  // Starts a watch that polls the master on that port, whether or not one listens there.
  PortWatch& Start(std::uint16_t master_port, bool leads, std::chrono::milliseconds period,
                   std::vector<std::string> roles = {"*"}) {
    PortSpaceOptions options;
    options.mesos.masters = {{.host = "127.0.0.1", .port = master_port}};
    options.poll_period = period;
    options.rules.framework_roles = std::move(roles);
    return Start(options, [leads] { return leads; });
  }
  PortWatch& Start(const PortSpaceOptions& options, std::function<bool()> leads) {
    PortWatch::Hooks hooks{.events = [this](kube::Event event) { events.push_back(std::move(event)); },
                           .leads = std::move(leads)};
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
  std::unique_ptr<mock_master::MockMaster> master =
      mock_master::MockMaster::Listen(cluster.io.get_executor(), "127.0.0.1", 0, StateOf(kOneAgent)).value();
  std::vector<std::unique_ptr<PortWatch>> watches;
  TaskGroup tasks{cluster.io.get_executor(), test::ThrowTaskFailure};
};

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_PORT_SPACE_WATCH_STAGE_H_
