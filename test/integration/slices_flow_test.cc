// Changes in the cluster become changes of its EndpointSlices.

#include "test/apiserver/fault_rule.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::test {
namespace {

using controller::EndpointSlices;

// A running controller in a world with the service "web" and the node that pods are on.
struct Flow {
  World world;
  Flow() {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    world.Start(world.Defaults());
  }
  bool Becomes(const std::string& places) {
    return world.RunUntil([&] { return world.SlicePlaces("shop", "web") == places; });
  }
  std::string OnlySlice() {
    const auto slices = world.SlicesOf("shop", "web");
    REQUIRE(slices.size() == 1);
    return std::string(slices[0].meta.name.get());
  }
};

std::string WithSelector(const std::string& selector) {
  return R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web"},"spec":{)" + selector +
         R"("ports":[{"port":80,"targetPort":8080}]}})";
}

TEST_CASE("a service without pods gets one empty EndpointSlice") {
  Flow flow;
  CHECK(flow.Becomes(""));
  const auto slices = flow.world.SlicesOf("shop", "web");
  REQUIRE(slices.size() == 1);
  CHECK(slices[0].meta.name.get().starts_with("web-"));
  CHECK(slices[0].owner.has_value());
}

TEST_CASE("a service that nobody deletes gets EndpointSlices, whatever finalizers it has") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create(
      "services", "shop",
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"web","finalizers":["foregroundDeletion"]},)"
      R"("spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":8080}]}})");
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Start(world.Defaults());
  CHECK(world.RunUntil([&] { return world.SlicePlaces("shop", "web") == "10.0.0.1:31080"; }));
}

TEST_CASE("EndpointSlices follow a pod that is created, changed, terminating and deleted") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  flow.world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081, .host_ip = "10.0.0.2"}));
  CHECK(flow.Becomes("10.0.0.1:31080 10.0.0.2:31081"));
  const auto leaving = flow.world.server().Handle(
      {.method = "DELETE", .target = "/api/v1/namespaces/shop/pods/a?gracePeriodSeconds=3600"});
  REQUIRE(leaving.status == 200);
  CHECK(flow.Becomes("10.0.0.2:31081 ~10.0.0.1:31080"));
  flow.world.Delete("pods", "shop", "a");
  CHECK(flow.Becomes("10.0.0.2:31081"));
}

TEST_CASE("a change of one pod's readiness causes one write of one EndpointSlice") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  for (int i = 0; i < 30; ++i) {
    world.Create("pods", "shop",
                 PodJson({.name = "a" + std::to_string(i), .pod_ip = "172.17.0." + std::to_string(i + 1)}));
  }
  controller::Options options = world.Defaults();
  options.mode = endpoints::AddressMode::kPodIp;
  options.max_endpoints_per_slice = 10;
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 3; }));
  world.server().requests().Clear();
  world.Update("pods", "shop", PodJson({.name = "a7", .pod_ip = "172.17.0.8", .ready = false}));
  CHECK(world.RunUntil([&] {
    return world.SlicePlaces("shop", "web").find("-172.17.0.8:8080") != std::string::npos &&
           world.Places("shop", "web").find("-172.17.0.8:8080") != std::string::npos;
  }));
  CHECK(world.server().requests().CountWrites("endpointslices") == 1);
  CHECK(world.server().requests().CountWrites("endpoints") == 1);
}

TEST_CASE("EndpointSlices are deleted with their service, and a new service of that name gets its own") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  const std::string old = flow.OnlySlice();
  flow.world.Delete("services", "shop", "web");
  flow.world.Create("services", "shop", ServiceJson("web"));
  CHECK(flow.world.RunUntil([&] {
    const auto slices = flow.world.SlicesOf("shop", "web");
    return slices.size() == 1 && slices[0].meta.name.get() != old;
  }));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  const auto service = flow.world.server().Get("services", "shop", "web").value();
  const auto slices = flow.world.SlicesOf("shop", "web");
  CHECK(service.find(R"("uid":")" + slices[0].owner->uid.Text() + R"(")") != std::string::npos);
  flow.world.Delete("services", "shop", "web");
  CHECK(flow.Becomes("none"));
}

TEST_CASE("a service that loses its selector loses our EndpointSlices and no others") {
  Flow flow;
  CHECK(flow.Becomes(""));
  flow.world.Create(
      "endpointslices", "shop",
      R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","addressType":"IPv4","endpoints":[],)"
      R"("metadata":{"name":"handmade","labels":{"kubernetes.io/service-name":"web"}}})");
  flow.world.Update("services", "shop", WithSelector(""));
  CHECK(flow.world.RunUntil([&] { return flow.world.SlicesOf("shop", "web").size() == 1; }));
  CHECK(flow.OnlySlice() == "handmade");
  flow.world.Update("services", "shop", WithSelector(R"("selector":{"app":"web"},)"));
  CHECK(flow.world.RunUntil([&] { return flow.world.SlicesOf("shop", "web").size() == 2; }));
}

TEST_CASE("a missing permission on nodes is named and holds up EndpointSlices only, until it is granted") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  auto forbidden = apiserver::ParseFaults(R"([{"resource":"nodes","effect":"status","code":403}])");
  REQUIRE(forbidden.has_value());
  world.server().faults().Set(*std::move(forbidden));
  world.Start(world.Hurried());
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  CHECK(world.SlicesOf("shop", "web").empty());
  const auto readyz = world.Ask("/readyz");
  CHECK(readyz.status == 500);
  CHECK(readyz.body.find(
            "[-]informer-sync failed: waiting for nodes (forbidden: grant list, watch on nodes)") !=
        std::string::npos);
  // Changes of pods are published in the meantime.
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080 10.0.0.1:31081"; }));

  world.server().faults().Set({});
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 2; }));
  CHECK(world.Ask("/readyz").status == 200);
}

TEST_CASE(
    "without the permission on nodes, -once writes Endpoints and logs that EndpointSlices are left out") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  auto forbidden = apiserver::ParseFaults(R"([{"resource":"nodes","effect":"status","code":403}])");
  world.server().faults().Set(*std::move(forbidden));
  CHECK(world.RunOnce(world.Hurried()) == 1);
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
  CHECK(world.log().Count(
            "E EndpointSlices are left out: waiting for nodes (forbidden: grant list, watch on nodes)") == 1);
}

TEST_CASE("-once gives up if it may not list pods, though other lists work") {
  World world;
  auto forbidden = apiserver::ParseFaults(R"([{"resource":"pods","effect":"status","code":403}])");
  world.server().faults().Set(*std::move(forbidden));
  controller::Options options = world.Hurried();
  options.once_patience = std::chrono::milliseconds(200);
  options.dry_run = GENERATE(false, true);
  CHECK(world.RunOnce(options) == 1);
  CHECK(world.log().Count("E timed out waiting for caches: pods (forbidden: grant list, watch on pods)") ==
        1);
}

TEST_CASE("-once that gives up names all missing permissions, including those for EndpointSlices") {
  World world;
  auto forbidden = apiserver::ParseFaults(R"([{"resource":"pods","effect":"status","code":403},
                                              {"resource":"nodes","effect":"status","code":403}])");
  world.server().faults().Set(*std::move(forbidden));
  controller::Options options = world.Hurried();
  options.once_patience = std::chrono::milliseconds(200);
  CHECK(world.RunOnce(options) == 1);
  CHECK(world.log().Count("E timed out waiting for caches: pods (forbidden: grant list, watch on pods), "
                          "nodes (forbidden: grant list, watch on nodes)") == 1);
}

TEST_CASE("/readyz names a watch that becomes forbidden, until it is allowed again") {
  World world;
  world.Start(world.Hurried());
  REQUIRE(world.Settle());
  CHECK(world.Ask("/readyz").status == 200);
  auto forbidden = apiserver::ParseFaults(R"([{"resource":"pods","effect":"status","code":403}])");
  world.server().faults().Set(*std::move(forbidden));
  CHECK(world.RunUntil([&] { return world.Ask("/readyz").status == 500; }));
  CHECK(world.Ask("/readyz", {{"verbose", ""}})
            .body.find("[-]informer-sync failed: outdated: pods (forbidden: grant list, watch on pods)\n") !=
        std::string::npos);
  CHECK(world.Ask("/livez").status == 200);
  world.server().faults().Set({});
  CHECK(world.RunUntil([&] { return world.Ask("/readyz").status == 200; }));
}

TEST_CASE("a pod waits for its node and follows its zone") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.SlicePlaces("shop", "web").empty(); }));
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
  CHECK(world.log().Count("W skipped pod shop/a for service shop/web port 80: node_not_found: node node-1") ==
        1);
  world.Create("nodes", "", NodeJson("node-1", "zone-a"));
  const auto zone = [&] {
    const auto slices = world.SlicesOf("shop", "web");
    const bool one = slices.size() == 1 && slices[0].endpoints.size() == 1;
    return one ? std::string(slices[0].endpoints[0].zone.get()) : "none";
  };
  CHECK(world.RunUntil([&] { return zone() == "zone-a"; }));
  world.Update("nodes", "", NodeJson("node-1", "zone-b"));
  CHECK(world.RunUntil([&] { return zone() == "zone-b"; }));
  world.Delete("nodes", "", "node-1");
  CHECK(world.RunUntil([&] { return zone() == "none"; }));
}

TEST_CASE("EndpointSlices that somebody deletes or edits are restored") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Delete("endpointslices", "shop", flow.OnlySlice());
  CHECK(flow.Becomes("10.0.0.1:31080"));
  std::string json = flow.world.server().Get("endpointslices", "shop", flow.OnlySlice()).value();
  json.replace(json.find("10.0.0.1"), 8, "10.0.0.9");
  flow.world.Update("endpointslices", "shop", json);
  CHECK(flow.Becomes("10.0.0.1:31080"));
}

TEST_CASE("a switch of modes updates EndpointSlices in place where possible") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("services", "shop", ServiceJson("empty"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.SlicePlaces("shop", "web") == "10.0.0.1:31080");
  world.server().requests().Clear();
  controller::Options pod_ip = world.Defaults();
  pod_ip.mode = endpoints::AddressMode::kPodIp;
  CHECK(world.RunOnce(pod_ip) == 0);
  CHECK(world.SlicePlaces("shop", "web") == "172.17.0.2:8080");
  CHECK(world.server().requests().CountWrites("endpointslices") == 1);
  CHECK(world.server().requests().CountWrites("endpoints") == 1);
}

TEST_CASE("a server without EndpointSlices is an error with -endpoint_slices=on, and accepted by default") {
  World world({.emulate = "1.5"});
  controller::Options options = world.Defaults();
  options.once = true;
  CHECK(world.RunOnce(options) == 0);
  options.once = GENERATE(true, false);
  options.endpoint_slices = EndpointSlices::kOn;
  world.Start(options);
  CHECK(world.WaitForEnd() == 1);
  CHECK(world.log().Count("E giving up: -endpoint_slices is on, and the API server does not serve "
                          "discovery.k8s.io/v1") == 1);
}

TEST_CASE("with -endpoint_slices=off, no EndpointSlices are written") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  controller::Options options = world.Defaults();
  options.endpoint_slices = EndpointSlices::kOff;
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.Places("shop", "web").empty());
  CHECK(world.SlicePlaces("shop", "web") == "none");
}

}  // namespace
}  // namespace k8sm::test
