// What the program reports of itself from its start to its end: log lines, role, health and metrics.

#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <cctype>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::test {
namespace {

using controller::Options;
using Lines = std::vector<std::string>;

// A service with a pod that is published, and one that is skipped if `skipped`.
void Fill(World& world, bool skipped = false) {
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  if (skipped) world.Create("pods", "shop", PodJson({.name = "b"}));
}

void SetFaults(World& world, const std::string& json) {
  auto faults = apiserver::ParseFaults(json);
  REQUIRE(faults.has_value());
  world.server().faults().Set(*std::move(faults));
}

// The line with durations such as "12 ms" and "1.5 s" replaced by "T", and the version by "VERSION".
std::string Masked(std::string line) {
  if (const std::size_t at = line.find(", version "); at != std::string::npos) {
    const std::size_t begin = at + std::string(", version ").size();
    line.replace(begin, line.find(',', begin) - begin, "VERSION");
  }
  for (const std::string before : {" in ", " done in "}) {
    const std::size_t at = line.find(before);
    const std::size_t begin = at + before.size();
    if (at == std::string::npos || std::isdigit(static_cast<unsigned char>(line[begin])) == 0) continue;
    const std::size_t unit = line.find(' ', begin) + 1;
    line.replace(begin, line.find('s', unit) + 1 - begin, "T");
    break;
  }
  return line;
}

// The log lines, except those that describe the server.
Lines Told(World& world) {
  Lines lines;
  for (const std::string& line : world.log().lines()) {
    if (!line.starts_with("I the API server ")) lines.push_back(Masked(line));
  }
  return lines;
}

std::string Creating(World& world, const std::string& more = "") {
  return "I Creating hostIP:hostPort endpoint controller" + more + ", version VERSION, for " +
         world.server().Url();
}

TEST_CASE("a single run logs its start, what it has read, and its result") {
  World world;
  Fill(world, true);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  const Lines told = Told(world);
  REQUIRE(told.size() == 4);
  CHECK(told[0] == Creating(world));
  CHECK(told[1] == "I caches synced: 1 service, 2 pods in T");
  CHECK(told[2].starts_with("W skipped pod shop/b for service shop/web port 80: no_host_port: "));
  CHECK(told[3] == "I done, everything is synced: 1 pod skipped: 1 no_host_port; see the warnings");
}

TEST_CASE("a dry run logs that nothing was written") {
  World world;
  Fill(world);
  Options options = world.Defaults();
  options.dry_run = true;
  options.mode = endpoints::AddressMode::kPodIp;
  CHECK(world.RunOnce(options) == 0);
  CHECK(Told(world) == Lines{"I Creating podIP:containerPort endpoint controller (dry run: nothing is "
                             "written), version VERSION, for " +
                                 world.server().Url(),
                             "I caches synced: 1 service, 1 pod in T",
                             "I done, nothing was written: no pods skipped"});
}

TEST_CASE("the program logs when every service was synced first, and how many have no endpoints") {
  World world;
  Fill(world);
  world.Create("services", "shop", ServiceJson("empty"));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.log().Count("first sync of every service done") == 1; }));
  CHECK(
      Told(world) ==
      Lines{
          Creating(world), "I caches synced: 2 services, 1 pod in T",
          "I first sync of every service done in T: no pods skipped; 1 service has no endpoints: 1 no_pods"});
  CHECK(world.Stop() == 0);
}

TEST_CASE("large numbers are logged with separators") {
  World world;
  for (int i = 0; i < 1'001; ++i)
    world.Create("pods", "shop", PodJson({.name = "pod-" + std::to_string(i), .host_port = 31080}));
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.log().Count("I caches synced: 0 services, 1,001 pods in ") == 1);
}

TEST_CASE("a single run with a failure logs how many syncs failed, and exits with 1") {
  World world;
  Fill(world);
  SetFaults(world, R"([{"resource":"endpoints","verb":"create","effect":"status","code":422}])");
  CHECK(world.RunOnce(world.Defaults()) == 1);
  CHECK(world.log().lines().back() == "E 1 sync failed");
}

TEST_CASE("a single run that is stopped logs that it did not reach every service") {
  World world;
  Fill(world);
  SetFaults(world, R"([{"resource":"endpoints","verb":"create","effect":"status","code":422}])");
  Options options = world.Defaults();
  options.once = true;
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return world.log().Count("W cannot sync service shop/web") > 0; }));
  CHECK(world.Stop() == 1);
  CHECK(world.log().Count("E 0 syncs failed; not every service was reached") == 1);
  CHECK(world.log().Count("I done, ") == 0);
}

TEST_CASE("a single run that could not decode an object logs that, and exits with 1") {
  World world({.emulate = "1.20"});
  Fill(world);
  const std::string list =
      R"({\"kind\":\"EndpointsList\",\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[)"
      R"({\"metadata\":{\"name\":\"web\",\"namespace\":\"shop\",\"uid\":\"u\",)"
      R"(\"resourceVersion\":\"1\"},)"
      R"(\"subsets\":[{\"ports\":[{\"port\":1,\"protocol\":\"QUIC\"}]}]}]})";
  SetFaults(world, R"([{"resource":"endpoints","verb":"list","effect":"answer",)"
                   R"("contentType":"application/json","text":")" +
                       list + R"("}])");
  CHECK(world.RunOnce(world.Defaults()) == 1);
  CHECK(world.log().lines().back() ==
        "E 1 object cannot be decoded (see above); whatever depends on such an object is left as it is");
  CHECK(world.log().Count("I done, ") == 0);
}

TEST_CASE("a process stopped while it checks the namespace or nodes starts no lists") {
  World world;
  Fill(world);
  Options options = world.Defaults();
  const auto requests = [&world](const std::string& resource) {
    return world.server().requests().Count("list", resource) +
           world.server().requests().Count("watch", resource);
  };
  SECTION("whether the namespace exists") {
    options.ns = "shop";
    SetFaults(world, R"([{"resource":"namespaces","effect":"stall"}])");
    world.Start(options);
    REQUIRE(world.RunUntil([&] { return world.server().requests().Count("get", "namespaces") == 1; }));
    CHECK(world.Stop() == 0);
    for (const std::string resource : {"services", "pods", "endpoints", "endpointslices", "nodes"})
      CHECK(requests(resource) == 0);
  }
  SECTION("whether nodes may be listed") {
    options.endpoint_slices = controller::EndpointSlices::kOff;
    SetFaults(world, R"([{"resource":"nodes","effect":"stall"}])");
    world.Start(options);
    REQUIRE(world.RunUntil([&] { return requests("nodes") == 1; }));
    CHECK(world.Stop() == 0);
    CHECK(requests("nodes") == 1);
  }
}

TEST_CASE("a single run that gives up logs what it has waited for") {
  struct Case {
    std::string faults;
    bool elects;
    std::string line;
    std::string part;
  };
  const std::vector<Case> cases = {
      {R"([{"path":"/version","effect":"status","code":500}])", false,
       "E timed out waiting for the API server: server error: ", ""},
      {R"([{"resource":"pods","effect":"status","code":403}])", false,
       "E timed out waiting for caches: ", "pods (forbidden: grant list, watch on pods)"},
      {R"([{"resource":"leases","verb":"get","effect":"status","code":403}])", true,
       "E timed out waiting for lease kube-system/k8sm-controller-manager: forbidden: ",
       "; grant get, create and update on leases of coordination.k8s.io in namespace kube-system, or set "
       "-leader_elect=false if no other process writes"},
      {R"([{"resource":"leases","verb":"get","effect":"status","code":500}])", true,
       "E timed out waiting for lease kube-system/k8sm-controller-manager: server error: ", ""},
      {R"([{"resource":"leases","verb":"get","effect":"stall"}])", true,
       "E timed out waiting for lease kube-system/k8sm-controller-manager: nobody is known to hold it", ""}};
  for (const auto& [faults, elects, line, part] : cases) {
    CAPTURE(line);
    World world;
    Fill(world);
    SetFaults(world, faults);
    Options options = world.Hurried();
    options.once_patience = std::chrono::milliseconds(elects ? 2'000 : 200);
    options.leader_elect = elects;
    CHECK(world.RunOnce(options) == 1);
    const std::string last = world.log().lines().back();
    CHECK(last.starts_with(line));
    CHECK(last.find(part) != std::string::npos);
    CHECK((last.find("grant") == std::string::npos) == part.empty());
    CHECK((last.find("-leader_elect=false") == std::string::npos) == (!elects || part.empty()));
  }
}

TEST_CASE("the head of the pages shows the role of the process") {
  World world;
  Fill(world);
  const auto role = [&] { return world.Ask("/debug/").body; };
  const auto says = [&](const std::string& text) { return role().find(text) != std::string::npos; };
  world.Start(world.Defaults());
  CHECK(says("this process needs no lease"));
  world.Stop();
  Options options = world.Defaults();
  options.leader_elect = true;
  world.Start(options);
  CHECK(says("this process is a standby; it knows of no leader"));
  REQUIRE(world.RunUntil([&] { return says("this process is the leader"); }));
  world.Stop();
  (void)world.server().Delete("leases", "kube-system", "k8sm-controller-manager");
  world.Create(
      "leases", "kube-system",
      R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"k8sm-controller-)"
      R"(manager"},"spec":{"holderIdentity":"they","leaseDurationSeconds":3600,"leaseTransitions":1,)"
      R"("acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:00:00.000000Z"}})");
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return says("this process is a standby; the leader is they"); }));
  CHECK(world.Stop() == 0);
}

TEST_CASE("each health endpoint has its checks, with one for the lease only if there is an election") {
  for (const bool elects : {true, false}) {
    CAPTURE(elects);
    World world;
    Fill(world);
    Options options = world.Defaults();
    options.leader_elect = elects;
    world.Start(options);
    CHECK(world.Ask("/readyz", {{"verbose", ""}}).body.find("waiting for services, pods, endpoints") !=
          std::string::npos);
    REQUIRE(world.Settle());
    const std::string checks = std::string("[+]ping ok\n[+]log ok\n") +
                               (elects ? "[+]leaderElection ok\n" : "") + "[+]endpoint-controller ok\n";
    for (const std::string endpoint : {"healthz", "livez"})
      CHECK(world.Ask("/" + endpoint, {{"verbose", ""}}).body == checks + endpoint + " check passed\n");
    CHECK(world.Ask("/readyz", {{"verbose", ""}}).body ==
          checks + "[+]informer-sync ok\n[+]shutdown ok\nreadyz check passed\n");
    world.Stop();
    CHECK(world.Ask("/readyz").body.find("[-]shutdown failed") != std::string::npos);
    CHECK(world.Ask("/livez").status == 200);
  }
}

TEST_CASE("the metrics are those of the parts that the process runs") {
  struct Case {
    bool elects;
    bool dry_run;
  };
  for (const auto& [elects, dry_run] : {Case{true, false}, Case{false, false}, Case{true, true}}) {
    CAPTURE(elects, dry_run);
    World world;
    Fill(world);
    Options options = world.Defaults();
    options.leader_elect = elects;
    options.dry_run = dry_run;
    world.Start(options);
    REQUIRE(world.RunUntil([&] { return world.log().Count("first sync of every service done") == 1; }));
    world.Ask("/livez");
    const std::string page = world.Ask("/metrics").body;
    const auto has = [&](const std::string& line) { return page.find("\n" + line) != std::string::npos; };
    const std::string name = R"(name="k8sm-controller-manager")";
    const bool has_lease = elects && !dry_run;
    CHECK(has("leader_election_master_status{" + name + "} 1\n") == has_lease);
    CHECK(has("leader_election_slowpath_total{" + name + "} 0\n") == has_lease);
    // Those for the lease, which does not exist yet.
    const std::string host = world.server().Url().substr(std::string("http://").size());
    CHECK(has("rest_client_requests_total{code=\"404\",host=\"" + host + "\",method=\"GET\"} ") == has_lease);
    CHECK(has(R"(k8sm_mode{mode="host_port")" + (has_lease ? "," + name : std::string()) + "} 1\n"));
    CHECK(has(R"(k8sm_events_total{result="written"} 0)") == !dry_run);
    CHECK(has(R"(k8sm_informer_objects{resource="services"} 1)"));
    CHECK(has(R"(kubernetes_healthcheck{name="ping",type="livez"} 1)"));
    CHECK(has(R"(workqueue_depth{name="endpoint"} 0)"));
    world.Stop();
  }
}

TEST_CASE("-endpoint_slices=on is an error on a server without EndpointSlices") {
  World world({.emulate = "1.5"});
  Options options = world.Defaults();
  options.endpoint_slices = controller::EndpointSlices::kOn;
  world.Start(options);
  CHECK(world.WaitForEnd() == 1);
  CHECK(world.log().lines().back() ==
        "E giving up: -endpoint_slices is on, and the API server does not serve discovery.k8s.io/v1");
}

}  // namespace
}  // namespace k8sm::test
