#include "controller/inspect/debug_pages.h"

#include "controller/inspect/page_format.h"
#include "lib/http_server/page.h"
#include "lib/kube/timestamp.h"
#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/http_server/fixture.h"
#include "test/unit/inspect/pages.h"

// Not glog/logging.h, whose CHECK would replace that of Catch2.
#include <gflags/gflags_declare.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

DECLARE_int32(v);  // of glog

namespace k8sm::controller {
namespace {

using http_server::Page;
using test::MakePod;
using test::MakeService;

TEST_CASE("without skips the page says that no pod is skipped") {
  const Pages pages;
  CHECK(pages.Get("/debug/skipped").body == "no pod is skipped\n");
  CHECK(pages.Get("/debug/skipped", {{"format", "json"}}).body ==
        "{\"leading\":true,\"nodesTrouble\":null,\"skipped\":[]}\n");
}

TEST_CASE("skips are listed by service, pod and port, with the reason and what to change") {
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}));
  pages.Add(MakeService("api").Port({.number = 8443, .target = "tls"}));
  pages.Add(MakePod("b").Port({}));
  pages.Add(MakePod("a").Port({.name = "tls", .host_port = 31443}));
  for (const auto& [port, reason] : {std::pair("8443", endpoints::SkipReason::kNoContainerPort),
                                     std::pair("http", endpoints::SkipReason::kNoHostPort)}) {
    CurrentSkip& skip = pages.reported.emplace_back();
    skip.skip.pod_uid = kube::Uid("uid-b");
    skip.skip.service_port = port;
    skip.skip.reason = reason;
    skip.since = std::chrono::steady_clock::now();
  }
  const Page table = pages.Get("/debug/skipped");
  CHECK(table.status == 200);
  CHECK(table.content_type == "text/plain; charset=utf-8");
  CAPTURE(table.body);
  CHECK(table.body.starts_with(
      "SINCE                 POD        SERVICE      PORT  REASON             WHAT TO CHANGE\n20"));
  CHECK(table.body.find("Z  default/b  default/api  8443  no_container_port  ") != std::string::npos);
  CHECK(
      table.body.find("Z  default/b  default/web  http  no_host_port       container \"main\" declares port "
                      "8080/TCP without a hostPort") != std::string::npos);

  const Page json = pages.Get("/debug/skipped", {}, "application/json");
  CHECK(json.content_type == "application/json");
  CAPTURE(json.body);
  CHECK(
      json.body.starts_with("{\"leading\":true,\"nodesTrouble\":null,\"skipped\":[{\"namespace\":\"default\","
                            "\"pod\":\"b\",\"service\":\"api\","
                            "\"port\":\"8443\",\"reason\":\"no_container_port\",\"sentence\":\""));
  CHECK(json.body.ends_with("Z\"}]}\n"));
  CHECK(pages.Get("/debug/skipped", {{"format", "text"}}, "application/json").body == table.body);
  pages.reported[1].skip.reason = endpoints::SkipReason::kNoHostIp;
  CHECK(pages.Get("/debug/skipped", {{"format", "json"}}).body.ends_with("\"since\":null}]}\n"));
  pages.reported.clear();
  CHECK(pages.Get("/debug/skipped", {{"format", "json"}}).body.ends_with("\"since\":null}]}\n"));
  CHECK(pages.Get("/debug/skipped").body.find("\n-      default/b") != std::string::npos);
}

kube::EndpointAddress AddressOf(const char* ip, const char* pod) {
  kube::EndpointAddress address{.ip = kube::Symbol(ip), .node_name = kube::Symbol("node-1")};
  address.target_ref = kube::ObjectReference{kube::Symbol("Pod"), kube::Symbol("default"), kube::Symbol(pod),
                                             kube::Uid(std::string("uid-") + pod)};
  return address;
}

kube::Endpoints StoredEndpoints() {
  kube::Endpoints endpoints;
  endpoints.meta.ns = kube::Symbol("default");
  endpoints.meta.name = kube::Symbol("web");
  kube::EndpointSubset& subset = endpoints.subsets.emplace_back();
  subset.addresses = {AddressOf("10.0.0.11", "a")};
  subset.ports = {{kube::Symbol("http"), 31080, kube::Protocol::kTcp, {}}};
  return endpoints;
}

kube::EndpointSlice StoredSlice(const char* name, const char* manager) {
  kube::EndpointSlice slice;
  slice.meta.ns = kube::Symbol("default");
  slice.meta.name = kube::Symbol(name);
  slice.meta.labels.Set(kube::Symbol("kubernetes.io/service-name"), kube::Symbol("web"));
  slice.meta.labels.Set(kube::Symbol("endpointslice.kubernetes.io/managed-by"), kube::Symbol(manager));
  slice.family = kube::IpFamily::kIPv4;
  slice.ports = {{kube::Symbol("http"), 31080, kube::Protocol::kTcp, {}}};
  kube::SliceEndpoint& endpoint = slice.endpoints.emplace_back();
  endpoint.address = kube::Symbol("10.0.0.11");
  endpoint.ready = endpoint.serving = true;
  endpoint.zone = kube::Symbol("zone-a");
  endpoint.target_ref = AddressOf("10.0.0.11", "a").target_ref;
  return slice;
}

// A service with a pod that is published, one that is skipped and one that has finished.
void AddWeb(Pages& pages) {
  pages.Add(MakeService("web").Port({.name = "http"}));
  pages.Add(MakePod("a").Ready().Port({.host_port = 31080}));
  pages.Add(MakePod("b").Port({}));
  pages.Add(MakePod("c").Port({.host_port = 31082}).Phase(kube::PodPhase::kFailed));
}

const std::vector<std::pair<std::string, std::string>> kWeb = {{"namespace", "default"}, {"name", "web"}};

TEST_CASE("the format parameter decides the format, and otherwise the Accept header") {
  struct Case {
    const char* format;  // null: none
    const char* accept;
    bool json;
  };
  const auto [format, accept, json] = GENERATE(
      Case{nullptr, "", false}, Case{nullptr, "*/*", false}, Case{nullptr, "text/html", false},
      Case{nullptr, "application/json", true}, Case{nullptr, "text/html, application/json;q=0.9", true},
      Case{"json", "text/plain", true}, Case{"text", "application/json", false});
  CAPTURE(format, accept);
  Pages pages;
  AddWeb(pages);
  for (const std::string path : {"/debug/skipped", "/debug/services", "/debug/service"}) {
    auto query = path == "/debug/service" ? kWeb : std::vector<std::pair<std::string, std::string>>();
    if (format != nullptr) query.emplace_back("format", format);
    const Page page = pages.Get(path, query, accept);
    CHECK(page.content_type == (json ? Page::kJson : Page::kPlain));
    CHECK(page.body.starts_with("{") == json);
  }
}

TEST_CASE("the page of a service shows what is published and the state of its pods") {
  Pages pages;
  AddWeb(pages);
  pages.Add(StoredEndpoints());
  pages.Add(StoredSlice("web-1", "k8sm-controller-manager"));
  pages.Add(StoredSlice("web-2", "endpointslice-controller.k8s.io"));
  const std::string text = pages.Get("/debug/service", kWeb).body;
  CAPTURE(text);
  CHECK(text.starts_with(
      "Service default/web, published at host ports\n"
      "  selects app=web\n"
      "  port http 80/TCP -> 8080\n"
      "  nodes are not known, so a pod whose node does not exist is not found: not watched: grant list, "
      "watch on nodes, and restart\n"
      "Endpoints\n"
      "  ADDRESS    PORTS           STATE  POD\n"
      "  10.0.0.11  http 31080/TCP  ready  a\n"
      "EndpointSlice web-1\n"
      "  ADDRESS    PORTS           STATE  POD  ZONE\n"
      "  10.0.0.11  http 31080/TCP  ready  a    zone-a\n"
      "EndpointSlice web-2, of another controller\n"
      "Pods\n"
      "  POD  PORT  STATE     WHERE OR WHY NOT\n"
      "  a    http  ready     10.0.0.11:31080\n"
      "  b    http  skipped   no_host_port: container \"main\" declares port 8080/TCP"));
  CHECK(text.ends_with("\n  c    -     finished  -\n"));
}

TEST_CASE("the state of a slice's endpoint follows its conditions") {
  struct Case {
    bool ready, serving, terminating;
    const char* state;
  };
  const auto [ready, serving, terminating, state] =
      GENERATE(Case{true, true, false, "ready"}, Case{false, false, false, "not ready"},
               Case{false, true, true, "terminating, serving"}, Case{false, false, true, "terminating"});
  CAPTURE(state);
  Pages pages;
  AddWeb(pages);
  kube::EndpointSlice slice = StoredSlice("web-1", "k8sm-controller-manager");
  slice.endpoints[0].ready = ready;
  slice.endpoints[0].serving = serving;
  slice.endpoints[0].terminating = terminating;
  pages.Add(std::move(slice));
  const std::string row = std::string("\n  10.0.0.11  http 31080/TCP  ") + state + "  a    zone-a\n";
  CHECK(pages.Get("/debug/service", kWeb).body.find(row) != std::string::npos);
  auto query = kWeb;
  query.emplace_back("format", "json");
  const auto flag = [](const char* name, bool value) {
    return std::string("\"") + name + "\":" + (value ? "true" : "false") + ",";
  };
  CHECK(pages.Get("/debug/service", query)
            .body.find(flag("ready", ready) + flag("serving", serving) + flag("terminating", terminating)) !=
        std::string::npos);
}

TEST_CASE("the page of a service is also available as JSON") {
  Pages pages;
  AddWeb(pages);
  pages.Add(StoredEndpoints());
  pages.Add(StoredSlice("web-1", "k8sm-controller-manager"));
  auto query = kWeb;
  query.emplace_back("format", "json");
  const std::string json = pages.Get("/debug/service", query).body;
  CAPTURE(json);
  CHECK(json.starts_with(
      R"({"service":{"namespace":"default","name":"web","mode":"host-port","selectsPods":true},"failure":null,)"
      R"("nodesTrouble":"not watched: grant list, watch on nodes, and restart",)"
      R"("endpoints":{"exist":true,"asPlanned":true,"subsets":[{"ready":[{"ip":"10.0.0.11","pod":"a"}],"notReady":[],)"
      R"("ports":[{"name":"http","port":31080,"protocol":"TCP"}]}]},)"
      R"("slices":[{"name":"web-1","ours":true,"family":"IPv4","ports":[{"name":"http","port":31080,"protocol":"TCP"}],)"
      R"("endpoints":[{"address":"10.0.0.11","ready":true,"serving":true,"terminating":false,"zone":"zone-a","pod":"a"}]}],)"
      R"("pods":[{"pod":"a","port":"http","standing":"ready","address":"10.0.0.11:31080"},)"
      R"({"pod":"b","port":"http","standing":"skipped","reason":"no_host_port","sentence":")"));
  CHECK(json.ends_with(R"({"pod":"c","port":"","standing":"finished"}]})"
                       "\n"));
}

// A service of two ports and two labels at pod IPs, with Endpoints of two subsets and slices of each kind.
void AddFull(Pages& pages) {
  pages.Add(MakeService("web")
                .Selector({{kube::Symbol("app"), kube::Symbol("web")},
                           {kube::Symbol("tier"), kube::Symbol("front")}})
                .Port({.target = "http"})
                .Port({.name = "dns", .number = 53, .target = 5353, .protocol = kube::Protocol::kUdp}));
  pages.Add(MakePod("a").Label("tier", "front").Ready().PodIps({"172.17.0.11"}).Port({.name = "http"}));
  pages.Add(MakePod("b").Label("tier", "front").PodIps({"172.17.0.12"}).Port({.number = 9, .name = "http"}));
  pages.Add(MakePod("c").Label("tier", "front").Terminating().Port({.name = "http"}));
  pages.Add(MakePod("d").Label("tier", "front").PodIps({"172.17.0.14"}));
  kube::Endpoints endpoints = StoredEndpoints();
  kube::EndpointSubset& other = endpoints.subsets.emplace_back();
  other.not_ready_addresses = {AddressOf("172.17.0.12", "b"), {.ip = kube::Symbol("172.17.0.13")}};
  other.ports = {{kube::Symbol("dns"), 5353, kube::Protocol::kUdp, {}}, {{}, 9, kube::Protocol::kTcp, {}}};
  pages.Add(endpoints);
  kube::EndpointSlice slice = StoredSlice("web-1", "k8sm-controller-manager");
  slice.endpoints.clear();
  slice.family.reset();
  slice.ports.push_back({{}, 9, kube::Protocol::kTcp, {}});
  pages.Add(slice);
  pages.Add(StoredSlice("web-2", "endpointslice-controller.k8s.io"));
}

TEST_CASE("the page of a service has all of its parts, as text and as JSON") {
  Pages pages(endpoints::AddressMode::kPodIp);
  AddFull(pages);
  const auto now = std::chrono::steady_clock::now();
  pages.failures.OnFailure({kube::Symbol("default"), kube::Symbol("web")}, "forbidden: no", now);
  const std::string since = kube::FormatTimestamp(TimeOfDay(now));
  CHECK(pages.Get("/debug/service", kWeb).body ==
        "Service default/web, published at pod IPs\n"
        "  cannot be synced since " +
            since +
            ": forbidden: no\n"
            "  selects app=web,tier=front\n"
            "  port 80/TCP -> http\n"
            "  port dns 53/UDP -> 5353\n"
            "  nodes are not known, so a pod whose node does not exist is not found: not watched: grant "
            "list, watch "
            "on nodes, and restart\n"
            "Endpoints, out of sync: update pending\n"
            "  ADDRESS      PORTS                STATE      POD\n"
            "  172.17.0.12  9/TCP, dns 5353/UDP  not ready  b\n"
            "  172.17.0.13  9/TCP, dns 5353/UDP  not ready  -\n"
            "  10.0.0.11    http 31080/TCP       ready      a\n"
            "EndpointSlice web-1\n"
            "  no endpoints\n"
            "EndpointSlice web-2, of another controller\n"
            "Pods\n"
            "  POD  PORT  STATE          WHERE OR WHY NOT\n"
            "  a    80    ready          172.17.0.11:8080\n"
            "  a    dns   ready          172.17.0.11:5353\n"
            "  b    80    not ready      172.17.0.12:9\n"
            "  b    dns   not ready      172.17.0.12:5353\n"
            "  c    -     being deleted  -\n"
            "  d    80    skipped        no_container_port: no container declares a port named \"http\" with "
            "protocol "
            "TCP, which the service's targetPort asks for; the pod declares no ports: declare it in the pod "
            "or correct "
            "the targetPort\n"
            "  d    dns   not ready      172.17.0.14:5353\n");
  auto query = kWeb;
  query.emplace_back("format", "json");
  CHECK(
      pages.Get("/debug/service", query).body ==
      R"({"service":{"namespace":"default","name":"web","mode":"pod-ip","selectsPods":true},)"
      R"("failure":{"error":"forbidden: no","since":")" +
          since +
          R"("},)"
          R"("nodesTrouble":"not watched: grant list, watch on nodes, and restart",)"
          R"("endpoints":{"exist":true,"asPlanned":false,"subsets":[)"
          R"({"ready":[],"notReady":[{"ip":"172.17.0.12","pod":"b"},{"ip":"172.17.0.13","pod":null}],)"
          R"("ports":[{"name":"","port":9,"protocol":"TCP"},{"name":"dns","port":5353,"protocol":"UDP"}]},)"
          R"({"ready":[{"ip":"10.0.0.11","pod":"a"}],"notReady":[],"ports":[{"name":"http","port":31080,"protocol":"TCP"}]}]},)"
          R"("slices":[{"name":"web-1","ours":true,"family":"",)"
          R"("ports":[{"name":"http","port":31080,"protocol":"TCP"},{"name":"","port":9,"protocol":"TCP"}],"endpoints":[]},)"
          R"({"name":"web-2","ours":false}],)"
          R"("pods":[{"pod":"a","port":"80","standing":"ready","address":"172.17.0.11:8080"},)"
          R"({"pod":"a","port":"dns","standing":"ready","address":"172.17.0.11:5353"},)"
          R"({"pod":"b","port":"80","standing":"not ready","address":"172.17.0.12:9"},)"
          R"({"pod":"b","port":"dns","standing":"not ready","address":"172.17.0.12:5353"},)"
          R"({"pod":"c","port":"","standing":"being deleted"},)"
          R"({"pod":"d","port":"80","standing":"skipped","reason":"no_container_port","sentence":"no container declares a port named \"http\" with protocol TCP, )"
          R"(which the service's targetPort asks for; the pod declares no ports: declare it in the pod or correct the targetPort"},)"
          R"({"pod":"d","port":"dns","standing":"not ready","address":"172.17.0.14:5353"}]})"
          "\n");
}

TEST_CASE("the page of a service without endpoints and pods says so") {
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}));
  CHECK(pages.Get("/debug/service", kWeb).body ==
        "Service default/web, published at host ports\n"
        "  selects app=web\n"
        "  port http 80/TCP -> 8080\n"
        "  nodes are not known, so a pod whose node does not exist is not found: not watched: grant list, "
        "watch "
        "on nodes, and restart\n"
        "Endpoints: there are none\n"
        "EndpointSlices: there are none\n"
        "Pods: none is selected\n");
  auto query = kWeb;
  query.emplace_back("format", "json");
  CHECK(
      pages.Get("/debug/service", query).body ==
      R"({"service":{"namespace":"default","name":"web","mode":"host-port","selectsPods":true},"failure":null,)"
      R"("nodesTrouble":"not watched: grant list, watch on nodes, and restart",)"
      R"("endpoints":{"exist":false,"asPlanned":false},"slices":[],"pods":[]})"
      "\n");
  kube::Service manual = MakeService("web").Selector({});
  pages.Add(manual);
  CHECK(pages.Get("/debug/service", kWeb).body ==
        "Service default/web, published at host ports\n"
        "  selects no pods: its endpoints are left to others\n"
        "Endpoints: there are none\nEndpointSlices: there are none\n");
}

TEST_CASE("a skip is shown with the time at which it began for its port and its reason") {
  Pages pages;
  pages.Add(MakeService("web").Port({.name = "http"}).Port({.name = "tls", .number = 443}));
  pages.Add(MakePod("a").Port({}));
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [port, age] : {std::pair("http", 1), std::pair("tls", 2)}) {
    CurrentSkip& skip = pages.reported.emplace_back();
    skip.skip.pod_uid = kube::Uid("uid-a");
    skip.skip.service_port = port;
    skip.skip.reason = endpoints::SkipReason::kNoHostPort;
    skip.since = now - std::chrono::hours(age);
  }
  const std::string page = pages.Get("/debug/skipped").body;
  for (const auto& [port, age] : {std::pair("http", 1), std::pair("tls ", 2)}) {
    CHECK(page.find("\n" + kube::FormatTimestamp(TimeOfDay(now - std::chrono::hours(age))) +
                    "  default/a  default/web  " + port + "  no_host_port") != std::string::npos);
  }
}

TEST_CASE("Endpoints that are missing or out of sync are shown as such") {
  Pages pages;
  AddWeb(pages);
  CHECK(pages.Get("/debug/service", kWeb)
            .body.find("\nEndpoints: there are none\nEndpointSlices: there are none\n") != std::string::npos);
  kube::Endpoints behind = StoredEndpoints();
  behind.subsets.clear();
  pages.Add(behind);
  CHECK(pages.Get("/debug/service", kWeb)
            .body.find("\nEndpoints, out of sync: update pending\n  no addresses\n") != std::string::npos);
}

TEST_CASE("Endpoints that the API server stores differently from what was sent are in sync") {
  Pages pages;
  AddWeb(pages);
  kube::Endpoints stored = StoredEndpoints();
  pages.accepted = stored;
  for (kube::EndpointSubset& subset : stored.subsets) {
    for (kube::EndpointAddress& address : subset.addresses) address.node_name = kube::Symbol();
    for (kube::EndpointAddress& address : subset.not_ready_addresses) address.node_name = kube::Symbol();
  }
  pages.Add(stored);
  const std::string page = pages.Get("/debug/service", kWeb).body;
  CHECK(page.find("out of sync") == std::string::npos);
  pages.accepted->subsets.clear();
  CHECK(pages.Get("/debug/service", kWeb).body.find("out of sync") != std::string::npos);
}

TEST_CASE("Endpoints are compared with what the API server is known to store of them") {
  Pages pages;
  AddWeb(pages);
  pages.Add(StoredEndpoints());
  CHECK(pages.Get("/debug/service", kWeb).body.find("out of sync") == std::string::npos);
  pages.limits.node_names = false;
  CHECK(pages.Get("/debug/service", kWeb).body.find("out of sync") != std::string::npos);
  kube::Endpoints stored = StoredEndpoints();
  for (kube::EndpointSubset& subset : stored.subsets) {
    for (kube::EndpointAddress& address : subset.addresses) address.node_name = kube::Symbol();
    for (kube::EndpointAddress& address : subset.not_ready_addresses) address.node_name = kube::Symbol();
  }
  pages.Add(stored);
  CHECK(pages.Get("/debug/service", kWeb).body.find("out of sync") == std::string::npos);
}

TEST_CASE("Endpoints whose subsets are stored in another order are in sync") {
  Pages pages;
  AddWeb(pages);
  pages.Add(MakePod("d").Ready().Port({.host_port = 31090}));
  kube::EndpointSubset other = StoredEndpoints().subsets.front();
  other.addresses = {AddressOf("10.0.0.11", "d")};
  other.ports.front().port = 31090;
  const bool other_first = GENERATE(false, true);
  kube::Endpoints stored = StoredEndpoints();
  stored.subsets.insert(other_first ? stored.subsets.begin() : stored.subsets.end(), other);
  pages.Add(stored);
  CHECK(pages.Get("/debug/service", kWeb).body.find("out of sync") == std::string::npos);
}

TEST_CASE("a service of type ExternalName is shown as left to others") {
  Pages pages;
  pages.Add(MakeService("web").ExternalName());
  CHECK(pages.Get("/debug/service", kWeb).body ==
        "Service default/web, published at host ports\n"
        "  selects no pods (it is of type ExternalName): its endpoints are left to others\n"
        "Endpoints: there are none\nEndpointSlices: there are none\n");
}

TEST_CASE("Endpoints of a service that selects no pods are not shown as out of sync") {
  Pages pages;
  pages.Add(MakeService("web").ExternalName());
  pages.Add(StoredEndpoints());
  const std::string text = pages.Get("/debug/service", kWeb).body;
  CAPTURE(text);
  CHECK(text.find("\nEndpoints\n  ADDRESS") != std::string::npos);
}

TEST_CASE("slices are listed by name, with the state of each endpoint") {
  Pages pages;
  AddWeb(pages);
  for (const char* name : {"web-9", "web-1", "web-5"})
    pages.Add(StoredSlice(name, "endpointslice-controller.k8s.io"));
  kube::EndpointSlice leaving = StoredSlice("web-0", "k8sm-controller-manager");
  leaving.endpoints[0].terminating = true;
  leaving.endpoints[0].ready = false;
  leaving.endpoints.push_back(leaving.endpoints[0]);
  leaving.endpoints[1].serving = false;
  pages.Add(leaving);
  const std::string text = pages.Get("/debug/service", kWeb).body;
  CAPTURE(text);
  CHECK(text.find("terminating, serving  a    zone-a\n") != std::string::npos);
  CHECK(text.find("terminating           a    zone-a\n") != std::string::npos);
  CHECK(text.find("EndpointSlice web-1, of another controller\nEndpointSlice web-5, of another controller\n"
                  "EndpointSlice web-9, of another controller\n") != std::string::npos);
}

TEST_CASE("pods of a headless service without ports are shown with their address only") {
  Pages pages;
  pages.Add(MakeService("web").Headless());
  pages.Add(MakePod("a").Ready());
  const std::string text = pages.Get("/debug/service", kWeb).body;
  CAPTURE(text);
  CHECK(text.ends_with("  a    -     ready  10.0.0.11\n"));
}

TEST_CASE("pods are shown as published: ready if publishNotReadyAddresses is set, or over capacity") {
  Pages pages;
  pages.Add(MakeService("web").PublishNotReadyAddresses().Port({.name = "http"}));
  pages.Add(MakePod("a").Port({.host_port = 31080}));
  CHECK(pages.Get("/debug/service", kWeb).body.ends_with("  a    http  ready  10.0.0.11:31080\n"));
  for (int i = 0; i < 1'000; ++i)
    pages.Add(MakePod("pod-" + std::to_string(1'000 + i)).Port({.host_port = 20'000 + i}));
  const std::string text = pages.Get("/debug/service", kWeb).body;
  const std::size_t first = text.find("over capacity");
  REQUIRE(first != std::string::npos);
  CHECK(text.find("over capacity", first + 1) == std::string::npos);
}

TEST_CASE("a request that cannot be answered says why") {
  Pages pages;
  for (const auto& query : std::vector<std::vector<std::pair<std::string, std::string>>>{
           {},
           {{"name", "web"}},
           {{"namespace", "default"}},
           {{"namespace", ""}, {"name", "web"}},
           {{"namespace", "default"}, {"name", ""}}}) {
    const Page page = pages.Get("/debug/service", query);
    CHECK(page.status == 400);
    CHECK(page.body == "which service? ask for /debug/service?namespace=NAMESPACE&name=NAME\n");
  }
  const Page missing = pages.Get("/debug/service", kWeb);
  CHECK(missing.status == 404);
  CHECK(missing.body == "there is no service web in namespace default, or this process does not manage it\n");
  CHECK(pages.Get("/debug/skipped", {{"format", "xml"}}).status == 400);
  pages.synced = false;
  CHECK(pages.Get("/debug/skipped").status == 503);
  CHECK(pages.Get("/debug/service", kWeb).status == 503);
  pages.waiting_for = "waiting for pods";
  CHECK(pages.Get("/debug/skipped").body == "waiting for pods: ask again in a moment\n");
}

TEST_CASE("the verbosity of the log can be set only to a number") {
  const test::LogCapture log;
  const Pages pages;
  const int before = FLAGS_v;
  const Page page = pages.Put("/debug/flags/v", "4\n");
  CHECK(page.status == 200);
  CHECK(page.body == "successfully set glog's verbosity to 4\n");
  CHECK(FLAGS_v == 4);
  CHECK(pages.Put("/debug/flags/v", "4").status == 200);
  CHECK(log.Count("the log's verbosity is 4, set through /debug/flags/v") == (before == 4 ? 0 : 1));
  CHECK(pages.Put("/debug/flags/v", "0\r\n").status == 200);
  CHECK(FLAGS_v == 0);
  CHECK(pages.Put("/debug/flags/v", "4").status == 200);
  for (const std::string body : {"", "x", "4x", "-1", "4 5", "99999999999", " 4", "0x4"}) {
    CAPTURE(body);
    CHECK(pages.Put("/debug/flags/v", body).status == 400);
    CHECK(FLAGS_v == 4);
  }
  CHECK(pages.Get("/debug/flags/v").status == 405);
  FLAGS_v = before;
}

TEST_CASE("/debug/ is an index of the pages") {
  Pages pages;
  pages.synced = false;
  const Page index = pages.Get("/debug/");
  CHECK(index.status == 200);
  for (const char* path : {"/debug/services", "/debug/skipped", "/debug/service?", "/debug/flags/v"})
    CHECK(index.body.find(path) != std::string::npos);
  CHECK(pages.Get("/debug").body == index.body);
  pages.waiting_for = "waiting for nodes (forbidden: grant list, watch on nodes)";
  const std::string role = "this process is the leader\n";
  CHECK(index.body.starts_with(role + "\n/debug/"));
  CHECK(pages.Get("/debug/").body == role + *pages.waiting_for + "\n" + index.body.substr(role.size()));
  CHECK(pages.Get("/debug/nothing").status == 404);
}

TEST_CASE("pages that grow with the cluster rest after they were made, and the index does not") {
  Pages pages;
  AddWeb(pages);
  auto now = http_server::PagePace::Clock::time_point(std::chrono::hours(1));
  http_server::Fixture fixture(
      {}, [&now] { return now += std::chrono::milliseconds(2); }, std::chrono::milliseconds(0));
  pages.AddTo(fixture.router());
  for (const std::string path :
       {"/debug/skipped", "/debug/services", "/debug/service?namespace=default&name=web"}) {
    CAPTURE(path);
    CHECK(fixture.Ask("GET", path).starts_with("HTTP/1.1 200 "));
    CHECK(fixture.Ask("GET", path).starts_with("HTTP/1.1 503 "));
    CHECK(fixture.Ask("GET", "/debug/").starts_with("HTTP/1.1 200 "));
  }
}

}  // namespace
}  // namespace k8sm::controller
