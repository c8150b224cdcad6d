// What a sync logs, and what it looks up for that.

#include "controller/reconcile/reconciler.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/reconcile/web_cluster.h"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::AddressMode;
using kube::Symbol;
using kube::Uid;
using std::chrono::seconds;
using std::chrono::steady_clock;
using test::MakePod;
using test::MakeService;
using Lines = std::vector<std::string>;

kube::Pod WithoutHostPort(const std::string& name) {
  return MakePod(name).Port({.number = 8080}).Ready();
}

// The line about the skip of such a pod, as far as the pod and its service are known.
std::string NoHostPortLine(const std::string& pod, const std::string& hint = "") {
  return "W skipped pod default/" + pod +
         " for service default/web port 80: no_host_port: container \"main\" declares port 8080/TCP without "
         "a "
         "hostPort, and no annotation k8s.mesosphere.io/port_TCP_8080 maps it: declare a hostPort, from the "
         "port ranges that the Mesos slaves offer" +
         hint;
}

// ---- Writes

TEST_CASE("Endpoints that are being deleted, and that finalizers keep, are not deleted again",
          "[reconciler]") {
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::Endpoints kept = *cluster.endpoints.Find({kube::Symbol("default"), kube::Symbol("web")});
  kept.meta.deletion_timestamp = kube::ParseTimestamp("2026-11-29T10:00:00Z");
  cluster.Put(kept);
  cluster.RemoveService("web");
  (void)cluster.Sent();
  (void)cluster.Sync("web");
  for (const std::string& request : cluster.Sent()) CHECK_FALSE(request.starts_with("delete endpoints"));
  CHECK(cluster.EndpointsText("web") != "-");
}

TEST_CASE("with -v=2, each write is logged with what it has written", "[reconciler]") {
  test::LogCapture log(2);
  Cluster cluster;
  (void)cluster.Sync("web");
  CHECK(log.lines() ==
        Lines{"I wrote endpoints default/web: 1 ready, 0 not ready",
              "I wrote endpointslices of default/web: 1 created, 0 updated, 0 deleted, 1 endpoint"});
  log.Clear();
  cluster.Put(MakePod("b").Port({.number = 8080, .host_port = 31081}));
  (void)cluster.Sync("web");
  CHECK(log.lines() ==
        Lines{"I wrote endpoints default/web: 1 ready, 1 not ready",
              "I wrote endpointslices of default/web: 1 created, 0 updated, 0 deleted, 2 endpoints"});
  log.Clear();
  cluster.RemoveService("web");
  (void)cluster.Sync("web");
  CHECK(log.lines() == Lines{"I deleted orphaned endpoints default/web, whose service is gone"});
}

// ---- Hints

TEST_CASE("a free host port is looked up only for a pod that lacks one, and the answer may be empty",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  int asked = 0;
  cluster.reconciler().SetFreePort([&asked] {
    ++asked;
    return "";
  });
  cluster.Put(Ready("c", 31080));  // in conflict with a
  (void)cluster.Sync("web");
  CHECK(asked == 0);
  CHECK(log.lines().size() == 1);
  log.Clear();
  cluster.Put(WithoutHostPort("b"));
  (void)cluster.Sync("web");
  CHECK(asked == 1);
  CHECK(log.lines() == Lines{NoHostPortLine("b")});
}

TEST_CASE("the reason why nodes are outdated is looked up and logged only for a pod whose node is missing",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  int asked = 0;
  std::optional<std::string> trouble = "not listed yet";
  cluster.reconciler().SetNodesTrouble([&] {
    ++asked;
    return trouble;
  });
  cluster.Put(WithoutHostPort("b"));
  (void)cluster.Sync("web");
  CHECK(asked == 0);
  CHECK(log.lines() == Lines{NoHostPortLine("b")});
  log.Clear();
  const auto lost = [](const std::string& name, int port) {
    return MakePod(name).On("node-2", "10.0.0.12").Port({.number = 8080, .host_port = port}).Ready();
  };
  const auto line = [](const std::string& pod, const std::string& hint) {
    return "W skipped pod default/" + pod +
           " for service default/web port 80: node_not_found: node node-2 does not exist, so the pod is in "
           "Endpoints and in no EndpointSlice: delete the pod, or register the node again" +
           hint;
  };
  cluster.Put(kube::Pod(lost("c", 31081)));
  (void)cluster.Sync("web");
  CHECK(asked == 1);
  CHECK(log.lines() == Lines{line("c", "; it may exist, as nodes are outdated: not listed yet")});
  log.Clear();
  trouble.reset();
  cluster.Put(kube::Pod(lost("d", 31082)));
  (void)cluster.Sync("web");
  CHECK(asked == 2);
  CHECK(log.lines() == Lines{line("d", "")});
}

// ---- The end of skips

TEST_CASE("the end of a skip is logged as restored if the port is published, and as over otherwise",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.RemovePod("a");
  kube::Service both = kWeb;
  both.ports.clear();
  for (const int target : {8080, 9090}) {
    kube::ServicePort& port = both.ports.emplace_back();
    port.name = Symbol("p" + std::to_string(target));
    port.port = target;
    port.target_port = target;
  }
  cluster.Put(both);
  const auto pod = [](int host_port) {
    test::PodBuilder made = MakePod("b").Port({.number = 8080, .host_port = 31080}).Ready();
    return made.Port({.number = 9090, .host_port = host_port});
  };
  const std::string of_b = "pod default/b for service default/web port p9090";
  const std::string over = ": it is gone, finished, or no longer part of the service";
  cluster.Put(kube::Pod(pod(0)));
  (void)cluster.Sync("web");
  CHECK(log.Count("W skipped " + of_b + ": no_host_port") == 1);
  log.Clear();
  std::string expected;
  SECTION("the pod gets a host port") {
    cluster.Put(kube::Pod(pod(31081)));
    expected = "I restored " + of_b;
  }
  SECTION("the service drops the port, and another port of the pod is published") {
    both.ports.pop_back();
    cluster.Put(both);
    expected = "I no longer skipped: " + of_b + over;
  }
  SECTION("the pod has failed") {
    cluster.Put(kube::Pod(pod(0).Phase(kube::PodPhase::kFailed)));
    expected = "I no longer skipped: " + of_b + over;
  }
  SECTION("the pod is gone") {
    cluster.RemovePod("b");
    expected = "I no longer skipped: " + of_b + over;
  }
  (void)cluster.Sync("web");
  REQUIRE_FALSE(log.lines().empty());
  CHECK(log.lines().front() == expected);
  CHECK(log.Count("restored") + log.Count("no longer skipped") == 1);
}

TEST_CASE("a pod of a service without ports is restored without a port in the line", "[reconciler]") {
  test::LogCapture log;
  ScriptedCluster cluster({.mode = AddressMode::kPodIp});
  cluster.Put(kube::Service(MakeService("web").Headless()));
  cluster.Put(kube::Pod(MakePod("a").Ready().PodIps({"127.0.0.1"})));
  (void)cluster.Sync("web");
  CHECK(log.Count("W skipped pod default/a for service default/web: unusable_pod_ip: ") == 1);
  log.Clear();
  cluster.Put(kube::Pod(MakePod("a").Ready()));
  (void)cluster.Sync("web");
  CHECK(log.lines() == Lines{"I restored pod default/a for service default/web",
                             "I service default/web has endpoints again"});
}

// ---- Services without endpoints

TEST_CASE("a service whose pods are all skipped is warned of with the first skip", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.RemovePod("a");
  cluster.Put(WithoutHostPort("b"));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(log.lines() ==
        Lines{NoHostPortLine("b"), "W service default/web has no endpoints: 1 pod skipped: 1 no_host_port"});
}

TEST_CASE("a service without pods that is deleted before its examination is not reported", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  cluster.Put(kube::Pod(MakePod("a").Label("app", "wbe").Port({.host_port = 31080}).Ready()));
  (void)cluster.Sync("web");
  cluster.RemoveService("web");
  cluster.reconciler().Tick(steady_clock::now() + seconds(31));
  CHECK(log.lines().empty());
}

TEST_CASE("a selector that may be wrong is reported, and one that may match a workload scaled to zero is not",
          "[reconciler]") {
  using Labels = std::vector<std::pair<std::string, std::string>>;
  struct Case {
    const char* what;
    Labels selector;
    Labels pod;  // beside one with app=web, which the service web selects
    bool is_doubtful;
  };
  const std::vector<Case> cases = {
      {"no pod has a label of that key", {{"app", "web"}, {"tier", "front"}}, {{"app", "db"}}, true},
      {"a pod has another value",
       {{"app", "web"}, {"tier", "front"}},
       {{"app", "web"}, {"tier", "back"}},
       false},
      {"pods of another service are one edit away", {{"app", "wbe"}}, {{"app", "db"}}, true},
      {"pods are two edits away", {{"app", "chekoutt"}}, {{"app", "checkout"}}, true},
      {"nothing is alike", {{"app", "mail"}}, {{"app", "db"}}, false}};
  for (const Case& c : cases) {
    CAPTURE(c.what);
    const test::LogCapture log;
    Cluster cluster;
    test::PodBuilder pod = MakePod("b");
    for (const auto& [key, value] : c.pod) pod.Label(key, value);
    cluster.Put(kube::Pod(pod));
    kube::LabelMap selector;
    for (const auto& [key, value] : c.selector) selector.Set(Symbol(key), Symbol(value));
    cluster.Put(kube::Service(MakeService("other").Port({.target = 8080}).Selector(selector)));
    (void)cluster.Sync("other");
    cluster.reconciler().Tick(steady_clock::now() + seconds(31));
    CHECK(log.Count("I service default/other has no endpoints: selector ") == (c.is_doubtful ? 1 : 0));
    CHECK(log.lines().size() == (c.is_doubtful ? 1 : 0));
  }
}

// ---- Nodes that do not exist

TEST_CASE("while slices are disabled, a missing node of a published pod is reported, and so is its end",
          "[reconciler]") {
  for (const bool comes_back : {true, false}) {
    CAPTURE(comes_back);
    test::LogCapture log;
    ScriptedCluster cluster({.missing_node_settle_time = std::chrono::milliseconds(0)});
    cluster.Put(kWeb);
    cluster.Put(Ready("a", 31080));
    // Missing nodes are not looked for before LookForMissingNodes().
    (void)cluster.Sync("web");
    CHECK(cluster.reconciler().missing_nodes().services() == 0);
    cluster.reconciler().LookForMissingNodes();
    (void)cluster.Sync("web");
    const auto now = steady_clock::now();
    cluster.reconciler().TellMissingNodes(std::nullopt, now);
    CHECK(log.lines().empty());
    cluster.reconciler().TellMissingNodes(now + seconds(1), now + seconds(2));
    CHECK(log.lines() ==
          Lines{"W node node-1 does not exist, but pod default/a of service default/web is bound to it and "
                "stays published: delete the pod, or register the node again"});
    CHECK(cluster.reconciler().missing_nodes().pods() == 1);
    CHECK(cluster.reconciler().size() == 3);  // with the time of the service and its last write
    log.Clear();
    comes_back ? cluster.PutNode("node-1") : cluster.RemovePod("a");
    (void)cluster.Sync("web");
    log.Clear();
    cluster.reconciler().TellMissingNodes(now + seconds(3), now + seconds(4));
    CHECK(log.lines() ==
          Lines{comes_back ? "I node node-1 exists now" : "I no pod on node node-1 is published any more"});
  }
}

// ---- Endpoints that the server refuses

TEST_CASE("Endpoints that are too large are reported with the number of all addresses, ready or not",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  for (const char* name : {"b", "c"})
    cluster.Put(kube::Pod(MakePod(name).Port({.number = 8080, .host_port = 31000 + name[0]})));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  CHECK(cluster.Sync("web")->requeue_after == std::chrono::milliseconds(1));
  CHECK(log.lines() ==
        Lines{"W endpoints default/web with 3 addresses are too large for the API server: publishing 1 of "
              "them, marked as truncated; EndpointSlices list all. Split the service, or give it fewer "
              "ports"});
  (void)cluster.Sync("web");
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080");
}

TEST_CASE("Endpoints refused for another reason than their size are not truncated", "[reconciler]") {
  const test::LogCapture log;
  for (const Error& refusal : {Refusal(Errc::kServerError, 500), Refusal(Errc::kRejected, 422, "too large"),
                               Refusal(Errc::kRejected, 422, "subsets[0].ports: Invalid value")}) {
    CAPTURE(refusal.message);
    Cluster cluster;
    cluster.Put(Ready("b", 31081));
    cluster.Refuse("create endpoints", refusal);
    CHECK(cluster.Sync("web").error().code == refusal.code);
    CHECK(log.lines().empty());
    CHECK(cluster.events.size() == 1);
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080 b@10.0.0.11:31081");
  }
  ScriptedCluster portless({.mode = AddressMode::kPodIp});
  portless.Put(kube::Service(MakeService("one").Headless()));
  portless.Put(kube::Pod(MakePod("a").Ready()));
  portless.Refuse("create endpoints", Refusal(Errc::kRejected, 422, "metadata.labels: Invalid value"));
  CHECK(portless.Sync("one").error().code == Errc::kRejected);
  REQUIRE(portless.Sync("one").has_value());
  CHECK(portless.EndpointsText("one") == "a@172.17.0.11:-");
}

TEST_CASE("a service that shrank below its capacity is published whole when it grows again", "[reconciler]") {
  const test::LogCapture log;
  Cluster cluster;
  for (const char* name : {"b", "c", "d"}) cluster.Put(Ready(name, 31000 + name[0]));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 413));
  for (int i = 0; i < 2; ++i) (void)cluster.Sync("web");
  CHECK(cluster.EndpointsText("web") == "a@10.0.0.11:31080 b@10.0.0.11:31098");
  const std::size_t with_capacity = cluster.reconciler().endpoints_step().size();
  for (const char* name : {"c", "d"}) cluster.RemovePod(name);
  (void)cluster.Sync("web");
  CHECK(cluster.reconciler().endpoints_step().size() == with_capacity - 1);
  for (const char* name : {"c", "d"}) cluster.Put(Ready(name, 31000 + name[0]));
  (void)cluster.Sync("web");
  CHECK(cluster.EndpointsText("web") ==
        "a@10.0.0.11:31080 b@10.0.0.11:31098 c@10.0.0.11:31099 d@10.0.0.11:31100");
}

TEST_CASE("a server that does not store subsets without ports is reported with the service", "[reconciler]") {
  test::LogCapture log;
  ScriptedCluster cluster({.mode = AddressMode::kPodIp});
  cluster.Put(kube::Service(MakeService("one").Headless()));
  cluster.Put(kube::Pod(MakePod("a").Ready()));
  cluster.Refuse("create endpoints", Refusal(Errc::kRejected, 422, "subsets[0].ports: Required value"));
  CHECK(cluster.Sync("one")->requeue_after == std::chrono::milliseconds(1));
  CHECK(log.lines() ==
        Lines{"W the API server does not store Endpoints without ports: headless services without ports, "
              "such as default/one, get no Endpoints"});
}

// ---- Other writers

TEST_CASE("the writer that changed the objects of a service is named", "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::Endpoints endpoints = *cluster.endpoints.Find(kWeb.meta.Key());
  endpoints.meta.field_manager = Symbol("kubectl-edit");
  endpoints.subsets.clear();
  cluster.Put(endpoints);
  kube::EndpointSlice slice = *cluster.slices_by_service.SlicesOf(kWeb.meta.Key())[0];
  slice.meta.field_manager = Symbol("kubectl-patch");
  slice.endpoints.clear();
  cluster.Put(slice);
  (void)cluster.Sync("web");
  CHECK(log.lines() ==
        Lines{"I service default/web: its Endpoints were changed by \"kubectl-edit\"; writing them again",
              "I service default/web: its EndpointSlices were changed by \"kubectl-patch\"; writing them "
              "again"});
}

TEST_CASE("after the server went back to an older state, changed objects are not ascribed to another writer",
          "[reconciler]") {
  const test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::Endpoints endpoints = *cluster.endpoints.Find(kWeb.meta.Key());
  endpoints.subsets.clear();
  cluster.Put(endpoints);
  kube::EndpointSlice slice = *cluster.slices_by_service.SlicesOf(kWeb.meta.Key())[0];
  slice.endpoints.clear();
  cluster.Put(slice);
  cluster.reconciler().OnWentBack();
  cluster.Sent();
  (void)cluster.Sync("web");
  CHECK(cluster.Sent() == Requests{"update endpoints web", "update slice web-1"});
  CHECK(log.lines().empty());
  CHECK(cluster.reconciler().endpoints_step().gate().rewrites() == 0);
  CHECK(cluster.reconciler().slices_step().gate().rewrites() == 0);
}

// ---- Endpoints whose service selects nothing, or is gone

TEST_CASE(
    "Endpoints that stay because the service selects no pods are reported with the command to delete them",
    "[reconciler]") {
  for (const bool external : {true, false}) {
    test::LogCapture log;
    Cluster cluster;
    (void)cluster.Sync("web");
    kube::Service bare = kWeb;
    bare.selector = {};
    bare.external_name = external;
    cluster.Put(bare);
    (void)cluster.Sync("web");
    CHECK(
        log.lines() ==
        Lines{std::string("W service default/web ") +
              (external ? "is of type ExternalName" : "has no selector") +
              ", so its Endpoints stay as they were published last; if nothing else maintains them: kubectl "
              "delete endpoints -n default web"});
  }
}

TEST_CASE("Endpoints that another controller manages are not reported when the selector is removed",
          "[reconciler]") {
  test::LogCapture log;
  Cluster cluster;
  (void)cluster.Sync("web");
  kube::Endpoints foreign = *cluster.endpoints.Find(kWeb.meta.Key());
  foreign.meta.labels.Set(Symbol(endpoints::kManagedByLabel), Symbol("endpoint-controller"));
  cluster.Put(foreign);
  kube::Service bare = kWeb;
  bare.selector = {};
  cluster.Put(bare);
  (void)cluster.Sync("web");
  CHECK(log.lines().empty());
}

TEST_CASE("a deletion of Endpoints is logged if the deletion of their service was not seen", "[reconciler]") {
  for (const bool seen : {true, false}) {
    test::LogCapture log;
    Cluster cluster;
    (void)cluster.Sync("web");
    cluster.RemoveService("web");
    if (seen) cluster.reconciler().endpoints_step().NoteDeleted(kWeb.meta.Key());
    cluster.Refuse("delete endpoints", Refusal(Errc::kServerError));
    CHECK_FALSE(cluster.Sync("web").has_value());
    // Only that the deletion was seen is remembered.
    CHECK(cluster.reconciler().size() == (seen ? 1 : 0));
    REQUIRE(cluster.Sync("web").has_value());
    CHECK(log.lines() ==
          (seen ? Lines{} : Lines{"I deleted orphaned endpoints default/web, whose service is gone"}));
    CHECK(cluster.reconciler().size() == 0);
  }
}

}  // namespace
}  // namespace k8sm::controller
