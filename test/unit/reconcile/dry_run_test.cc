#include "controller/reconcile/dry_run.h"

#include "controller/reconcile/change_report.h"
#include "controller/reconcile/dry_run_json.h"
#include "lib/endpoints/slice_meta.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"

#include <boost/asio/io_context.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::ObjectKey;
using kube::Symbol;
using kube::Uid;

const ObjectKey kWeb{Symbol("shop"), Symbol("web")};

// Endpoints of `name` with these addresses at port 31080.
Endpoints EndpointsAt(const std::string& name, const std::vector<std::string>& ips) {
  Endpoints object;
  object.meta.ns = Symbol("shop");
  object.meta.name = Symbol(name);
  object.meta.resource_version = "4";
  kube::EndpointSubset subset{.ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, {}}}};
  for (const std::string& ip : ips) subset.addresses.push_back({.ip = Symbol(ip)});
  if (!ips.empty()) object.subsets.push_back(subset);
  return object;
}

// Our slice web-1, or one to be created if `name` is empty.
EndpointSlice SliceAt(const std::string& name, const std::vector<std::string>& ips) {
  EndpointSlice slice;
  slice.meta.ns = Symbol("shop");
  slice.meta.name = Symbol(name);
  if (name.empty()) slice.generate_name = "web-";
  slice.meta.labels.Set(Symbol(kube::kServiceNameLabel), Symbol("web"));
  slice.meta.labels.Set(Symbol(endpoints::kSliceManagedByLabel), Symbol("k8sm-controller-manager"));
  slice.family = kube::IpFamily::kIPv4;
  slice.ports = {{Symbol("http"), 31080, kube::Protocol::kTcp, {}}};
  for (const std::string& ip : ips) slice.endpoints.push_back({.address = Symbol(ip)});
  return slice;
}

template <class T>
T Versioned(T object) {
  object.meta.uid = Uid("uid-" + object.meta.name);
  object.meta.resource_version = "5";
  return object;
}

// A dry run whose caches hold the Endpoints and the slice web-1 at 10.0.0.1.
struct Fixture {
  Fixture() {
    Endpoints stored = EndpointsAt("web", {"10.0.0.1"});
    stored.meta.uid = Uid("uid-1");
    endpoints.Apply(stored);
    EndpointSlice slice = SliceAt("web-1", {"10.0.0.1"});
    slice.meta.uid = Uid("uid-2");
    slice.meta.resource_version = "5";
    slices.Apply(slice);
  }

  // One sync that plans these objects.
  void Sync(const std::vector<Endpoints>& wanted, const std::vector<EndpointSlice>& wanted_slices = {},
            const ObjectKey& service = kWeb) {
    (void)client::Run(io, dry_run.writers().endpoints.Settle(service));
    (void)client::Run(io, dry_run.writers().slices.Settle(service));
    for (const Endpoints& each : wanted) (void)client::Run(io, dry_run.writers().endpoints.Write(each));
    for (const EndpointSlice& each : wanted_slices)
      (void)client::Run(io, dry_run.writers().slices.Write(each));
  }
  std::string Printed() {
    std::string text = out.str();
    out.str("");
    return text;
  }

  boost::asio::io_context io;
  informer::Store<Endpoints> endpoints;
  informer::Store<EndpointSlice> slices;
  std::ostringstream out;
  DryRun dry_run{endpoints, slices, out};
};

TEST_CASE("a change is printed once, however often it is planned", "[dry_run]") {
  Fixture f;
  f.Sync({EndpointsAt("web", {"10.0.0.2"})});
  CHECK(f.Printed() ==
        "update shop/web\n  - address 10.0.0.1 port http: 10.0.0.1:31080/TCP\n"
        "  + address 10.0.0.2 port http: 10.0.0.2:31080/TCP\n");
  for (int i = 0; i < 3; ++i) f.Sync({EndpointsAt("web", {"10.0.0.2"})});
  CHECK(f.Printed().empty());
  f.Sync({EndpointsAt("web", {"10.0.0.3"})});
  CHECK(f.Printed().starts_with("update shop/web\n"));
}

TEST_CASE("with -output=json, changes are sorted by service and nothing is printed before the end",
          "[dry_run]") {
  Fixture f;
  DryRun json{f.endpoints, f.slices, f.out, ReportFormat::kJson};
  const auto sync = [&](const std::string& name) {
    const Endpoints wanted = EndpointsAt(name.c_str(), {"10.0.0.2"});
    (void)client::Run(f.io, json.writers().endpoints.Settle(wanted.meta.Key()));
    (void)client::Run(f.io, json.writers().endpoints.Write(wanted));
  };
  sync("web");
  sync("api");
  (void)client::Run(f.io, json.writers().slices.Write(SliceAt("", {"10.0.0.2"})));
  CHECK(f.Printed().empty());
  CHECK(
      json.Json(true, {R"({"pod":"a"})"}, {R"({"name":"web"})"}) ==
      R"({"endpoints":{"created":1,"updated":1,"deleted":0,"addresses":{"added":2,"removed":1,"moved":0,)"
      R"("readiness":0}},"endpointSlices":{"created":1,"updated":0,"deleted":0},)"
      "\n"
      R"("changes":[{"kind":"Endpoints","operation":"create","namespace":"shop","name":"api","addresses":)"
      R"([{"change":"added","pod":null,"port":"http","from":null,"to":"10.0.0.2:31080/TCP","ready":true}]},)"
      "\n"
      R"({"kind":"Endpoints","operation":"update","namespace":"shop","name":"web","addresses":[{"change":)"
      R"("removed","pod":null,"port":"http","from":"10.0.0.1:31080/TCP","to":null,"ready":true},{"change":)"
      R"("added","pod":null,"port":"http","from":null,"to":"10.0.0.2:31080/TCP","ready":true}]},)"
      "\n"
      R"({"kind":"EndpointSlice","operation":"create","namespace":"shop","name":null,"service":"web",)"
      R"("summary":"create slice shop/web-* IPv4 31080/TCP: 1 endpoint at 10.0.0.2","endpoints":1}],)"
      "\n"
      R"("skipped":[{"pod":"a"}],)"
      "\n"
      R"("servicesWithoutEndpoints":[{"name":"web"}]})"
      "\n");
  CHECK(json.Json(false, {}, {}).find(R"("endpointSlices":null)") != std::string::npos);
}

TEST_CASE("the same contents are another change if the object has been deleted meanwhile", "[dry_run]") {
  Fixture f;
  f.Sync({EndpointsAt("web", {"10.0.0.2"})});
  CHECK(f.Printed().starts_with("update shop/web\n"));
  f.endpoints.Remove(kWeb, "9");
  f.Sync({EndpointsAt("web", {"10.0.0.2"})});
  CHECK(f.Printed().starts_with("create shop/web\n"));
}

TEST_CASE("an object counts once in the summary, with its last plan", "[dry_run]") {
  Fixture f;
  CHECK(f.dry_run.Summary(true) == "No Endpoints would change.\nNo EndpointSlices would change.\n");
  for (const char* ip : {"10.0.0.2", "10.0.0.3", "10.0.0.4"}) f.Sync({EndpointsAt("web", {ip})});
  CHECK(
      f.dry_run.Summary(false) ==
      "1 Endpoints would change (0 created, 1 updated, 0 deleted); addresses: 1 added, 1 removed, 0 moved, 0 "
      "changed in readiness alone.\n");
  f.Sync({});
  CHECK(f.dry_run.Summary(false) == "No Endpoints would change.\n");
}

TEST_CASE("updates of a slice beyond the addresses that a line names are printed, and count as one update",
          "[dry_run]") {
  Fixture f;
  for (const char* last : {"10.0.0.4", "10.0.0.5", "10.0.0.6"}) {
    f.Sync({}, {SliceAt("web-1", {"10.0.0.1", "10.0.0.2", "10.0.0.3", last})});
    CHECK(f.Printed() ==
          "update slice shop/web-1 IPv4 31080/TCP: 4 endpoints at 10.0.0.1, 10.0.0.2, 10.0.0.3 and others, "
          "was 1 "
          "endpoint\n");
  }
  CHECK(f.dry_run.Summary(true) ==
        "No Endpoints would change.\n1 EndpointSlices would change (0 created, 1 updated, 0 deleted).\n");
}

TEST_CASE("slices to be created are distinguished by their contents", "[dry_run]") {
  Fixture f;
  const std::vector<EndpointSlice> wanted = {SliceAt("", {"10.0.0.2"}), SliceAt("", {"10.0.0.3"})};
  f.Sync({}, wanted);
  CHECK(f.Printed() ==
        "create slice shop/web-* IPv4 31080/TCP: 1 endpoint at 10.0.0.2\n"
        "create slice shop/web-* IPv4 31080/TCP: 1 endpoint at 10.0.0.3\n");
  f.Sync({}, wanted);
  CHECK(f.Printed().empty());
  CHECK(f.dry_run.Summary(true).ends_with(
      "2 EndpointSlices would change (2 created, 0 updated, 0 deleted).\n"));
}

TEST_CASE("slices that differ only in their address family count separately", "[dry_run]") {
  Fixture f;
  EndpointSlice second = SliceAt("", {});
  second.family = kube::IpFamily::kIPv6;
  f.Sync({}, {SliceAt("", {}), second});
  CHECK(f.dry_run.Summary(true).ends_with(
      "2 EndpointSlices would change (2 created, 0 updated, 0 deleted).\n"));
}

TEST_CASE("the JSON of a slice has its number of endpoints after the change", "[dry_run]") {
  const EndpointSlice one = SliceAt("web-1", {"10.0.0.1"});
  const EndpointSlice two = SliceAt("web-1", {"10.0.0.1", "10.0.0.2"});
  struct Case {
    const EndpointSlice* before;
    const EndpointSlice* after;
    std::string operation;
    int endpoints;
  };
  for (const auto& [before, after, operation, endpoints] :
       {Case{nullptr, &two, "create", 2}, Case{&one, &two, "update", 2}, Case{&two, &one, "update", 1},
        Case{&two, nullptr, "delete", 0}}) {
    const std::string json = ChangeJson(before, after, DescribeChange(before, after));
    CAPTURE(json);
    CHECK(json.starts_with(R"({"kind":"EndpointSlice","operation":")" + operation +
                           R"(","namespace":"shop",)"));
    CHECK(json.ends_with(R"(,"endpoints":)" + std::to_string(endpoints) + "}"));
  }
}

TEST_CASE("creations and deletions are printed and counted as such", "[dry_run]") {
  Fixture f;
  f.Sync({EndpointsAt("db", {"10.0.0.2"})}, {}, {Symbol("shop"), Symbol("db")});
  CHECK(f.Printed().starts_with("create shop/db\n"));
  (void)client::Run(f.io, f.dry_run.writers().endpoints.Delete(*f.endpoints.Find(kWeb)));
  (void)client::Run(f.io,
                    f.dry_run.writers().slices.Delete(*f.slices.Find({Symbol("shop"), Symbol("web-1")})));
  CHECK(f.Printed() ==
        "delete shop/web\n  - address 10.0.0.1 port http: 10.0.0.1:31080/TCP\ndelete slice shop/web-1\n");
  CHECK(
      f.dry_run.Summary(true) ==
      "2 Endpoints would change (1 created, 0 updated, 1 deleted); addresses: 1 added, 1 removed, 0 moved, 0 "
      "changed in readiness alone.\n1 EndpointSlices would change (0 created, 0 updated, 1 deleted).\n");
}

TEST_CASE("the summary adds up the changes of all services by kind", "[dry_run]") {
  Fixture f;
  const auto store = [&](const std::string& name, const std::vector<std::string>& ips) {
    Endpoints stored = EndpointsAt(name, ips);
    stored.meta.uid = Uid("uid-" + name);
    f.endpoints.Apply(stored);
  };
  store("api", {"10.0.0.5", "10.0.0.6"});
  store("old", {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"});
  const std::string changed =
      "addresses: 3 added, 4 removed, 1 moved, 2 changed in readiness alone.\n"
      "3 EndpointSlices would change (1 created, 2 updated, 0 deleted).\n";
  const auto plan = [&](DryRun& dry_run) {
    Endpoints moved = EndpointsAt("web", {"10.0.0.1"});
    moved.subsets[0].ports[0].port = 31081;
    Endpoints toggled = EndpointsAt("api", {"10.0.0.5", "10.0.0.6"});
    std::swap(toggled.subsets[0].addresses, toggled.subsets[0].not_ready_addresses);
    Endpoints created = EndpointsAt("db", {"10.0.0.7", "10.0.0.8", "10.0.0.9"});
    for (const Endpoints& each : {moved, toggled, created})
      (void)client::Run(f.io, dry_run.writers().endpoints.Write(each));
    (void)client::Run(f.io,
                      dry_run.writers().endpoints.Delete(*f.endpoints.Find({Symbol("shop"), Symbol("old")})));
    EndpointSlice second = SliceAt("web-1", {"10.0.0.3"});
    second.meta.name = Symbol("web-2");
    f.slices.Apply(Versioned(second));
    for (const EndpointSlice& each : {SliceAt("", {"10.0.0.2"}), SliceAt("web-1", {"10.0.0.3"}), second})
      (void)client::Run(f.io, dry_run.writers().slices.Write(each));
  };
  plan(f.dry_run);
  CHECK(f.dry_run.Summary(true) == "4 Endpoints would change (1 created, 2 updated, 1 deleted); " + changed);
  CHECK(f.dry_run.services() == 5);
  DryRun json{f.endpoints, f.slices, f.out, ReportFormat::kJson};
  plan(json);
  CHECK(
      json.Json(true, {}, {})
          .starts_with(
              R"({"endpoints":{"created":1,"updated":2,"deleted":1,"addresses":{"added":3,"removed":4,"moved":1,)"
              R"("readiness":2}},"endpointSlices":{"created":1,"updated":2,"deleted":0},)"));
}

TEST_CASE("a creation and an update are both counted", "[dry_run]") {
  Fixture f;
  f.Sync({EndpointsAt("web", {"10.0.0.2"}), EndpointsAt("db", {"10.0.0.3"})});
  CHECK(f.dry_run.Summary(false).starts_with("2 Endpoints would change (1 created, 1 updated, 0 deleted);"));
}

TEST_CASE("the JSON of an address change has its type, pod, port, and the places before and after",
          "[dry_run]") {
  const auto pod_at = [](const std::string& ip, std::int32_t port, bool ready) {
    Endpoints object = EndpointsAt("web", {ip});
    kube::EndpointSubset& subset = object.subsets[0];
    subset.ports[0].port = port;
    subset.addresses[0].target_ref =
        kube::ObjectReference{Symbol("Pod"), Symbol("shop"), Symbol("a"), Uid("uid-a")};
    if (!ready) std::swap(subset.addresses, subset.not_ready_addresses);
    return object;
  };
  const Endpoints before = pod_at("10.0.0.1", 31080, true);
  const Endpoints moved = pod_at("10.0.0.2", 31081, true);
  const Endpoints not_ready = pod_at("10.0.0.1", 31080, false);
  const auto json = [](const Endpoints* old_one, const Endpoints* new_one) {
    return ChangeJson(old_one, new_one, DescribeChange(old_one, new_one));
  };
  CHECK(json(&before, &moved) ==
        R"({"kind":"Endpoints","operation":"update","namespace":"shop","name":"web","addresses":[{"change":)"
        R"("moved","pod":"shop/a","port":"http","from":"10.0.0.1:31080/TCP","to":"10.0.0.2:31081/TCP",)"
        R"("ready":true}]})");
  CHECK(json(&before, &not_ready) ==
        R"({"kind":"Endpoints","operation":"update","namespace":"shop","name":"web","addresses":[{"change":)"
        R"("readiness","pod":"shop/a","port":"http","from":"10.0.0.1:31080/TCP","to":"10.0.0.1:31080/TCP",)"
        R"("ready":false}]})");
  CHECK(json(&not_ready, nullptr) ==
        R"({"kind":"Endpoints","operation":"delete","namespace":"shop","name":"web","addresses":[{"change":)"
        R"("removed","pod":"shop/a","port":"http","from":"10.0.0.1:31080/TCP","to":null,"ready":false}]})");
}

TEST_CASE("the JSON of a slice without a service label has a null service", "[dry_run]") {
  EndpointSlice slice = SliceAt("web-1", {"10.0.0.1"});
  CHECK(ChangeJson(&slice, nullptr, DescribeChange(&slice, nullptr)) ==
        R"({"kind":"EndpointSlice","operation":"delete","namespace":"shop","name":"web-1","service":"web",)"
        R"("summary":"delete slice shop/web-1","endpoints":0})");
  slice.meta.labels = {};
  CHECK(ChangeJson(&slice, nullptr, DescribeChange(&slice, nullptr)).find(R"("service":null,)") !=
        std::string::npos);
}

TEST_CASE("the JSON of a skip, and of a service without endpoints, has the object, reason and sentence",
          "[dry_run]") {
  const endpoints::Skip skip{.pod = {Symbol("shop"), Symbol("a")},
                             .pod_uid = Uid("uid-a"),
                             .service_port = "http",
                             .reason = endpoints::SkipReason::kNoHostPort,
                             .sentence = "say \"hostPort\""};
  CHECK(SkipJson(kWeb, skip) ==
        R"({"namespace":"shop","pod":"a","service":"web","port":"http","reason":"no_host_port",)"
        R"("sentence":"say \"hostPort\""})");
  CHECK(
      EmptyServiceJson(kWeb, "no_pods", "selector app=web selects no pod") ==
      R"({"namespace":"shop","name":"web","reason":"no_pods","sentence":"selector app=web selects no pod"})");
}

TEST_CASE("planned changes of services that need none any more are forgotten", "[dry_run]") {
  Fixture f;
  for (int i = 0; i < 50; ++i) {
    const std::string name = "svc-" + std::to_string(i);
    f.Sync({EndpointsAt(name, {"10.0.0.2"})}, {}, {Symbol("shop"), Symbol(name)});
  }
  CHECK(f.dry_run.services() == 50);
  for (int sync = 0; sync < 2; ++sync) {
    for (int i = 0; i < 50; ++i) f.Sync({}, {}, {Symbol("shop"), Symbol("svc-" + std::to_string(i))});
  }
  CHECK(f.dry_run.services() == 0);
}

}  // namespace
}  // namespace k8sm::controller
