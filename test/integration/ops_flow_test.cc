// The metrics, health checks and debug pages of the running program.

#include "lib/http_server/page.h"
#include "test/integration/world.h"
#include "test/support/catch.h"
#include "test/support/paths.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace k8sm::test {
namespace {

using http_server::Page;

// A service with a pod that is published and one that is skipped, in a world whose controller is at rest.
struct Flow {
  World world;
  Flow() {
    world.Create("nodes", "", NodeJson("node-1"));
    world.Create("services", "shop", ServiceJson("web"));
    world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
    world.Create("pods", "shop", PodJson({.name = "b"}));
    world.Start(world.Defaults());
    REQUIRE(world.Settle());
  }
  // The value of this series on the page, or "absent".
  std::string Value(const std::string& series) { return ValueIn(world.Ask("/metrics").body, series); }

  static std::string ValueIn(const std::string& page, const std::string& series) {
    const std::size_t place = page.find("\n" + series + " ");
    if (place == std::string::npos) return "absent";
    const std::size_t begin = place + series.size() + 2;
    return page.substr(begin, page.find('\n', begin) - begin);
  }
};

TEST_CASE("the metrics count what is cached, published, skipped and restored") {
  Flow flow;
  CHECK(flow.Value(R"(k8sm_informer_objects{resource="pods"})") == "2");
  CHECK(flow.Value(R"(k8sm_informer_objects{resource="services"})") == "1");
  CHECK(flow.Value(R"(k8sm_informer_objects{resource="endpointslices"})") == "1");
  CHECK(flow.Value(R"(k8sm_endpoints_skipped{reason="no_host_port"})") == "1");
  CHECK(flow.Value(R"(k8sm_endpoints_skipped{reason="host_port_conflict"})") == "0");
  CHECK(flow.Value(R"(k8sm_endpoints_skips_total{reason="no_host_port"})") == "1");
  CHECK(flow.Value("endpoint_slice_controller_endpoints_desired") == "1");
  CHECK(flow.Value("endpoint_slice_controller_num_endpoint_slices") == "1");
  CHECK(flow.Value(R"(endpoint_slice_controller_changes{operation="create"})") == "1");
  CHECK(flow.Value(R"(workqueue_depth{name="endpoint"})") == "0");
  CHECK(flow.Value(R"(k8sm_foreign_writes_total{resource="endpoints"})") == "0");

  flow.world.Delete("pods", "shop", "b");
  flow.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  REQUIRE(flow.world.RunUntil(
      [&] { return flow.world.Places("shop", "web") == "10.0.0.1:31080 10.0.0.1:31081"; }));
  REQUIRE(flow.world.Settle());
  CHECK(flow.Value(R"(k8sm_endpoints_skipped{reason="no_host_port"})") == "0");
  CHECK(flow.Value(R"(k8sm_endpoints_skips_total{reason="no_host_port"})") == "1");
  CHECK(flow.Value("endpoint_slice_controller_endpoints_desired") == "2");
  CHECK(flow.Value(R"(endpoint_slice_controller_syncs{result="error"})") == "0");
  CHECK(flow.Value(R"(endpoint_slice_controller_syncs{result="success"})") != "0");

  flow.world.Delete("services", "shop", "web");
  REQUIRE(flow.world.Settle());
  CHECK(flow.Value("endpoint_slice_controller_endpoints_desired") == "0");
}

TEST_CASE("the metrics and health checks show the leader") {
  World world;
  controller::Options options = world.Defaults();
  options.leader_elect = true;
  world.Start(options);
  const auto master = [&] {
    return Flow::ValueIn(world.Ask("/metrics").body,
                         R"(leader_election_master_status{name="k8sm-controller-manager"})");
  };
  CHECK(master() == "0");
  CHECK(world.RunUntil([&] { return master() == "1"; }));
  const Page page = world.Ask("/livez", {{"verbose", ""}});
  CHECK(page.body.find("[+]leaderElection ok\n") != std::string::npos);
}

TEST_CASE("requests are counted by code and method") {
  Flow flow;
  const std::string host = flow.world.server().Url().substr(std::string("http://").size());
  const auto requests = [&](const std::string& code, const std::string& method) {
    return flow.Value("rest_client_requests_total{code=\"" + code + "\",host=\"" + host + "\",method=\"" +
                      method + "\"}");
  };
  CHECK(requests("201", "POST") != "0");
  CHECK(requests("200", "GET") != "0");
  CHECK(requests("<error>", "GET") == "0");
  CHECK(flow.Value("rest_client_request_duration_seconds_count{host=\"" + host + "\",verb=\"POST\"}") ==
        requests("201", "POST"));
}

TEST_CASE("the /debug pages show what is published and what is skipped") {
  Flow flow;
  const Page skipped = flow.world.Ask("/debug/skipped");
  CAPTURE(skipped.body);
  CHECK(skipped.body.find("shop/b") != std::string::npos);
  CHECK(skipped.body.find("no_host_port") != std::string::npos);
  // The process that logged the skip knows when it began.
  CHECK(skipped.body.find("\n20") != std::string::npos);

  const Page service = flow.world.Ask("/debug/service", {{"namespace", "shop"}, {"name", "web"}});
  CAPTURE(service.body);
  CHECK(service.body.find("Endpoints\n") != std::string::npos);
  CHECK(service.body.find("10.0.0.1:31080") != std::string::npos);
  CHECK(service.body.find("b    80    skipped") != std::string::npos);
}

TEST_CASE("a healthy program reports each check as ok") {
  Flow flow;
  const std::string checks = "[+]ping ok\n[+]log ok\n";
  for (const std::string endpoint : {"healthz", "livez", "readyz"}) {
    CAPTURE(endpoint);
    const Page page = flow.world.Ask("/" + endpoint, {{"verbose", ""}});
    CAPTURE(page.body);
    CHECK(page.status == 200);
    CHECK(page.body.starts_with(checks));
    CHECK(page.body.find("[+]endpoint-controller ok\n") != std::string::npos);
    CHECK(page.body.ends_with(endpoint + " check passed\n"));
    CHECK((page.body.find("[+]informer-sync ok") != std::string::npos) == (endpoint == "readyz"));
  }
  const std::string slis = flow.world.Ask("/metrics/slis").body;
  CHECK(slis.find("kubernetes_healthchecks_total{name=\"ping\",status=\"success\",type=\"livez\"} 1\n") !=
        std::string::npos);
  CHECK(slis.find("kubernetes_healthcheck{name=\"informer-sync\",type=\"readyz\"} 1\n") != std::string::npos);
  CHECK(slis.find("workqueue") == std::string::npos);
}

TEST_CASE("/livez succeeds in each turn of the loop while the program works") {
  World world;
  for (int i = 0; i < 10; ++i) {
    const std::string app = "web-" + std::to_string(i);
    world.Create("services", "shop", ServiceJson(app));
    world.Create("pods", "shop", PodJson({.name = app, .app = app, .host_port = 31080 + i}));
  }
  world.Start(world.Defaults());
  bool alive = true;
  REQUIRE(world.RunUntil([&] {
    alive = alive && world.Ask("/livez").status == 200;
    return world.Places("shop", "web-9") == "10.0.0.1:31089";
  }));
  CHECK(alive);
}

// The output of a command on stdout and stderr.
std::string OutputOf(const std::string& command) {
  std::string output;
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> piece;
  while (const std::size_t size = fread(piece.data(), 1, piece.size(), pipe))
    output.append(piece.data(), size);
  pclose(pipe);
  return output;
}

TEST_CASE("promtool objects only to metric names that Kubernetes has chosen") {
  const std::string find = "PATH=$PATH:" + (BuildDirectory() / "test/deploy/tools/usr/bin").string() + "; ";
  if (OutputOf(find + "command -v promtool").empty()) {
    WARN("promtool is not here (Debian's package prometheus has it): the metrics' names are not checked");
    return;
  }
  Flow flow;
  flow.world.Ask("/readyz");
  const std::string page = flow.world.Ask("/metrics").body;
  const auto file = std::filesystem::temp_directory_path() / ("k8sm-metrics-" + std::to_string(getpid()));
  std::ofstream(file) << page;
  const std::string said = OutputOf(find + "promtool check metrics < " + file.string());
  std::filesystem::remove(file);
  CHECK(said ==
        "endpoint_slice_controller_changes counter metrics should have \"_total\" suffix\n"
        "endpoint_slice_controller_syncs counter metrics should have \"_total\" suffix\n");
}

}  // namespace
}  // namespace k8sm::test
