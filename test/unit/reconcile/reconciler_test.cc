#include "controller/reconcile/reconciler.h"

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/reconcile/web_cluster.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;
using kube::Symbol;
using kube::Uid;
using test::MakePod;
using test::MakeService;

// ---- Ordinary syncs

TEST_CASE("a first sync creates Endpoints and a slice, and a second one writes nothing", "[reconciler]") {
  Cluster cluster;
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create endpoints web", "create slice"});
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
  CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080]");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
}

TEST_CASE("a changed pod causes one write of each kind", "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.Sent();
  cluster.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080})));
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"update endpoints web", "update slice web-1"});
  CHECK(cluster.EndpointsText("web") == "!a@10.0.0.11:31080");
}

TEST_CASE("slices are written only once they are enabled", "[reconciler]") {
  ScriptedCluster cluster;
  cluster.Put(kWeb);
  cluster.Put(Ready("a", 31080));
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create endpoints web"});
  cluster.PutNode("node-1");
  cluster.reconciler().EnableSlices();
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create slice"});
}

TEST_CASE("in pod-IP mode the pod's own address and port are written", "[reconciler]") {
  Cluster cluster({.mode = AddressMode::kPodIp});
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.EndpointsText("web") == "a@172.17.0.11:8080");
  CHECK(cluster.SlicesText("web") == "[a@172.17.0.11:8080]");
}

TEST_CASE("a slice has no more endpoints than the option allows", "[reconciler]") {
  Cluster cluster({.mode = AddressMode::kPodIp, .max_endpoints_per_slice = 1});
  cluster.Put(kube::Pod(MakePod("b").Ready().PodIps({"172.17.0.12"})));
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.SlicesText("web") == "[a@172.17.0.11:8080][b@172.17.0.12:8080]");
}

// ---- Refusals

TEST_CASE("a refused write of Endpoints does not hold up the slices", "[reconciler]") {
  for (const Errc code :
       {Errc::kForbidden, Errc::kRejected, Errc::kConflict, Errc::kServerError, Errc::kTimeout,
        Errc::kUnavailable, Errc::kTooManyRequests, Errc::kUnauthorized, Errc::kNotLeading}) {
    CAPTURE(ToString(code));
    Cluster cluster;
    cluster.Refuse("create endpoints", Refusal(code));
    const auto synced = cluster.Sync("web");
    REQUIRE_FALSE(synced.has_value());
    CHECK(synced.error().code == code);
    CHECK(cluster.Sent() == Requests{"create endpoints web", "create slice"});
    CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080]");
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent() == Requests{"create endpoints web"});
  }
}

TEST_CASE("if no write can succeed when the outcome of an earlier one is asked for, nothing is written",
          "[reconciler]") {
  Cluster cluster;
  cluster.Refuse("settle endpoints", Refusal(Errc::kUnavailable));
  CHECK(cluster.Sync("web").error().code == Errc::kUnavailable);
  CHECK(cluster.Sent() == Requests{"settle endpoints web"});
}

TEST_CASE("Endpoints and slices are written at the same time", "[reconciler]") {
  const std::string held = GENERATE("create endpoints", "create slice");
  CAPTURE(held);
  Cluster cluster;
  cluster.Hold(held);
  cluster.Begin("web");
  CHECK(cluster.Sent() == Requests{"create endpoints web", "create slice"});
  const bool of_endpoints = held == "create endpoints";
  CHECK((cluster.EndpointsText("web") == "-") == of_endpoints);
  CHECK(cluster.SlicesText("web").empty() != of_endpoints);
  CHECK(cluster.IsSyncing());
  cluster.Release();
  CHECK_FALSE(cluster.IsSyncing());
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
  CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080]");
}

TEST_CASE("a sync that is cancelled ends both of its writes", "[reconciler]") {
  const std::string held = GENERATE("create endpoints", "create slice", "create ");
  CAPTURE(held);
  Cluster cluster;
  cluster.Hold(held);
  cluster.Begin("web");
  REQUIRE(cluster.IsSyncing());
  cluster.Cancel();
  CHECK_FALSE(cluster.IsSyncing());
  REQUIRE(cluster.outcome.has_value());
  REQUIRE(cluster.outcome->has_error());
  CHECK(cluster.outcome->error().code == Errc::kCanceled);
}

TEST_CASE("if both kinds are refused, the longer time that the server asks for counts", "[reconciler]") {
  const bool of_endpoints = GENERATE(true, false);
  Cluster cluster;
  for (const std::string kind : {"endpoints", "slice"}) {
    Error refusal = Refusal(Errc::kTooManyRequests);
    refusal.retry_after = std::chrono::seconds((kind == "endpoints") == of_endpoints ? 9 : 3);
    cluster.Refuse("create " + kind, refusal);
  }
  CHECK(cluster.Sync("web").error().retry_after == std::chrono::seconds(9));
}

TEST_CASE("the error of Endpoints takes precedence over that of slices", "[reconciler]") {
  Cluster cluster;
  cluster.Refuse("create endpoints", Refusal(Errc::kForbidden));
  cluster.Refuse("create slice", Refusal(Errc::kRejected));
  CHECK(cluster.Sync("web").error().code == Errc::kForbidden);
  cluster.Refuse("create slice", Refusal(Errc::kRejected));
  CHECK(cluster.Sync("web").error().code == Errc::kRejected);
}

TEST_CASE("a refused slice does not hold up the next one, and no slice is deleted meanwhile",
          "[reconciler]") {
  for (const Errc code :
       {Errc::kForbidden, Errc::kRejected, Errc::kNotFound, Errc::kConflict, Errc::kAlreadyExists}) {
    CAPTURE(ToString(code));
    Cluster cluster;
    (void)cluster.Sync("web");
    // Two new slices are created, and the one with 31080 would be deleted.
    cluster.RemovePod("a");
    for (const char* name : {"b", "c", "d"}) cluster.Put(Ready(name, 31000 + name[0]));
    cluster.Sent();
    cluster.Refuse("create slice", Refusal(code));
    CHECK(cluster.Sync("web").error().code == code);
    CHECK(cluster.Sent() ==
          Requests{"update endpoints web", "create slice", "create slice", "update slice web-1"});
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent() == Requests{"create slice"});
  }
}

TEST_CASE("if the outcome of a slice write is unknown, the other slices wait for the next plan",
          "[reconciler]") {
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  cluster.Refuse("create slice", Refusal(Errc::kTimeout));
  CHECK(cluster.Sync("web").error().code == Errc::kTimeout);
  CHECK(cluster.Sent() == Requests{"create endpoints web", "create slice"});
}

TEST_CASE("a slice is not deleted if the slice that was to take over its endpoints was refused",
          "[reconciler]") {
  for (const Errc code : {Errc::kForbidden, Errc::kRejected}) {
    CAPTURE(ToString(code));
    Cluster cluster;
    cluster.Put(Ready("b", 31081));
    (void)cluster.Sync("web");
    cluster.Put(
        kube::Pod(MakePod("b").On("node-1", "10.0.0.12").Port({.number = 8080, .host_port = 31080}).Ready()));
    cluster.Sent();
    cluster.Refuse("update slice", Refusal(code));
    CHECK(cluster.Sync("web").error().code == code);
    CHECK(cluster.Sent() == Requests{"update endpoints web", "update slice web-1"});
    CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080][b@10.0.0.11:31081]");
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent() == Requests{"update slice web-1", "delete slice web-2"});
    CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080 b@10.0.0.12:31080]");
  }
}

TEST_CASE("the first error of several refused slices is returned", "[reconciler]") {
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  cluster.Refuse("create slice", Refusal(Errc::kForbidden));
  cluster.Refuse("create slice", Refusal(Errc::kRejected));
  CHECK(cluster.Sync("web").error().code == Errc::kForbidden);
}

TEST_CASE("a slice no longer needed is deleted last, and a refused deletion is an error", "[reconciler]") {
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  (void)cluster.Sync("web");
  cluster.RemovePod("b");
  cluster.Sent();
  cluster.Refuse("delete slice", Refusal(Errc::kForbidden));
  CHECK(cluster.Sync("web").error().code == Errc::kForbidden);
  CHECK(cluster.Sent() == Requests{"update endpoints web", "delete slice web-2"});
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete slice web-2"});
}

TEST_CASE("an unsettled kind is not written, and the other kind is", "[reconciler]") {
  Cluster cluster;
  cluster.Refuse("settle endpoints", Refusal(Errc::kServerError));
  CHECK(cluster.Sync("web").error().code == Errc::kServerError);
  CHECK(cluster.Sent() == Requests{"settle endpoints web", "create slice"});
  cluster.Refuse("settle slices", Refusal(Errc::kServerError));
  cluster.Put(Ready("b", 31081));
  CHECK_FALSE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"settle slices web", "create endpoints web"});
}

TEST_CASE("a refused write is an event on the Endpoints, or for slices on the service", "[reconciler]") {
  Cluster cluster;
  cluster.Refuse("create endpoints", Refusal(Errc::kForbidden));
  cluster.Refuse("create slice", Refusal(Errc::kRejected));
  (void)cluster.Sync("web");
  REQUIRE(cluster.events.size() == 2);
  CHECK(cluster.events[0].reason == "FailedToCreateEndpoint");
  CHECK(cluster.events[1].reason == "FailedToUpdateEndpointSlices");
}

// ---- Objects that the server stores differently

TEST_CASE("an object that the server stores otherwise than it was sent is not written again",
          "[reconciler]") {
  const auto drop_node_name = [](Cluster& cluster) {
    cluster.change_endpoints = [](kube::Endpoints& object) {
      for (auto& subset : object.subsets) {
        for (auto& address : subset.addresses) address.node_name = Symbol();
      }
    };
    cluster.change_slice = [](kube::EndpointSlice& slice) {
      for (auto& endpoint : slice.endpoints) endpoint.node_name = Symbol();
    };
  };
  const auto add_label = [](Cluster& cluster) {
    cluster.change_endpoints = [](kube::Endpoints& object) {
      object.meta.labels.Set(Symbol("team"), Symbol("x"));
    };
    cluster.change_slice = [](kube::EndpointSlice& slice) {
      slice.meta.labels.Set(Symbol("team"), Symbol("x"));
    };
  };
  const auto reorder = [](Cluster& cluster) {
    cluster.change_endpoints = [](kube::Endpoints& object) { std::ranges::reverse(object.subsets); };
    cluster.change_slice = [](kube::EndpointSlice& slice) { std::ranges::reverse(slice.endpoints); };
  };
  const auto drop_owner = [](Cluster& cluster) {
    cluster.change_slice = [](kube::EndpointSlice& slice) { slice.owner.reset(); };
  };
  for (const auto& set_up :
       std::vector<std::function<void(Cluster&)>>{drop_node_name, add_label, reorder, drop_owner}) {
    Cluster cluster({.mode = AddressMode::kPodIp});
    cluster.Put(kube::Pod(MakePod("b").Ready().PodIps({"172.17.0.12"})));
    set_up(cluster);
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent() == Requests{"create endpoints web", "create slice"});
    for (int i = 0; i < 3; ++i) REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent().empty());

    // A changed plan is written once, and the answer is accepted again.
    cluster.RemovePod("b");
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent() == Requests{"update endpoints web", "update slice web-1"});
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.Sent().empty());
    CHECK(cluster.EndpointsText("web") == "a@172.17.0.11:8080");
    // The server does not count as another writer.
    CHECK(cluster.reconciler().endpoints_step().gate().rewrites() == 0);
    CHECK(cluster.reconciler().slices_step().gate().rewrites() == 0);
  }
}

TEST_CASE("an object that someone has changed since is compared with the plan as it is stored",
          "[reconciler]") {
  Cluster cluster;
  cluster.change_endpoints = [](kube::Endpoints& object) {
    object.meta.labels.Set(Symbol("team"), Symbol("x"));
  };
  (void)cluster.Sync("web");
  cluster.Sent();
  kube::Endpoints meddled = *cluster.endpoints.Find(kWeb.meta.Key());
  meddled.subsets.clear();
  cluster.Put(meddled);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"update endpoints web"});
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
}

TEST_CASE("an annotation that the server added is kept by the next update", "[reconciler]") {
  Cluster cluster;
  cluster.change_endpoints = [](kube::Endpoints& object) {
    object.meta.labels.Set(Symbol("team"), Symbol("x"));
    object.meta.annotations.Set(Symbol("example.com/seen"), Symbol("1"));
  };
  (void)cluster.Sync("web");
  cluster.change_endpoints = [](kube::Endpoints&) {};
  cluster.RemovePod("a");
  (void)cluster.Sync("web");
  CHECK(cluster.endpoints.Find(kWeb.meta.Key())->meta.annotations.Find("example.com/seen") != nullptr);
}

TEST_CASE("Endpoints that are too large are truncated until they fit, annotated and reported",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster({.mode = AddressMode::kPodIp});
  for (int i = 0; i < 9; ++i) {
    const std::string name = "pod-" + std::to_string(i);
    cluster.Put(kube::Pod(MakePod(name).Ready().PodIps({("172.17.1." + std::to_string(i)).c_str()})));
  }
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  cluster.Refuse("create endpoints", Refusal(Errc::kServerError, 500, "etcdserver: request is too large"));
  for (int i = 0; i < 2; ++i) {
    const auto synced = cluster.Sync("web");
    REQUIRE(synced.has_value());
    CHECK(synced->requeue_after.count() > 0);
  }
  const auto synced = cluster.Sync("web");
  REQUIRE(synced.has_value());
  CHECK(synced->requeue_after.count() == 0);
  const kube::Endpoints* stored = cluster.endpoints.Find(kWeb.meta.Key());
  REQUIRE(stored->subsets.size() == 1);
  CHECK(stored->subsets[0].addresses.size() == 2);
  CHECK(*stored->meta.annotations.Find(endpoints::kOverCapacityAnnotation) == "truncated");
  CHECK(cluster.events.empty());
  CHECK(log.Count("endpoints default/web with 10 addresses are too large") == 1);
  cluster.Sent();
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());

  // With fewer pods there is room again.
  for (int i = 0; i < 9; ++i) cluster.RemovePod("pod-" + std::to_string(i));
  REQUIRE(cluster.Sync("web").has_value());
  stored = cluster.endpoints.Find(kWeb.meta.Key());
  CHECK(stored->meta.annotations.Find(endpoints::kOverCapacityAnnotation) == nullptr);
}

TEST_CASE("a server that does not store subsets without ports is not sent them again", "[reconciler]") {
  ScriptedCluster cluster({.mode = AddressMode::kPodIp});
  for (const char* name : {"one", "two"}) cluster.Put(kube::Service(MakeService(name).Headless()));
  cluster.Put(kube::Pod(MakePod("a").Ready()));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 422, "subsets[0].ports: Required value"));
  CHECK(cluster.Sync("one")->requeue_after.count() > 0);
  REQUIRE(cluster.Sync("one").has_value());
  REQUIRE(cluster.Sync("two").has_value());
  CHECK(cluster.Sent() == Requests{"create endpoints one", "create endpoints one", "create endpoints two"});
  CHECK(cluster.EndpointsText("one").empty());
  CHECK(cluster.events.empty());
}

TEST_CASE("another refusal of a subset without ports is an ordinary error", "[reconciler]") {
  const auto refusal =
      GENERATE(Refusal(Errc::kForbidden, 403, "no ports for you"),
               Refusal(Errc::kRejected, 422, R"(endpoints "reports" is forbidden: no team)"));
  ScriptedCluster cluster({.mode = AddressMode::kPodIp});
  cluster.Put(kube::Service(MakeService("one").Headless()));
  cluster.Put(kube::Pod(MakePod("a").Ready()));
  cluster.Refuse("create endpoints", refusal);
  CHECK(cluster.Sync("one").error().code == refusal.code);
  REQUIRE(cluster.Sync("one").has_value());
  CHECK(cluster.EndpointsText("one") == "a@172.17.0.11:-");
}

// The nodes of the addresses of the service web, in order.
std::vector<std::string> NodesOfWeb(const Cluster& cluster) {
  std::vector<std::string> nodes;
  for (const kube::EndpointSubset& subset : cluster.endpoints.Find(kWeb.meta.Key())->subsets)
    for (const kube::EndpointAddress& address : subset.addresses) nodes.emplace_back(address.node_name.get());
  return nodes;
}

TEST_CASE("a server that lets the node of an address change only by way of none gets two updates",
          "[reconciler]") {
  Cluster cluster;
  REQUIRE(cluster.Sync("web").has_value());
  cluster.Sent();
  cluster.PutNode("node-2");
  kube::Pod moved = Ready("a", 31080);
  moved.node_name = kube::Symbol("node-2");
  cluster.Put(std::move(moved));
  cluster.Refuse("update endpoints",
                 Refusal(Errc::kRejected, 422,
                         R"(Endpoints "web" is invalid: subsets[0].addresses[0].nodeName: Forbidden: )"
                         "Cannot change NodeName for 10.0.0.1 to node-2"));
  CHECK(cluster.Sync("web")->requeue_after.count() > 0);
  CHECK(NodesOfWeb(cluster) == std::vector<std::string>{""});
  CHECK(cluster.Sync("web")->requeue_after.count() == 0);
  CHECK(NodesOfWeb(cluster) == std::vector<std::string>{"node-2"});
  CHECK(cluster.events.empty());
}

TEST_CASE("a server that refuses an update without node names, too, is an error", "[reconciler]") {
  Cluster cluster;
  REQUIRE(cluster.Sync("web").has_value());
  cluster.Put(Ready("b", 31081));
  for (int i = 0; i < 2; ++i)
    cluster.Refuse("update endpoints", Refusal(Errc::kRejected, 422, "Cannot change NodeName for it"));
  CHECK(cluster.Sync("web").error().code == Errc::kRejected);
}

TEST_CASE("a refusal of another node is an error if no node is stored", "[reconciler]") {
  Cluster cluster;
  const Error refusal = Refusal(Errc::kRejected, 422, "Cannot change NodeName for it");
  cluster.Refuse("create endpoints", refusal);
  CHECK(cluster.Sync("web").error().code == Errc::kRejected);
  const Requests sent = cluster.Sent();
  CHECK(std::ranges::count(sent, "create endpoints web") == 1);
}

TEST_CASE("the trigger time is kept until truncated Endpoints are written", "[reconciler]") {
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  const kube::Endpoints* stored = cluster.endpoints.Find(kWeb.meta.Key());
  REQUIRE(stored != nullptr);
  CHECK(stored->meta.annotations.Find(endpoints::kTriggerTimeAnnotation) != nullptr);
}

// ---- Services that are deleted or select nothing

TEST_CASE("Endpoints and slices of a service that was seen to be deleted are deleted", "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.Sent();
  cluster.RemoveService("web");
  cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints web", "delete slice web-1"});
  CHECK(cluster.reconciler().size() == 0);
}

TEST_CASE("a refused deletion of a deleted service's Endpoints is retried", "[reconciler]") {
  Cluster cluster;
  kube::Endpoints unmarked;
  unmarked.meta = kWeb.meta;
  cluster.Put(unmarked);
  cluster.RemoveService("web");
  cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  cluster.Refuse("delete endpoints", Refusal(Errc::kForbidden));
  CHECK_FALSE(cluster.Sync("web").has_value());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints web", "delete endpoints web"});
}

// Endpoints with this managed-by label; none if empty.
kube::Endpoints EndpointsOf(const std::string& name, std::string_view manager) {
  kube::Endpoints object;
  object.meta.ns = Symbol("default");
  object.meta.name = Symbol(name);
  if (!manager.empty()) object.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol(manager));
  return object;
}

TEST_CASE("Endpoints that had no service at the start are deleted if any controller has labelled them",
          "[reconciler]") {
  ScriptedCluster cluster;
  cluster.Put(EndpointsOf("by-hand", ""));
  cluster.Put(EndpointsOf("marked", "endpoint-controller"));
  for (const char* name : {"by-hand", "marked"}) {
    cluster.reconciler().endpoints_step().NoteLeftover({Symbol("default"), Symbol(name)});
    REQUIRE(cluster.Sync(name).has_value());
  }
  CHECK(cluster.Sent() == Requests{"delete endpoints marked"});
  CHECK(cluster.reconciler().size() == 0);
}

TEST_CASE("Endpoints without a service that appear later are deleted only if they are this controller's",
          "[reconciler]") {
  ScriptedCluster cluster;
  cluster.Put(EndpointsOf("upstreams", "endpoint-controller"));
  cluster.Put(EndpointsOf("ours", endpoints::kManager));
  for (const char* name : {"upstreams", "ours"}) REQUIRE(cluster.Sync(name).has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints ours"});
}

TEST_CASE("a refused deletion of leftover Endpoints is retried", "[reconciler]") {
  ScriptedCluster cluster;
  cluster.Put(EndpointsOf("marked", "endpoint-controller"));
  cluster.reconciler().endpoints_step().NoteLeftover({Symbol("default"), Symbol("marked")});
  cluster.Refuse("delete endpoints", Refusal(Errc::kForbidden));
  CHECK_FALSE(cluster.Sync("marked").has_value());
  REQUIRE(cluster.Sync("marked").has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints marked", "delete endpoints marked"});
}

// The objects of the service web are there, and the cache of services does not have it.
struct CacheBehind : Cluster {
  CacheBehind() {
    (void)Sync("web");
    Sent();
    RemoveService("web");
  }
};

TEST_CASE("what is published for a service stays if the API server has it, and the cache does not yet",
          "[reconciler]") {
  CacheBehind cluster;
  SECTION("it has it") {
    cluster.uncached_services.insert(kWeb.meta.Key());
  }
  SECTION("the cache gets it meanwhile") {
    cluster.on_asked = [&cluster] { cluster.Put(kWeb); };
  }
  const auto synced = cluster.Sync("web");
  REQUIRE(synced.has_value());
  CHECK(synced->requeue_after.count() > 0);
  CHECK_FALSE(synced->gone);
  CHECK(cluster.Sent().empty());
  cluster.Put(kWeb);
  CHECK(cluster.Sync("web")->requeue_after.count() == 0);
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
  CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080]");
}

TEST_CASE("what is published for a service stays while the API server can't be asked for it",
          "[reconciler]") {
  CacheBehind cluster;
  cluster.Refuse("find service web", Refusal(Errc::kUnavailable));
  CHECK(cluster.Sync("web").error().code == Errc::kUnavailable);
  CHECK(cluster.Sent() == Requests{"find service web"});
  REQUIRE(cluster.Sync("web")->gone);
  CHECK(cluster.Sent() == Requests{"delete endpoints web", "delete slice web-1"});
}

TEST_CASE("the API server is not asked for a service if nothing is left of it, or its deletion was seen",
          "[reconciler]") {
  CacheBehind cluster;
  cluster.on_asked = [] { FAIL("asked"); };
  cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web")->gone);
  cluster.Sent();
  REQUIRE(cluster.Sync("web")->gone);
  CHECK(cluster.Sent().empty());
}

TEST_CASE("a service without a selector keeps its Endpoints, loses its slices, and is reported once",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.Sent();
  kube::Service bare = kWeb;
  bare.selector = {};
  cluster.Put(bare);
  for (int i = 0; i < 2; ++i) REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete slice web-1"});
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
  CHECK(log.Count("service default/web has no selector, so its Endpoints stay") == 1);
  // Selecting again takes them over.
  cluster.Put(kWeb);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create slice"});
}

TEST_CASE("an existing service that is unreadable keeps its objects", "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.Sent();
  cluster.services.BeginReplace();
  kube::ObjectMeta meta = kWeb.meta;
  cluster.services.FinishReplace("1000");
  REQUIRE(cluster.services.Find(kWeb.meta.Key()) == nullptr);
  meta.resource_version = "1001";
  cluster.services.ApplyUnreadable(meta);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
}

TEST_CASE("unreadable Endpoints are left alone until they are readable", "[reconciler]") {
  Cluster cluster;
  kube::ObjectMeta meta = kWeb.meta;
  meta.resource_version = "50";
  cluster.endpoints.ApplyUnreadable(meta);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create slice"});
  kube::Endpoints readable;
  readable.meta = meta;
  cluster.Put(readable);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"update endpoints web"});
}

TEST_CASE(
    "Endpoints whose latest version is unreadable are left alone even if an earlier version was readable",
    "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::ObjectMeta meta = cluster.endpoints.Find(kWeb.meta.Key())->meta;
  meta.resource_version = "1000";
  cluster.endpoints.ApplyUnreadable(meta);
  cluster.Sent();
  const bool is_deleted = GENERATE(true, false);
  if (is_deleted) {
    cluster.RemoveService("web");
    cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  } else {
    cluster.RemovePod("a");
  }
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{is_deleted ? "delete slice web-1" : "update slice web-1"});
  kube::Endpoints readable = *cluster.endpoints.Find(kWeb.meta.Key());
  readable.meta.resource_version = "1001";
  cluster.endpoints.Apply(readable);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{is_deleted ? "delete endpoints web" : "update endpoints web"});
}

TEST_CASE("slices are left alone while one of them is unreadable", "[reconciler]") {
  Cluster cluster;
  cluster.unreadable_slices.insert(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create endpoints web"});
  cluster.unreadable_slices.clear();
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create slice"});
}

// ---- What is reported

TEST_CASE("a skipped pod is logged and gets an event once, and is logged as restored once", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.Put(kube::Pod(MakePod("b").Port({.number = 8080}).Ready()));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count("skipped pod default/b for service default/web port 80: no_host_port") == 1);
  REQUIRE(cluster.events.size() == 1);
  CHECK(cluster.events[0].reason == "HostPortMissing");
  cluster.Put(Ready("b", 31081));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count("restored pod default/b for service default/web port 80") == 1);
}

TEST_CASE("a targetPort that no container declares is an event on each pod and one on the service",
          "[reconciler]") {
  Cluster cluster;
  cluster.Put(kube::Pod(MakePod("b").Port({.number = 9090, .host_port = 31081}).Ready()));
  cluster.Put(kube::Pod(MakePod("c").Port({.number = 9090, .host_port = 31082}).Ready()));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  std::vector<std::string> told;
  for (const kube::Event& event : cluster.events)
    told.push_back(std::string(event.reason) + " " + std::string(event.involved.kind) + " " +
                   event.involved.name);
  CHECK(told == std::vector<std::string>{"ContainerPortMissing Pod b", "ContainerPortMissing Service web",
                                         "ContainerPortMissing Pod c"});
}

TEST_CASE("only the skip of a pod without a host port names a free one", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.reconciler().SetFreePort([] { return "31009 is free on 3 of 3 agents"; });
  cluster.Put(kube::Pod(MakePod("b").Port({.number = 8080}).Ready()));
  cluster.Put(Ready("c", 31080));
  (void)cluster.Sync("web");
  CHECK(log.Count("skipped pod ") == 2);
  CHECK(log.Count("skipped pod default/b for service default/web port 80: no_host_port: ") == 1);
  CHECK(log.Count("31009") == 1);
  CHECK(log.Count("; 31009 is free on 3 of 3 agents") == 1);
}

TEST_CASE("a service whose pods were never ready is not reported to have lost its endpoints",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  const kube::Pod waiting = MakePod("a").Port({.number = 8080, .host_port = 31080});
  cluster.Put(waiting);
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(cluster.EndpointsText("web") == "!a@10.0.0.11:31080");
  cluster.RemovePod("a");
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count("has no endpoints") == 0);
}

TEST_CASE("a service whose last pod goes is warned of, and reported when it has endpoints again",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count("has no endpoints") == 0);
  cluster.Put(kube::Pod(MakePod("a").Label("app", "wbe").Port({.host_port = 31080}).Ready()));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count(
            "service default/web has no endpoints: selector app=web selects no pod; 1 pod has app=wbe") == 1);
  cluster.Put(Ready("a", 31080));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.Count("service default/web has endpoints again") == 1);
}

TEST_CASE("more than a thousand skipped pods of a service are all restored when it heals", "[reconciler]") {
  ScriptedCluster cluster;
  cluster.Put(kWeb);
  for (int i = 0; i < 1'200; ++i)
    cluster.Put(kube::Pod(MakePod("pod-" + std::to_string(i)).Port({.number = 8080})));
  (void)cluster.Sync("web");
  CHECK(cluster.reconciler().skips().current(endpoints::SkipReason::kNoHostPort) == 1'200);
  for (int i = 0; i < 1'200; ++i) cluster.Put(Ready("pod-" + std::to_string(i), 20'000 + i));
  test::LogCapture log;
  (void)cluster.Sync("web");
  CHECK(log.Count("restored pod") == 100);
  cluster.reconciler().Tick(std::chrono::steady_clock::now() + std::chrono::seconds(61));
  CHECK(log.Count("more pods were restored, or are no longer skipped (1100 more times") == 1);
}

TEST_CASE("a pod whose node does not exist is reported, and restored once the node exists", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.Put(
      kube::Pod(MakePod("b").On("node-2", "10.0.0.12").Port({.number = 8080, .host_port = 31081}).Ready()));
  (void)cluster.Sync("web");
  CHECK(log.Count("skipped pod default/b for service default/web port 80: node_not_found: node node-2") == 1);
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080 b@10.0.0.12:31081");
  cluster.PutNode("node-2");
  (void)cluster.Sync("web");
  CHECK(log.Count("restored pod default/b for service default/web port 80") == 1);
  CHECK(cluster.SlicesText("web") == "[a@10.0.0.11:31080][b@10.0.0.12:31081]");
}

TEST_CASE("the trigger time is written with each kind, and kept for a kind whose write failed",
          "[reconciler]") {
  const auto trigger = [](const kube::ObjectMeta& meta) {
    const kube::Symbol* time = meta.annotations.Find(endpoints::kTriggerTimeAnnotation);
    return std::string(time == nullptr ? "none" : time->get());
  };
  Cluster cluster;
  cluster.Refuse("create slice", Refusal(Errc::kServerError));
  (void)cluster.Sync("web");
  const std::string created = trigger(cluster.endpoints.Find(kWeb.meta.Key())->meta);
  CHECK(created == kube::FormatTimestamp(*kWeb.meta.creation_timestamp));
  (void)cluster.Sync("web");
  const auto& slices = cluster.slices_by_service.SlicesOf(kWeb.meta.Key());
  REQUIRE(slices.size() == 1);
  CHECK(trigger(slices[0]->meta) == created);
  // Both kinds are written: a write without a new transition has no trigger time.
  kube::Service relabelled = kWeb;
  relabelled.meta.labels.Set(Symbol("x"), Symbol("y"));
  cluster.Put(relabelled);
  (void)cluster.Sync("web");
  CHECK(trigger(cluster.endpoints.Find(kWeb.meta.Key())->meta) == "none");
  CHECK(trigger(cluster.slices_by_service.SlicesOf(kWeb.meta.Key())[0]->meta) == "none");
}

TEST_CASE("the time of a change is reported once for each kind, when that kind is written", "[reconciler]") {
  Cluster cluster;
  std::vector<std::string> told;
  cluster.reconciler().SetPublishedHook([&told](endpoints::Published kind, kube::Timestamp trigger) {
    told.push_back((kind == endpoints::Published::kSlices ? "slices " : "endpoints ") +
                   kube::FormatTimestamp(trigger));
  });
  const std::string created = kube::FormatTimestamp(*kWeb.meta.creation_timestamp);
  cluster.Refuse("create slice", Refusal(Errc::kServerError));
  (void)cluster.Sync("web");
  CHECK(told == std::vector<std::string>{"endpoints " + created});
  (void)cluster.Sync("web");
  CHECK(told == std::vector<std::string>{"endpoints " + created, "slices " + created});
  // Nothing is written, and a write without a new transition has no time.
  (void)cluster.Sync("web");
  kube::Service relabelled = kWeb;
  relabelled.meta.labels.Set(Symbol("x"), Symbol("y"));
  cluster.Put(relabelled);
  (void)cluster.Sync("web");
  CHECK(told.size() == 2);
  // A transition that changes nothing of what is published.
  cluster.Put(kube::Pod(
      MakePod("a").Port({.number = 8080, .host_port = 31080}).Ready().ReadyChangedAt(std::chrono::hours(1))));
  cluster.Sent();
  (void)cluster.Sync("web");
  CHECK(cluster.Sent().empty());
  CHECK(told.size() == 2);
}

TEST_CASE("the hooks for metrics get the plans and writes of slices", "[reconciler]") {
  Cluster cluster;
  std::vector<std::string> told;
  cluster.reconciler().slices_step().SetHooks(
      {.on_planned =
           [&](const kube::ObjectKey& key, const kube::Service* service, const endpoints::SliceCounts& counts,
               std::size_t changes) {
             told.push_back(key.name + (service != nullptr ? " there " : " gone ") +
                            std::to_string(counts.endpoints) + " " + std::to_string(changes));
           },
       .on_written =
           [&](SliceOperation operation) { told.push_back(std::to_string(static_cast<int>(operation))); }});
  (void)cluster.Sync("web");
  cluster.Put(kube::Pod(MakePod("a").Port({.number = 8080, .host_port = 31080})));
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  (void)cluster.Sync("web");
  CHECK(told == std::vector<std::string>{"web there 1 1", "0", "web there 1 1", "1", "web gone 0 1", "2"});
}

TEST_CASE("the tables are empty once all services are gone", "[reconciler]") {
  Cluster cluster;
  cluster.change_slice = [](kube::EndpointSlice& slice) {
    slice.meta.labels.Set(Symbol("team"), Symbol("x"));
  };
  cluster.change_endpoints = [](kube::Endpoints& object) {
    object.meta.labels.Set(Symbol("team"), Symbol("x"));
  };
  for (int i = 0; i < 20; ++i) {
    const std::string name = "svc-" + std::to_string(i);
    cluster.Put(kube::Service(MakeService(name).Port({.target = 9999})));
    kube::EndpointSlice foreign;
    foreign.meta.ns = Symbol("default");
    foreign.meta.name = Symbol("foreign-" + name);
    foreign.meta.uid = Uid("foreign-uid-" + name);
    foreign.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol(name));
    cluster.Put(foreign);
    (void)cluster.Sync(name);
  }
  (void)cluster.Sync("web");
  CHECK(cluster.reconciler().size() > 60);
  for (int i = 0; i < 20; ++i) {
    const std::string name = "svc-" + std::to_string(i);
    cluster.RemoveService(name);
    cluster.reconciler().endpoints_step().NoteDeleted({Symbol("default"), Symbol(name)});
    REQUIRE(cluster.Sync(name).has_value());
  }
  cluster.RemoveService("web");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.reconciler().size() == 0);
}

}  // namespace
}  // namespace k8sm::controller
