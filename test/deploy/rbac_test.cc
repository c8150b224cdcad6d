// The rights that the manifests grant are those that the program makes use of.

#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/apiserver/resource.h"
#include "test/deploy/manifests.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

namespace k8sm::test {
namespace {

// Rights of which nothing is seen here. No request needs these, but admission asks for them when Endpoints
// and slices are written:
//   endpoints/restricted, endpointslices/restricted, services/finalizers
// Endpoints are read where a write's answer was lost, the same event again is a patch, and a leader has a
// lease.
const std::set<Right> kNotSeenHere = {
    {"create", "", "endpoints/restricted"},
    {"create", "discovery.k8s.io", "endpointslices/restricted"},
    {"update", "", "services/finalizers"},
    {"get", "", "endpoints"},
    {"create", "", "events"},
    {"patch", "", "events"},
    {"create", "coordination.k8s.io", "leases"},
    {"get", "coordination.k8s.io", "leases"},
    {"update", "coordination.k8s.io", "leases"},
};

std::set<Right> Requested(const apiserver::RequestLog& log) {
  std::set<Right> requested;
  for (const apiserver::RequestRecord& record : log.records()) {
    const std::string plural = record.resource.substr(0, record.resource.find('/'));
    const apiserver::Resource* resource = apiserver::FindResource(plural);
    REQUIRE(resource != nullptr);
    requested.insert({record.verb, std::string(resource->group), record.resource});
  }
  return requested;
}

std::string Without(const std::set<Right>& rights, const std::set<Right>& others) {
  std::ostringstream text;
  for (const Right& right : rights) {
    if (!others.contains(right)) text << right << "; ";
  }
  return text.str();
}

// Of a service that was deleted while no controller ran. Those of one that is deleted meanwhile the API
// server deletes itself.
constexpr const char* kOrphan =
    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"gone",)"
    R"("labels":{"endpoints.kubernetes.io/managed-by":"k8sm-controller-manager"}},"subsets":[]})";

// Everything that the program does to a cluster: it finds leftovers, publishes, follows, skips, and cleans
// up.
void LiveThroughEverything(World& world) {
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("endpoints", "shop", kOrphan);
  world.Create("services", "shop", ServiceJson("web"));
  world.Start(world.Defaults());
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "gone") == "none"; }));
  world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  REQUIRE(world.RunUntil([&] { return world.SlicePlaces("shop", "web") == "-10.0.0.1:31080"; }));
  // A host port of its own wants a slice of its own, which goes with it.
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 2; }));
  world.Delete("pods", "shop", "b");
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 1; }));
  REQUIRE(world.Settle());
  world.Delete("services", "shop", "web");
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "none"; }));
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").empty(); }));
  world.Stop();
}

// The first lists, of five kinds of objects, are refused as streams, as by an older server.
void ListPageByPage(World& world) {
  auto faults =
      apiserver::ParseFaults(R"([{"query":"sendInitialEvents=true","effect":"status","code":400}])");
  REQUIRE(faults.has_value());
  world.server().faults().Set(*std::move(faults));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.log().Count("listed page by page") == 5; }));
  REQUIRE(world.Settle());
  world.Stop();
}

TEST_CASE("the manifests grant what the program asks for and nothing more") {
  World world;
  LiveThroughEverything(world);
  ListPageByPage(world);
  std::set<Right> requested = Requested(world.server().requests());
  const Manifests manifests(InSource("deploy/kustomize/base"));
  std::set<Right> granted = manifests.RightsOf("ClusterRole");
  granted.merge(manifests.RightsOf("Role"));
  CHECK(Without(requested, granted) == "");
  requested.insert(kNotSeenHere.begin(), kNotSeenHere.end());
  CHECK(Without(granted, requested) == "");
}

}  // namespace
}  // namespace k8sm::test
