#include "controller/cluster/service_trigger.h"

#include "test/support/catch.h"
#include "test/unit/cluster/offline_cluster.h"

#include <chrono>
#include <set>
#include <string>
#include <utility>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::Node;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using kube::Uid;
using std::chrono::milliseconds;

Service ServiceOf(const char* name, int version = 1) {
  auto service = Object<Service>(name, version);
  service.selector.Set(Symbol("app"), Symbol(name));
  return service;
}

Pod PodOf(const char* app, int version = 1) {
  auto pod = Object<Pod>("a", version);
  pod.meta.labels.Set(Symbol("app"), Symbol(app));
  return pod;
}

Node NodeIn(const char* zone, int version) {
  auto node = Object<Node>("node-1", version);
  node.meta.ns = Symbol();
  node.zone = Symbol(zone);
  return node;
}

// The services "db" and "web", and what the trigger has queued since it was last asked.
struct Fixture : OfflineCluster {
  std::set<std::string> queued;
  ServiceTrigger trigger{
      cache,
      [this](const ObjectKey& key, milliseconds delay) {
        queued.insert(ToString(key) + (delay.count() > 0 ? " in " + std::to_string(delay.count()) : ""));
      },
      milliseconds(50)};

  Fixture() {
    cache.services().Apply(ServiceOf("web"));
    cache.services().Apply(ServiceOf("db"));
    trigger.Follow();
  }
  std::string Queued() {
    std::string text;
    for (const std::string& key : std::exchange(queued, {})) text += (text.empty() ? "" : ", ") + key;
    return text;
  }
  std::string Everything() const {
    std::string text;
    for (const ObjectKey& key : trigger.Everything()) text += ToString(key) + " ";
    return text;
  }
};

TEST_CASE("a service that is added, changed or deleted is queued") {
  Fixture f;
  CHECK(f.Queued().empty());
  f.cache.services().Apply(ServiceOf("mail", 2));
  CHECK(f.Queued() == "shop/mail");
  f.cache.services().Apply(ServiceOf("mail", 3));
  CHECK(f.Queued() == "shop/mail");
  f.cache.services().Remove(ShopKey("mail"), "4");
  CHECK(f.Queued() == "shop/mail");
}

TEST_CASE("a pod that is added or deleted queues the services that select it, after the batch period") {
  Fixture f;
  f.cache.pods().Apply(PodOf("web", 1));
  CHECK(f.Queued() == "shop/web in 50");
  f.cache.pods().Remove(ShopKey("a"), "2");
  CHECK(f.Queued() == "shop/web in 50");
  f.cache.pods().Apply(PodOf("mail", 3));
  CHECK(f.Queued().empty());
}

TEST_CASE("a change of a pod's labels queues the services that it leaves and those that it joins") {
  Fixture f;
  f.cache.pods().Apply(PodOf("web", 1));
  f.Queued();
  f.cache.pods().Apply(PodOf("db", 2));
  CHECK(f.Queued() == "shop/db in 50, shop/web in 50");
}

TEST_CASE("an update of a pod that endpoints do not depend on queues nothing") {
  Fixture f;
  f.cache.pods().Apply(PodOf("web", 1));
  f.Queued();
  f.cache.pods().Apply(PodOf("web", 2));
  CHECK(f.Queued().empty());
}

TEST_CASE("a change of any field of a pod that endpoints depend on queues its services") {
  const auto queues = [](auto change) {
    Fixture f;
    f.cache.pods().Apply(PodOf("web", 1));
    f.Queued();
    Pod pod = PodOf("web", 2);
    change(pod);
    f.cache.pods().Apply(pod);
    return f.Queued() == "shop/web in 50";
  };
  CHECK(queues([](Pod& pod) { pod.ready = true; }));
  CHECK(queues([](Pod& pod) { pod.ready_transition = kube::Timestamp(std::chrono::seconds(1)); }));
  CHECK(queues([](Pod& pod) { pod.phase = kube::PodPhase::kFailed; }));
  CHECK(queues([](Pod& pod) { pod.host_ip = Symbol("10.0.0.1"); }));
  CHECK(queues([](Pod& pod) { pod.host_ips = {Symbol("10.0.0.1")}; }));
  CHECK(queues([](Pod& pod) { pod.pod_ips = {Symbol("172.17.0.2")}; }));
  CHECK(queues([](Pod& pod) { pod.ports.push_back({}); }));
  CHECK(queues([](Pod& pod) { pod.node_name = Symbol("node-1"); }));
  CHECK(queues([](Pod& pod) { pod.host_network = true; }));
  CHECK(queues([](Pod& pod) { pod.hostname = Symbol("a"); }));
  CHECK(queues([](Pod& pod) { pod.subdomain = Symbol("web"); }));
  CHECK(queues([](Pod& pod) { pod.meta.uid = Uid("another"); }));
  CHECK(queues([](Pod& pod) { pod.meta.deletion_timestamp = kube::Timestamp(); }));
  CHECK(queues(
      [](Pod& pod) { pod.meta.annotations.Set(Symbol("k8s.mesosphere.io/port_TCP_80"), Symbol("31080")); }));
}

TEST_CASE("Endpoints that others change or delete queue their service, our own writes do not") {
  Fixture f;
  f.cache.endpoints().ApplyWrite(Object<Endpoints>("web", 1));
  CHECK(f.Queued().empty());
  f.cache.endpoints().Apply(Object<Endpoints>("web", 2));
  CHECK(f.Queued() == "shop/web");
  f.cache.endpoints().RemoveWritten(ShopKey("web"), Uid("uid-web"));
  CHECK(f.Queued().empty());
  f.cache.endpoints().Apply(Object<Endpoints>("stray", 3));
  f.Queued();
  f.cache.endpoints().Remove(ShopKey("stray"), "4");
  CHECK(f.Queued() == "shop/stray");
}

TEST_CASE("a slice that others change queues the services that its label names before and after") {
  Fixture f;
  f.cache.slices().ApplyWrite(SliceFor("x", "web", 1));
  CHECK(f.Queued().empty());
  f.cache.slices().Apply(SliceFor("x", "db", 2));
  CHECK(f.Queued() == "shop/db, shop/web");
  f.cache.slices().Remove(ShopKey("x"), "3");
  CHECK(f.Queued() == "shop/db");
  f.cache.slices().Apply(Object<EndpointSlice>("of-nobody", 4));
  CHECK(f.Queued().empty());
}

TEST_CASE("a node that is added, deleted or changes its zone queues the services of the pods on it") {
  Fixture f;
  Pod pod = PodOf("web", 1);
  pod.node_name = Symbol("node-1");
  f.cache.pods().Apply(pod);
  f.Queued();
  f.cache.nodes().Apply(NodeIn("zone-a", 2));
  CHECK(f.Queued() == "shop/web");
  f.cache.nodes().Apply(NodeIn("zone-a", 3));
  CHECK(f.Queued().empty());
  f.cache.nodes().Apply(NodeIn("zone-b", 4));
  CHECK(f.Queued() == "shop/web");
  f.cache.nodes().Remove({Symbol(), Symbol("node-1")}, "5");
  CHECK(f.Queued() == "shop/web");
}

TEST_CASE("an object that becomes unreadable, or is deleted after that, queues its service") {
  Fixture f;
  f.cache.endpoints().ApplyUnreadable(Object<Endpoints>("web", 5).meta);
  CHECK(f.Queued() == "shop/web");
  f.cache.endpoints().Remove(ShopKey("web"), "6");
  CHECK(f.Queued() == "shop/web");
  f.cache.slices().ApplyUnreadable(SliceFor("x", "db", 7).meta);
  CHECK(f.Queued() == "shop/db");
  f.cache.slices().ApplyUnreadable(Object<EndpointSlice>("of-nobody", 8).meta);
  CHECK(f.Queued().empty());
  f.cache.services().ApplyUnreadable(ServiceOf("mail", 9).meta);
  CHECK(f.Queued() == "shop/mail");
  f.cache.services().Remove(ShopKey("mail"), "10");
  CHECK(f.Queued() == "shop/mail");
}

TEST_CASE("Everything() gives each service and each leftover's service once, in order") {
  Fixture f;
  f.cache.endpoints().Apply(Object<Endpoints>("web", 2));
  f.cache.endpoints().Apply(Object<Endpoints>("left", 3));
  f.cache.slices().Apply(SliceFor("x", "also-left", 4));
  f.cache.slices().Apply(SliceFor("y", "also-left", 5));
  f.cache.slices().Apply(Object<EndpointSlice>("of-nobody", 6));
  CHECK(f.Everything() == "shop/also-left shop/db shop/left shop/web ");
}

TEST_CASE("nothing is queued before Follow()") {
  OfflineCluster cluster;
  int queued = 0;
  ServiceTrigger trigger(
      cluster.cache, [&](const ObjectKey&, milliseconds) { ++queued; }, milliseconds(0));
  cluster.cache.services().Apply(ServiceOf("web"));
  CHECK(queued == 0);
  trigger.Follow();
  cluster.cache.pods().Apply(PodOf("web"));
  CHECK(queued == 1);
}

}  // namespace
}  // namespace k8sm::controller
