// The API server goes down, loses its history, or is replaced.

#include "test/apiserver/fault_rule.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>
#include <utility>

namespace k8sm::test {
namespace {

struct Fault {
  World world;
  Fault() {
    world.Create("services", "shop", ServiceJson("web"));
    world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
    world.Start(world.Hurried());
    REQUIRE(Becomes("10.0.0.1:31080"));
  }
  bool Becomes(const std::string& places) {
    return world.RunUntil([&] { return world.Places("shop", "web") == places; });
  }
};

TEST_CASE("changes made while the API server is down are caught up with") {
  Fault fault;
  fault.world.server().Stop();
  fault.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  fault.world.Delete("pods", "shop", "a");
  REQUIRE(fault.world.RunUntil([&] { return fault.world.log().Count("pods from http://") > 0; }));
  REQUIRE(fault.world.server().Start().has_value());
  CHECK(fault.Becomes("10.0.0.1:31081"));
}

TEST_CASE("changes made while the API server is down are caught up with even if its history was compacted") {
  Fault fault;
  fault.world.server().Stop();
  fault.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  fault.world.Delete("pods", "shop", "a");
  fault.world.server().Compact();
  REQUIRE(fault.world.server().Start().has_value());
  CHECK(fault.Becomes("10.0.0.1:31081"));
}

TEST_CASE("the Endpoints of a service deleted while the API server is down are deleted") {
  Fault fault;
  fault.world.server().Stop();
  fault.world.Delete("services", "shop", "web");
  fault.world.server().Compact();
  REQUIRE(fault.world.server().Start().has_value());
  CHECK(fault.Becomes("none"));
}

// Only the new server's pods and services are published, and nothing that was cached from the old one. Which
// cache notices first is random, so this is repeated.
TEST_CASE("another API server at the same address gets nothing that was planned for the first") {
  for (int round = 0; round < 6; ++round) {
    CAPTURE(round);
    Fault fault;
    World& world = fault.world;
    REQUIRE(world.Settle());
    world.ReplaceServer();
    const std::string external =
        R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{"type":"ExternalName","externalName":"example.com"}})";
    world.Create("services", "shop", external);
    world.Create("services", "shop", ServiceJson("shop"));
    world.Create("pods", "shop", PodJson({.name = "b", .app = "shop", .host_port = 31081}));
    REQUIRE(world.RunUntil([&] { return world.Places("shop", "shop") == "10.0.0.1:31081"; }));
    REQUIRE(world.Settle());
    CHECK(world.Places("shop", "web") == "none");
    CHECK(world.SlicePlaces("shop", "web") == "none");
    CHECK(world.log().Count("W the API server has gone back from version ") > 0);
    CHECK(world.log().Count("were changed by") == 0);
  }
}

TEST_CASE(
    "objects missing from an API server that was restored from a backup do not count as foreign writes") {
  Fault fault;
  World& world = fault.world;
  REQUIRE(world.Settle());
  world.ReplaceServer();
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  REQUIRE(fault.Becomes("10.0.0.1:31080"));
  REQUIRE(world.Settle());
  const auto counts = [&world](const char* rewrites) {
    const std::string line = std::string("\nk8sm_foreign_writes_total{resource=\"endpoints\"} ") + rewrites;
    return world.Ask("/metrics").body.find(line + "\n") != std::string::npos;
  };
  CHECK(world.log().Count("were changed by") == 0);
  CHECK(counts("0"));
  // A later change by somebody else counts.
  world.Update("endpoints", "shop",
               R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[]})");
  REQUIRE(fault.Becomes("10.0.0.1:31080"));
  CHECK(world.log().Count("were changed by") == 1);
  CHECK(counts("1"));
}

TEST_CASE("-once exits with 1 if a service cannot be synced, and syncs the others") {
  World world;
  for (const char* ns : {"shop", "refused"}) {
    world.Create("services", ns, ServiceJson("web"));
    world.Create("pods", ns, PodJson({.name = "a", .host_port = 31080}));
  }
  auto refusal = apiserver::ParseFaults(
      R"([{"path":"/api/v1/namespaces/refused/endpoints","verb":"create","effect":"status","code":422}])");
  REQUIRE(refusal.has_value());
  world.server().faults().Set(*std::move(refusal));
  CHECK(world.RunOnce(world.Defaults()) == 1);
  CHECK(world.log().Count("cannot sync service refused/web: ") > 0);
  CHECK(world.log().Count("given up after 8 tries") == 1);
  CHECK(world.Places("shop", "web") != "none");
}

TEST_CASE("-once exits with 1 if it is stopped before everything is synced") {
  World world;
  controller::Options options = world.Defaults();
  world.server().Stop();
  options.once = true;
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return world.log().Count("W cannot ask ") > 0; }));
  CHECK(world.Stop() == 1);
}

}  // namespace
}  // namespace k8sm::test
