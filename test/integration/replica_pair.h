// A cluster of one service and the controllers that compete for it.

#ifndef K8SM_TEST_INTEGRATION_REPLICA_PAIR_H_
#define K8SM_TEST_INTEGRATION_REPLICA_PAIR_H_

#include "lib/leader/lock_kind.h"
#include "test/apiserver/emulation.h"
#include "test/integration/replicas.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <chrono>
#include <cstddef>
#include <string>

namespace k8sm::test {

// The service "web" with a pod, and replicas. `version`: of Kubernetes (emulation.h).
struct Pair {
  World world;
  Replicas replicas;

  explicit Pair(leader::LockKind kind = leader::LockKind::kLeases, const std::string& version = "1.36")
      : world({.emulate = version}), replicas(world, kind) {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    AddPod("a", 31080);
  }

  void AddPod(const std::string& name, int host_port) {
    world.Create("pods", "shop", PodJson({.name = name, .host_port = host_port}));
  }
  bool Becomes(const std::string& places) {
    const bool has_slices = apiserver::Serves(world.server().features(), "discovery.k8s.io", "v1");
    return replicas.RunUntil([&] {
      return world.Places("shop", "web") == places &&
             world.SlicePlaces("shop", "web") == (has_slices ? places : "none");
    });
  }
  bool Leads(const std::string& name) {
    return replicas.RunUntil([&] { return replicas.Holder() == name; });
  }
  bool Ends(const std::string& name) {
    return replicas.RunUntil([&] { return replicas.ExitCode(name).has_value(); });
  }
  // Starts a leader, and a standby with current caches.
  void StartBoth() {
    replicas.Start("a", std::chrono::hours(-7));
    REQUIRE(Becomes("10.0.0.1:31080"));
    replicas.Start("b", std::chrono::hours(1'000));
    REQUIRE(replicas.RunUntil([&] { return world.log().Count("I new leader elected: a") == 1; }));
  }
  // Lets a renewal arrive that was under way when its sender stopped.
  void LetRenewalsArrive() {
    int turns = 0;
    replicas.RunUntil([&] { return ++turns > 50; });
  }
  std::size_t Lists() {
    std::size_t lists = 0;
    for (const char* resource : {"services", "pods", "endpoints", "endpointslices", "nodes"})
      lists += world.server().requests().Count("list", resource);
    return lists;
  }
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_REPLICA_PAIR_H_
