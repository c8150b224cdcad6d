#include "test/integration/faults/fault_world.h"

#include "test/apiserver/fault_rule.h"
#include "test/integration/model/fresh_plan.h"
#include "test/integration/model/stored_properties.h"
#include "test/integration/model/stored_state.h"
#include "test/support/catch.h"

#include <map>
#include <stdexcept>
#include <utility>

namespace k8sm::test {
namespace {

// Lines of one kind: a fault is logged at most once for each of five resources and for each service.
constexpr std::size_t kMaxLines = 12;

// The kind of a line: its first words, before any names.
std::string KindOf(const std::string& line) {
  return line.substr(0, 16);
}

std::string WithoutSelector(const std::string& service) {
  return Replaced(ServiceJson(service), R"("selector":{"app":")" + service + R"("},)", "");
}

}  // namespace

FaultWorld::FaultWorld(apiserver::ApiServerOptions server, const std::string& kubeconfig)
    : world_(std::move(server)), options_(world_.Hurried()) {
  options_.kubeconfig = kubeconfig;
  options_.kube_api_qps = 0;
  // A missed change has to stay missed.
  options_.min_resync_period = std::chrono::milliseconds(0);
  world_.Create("nodes", "", NodeJson("node-1"));
  for (const std::string name : {"web", "db"}) world_.Create("services", "shop", ServiceJson(name));
  Change();
  world_.Start(options_);
  REQUIRE(world_.Settle());
}

void FaultWorld::Break(const std::string& rules) {
  auto parsed = apiserver::ParseFaults(rules);
  if (!parsed) throw std::logic_error(parsed.error().message);
  rules_ = parsed->size();
  world_.log().Clear();
  world_.server().faults().Set(std::move(*parsed));
}

void FaultWorld::BreakConnections(const std::string& rules, bool forget) {
  world_.server().Stop();
  if (forget) world_.server().Compact();
  Break(rules);
  REQUIRE(world_.server().Start().has_value());
}

void FaultWorld::Change() {
  const int n = changes_++;
  const std::string late = "late-" + std::to_string(n);
  for (const std::string app : {"web", "db"}) {
    const int port = 31000 + 10 * n + (app == "web" ? 0 : 5);
    world_.Create("pods", "shop", PodJson({.name = app + std::to_string(n), .app = app, .host_port = port}));
  }
  world_.Create("services", "shop", ServiceJson(late));
  world_.Create("pods", "shop", PodJson({.name = late, .app = late, .host_port = 31009 + 10 * n}));
  const std::string loose = "loose-" + std::to_string(n);
  world_.Create("services", "shop", ServiceJson(loose));
  world_.Create("nodes", "", NodeJson(late));
  if (n == 0) return;
  const std::string before = std::to_string(n - 1);
  world_.Update("pods", "shop",
                PodJson({.name = "web" + before, .app = "web", .host_port = 30990 + 10 * n, .ready = false}));
  world_.Delete("pods", "shop", "db" + before);
  // The API server deletes its Endpoints, too; the controller has to delete those that are back.
  const auto endpoints = world_.server().Get("endpoints", "shop", "late-" + before);
  world_.Delete("services", "shop", "late-" + before);
  if (endpoints) world_.Create("endpoints", "shop", *endpoints);
  // The controller has to delete its slices.
  world_.Update("services", "shop", WithoutSelector("loose-" + before));
  if (world_.EndpointsOf("shop", "db")) world_.Delete("endpoints", "shop", "db");
}

bool FaultWorld::Hit(std::size_t times) {
  return world_.RunUntil([&] {
    for (std::size_t rule = 0; rule < rules_; ++rule) {
      if (world_.server().faults().hits(rule) < times) return false;
    }
    return true;
  });
}

std::vector<std::string> FaultWorld::Healed() {
  world_.server().faults().Clear();
  if (!world_.Settle()) return {"the controller does not come to rest"};
  std::vector<std::string> broken;
  CheckPlan(broken);
  CheckQuiet(broken);
  CheckLog(broken);
  return broken;
}

void FaultWorld::CheckPlan(std::vector<std::string>& broken) {
  const StoredState state = ReadState(world_.server(), "");
  for (const auto& each :
       {UnmetPlans(state, options_), BrokenEndpoints(state, options_), BrokenSlices(state, options_)}) {
    broken.insert(broken.end(), each.begin(), each.end());
  }
}

void FaultWorld::CheckQuiet(std::vector<std::string>& broken) {
  world_.server().requests().Clear();
  world_.Poll(300);
  for (const std::string resource : {"endpoints", "endpointslices"}) {
    const std::size_t writes = world_.server().requests().CountWrites(resource);
    if (writes == 0) continue;
    broken.push_back(std::to_string(writes) + " writes of " + resource + " though the cluster is at rest");
  }
}

void FaultWorld::CheckLog(std::vector<std::string>& broken) {
  std::map<std::string, std::size_t> kinds;
  for (const std::string& line : world_.log().lines()) {
    if (++kinds[KindOf(line)] == kMaxLines + 1) broken.push_back("told again and again: " + line);
  }
}

}  // namespace k8sm::test
