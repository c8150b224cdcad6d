#include "lib/endpoints/slice_hints.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::endpoints {
namespace {

using kube::SliceEndpoint;
using kube::Symbol;

HintScope ScopeOf(const char* traffic_distribution) {
  kube::Service service = test::MakeService("web");
  service.traffic_distribution = Symbol(traffic_distribution);
  return HintScopeOf(service);
}

// "zone/node"
std::string Hints(HintScope scope, SliceEndpoint endpoint) {
  SetHints(scope, endpoint);
  return endpoint.zone_hint + "/" + endpoint.node_hint;
}

const SliceEndpoint kReady = {.node_name = Symbol("node-1"), .zone = Symbol("zone-a"), .ready = true};

TEST_CASE("trafficDistribution decides whether hints name zones, or zones and nodes") {
  CHECK(ScopeOf("PreferClose") == HintScope::kZone);
  CHECK(ScopeOf("PreferSameZone") == HintScope::kZone);
  CHECK(ScopeOf("PreferSameNode") == HintScope::kZoneAndNode);
  CHECK(ScopeOf("") == HintScope::kNone);
  CHECK(ScopeOf("PreferTheMoon") == HintScope::kNone);
}

TEST_CASE("a ready endpoint has hints for its own zone and node, as far as the scope goes") {
  CHECK(Hints(HintScope::kNone, kReady) == "/");
  CHECK(Hints(HintScope::kZone, kReady) == "zone-a/");
  CHECK(Hints(HintScope::kZoneAndNode, kReady) == "zone-a/node-1");
}

TEST_CASE("an endpoint without a zone or a node has no hint for one") {
  SliceEndpoint endpoint = kReady;
  endpoint.zone = Symbol();
  CHECK(Hints(HintScope::kZone, endpoint) == "/");
  CHECK(Hints(HintScope::kZoneAndNode, endpoint) == "/node-1");
  endpoint.node_name = Symbol();
  CHECK(Hints(HintScope::kZoneAndNode, endpoint) == "/");
}

TEST_CASE("an endpoint that is not ready has no hints and loses those that it had") {
  SliceEndpoint endpoint = kReady;
  endpoint.ready = false;
  endpoint.serving = true;
  endpoint.zone_hint = Symbol("zone-a");
  endpoint.node_hint = Symbol("node-1");
  CHECK(Hints(HintScope::kZoneAndNode, endpoint) == "/");
}

}  // namespace
}  // namespace k8sm::endpoints
