#include "controller/port_space/port_ledger.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <map>
#include <random>
#include <string>

namespace k8sm::controller {
namespace {

using test::MakePod;

kube::Pod Wants(const std::string& name, int port, const std::string& node = "") {
  kube::Pod pod = MakePod(name).Port({.number = 8080, .host_port = port});
  pod.node_name = kube::Symbol(node);
  return pod;
}

kube::Service WithNodePort(int port) {
  kube::Service service;
  service.ports.push_back({.port = 80, .node_port = port});
  return service;
}

TEST_CASE("pods of one namespace with equal demands are one group", "[port_space]") {
  PortLedger ledger({});
  const kube::Pod a = Wants("a", 31000);
  const kube::Pod b = Wants("b", 31000, "node-1");
  const kube::Pod c = Wants("c", 31001);
  for (const kube::Pod* pod : {&a, &b, &c}) ledger.OnPod(nullptr, pod);
  REQUIRE(ledger.groups().size() == 2);
  const DemandGroup& first = ledger.groups().front();
  CHECK(first.pending.size() == 1);
  CHECK(first.bound == 1);
  CHECK(ledger.Holders().size() == 1);
  CHECK(ledger.groups().back().id != first.id);
}

TEST_CASE("a pod that is bound moves from the pending to the bound of its group", "[port_space]") {
  PortLedger ledger({});
  const kube::Pod pending = Wants("a", 31000);
  const kube::Pod bound = Wants("a", 31000, "node-1");
  ledger.OnPod(nullptr, &pending);
  const std::uint64_t version = ledger.version();
  ledger.OnPod(&pending, &bound);
  CHECK(ledger.version() > version);
  REQUIRE(ledger.groups().size() == 1);
  CHECK(ledger.groups().front().pending.empty());
  CHECK(ledger.groups().front().bound == 1);
}

TEST_CASE("a pod that has ended holds no ports and waits for none", "[port_space]") {
  PortLedger ledger({});
  const kube::Pod runs = Wants("a", 31000, "node-1");
  const kube::Pod waits = Wants("b", 31000);
  for (const auto phase : {kube::PodPhase::kSucceeded, kube::PodPhase::kFailed}) {
    ledger.OnPod(nullptr, &runs);
    ledger.OnPod(nullptr, &waits);
    kube::Pod ended = runs;
    kube::Pod never_ran = waits;
    ended.phase = never_ran.phase = phase;
    ledger.OnPod(&runs, &ended);
    ledger.OnPod(&waits, &never_ran);
    CHECK(ledger.Holders().empty());
    CHECK(ledger.groups().empty());
  }
}

TEST_CASE("a change that concerns no ports changes nothing", "[port_space]") {
  PortLedger ledger({});
  const kube::Pod pod = Wants("a", 31000, "node-1");
  ledger.OnPod(nullptr, &pod);
  const std::uint64_t version = ledger.version();
  kube::Pod ready = pod;
  ready.ready = true;
  ledger.OnPod(&pod, &ready);
  const kube::Pod without = Wants("b", 0);
  ledger.OnPod(nullptr, &without);  // a wildcard demand: it waits for any port
  CHECK(ledger.version() == version + 1);
  const kube::Pod plain = MakePod("c");
  ledger.OnPod(nullptr, &plain);
  CHECK(ledger.version() == version + 1);
}

TEST_CASE("node ports are kept as long as any service has them", "[port_space]") {
  PortLedger ledger({});
  const kube::Service a = WithNodePort(31007);
  const kube::Service b = WithNodePort(31007);
  const kube::Service none = WithNodePort(0);
  ledger.OnService(nullptr, &a);
  ledger.OnService(nullptr, &b);
  ledger.OnService(&a, &none);
  CHECK(ledger.NodePorts().Contains(ports::Port{31007}));
  ledger.OnService(&b, nullptr);
  CHECK(ledger.NodePorts().empty());
}

TEST_CASE("whatever the order of changes, what is left is what a new ledger of the same pods has",
          "[port_space]") {
  std::mt19937 random(7);
  for (int run = 0; run < 50; ++run) {
    PortLedger ledger({});
    std::map<std::string, kube::Pod> pods;
    for (int step = 0; step < 60; ++step) {
      const std::string name = "p" + std::to_string(random() % 8);
      const auto found = pods.find(name);
      const kube::Pod* before = found == pods.end() ? nullptr : &found->second;
      if (random() % 3 == 0) {
        if (before != nullptr) ledger.OnPod(before, nullptr);
        pods.erase(name);
        continue;
      }
      kube::Pod after =
          Wants(name, 31000 + static_cast<int>(random() % 3), random() % 2 == 0 ? "" : "node-1");
      if (random() % 5 == 0) after.phase = kube::PodPhase::kSucceeded;
      ledger.OnPod(before, &after);
      pods[name] = after;
    }
    PortLedger fresh({});
    for (const auto& [name, pod] : pods) fresh.OnPod(nullptr, &pod);
    CHECK(ledger.groups().size() == fresh.groups().size());
    CHECK(ledger.Holders().size() == fresh.Holders().size());
    for (const auto& [name, pod] : pods) ledger.OnPod(&pod, nullptr);
    CHECK(ledger.groups().empty());
    CHECK(ledger.Holders().empty());
  }
}

}  // namespace
}  // namespace k8sm::controller
