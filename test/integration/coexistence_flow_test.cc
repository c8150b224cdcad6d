// Other writers for the same services.

#include "controller/reconcile/rewrite_guard.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::test {
namespace {

const std::string kTheirs =
    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web",)"
    R"("labels":{"endpoints.kubernetes.io/managed-by":"endpoint-controller"}},"subsets":[]})";

std::string ForeignSlice(const std::string& name) {
  return R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","endpoints":[],)"
         R"("metadata":{"name":")" +
         name +
         R"(","labels":{"kubernetes.io/service-name":"web",)"
         R"("endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io"}}})";
}

TEST_CASE("EndpointSlices of another controller for a service are warned of once and left alone") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("endpointslices", "shop", ForeignSlice("theirs"));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 2; }));
  const auto told = [&] {
    return world.log().Count(
        "W service shop/web also has EndpointSlices of other controllers, managed by "
        "\"endpointslice-controller.k8s.io\"");
  };
  CHECK(told() == 1);
  world.Create("endpointslices", "shop", ForeignSlice("more-of-theirs"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(world.RunUntil([&] { return world.SlicePlaces("shop", "web") == "10.0.0.1:31080"; }));
  CHECK(told() == 1);
  CHECK(world.server().Get("endpointslices", "shop", "theirs").has_value());
  world.Delete("endpointslices", "shop", "theirs");
  world.Delete("endpointslices", "shop", "more-of-theirs");
  CHECK(world.RunUntil([&] {
    return world.log().Count("I service shop/web no longer has EndpointSlices of other controllers") == 1;
  }));
}

TEST_CASE("metadata that the program does not know survives updates, for it is read in JSON then") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  const auto is_kept = [&] {
    return world.server().Get("endpoints", "shop", "web").value().find(R"("laterField":"kept")") !=
           std::string::npos;
  };
  SECTION("found at the start") {
    world.Create("endpoints", "shop", R"({"metadata":{"name":"web","laterField":"kept"},"subsets":[]})");
    world.Start(world.Defaults());
    REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  }
  SECTION("found in an event") {
    world.Start(world.Defaults());
    REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
    world.Update("endpoints", "shop", R"({"metadata":{"name":"web","laterField":"kept"},"subsets":[]})");
    REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  }
  CHECK(is_kept());
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081, .host_ip = "10.0.0.2"}));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080 10.0.0.2:31081"; }));
  CHECK(is_kept());
  CHECK(world.log().Count("I reading endpoints from") == 1);
  CHECK(world.log().Count("in JSON from now on, so that updates lose nothing") == 1);
  CHECK(world.RunUntil([&] { return world.SlicePlaces("shop", "web") == "10.0.0.1:31080 10.0.0.2:31081"; }));
}

TEST_CASE("repeated rewrites of Endpoints are warned of once, and further writes are delayed") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Start(world.Defaults());
  const auto is_ours = [&] { return world.Places("shop", "web") == "10.0.0.1:31080"; };
  const std::string warning =
      "W service shop/web: its Endpoints are rewritten again and again by \"endpoint-controller\"";
  REQUIRE(world.RunUntil(is_ours));
  for (std::size_t i = 1; i < controller::RewriteGuard::kMaxRewrites; ++i) {
    world.Update("endpoints", "shop", kTheirs);
    REQUIRE(world.RunUntil(is_ours));
    CHECK(world.log().Count(warning) == 0);
  }
  world.server().requests().Clear();
  world.Update("endpoints", "shop", kTheirs);
  CHECK(world.RunUntil([&] { return world.log().Count(warning) == 1; }));
  CHECK(world.server().requests().CountWrites("endpoints") == 0);
  CHECK_FALSE(is_ours());
}

TEST_CASE("repeated rewrites of EndpointSlices are warned of once, and further writes are delayed") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Start(world.Defaults());
  const auto is_ours = [&] { return world.SlicePlaces("shop", "web") == "10.0.0.1:31080"; };
  const auto rewrite = [&] {
    const std::string name(world.SlicesOf("shop", "web").at(0).meta.name.get());
    std::string json = world.server().Get("endpointslices", "shop", name).value();
    json.replace(json.find("10.0.0.1"), 8, "10.0.0.9");
    world.Update("endpointslices", "shop", json);
  };
  REQUIRE(world.RunUntil(is_ours));
  for (std::size_t i = 1; i < controller::RewriteGuard::kMaxRewrites; ++i) {
    rewrite();
    REQUIRE(world.RunUntil(is_ours));
  }
  rewrite();
  CHECK(world.RunUntil([&] {
    return world.log().Count("W service shop/web: its EndpointSlices are rewritten again and again") == 1;
  }));
  CHECK_FALSE(is_ours());
}

}  // namespace
}  // namespace k8sm::test
