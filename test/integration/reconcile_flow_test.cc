// Changes in the cluster become changes of its Endpoints.

#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::test {
namespace {

// A running controller in a world with the service "web".
struct Flow {
  World world;
  Flow() {
    world.Create("services", "shop", ServiceJson("web"));
    world.Start(world.Defaults());
  }
  bool Becomes(const std::string& places) {
    return world.RunUntil([&] { return world.Places("shop", "web") == places; });
  }
};

TEST_CASE("a service without pods gets Endpoints that list nothing") {
  Flow flow;
  CHECK(flow.Becomes(""));
}

TEST_CASE("Endpoints follow a pod that is created, changed and deleted") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  flow.world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081, .host_ip = "10.0.0.2"}));
  CHECK(flow.Becomes("10.0.0.1:31080 10.0.0.2:31081"));
  flow.world.Update("pods", "shop", PodJson({.name = "a", .app = "other", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.2:31081"));
  flow.world.Delete("pods", "shop", "b");
  CHECK(flow.Becomes(""));
}

TEST_CASE("a pod that has ended leaves the Endpoints") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080, .phase = "Succeeded"}));
  CHECK(flow.Becomes(""));
}

TEST_CASE("Endpoints are deleted with their service and created again with it") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Delete("services", "shop", "web");
  CHECK(flow.Becomes("none"));
  flow.world.Create("services", "shop", ServiceJson("web"));
  CHECK(flow.Becomes("10.0.0.1:31080"));
}

TEST_CASE("Endpoints that somebody deletes or changes are restored") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Delete("endpoints", "shop", "web");
  CHECK(flow.Becomes("10.0.0.1:31080"));
  CHECK(flow.world.log().Count("I service shop/web: its Endpoints no longer exist: ") == 1);
  flow.world.Update("endpoints", "shop",
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web"},"subsets":[]})");
  CHECK(flow.Becomes("10.0.0.1:31080"));
}

TEST_CASE("a skipped pod is logged once, and again when it is restored") {
  Flow flow;
  flow.world.Create("nodes", "", NodeJson("node-1"));
  flow.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  flow.world.Create("pods", "shop", PodJson({.name = "a"}));
  const auto told = [&] {
    return flow.world.log().Count("W skipped pod shop/a for service shop/web port 80: no_host_port");
  };
  CHECK(flow.world.RunUntil([&] { return told() == 1; }));
  flow.world.Update("pods", "shop", PodJson({.name = "b", .host_port = 31081, .ready = false}));
  CHECK(flow.Becomes("-10.0.0.1:31081"));
  CHECK(told() == 1);
  flow.world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("-10.0.0.1:31081 10.0.0.1:31080"));
  CHECK(flow.world.log().Count("I restored pod shop/a for service shop/web port 80") == 1);
}

TEST_CASE("annotations and finalizers that others keep on Endpoints survive a write") {
  Flow flow;
  CHECK(flow.Becomes(""));
  flow.world.Update(
      "endpoints", "shop",
      R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","annotations":{"example.com/keep":"me"},)"
      R"("finalizers":["example.com/hold"]},"subsets":[]})");
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  const std::string json = flow.world.server().Get("endpoints", "shop", "web").value();
  CHECK(json.find(R"("example.com/keep":"me")") != std::string::npos);
  CHECK(json.find(R"("example.com/hold")") != std::string::npos);
}

TEST_CASE("a stopped controller exits with 0") {
  Flow flow;
  CHECK(flow.Becomes(""));
  CHECK(flow.world.Stop() == 0);
}

TEST_CASE("a batch period delays pods but loses none") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  controller::Options options = world.Defaults();
  options.endpoint_updates_batch_period = std::chrono::milliseconds(50);
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web").empty(); }));
  world.server().requests().Clear();
  for (int i = 0; i < 20; ++i) {
    world.Create("pods", "shop", PodJson({.name = "a" + std::to_string(i), .host_port = 31000 + i}));
  }
  const auto complete = [&] { return world.Places("shop", "web").find("31019") != std::string::npos; };
  CHECK(world.RunUntil(complete));
  CHECK(world.server().requests().CountWrites("endpoints") == 1);
}

}  // namespace
}  // namespace k8sm::test
