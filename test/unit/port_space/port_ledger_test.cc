#include "controller/port_space/port_ledger.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <utility>

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

TEST_CASE("pods of one namespace with equal demands form one group", "[port_space]") {
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

TEST_CASE("a pod that gets bound moves from the pending to the bound pods of its group", "[port_space]") {
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

TEST_CASE("a pod change that does not concern ports leaves the ledger as it was", "[port_space]") {
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

TEST_CASE("a node port is kept as long as any service has it", "[port_space]") {
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

TEST_CASE("after any sequence of changes the ledger is as large as a new ledger of the same pods",
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

std::string Groups(const PortLedger& ledger) {
  std::string text;
  for (const DemandGroup& group : ledger.groups()) {
    text += group.ns + " " + ToString(group.demand.fixed) + ":";
    for (const auto& [key, pod] : group.pending) {
      CHECK(key == pod.key);
      text += " " + ToString(pod.key) + "=" + pod.uid.Text();
    }
    text += " +" + std::to_string(group.bound) + "\n";
  }
  return text;
}

TEST_CASE("groups differ by namespace and demand, and a group that was emptied comes back with a new id",
          "[port_space]") {
  PortLedger ledger({});
  kube::Pod elsewhere = Wants("a", 31000);
  elsewhere.meta.ns = kube::Symbol("other");
  kube::Pod selecting = Wants("c", 31000);
  selecting.node_selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  const kube::Pod a = Wants("a", 31000);
  const kube::Pod b = Wants("b", 31000, "node-1");
  for (const kube::Pod* pod : std::initializer_list<const kube::Pod*>{&a, &b, &elsewhere, &selecting})
    ledger.OnPod(nullptr, pod);
  CHECK(Groups(ledger) ==
        "default 31000: default/a=uid-a +1\n"
        "other 31000: other/a=uid-a +0\n"
        "default 31000: default/c=uid-c +0\n");
  CHECK(ledger.groups().front().pending.begin()->second.created == test::kEpoch);
  ledger.OnPod(&a, nullptr);
  CHECK(Groups(ledger) ==
        "default 31000: +1\n"
        "other 31000: other/a=uid-a +0\n"
        "default 31000: default/c=uid-c +0\n");
  ledger.OnPod(&b, nullptr);
  const std::uint64_t last = ledger.groups().back().id;
  ledger.OnPod(nullptr, &a);
  CHECK(Groups(ledger) ==
        "other 31000: other/a=uid-a +0\n"
        "default 31000: default/c=uid-c +0\n"
        "default 31000: default/a=uid-a +0\n");
  CHECK(ledger.groups().back().id > last);
}

TEST_CASE("a pod that declares a host port twice is kept in the ledger, though its demand cannot be met",
          "[port_space]") {
  PortLedger ledger({.wildcard = false});
  const kube::Pod pod = MakePod("dns")
                            .Unscheduled()
                            .Port({.number = 53, .host_port = 53})
                            .Port({.number = 53, .host_port = 53, .protocol = kube::Protocol::kUdp});
  ledger.OnPod(nullptr, &pod);
  CHECK(ledger.groups().size() == 1);
  CHECK(ledger.Holders().empty());
}

TEST_CASE("the ledger's version grows with each change of ports and with nothing else", "[port_space]") {
  PortLedger ledger({});
  auto grows = [&ledger, version = std::uint64_t{0}]() mutable {
    return std::exchange(version, ledger.version()) < ledger.version();
  };
  const kube::Pod holds = Wants("a", 31000, "node-1");
  kube::Pod on_sidecar = MakePod("b");
  on_sidecar.ports.push_back({.container_port = 81, .host_port = 31001, .sidecar = true});
  for (const kube::Pod* pod : std::initializer_list<const kube::Pod*>{&holds, &on_sidecar}) {
    ledger.OnPod(nullptr, pod);
    CHECK(grows());
    ledger.OnPod(pod, pod);
    CHECK_FALSE(grows());
    ledger.OnPod(pod, nullptr);
    CHECK(grows());
    ledger.OnPod(pod, nullptr);
    CHECK_FALSE(grows());
  }
  const kube::Service with = WithNodePort(31007);
  ledger.OnService(nullptr, &with);
  CHECK(grows());
  ledger.OnService(&with, &with);
  CHECK_FALSE(grows());
  for (const int no_port : {0, -1, 65536}) {
    const kube::Service without = WithNodePort(no_port);
    ledger.OnService(nullptr, &without);
    CHECK_FALSE(grows());
  }
  const kube::Service last = WithNodePort(65535);
  ledger.OnService(&with, &last);
  CHECK(grows());
  CHECK(ToString(ledger.NodePorts()) == "65535");
}

}  // namespace
}  // namespace k8sm::controller
