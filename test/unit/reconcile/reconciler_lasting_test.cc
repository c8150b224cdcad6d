// The reconciler over many syncs: other writers, deleted services, and the passage of time.

#include "controller/reconcile/reconciler.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/reconcile/web_cluster.h"

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Symbol;
using kube::Uid;
using test::MakePod;
using test::MakeService;

// ---- Other writers

// Another writer changes the Endpoints, or the slice, differently at each call.
void MeddleWithEndpoints(Cluster& cluster, int round) {
  kube::Endpoints meddled = *cluster.endpoints.Find(kWeb.meta.Key());
  meddled.meta.labels.Set(Symbol("round"), Symbol(std::to_string(round)));
  cluster.Put(meddled);
}
void MeddleWithSlice(Cluster& cluster, int round) {
  kube::EndpointSlice meddled = *cluster.slices_by_service.SlicesOf(kWeb.meta.Key())[0];
  meddled.meta.labels.Set(Symbol("round"), Symbol(std::to_string(round)));
  cluster.Put(meddled);
}

TEST_CASE("a kind that others keep rewriting is written rarely, and the other kind at once", "[reconciler]") {
  const bool of_endpoints = GENERATE(true, false);
  const test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  const auto meddle = of_endpoints ? MeddleWithEndpoints : MeddleWithSlice;
  for (int round = 0; round < 4; ++round) {
    meddle(cluster, round);
    CHECK(cluster.Sync("web")->requeue_after.count() == 0);
  }
  cluster.Sent();
  meddle(cluster, 4);
  const auto waits = cluster.Sync("web");
  REQUIRE(waits.has_value());
  CHECK(waits->requeue_after > std::chrono::seconds(20));
  CHECK(cluster.Sent().empty());
  CHECK(cluster.reconciler().endpoints_step().gate().rewrites() == (of_endpoints ? 5 : 0));
  CHECK(cluster.reconciler().slices_step().gate().rewrites() == (of_endpoints ? 0 : 5));
  CHECK(log.Count("are rewritten again and again by") == 1);
  // The time of a change is that of the write, so it is not reported for the kind that waits.
  std::vector<endpoints::Published> published;
  cluster.reconciler().SetPublishedHook(
      [&published](endpoints::Published kind, kube::Timestamp) { published.push_back(kind); });
  cluster.Put(kube::Pod(
      MakePod("a").Port({.number = 8080, .host_port = 31080}).ReadyChangedAt(std::chrono::hours(1))));
  CHECK(cluster.Sync("web")->requeue_after > std::chrono::seconds(20));
  CHECK(cluster.Sent() == Requests{of_endpoints ? "update slice web-1" : "update endpoints web"});
  using endpoints::Published;
  CHECK(published == std::vector{of_endpoints ? Published::kSlices : Published::kEndpoints});
}

TEST_CASE("if both kinds ask for another sync, the earlier time counts", "[reconciler]") {
  const test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  for (int round = 0; round < 4; ++round) {
    MeddleWithSlice(cluster, round);
    (void)cluster.Sync("web");
  }
  MeddleWithSlice(cluster, 4);
  cluster.Put(Ready("b", 31081));
  cluster.Refuse("update endpoints", Refusal(Errc::kRejected, 413));
  const auto synced = cluster.Sync("web");
  REQUIRE(synced.has_value());
  CHECK(synced->requeue_after == std::chrono::milliseconds(1));
}

TEST_CASE("writes whose answers are lost, however many, are not taken for those of another writer",
          "[reconciler]") {
  const bool of_endpoints = GENERATE(true, false);
  Cluster cluster;
  (void)cluster.Sync("web");
  for (int round = 0; round < 8; ++round) {
    cluster.Put(kube::Pod(
        MakePod("a").Port({.number = 8080, .host_port = 31080}).Ready(of_endpoints && round % 2 == 1)));
    // The write may have succeeded, so what is stored then may be our own.
    cluster.Refuse(of_endpoints ? "update endpoints" : "update slice", Refusal(Errc::kTimeout));
    CHECK_FALSE(cluster.Sync("web").has_value());
    (of_endpoints ? MeddleWithEndpoints : MeddleWithSlice)(cluster, round);
  }
  const auto synced = cluster.Sync("web");
  REQUIRE(synced.has_value());
  CHECK(synced->requeue_after.count() == 0);
  CHECK(cluster.reconciler().endpoints_step().gate().rewrites() == 0);
  CHECK(cluster.reconciler().slices_step().gate().rewrites() == 0);
}

TEST_CASE("in a dry run, no rewrite is counted and nothing is logged as written", "[reconciler]") {
  const test::LogCapture log(2);
  Cluster cluster;
  cluster.is_dry = true;
  kube::Endpoints theirs;
  theirs.meta.ns = Symbol("default");
  theirs.meta.name = Symbol("web");
  cluster.Put(theirs);
  theirs.meta.name = Symbol("gone");
  theirs.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol(endpoints::kManager));
  cluster.Put(theirs);
  kube::EndpointSlice slice;
  slice.meta.ns = Symbol("default");
  slice.meta.name = Symbol("web-1");
  slice.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol("web"));
  slice.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol("k8sm-controller-manager"));
  cluster.Put(slice);
  cluster.Put(kube::Pod(
      MakePod("a").Port({.number = 8080, .host_port = 31080}).ReadyChangedAt(std::chrono::hours(1))));
  for (int round = 0; round < 8; ++round) {
    MeddleWithEndpoints(cluster, round);
    MeddleWithSlice(cluster, round);
    const auto synced = cluster.Sync("web");
    REQUIRE(synced.has_value());
    CHECK(synced->requeue_after.count() == 0);
    CHECK(cluster.Sent().size() > 1);
  }
  CHECK(cluster.Sync("gone").has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints gone"});
  CHECK(cluster.reconciler().endpoints_step().gate().rewrites() == 0);
  CHECK(cluster.reconciler().slices_step().gate().rewrites() == 0);
  for (const std::string text : {"changed by", "again and again", "wrote endpoint", "deleted orphaned"})
    CHECK(log.Count(text) == 0);
}

// ---- Deleted services, and failures then

TEST_CASE("if the deletion of a gone service's Endpoints fails as unavailable, its slices are not tried",
          "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  cluster.Sent();
  cluster.Refuse("delete endpoints", Refusal(Errc::kUnavailable));
  CHECK(cluster.Sync("web").error().code == Errc::kUnavailable);
  CHECK(cluster.Sent() == Requests{"delete endpoints web"});
}

TEST_CASE("unsettled Endpoints of a deleted service are not deleted, and its slices are", "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  cluster.Sent();
  cluster.Refuse("settle endpoints", Refusal(Errc::kServerError));
  CHECK(cluster.Sync("web").error().code == Errc::kServerError);
  CHECK(cluster.Sent() == Requests{"settle endpoints web", "delete slice web-1"});
}

TEST_CASE("a forbidden slice deletion does not hold up the next one, a timed-out one does", "[reconciler]") {
  for (const Errc code : {Errc::kForbidden, Errc::kTimeout}) {
    CAPTURE(ToString(code));
    Cluster cluster;
    cluster.Put(Ready("b", 31081));
    (void)cluster.Sync("web");
    cluster.RemoveService("web");
    cluster.Sent();
    cluster.Refuse("delete slice", Refusal(code));
    CHECK(cluster.Sync("web").error().code == code);
    CHECK(cluster.Sent().size() == (code == Errc::kForbidden ? 3 : 2));
  }
}

TEST_CASE("the lock of a leader election stays even if a service with its name was deleted", "[reconciler]") {
  Cluster cluster;
  kube::Endpoints lock;
  lock.meta = kWeb.meta;
  lock.meta.annotations.Set(Symbol("control-plane.alpha.kubernetes.io/leader"), Symbol("{}"));
  cluster.Put(lock);
  cluster.RemoveService("web");
  cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
}

TEST_CASE("a service that exists again cancels the noted deletion", "[reconciler]") {
  Cluster cluster;
  kube::Endpoints unmarked;
  unmarked.meta = kWeb.meta;
  cluster.Put(unmarked);
  kube::Service bare = kWeb;
  bare.selector = {};
  cluster.Put(bare);
  cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web").has_value());
  cluster.RemoveService("web");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
}

TEST_CASE("of a service whose selector is removed only the line about its Endpoints and its times are kept",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.Put(kube::Pod(MakePod("b").Port({.number = 8080}).Ready()));
  (void)cluster.Sync("web");
  CHECK(cluster.reconciler().size() > 1);
  kube::Service bare = kWeb;
  bare.selector = {};
  cluster.Put(bare);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.reconciler().size() == 2);
  // The line is logged again if this happens again.
  cluster.Put(kWeb);
  (void)cluster.Sync("web");
  cluster.Put(bare);
  (void)cluster.Sync("web");
  CHECK(log.Count("service default/web has no selector, so its Endpoints stay") == 2);
  cluster.RemoveService("web");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.reconciler().size() == 0);
}

TEST_CASE("Endpoints without an address, or of another writer, are not reported when the selector is removed",
          "[reconciler]") {
  test::LogCapture log;
  kube::Service bare = kWeb;
  bare.selector = {};
  SECTION("without an address") {
    Cluster cluster;
    cluster.RemovePod("a");
    (void)cluster.Sync("web");
    cluster.Put(bare);
    (void)cluster.Sync("web");
  }
  SECTION("of another writer") {
    Cluster cluster;
    (void)cluster.Sync("web");
    kube::Endpoints foreign = *cluster.endpoints.Find(kWeb.meta.Key());
    foreign.meta.labels = {};
    cluster.Put(foreign);
    cluster.Put(bare);
    (void)cluster.Sync("web");
  }
  CHECK(log.lines().empty());
}

TEST_CASE("the known capacity of Endpoints is forgotten with the service", "[reconciler]") {
  const test::LogCapture log;
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  (void)cluster.Sync("web");
  CHECK(cluster.reconciler().endpoints_step().size() == 1);
  cluster.RemoveService("web");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.reconciler().size() == 0);
}

TEST_CASE("Endpoints of one address that are too large are an ordinary error", "[reconciler]") {
  Cluster cluster;
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  CHECK_FALSE(cluster.Sync("web").has_value());
  CHECK(cluster.events.size() == 1);
}

TEST_CASE("a sync says whether the service is gone", "[reconciler]") {
  Cluster cluster;
  CHECK_FALSE(cluster.Sync("web")->gone);
  kube::Service bare = kWeb;
  bare.selector = {};
  cluster.Put(bare);
  CHECK_FALSE(cluster.Sync("web")->gone);
  cluster.RemoveService("web");
  CHECK(cluster.Sync("web")->gone);
}

TEST_CASE("slices of a deleted service are left alone while unsettled or unreadable", "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  cluster.Sent();
  cluster.Refuse("settle slices", Refusal(Errc::kServerError));
  CHECK(cluster.Sync("web").error().code == Errc::kServerError);
  CHECK(cluster.Sent() == Requests{"settle slices web", "delete endpoints web"});
  cluster.unreadable_slices.insert(kWeb.meta.Key());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
  cluster.unreadable_slices.clear();
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete slice web-1"});
}

TEST_CASE("while slices are disabled, none is settled, planned, deleted or logged", "[reconciler]") {
  const test::LogCapture log;
  ScriptedCluster cluster;
  cluster.Put(kWeb);
  cluster.Put(Ready("a", 31080));
  int planned = 0;
  cluster.reconciler().slices_step().SetHooks(
      {.on_planned = [&](const auto&, const auto*, const auto&, std::size_t) { ++planned; }});
  for (const char* manager : {"k8sm-controller-manager", "somebody"}) {
    kube::EndpointSlice slice;
    slice.meta.ns = Symbol("default");
    slice.meta.name = Symbol(std::string("of-") + manager);
    slice.meta.uid = Uid(std::string("uid-") + manager);
    slice.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol("web"));
    slice.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol(manager));
    cluster.Put(slice);
  }
  cluster.Refuse("settle slices", Refusal(Errc::kServerError));
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"create endpoints web"});
  cluster.RemoveService("web");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent() == Requests{"delete endpoints web"});
  CHECK(planned == 0);
  CHECK(log.Count("EndpointSlices") == 0);
}

TEST_CASE("a service whose latest version is unreadable is synced with its last readable version",
          "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::ObjectMeta meta = kWeb.meta;
  meta.resource_version = "1000";
  cluster.services.ApplyUnreadable(meta);
  REQUIRE(cluster.services.IsUnreadable(kWeb.meta.Key()));
  cluster.RemovePod("a");
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.EndpointsText("web").empty());
}

TEST_CASE("Endpoints and slices that another process has already written are neither written nor remembered",
          "[reconciler]") {
  Cluster before;
  (void)before.Sync("web");
  Cluster cluster;
  cluster.Put(*before.endpoints.Find(kWeb.meta.Key()));
  cluster.Put(*before.slices_by_service.SlicesOf(kWeb.meta.Key())[0]);
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(cluster.Sent().empty());
  CHECK(cluster.reconciler().endpoints_step().size() == 0);
  CHECK(cluster.reconciler().slices_step().size() == 0);
}

TEST_CASE("the first error of several refused slice deletions is returned, and none counts as written",
          "[reconciler]") {
  Cluster cluster;
  cluster.Put(Ready("b", 31081));
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  std::vector<SliceOperation> written;
  cluster.reconciler().slices_step().SetHooks(
      {.on_written = [&](SliceOperation operation) { written.push_back(operation); }});
  cluster.Refuse("delete slice", Refusal(Errc::kForbidden));
  cluster.Refuse("delete slice", Refusal(Errc::kRejected));
  CHECK(cluster.Sync("web").error().code == Errc::kForbidden);
  CHECK(written.empty());
  REQUIRE(cluster.Sync("web").has_value());
  CHECK(written == std::vector(2, SliceOperation::kDelete));
}

TEST_CASE("size counts every entry of every table", "[reconciler]") {
  const test::LogCapture log;
  Cluster cluster;
  EndpointsStep& step = cluster.reconciler().endpoints_step();
  CHECK(cluster.reconciler().size() == 0);
  const auto add_label = [](kube::ObjectMeta& meta) { meta.labels.Set(Symbol("team"), Symbol("x")); };
  cluster.change_endpoints = [&](kube::Endpoints& object) { add_label(object.meta); };
  cluster.change_slice = [&](kube::EndpointSlice& slice) { add_label(slice.meta); };
  kube::EndpointSlice foreign;
  foreign.meta.ns = Symbol("default");
  foreign.meta.name = Symbol("foreign");
  foreign.meta.uid = Uid("foreign-uid");
  foreign.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol("web"));
  cluster.Put(foreign);
  cluster.Put(kube::Pod(MakePod("b").Port({.number = 8080}).Ready()));
  (void)cluster.Sync("web");
  // The last writes and answers of both kinds, foreign slices, a skip, and the trigger time of the service.
  CHECK(step.size() == 2);
  CHECK(cluster.reconciler().slices_step().size() == 3);
  CHECK(cluster.reconciler().size() == 7);

  kube::LabelMap nothing;
  nothing.Set(Symbol("app"), Symbol("nothing"));
  cluster.Put(kube::Service(MakeService("empty").Port({.target = 8080}).Selector(nothing)));
  (void)cluster.Sync("empty");
  // Both writes and answers, the trigger time, and the lack of endpoints.
  CHECK(cluster.reconciler().size() == 7 + 6);

  cluster.Put(Ready("c", 31082));
  cluster.Put(kube::Service(MakeService("large").Port({.target = 8080})));
  cluster.Refuse("create endpoints large", Refusal(Errc::kRejected, 413));
  (void)cluster.Sync("large");
  // The write of slices and its answer, the skip, the trigger time, and the capacity.
  CHECK(step.size() == 5);
  CHECK(cluster.reconciler().size() == 7 + 6 + 5);

  step.NoteDeleted({Symbol("default"), Symbol("gone")});
  kube::Service bare = MakeService("bare");
  bare.selector = {};
  cluster.Put(bare);
  kube::Endpoints left;
  left.meta = bare.meta;
  left.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol(endpoints::kManager));
  left.subsets.push_back({.addresses = {{.ip = Symbol("10.0.0.1")}}});
  cluster.Put(left);
  (void)cluster.Sync("bare");
  CHECK(step.size() == 7);
  CHECK(cluster.reconciler().size() == 7 + 6 + 5 + 2);
}

// ---- As time passes

TEST_CASE("a tick warns of a pod that gets no address in time", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  kube::Pod starting = Ready("b", 31081);
  starting.host_ip = Symbol();
  starting.host_ips.clear();
  starting.phase = kube::PodPhase::kPending;
  cluster.Put(starting);
  (void)cluster.Sync("web");
  CHECK(log.lines().empty());
  cluster.reconciler().Tick(std::chrono::steady_clock::now() + std::chrono::seconds(31));
  CHECK(log.Count("W skipped pod default/b for service default/web port 80: no_host_ip") == 1);
}

TEST_CASE("a tick sums up the suppressed lines about other writers", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "svc-" + std::to_string(i);
    cluster.Put(kube::Service(MakeService(name).Port({.target = 8080})));
    kube::EndpointSlice foreign;
    foreign.meta.ns = Symbol("default");
    foreign.meta.name = Symbol("foreign-" + name);
    foreign.meta.uid = Uid("foreign-uid-" + name);
    foreign.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol(name));
    cluster.Put(foreign);
    (void)cluster.Sync(name);
    for (int round = 0; round < 5; ++round) {
      kube::Endpoints meddled = *cluster.endpoints.Find({Symbol("default"), Symbol(name)});
      meddled.meta.labels.Set(Symbol("round"), Symbol(std::to_string(round)));
      cluster.Put(meddled);
      (void)cluster.Sync(name);
    }
  }
  CHECK(log.Count("its Endpoints are rewritten again and again") == 10);
  CHECK(log.Count("also has EndpointSlices of other controllers") == 10);
  cluster.reconciler().Tick(std::chrono::steady_clock::now() + std::chrono::seconds(61));
  CHECK(log.Count("W Endpoints of more services keep being rewritten by others (2 more times") == 1);
  CHECK(log.Count("W more services have EndpointSlices of other controllers, or have none any more; 12 have "
                  "some now (2 more times") == 1);
}

TEST_CASE("a tick sums up the suppressed lines about slices that others rewrite", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  for (int i = 0; i < 12; ++i) {
    const std::string name = "svc-" + std::to_string(i);
    cluster.Put(kube::Service(MakeService(name).Port({.target = 8080})));
    (void)cluster.Sync(name);
    for (int round = 0; round < 5; ++round) {
      kube::EndpointSlice meddled = *cluster.slices_by_service.SlicesOf({Symbol("default"), Symbol(name)})[0];
      meddled.meta.labels.Set(Symbol("round"), Symbol(std::to_string(round)));
      cluster.Put(meddled);
      (void)cluster.Sync(name);
    }
  }
  CHECK(log.Count("its EndpointSlices are rewritten again and again") == 10);
  cluster.reconciler().Tick(std::chrono::steady_clock::now() + std::chrono::seconds(61));
  CHECK(log.Count("W EndpointSlices of more services keep being rewritten by others (2 more times") == 1);
}

TEST_CASE("slices enabled later have no trigger time of earlier changes", "[reconciler]") {
  ScriptedCluster cluster;
  cluster.PutNode("node-1");
  cluster.Put(kWeb);
  cluster.Put(Ready("a", 31080));
  (void)cluster.Sync("web");
  cluster.reconciler().EnableSlices();
  (void)cluster.Sync("web");
  const auto& slices = cluster.slices_by_service.SlicesOf(kWeb.meta.Key());
  REQUIRE(slices.size() == 1);
  CHECK(slices[0]->meta.annotations.Find(endpoints::kTriggerTimeAnnotation) == nullptr);
}

}  // namespace
}  // namespace k8sm::controller
