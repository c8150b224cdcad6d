#include "controller/reconcile/fingerprint.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/catch.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::Symbol;
using kube::Uid;

Endpoints MakeEndpoints() {
  Endpoints endpoints;
  kube::EndpointSubset subset;
  subset.addresses.push_back({.ip = Symbol("10.0.0.1"), .target_ref = kube::ObjectReference{}});
  subset.not_ready_addresses.push_back({.ip = Symbol("10.0.0.2")});
  subset.ports.push_back({.name = Symbol("http"), .port = 31080});
  endpoints.subsets.push_back(subset);
  return endpoints;
}

EndpointSlice MakeSlice(const std::string& name) {
  EndpointSlice slice;
  slice.meta.name = Symbol(name);
  slice.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol(endpoints::kManager));
  slice.endpoints.push_back({.address = Symbol("10.0.0.1")});
  slice.ports.push_back({.port = 31080});
  return slice;
}

TEST_CASE("the fingerprint of Endpoints covers everything that is planned") {
  const Endpoints original = MakeEndpoints();
  const std::vector<std::function<void(Endpoints&)>> changes = {
      [](Endpoints& e) { e.meta.labels.Set(Symbol("app"), Symbol("web")); },
      [](Endpoints& e) { e.meta.annotations.Set(Symbol(endpoints::kOverCapacityAnnotation), Symbol("x")); },
      [](Endpoints& e) { e.meta.annotations.Set(Symbol(endpoints::kOverCapacityAnnotation), Symbol("y")); },
      [](Endpoints& e) {
        e.meta.annotations.Set(Symbol("k8s.mesosphere.io/containerPort_TCP_10.0.0.1_31080"), Symbol("80"));
      },
      [](Endpoints& e) { e.meta.labels.Set(Symbol("app"), Symbol("db")); },
      [](Endpoints& e) { e.meta.labels.Set(Symbol("tier"), Symbol("web")); },
      [](Endpoints& e) {
        e.meta.annotations.Set(Symbol("k8s.mesosphere.io/containerPort_TCP_10.0.0.1_31080"), Symbol("81"));
      },
      [](Endpoints& e) {
        e.meta.annotations.Set(Symbol("k8s.mesosphere.io/containerPort_TCP_10.0.0.2_31080"), Symbol("80"));
      },
      [](Endpoints& e) {
        e.subsets[0].addresses.push_back(e.subsets[0].not_ready_addresses[0]);
        e.subsets[0].not_ready_addresses.clear();
      },
      [](Endpoints& e) { e.subsets.clear(); },
      [](Endpoints& e) { e.subsets[0].addresses[0].ip = Symbol("10.0.0.3"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].node_name = Symbol("node"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].hostname = Symbol("host"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].target_ref->kind = Symbol("Node"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].target_ref->ns = Symbol("shop"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].target_ref->name = Symbol("pod"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].target_ref->uid = Uid("uid"); },
      [](Endpoints& e) { e.subsets[0].addresses[0].target_ref.reset(); },
      [](Endpoints& e) { std::swap(e.subsets[0].addresses, e.subsets[0].not_ready_addresses); },
      [](Endpoints& e) { e.subsets[0].not_ready_addresses[0].ip = Symbol("10.0.0.3"); },
      [](Endpoints& e) { e.subsets[0].ports[0].name = Symbol("https"); },
      [](Endpoints& e) { e.subsets[0].ports[0].port = 1; },
      [](Endpoints& e) { e.subsets[0].ports[0].protocol = kube::Protocol::kUdp; },
      [](Endpoints& e) { e.subsets[0].ports[0].app_protocol = Symbol("http"); },
      [](Endpoints& e) { e.exact = false; },
  };
  CHECK(Fingerprint(&original) != 0);
  // Each change makes a fingerprint of its own.
  std::set<std::size_t> seen = {Fingerprint(&original)};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    Endpoints changed = original;
    changes[i](changed);
    CHECK(seen.insert(Fingerprint(&changed)).second);
  }
}

TEST_CASE("the fingerprint does not cover metadata of others") {
  const Endpoints original = MakeEndpoints();
  Endpoints touched = original;
  touched.meta.annotations.Set(Symbol("example.com/note"), Symbol("x"));
  touched.meta.annotations.Set(Symbol(endpoints::kTriggerTimeAnnotation), Symbol("x"));
  touched.meta.resource_version = "42";
  touched.meta.preserved = kube::Symbol(R"("finalizers":["x"])");
  CHECK(Fingerprint(&touched) == Fingerprint(&original));
  CHECK(Fingerprint(nullptr) == 0);
  CHECK(FingerprintsOf(nullptr).empty());
  CHECK(FingerprintsOf(&original) == Fingerprints{Fingerprint(&original)});
}

TEST_CASE("the fingerprint of slices does not depend on their order, and covers ours only") {
  const EndpointSlice one = MakeSlice("one");
  const EndpointSlice two = MakeSlice("two");
  EndpointSlice foreign = MakeSlice("three");
  foreign.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol("others"));
  using Slices = std::vector<const EndpointSlice*>;
  CHECK(Fingerprint(Slices{&one, &two}) == Fingerprint(Slices{&two, &foreign, &one}));
  CHECK(Fingerprint(Slices{&one, &two}) != Fingerprint(Slices{&one}));
  CHECK(Fingerprint(Slices{}) == 0);
  const Fingerprints both = FingerprintsOf(Slices{&one, &foreign, &two});
  CHECK(both.size() == 2);
  CHECK(both == FingerprintsOf(Slices{&two, &one}));
  CHECK(std::ranges::includes(both, FingerprintsOf(Slices{&one})));

  const std::vector<std::function<void(EndpointSlice&)>> changes = {
      [](EndpointSlice& s) { s.meta.labels.Set(Symbol("app"), Symbol("web")); },
      [](EndpointSlice& s) { s.meta.labels.Set(Symbol("app"), Symbol("db")); },
      [](EndpointSlice& s) { s.meta.labels.Set(Symbol("tier"), Symbol("web")); },
      [](EndpointSlice& s) { s.meta.name = Symbol("other"); },
      [](EndpointSlice& s) { s.ports.clear(); },
      [](EndpointSlice& s) { s.ports[0].name = Symbol("http"); },
      [](EndpointSlice& s) { s.endpoints.clear(); },
      [](EndpointSlice& s) { s.endpoints[0].address = Symbol("10.0.0.2"); },
      [](EndpointSlice& s) { s.endpoints[0].hostname = Symbol("a"); },
      [](EndpointSlice& s) { s.endpoints[0].node_name = Symbol("a"); },
      [](EndpointSlice& s) { s.endpoints[0].zone = Symbol("a"); },
      [](EndpointSlice& s) { s.endpoints[0].zone_hint = Symbol("a"); },
      [](EndpointSlice& s) { s.endpoints[0].node_hint = Symbol("a"); },
      [](EndpointSlice& s) { s.endpoints[0].ready = true; },
      [](EndpointSlice& s) { s.endpoints[0].serving = true; },
      [](EndpointSlice& s) { s.endpoints[0].terminating = true; },
      [](EndpointSlice& s) { s.endpoints[0].exact = false; },
      [](EndpointSlice& s) { s.endpoints[0].target_ref = kube::ObjectReference{}; },
  };
  // Each change makes a fingerprint of its own.
  std::set<std::size_t> seen = {Fingerprint(Slices{&one})};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CAPTURE(i);
    EndpointSlice changed = one;
    changes[i](changed);
    CHECK(seen.insert(Fingerprint(Slices{&changed})).second);
  }
}

}  // namespace
}  // namespace k8sm::controller
