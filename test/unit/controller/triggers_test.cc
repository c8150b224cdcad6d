#include "controller/cluster/triggers.h"

#include "lib/informer/store.h"
#include "test/support/catch.h"

#include <algorithm>
#include <string>

namespace k8sm::controller {
namespace {

using kube::Pod;
using kube::Service;
using kube::Symbol;

Service ServiceOf(const char* name, const char* app) {
  Service service;
  service.meta.ns = Symbol("shop");
  service.meta.name = Symbol(name);
  service.meta.resource_version = "1";
  service.selector.Set(Symbol("app"), Symbol(app));
  return service;
}

Pod PodOf(const char* app) {
  Pod pod;
  pod.meta.ns = Symbol("shop");
  pod.meta.name = Symbol("a");
  pod.meta.resource_version = "1";
  pod.meta.labels.Set(Symbol("app"), Symbol(app));
  return pod;
}

struct Fixture {
  informer::Store<Service> services;
  informer::SelectorIndex index{services};
  Fixture() {
    services.Apply(ServiceOf("web", "web"));
    services.Apply(ServiceOf("db", "db"));
  }
  std::string Touched(const Pod* before, const Pod* after) const {
    auto keys = ServicesTouchedBy(before, after, index);
    std::sort(keys.begin(), keys.end());
    std::string text;
    for (const auto& key : keys) text += ToString(key) + " ";
    return text;
  }
};

TEST_CASE("a pod that comes or goes touches the services that select it") {
  const Fixture fixture;
  const Pod pod = PodOf("web");
  CHECK(fixture.Touched(nullptr, &pod) == "shop/web ");
  CHECK(fixture.Touched(&pod, nullptr) == "shop/web ");
  const Pod stranger = PodOf("mail");
  CHECK(fixture.Touched(nullptr, &stranger).empty());
}

TEST_CASE("a pod with other labels touches the services it leaves and those it joins") {
  const Fixture fixture;
  const Pod before = PodOf("web");
  const Pod after = PodOf("db");
  CHECK(fixture.Touched(&before, &after) == "shop/db shop/web ");
}

TEST_CASE("a heartbeat touches nothing") {
  const Fixture fixture;
  const Pod before = PodOf("web");
  Pod after = before;
  after.meta.resource_version = "2";
  CHECK(fixture.Touched(&before, &after).empty());
}

TEST_CASE("whatever endpoints depend on touches the services") {
  const Fixture fixture;
  const Pod before = PodOf("web");
  const auto touches = [&](auto change) {
    Pod after = before;
    change(after);
    return fixture.Touched(&before, &after) == "shop/web ";
  };
  CHECK(touches([](Pod& pod) { pod.ready = true; }));
  CHECK(touches([](Pod& pod) { pod.ready_transition = kube::Timestamp(std::chrono::seconds(1)); }));
  CHECK(touches([](Pod& pod) { pod.phase = kube::PodPhase::kFailed; }));
  CHECK(touches([](Pod& pod) { pod.host_ip = Symbol("10.0.0.1"); }));
  CHECK(touches([](Pod& pod) { pod.host_ips = {Symbol("10.0.0.1")}; }));
  CHECK(touches([](Pod& pod) { pod.pod_ips = {Symbol("172.17.0.2")}; }));
  CHECK(touches([](Pod& pod) { pod.ports.emplace_back(); }));
  CHECK(touches([](Pod& pod) { pod.node_name = Symbol("node-1"); }));
  CHECK(touches([](Pod& pod) { pod.host_network = true; }));
  CHECK(touches([](Pod& pod) { pod.hostname = Symbol("a"); }));
  CHECK(touches([](Pod& pod) { pod.subdomain = Symbol("web"); }));
  CHECK(touches([](Pod& pod) { pod.meta.uid = Symbol("another"); }));
  CHECK(touches([](Pod& pod) { pod.meta.deletion_timestamp = kube::Timestamp(); }));
  CHECK(touches(
      [](Pod& pod) { pod.meta.annotations.Set(Symbol("k8s.mesosphere.io/port_TCP_80"), Symbol("31080")); }));
}

}  // namespace
}  // namespace k8sm::controller
