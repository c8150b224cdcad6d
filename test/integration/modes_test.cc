// -once, -dry_run, and switches of the mode.

#include "test/apiserver/json.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>

namespace k8sm::test {
namespace {

using endpoints::AddressMode;

// Captures what is printed to stdout during its lifetime.
class StdoutCapture {
 public:
  StdoutCapture() : previous_(std::cout.rdbuf(captured_.rdbuf())) {}
  ~StdoutCapture() { std::cout.rdbuf(previous_); }
  std::string text() const { return captured_.str(); }

 private:
  std::ostringstream captured_;
  std::streambuf* previous_;
};

void Fill(World& world) {
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Create("pods", "shop", PodJson({.name = "b", .host_ip = "10.0.0.2", .pod_ip = "172.17.0.3"}));
}

TEST_CASE("-once syncs everything and exits with 0") {
  World world;
  Fill(world);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
  CHECK(world.log().Count("W skipped pod shop/b for service shop/web port 80: no_host_port") == 1);
  CHECK(world.log().Count("I Creating hostIP:hostPort endpoint controller") == 1);
  CHECK(world.log().Count("I caches synced: 1 service, 2 pods in ") == 1);
}

TEST_CASE("with -fail_on_skips, -once exits with a code of its own for skips") {
  World world;
  Fill(world);
  controller::Options options = world.Defaults();
  options.fail_on_skips = true;
  options.dry_run = GENERATE(false, true);
  CHECK(world.RunOnce(options) == controller::kSkipsExitCode);
  world.Delete("pods", "shop", "b");
  CHECK(world.RunOnce(options) == 0);
}

TEST_CASE("-fail_on_skips fails for a mistyped selector, but not for a service without pods") {
  World world;
  Fill(world);
  world.Delete("pods", "shop", "b");
  world.Create("services", "shop", ServiceJson("cache"));
  controller::Options options = world.Defaults();
  options.fail_on_skips = true;
  options.dry_run = GENERATE(false, true);
  CHECK(world.RunOnce(options) == 0);
  world.Create("pods", "shop", PodJson({.name = "c", .app = "cahce", .host_port = 31082}));
  CHECK(world.RunOnce(options) == controller::kSkipsExitCode);
  CHECK(
      world.log().Count(
          "W service shop/cache has no endpoints: selector app=cache selects no pod; 1 pod has app=cahce") ==
      1);
}

TEST_CASE("a single run examines every one of many selectors, and lists them in the JSON report") {
  constexpr int kServices = 250;
  World world;
  for (int i = 0; i < kServices; ++i) {
    const std::string letters{static_cast<char>('a' + i / 26), static_cast<char>('a' + i % 26)};
    world.Create("services", "shop", ServiceJson("shop-" + letters + letters + "-name"));
  }
  world.Create("pods", "shop", PodJson({.name = "c", .app = "shop-jpjp-naem", .host_port = 31082}));
  controller::Options options = world.Defaults();
  options.dry_run = true;
  options.fail_on_skips = true;
  options.output = controller::ReportFormat::kJson;
  const StdoutCapture out;
  CHECK(world.RunOnce(options) == controller::kSkipsExitCode);
  const auto json = apiserver::ParseJson(out.text());
  REQUIRE(json.has_value());
  const auto empty = apiserver::Elements(*json, "servicesWithoutEndpoints");
  REQUIRE(empty.size() == kServices);
  const auto mistyped = std::ranges::count_if(
      empty, [](const auto* each) { return apiserver::GetString(*each, "reason") == "mistyped_selector"; });
  CHECK(mistyped == 1);
}

TEST_CASE("the JSON report of a dry run has the changes and the skipped pods") {
  World world;
  Fill(world);
  controller::Options options = world.Defaults();
  options.dry_run = true;
  options.output = controller::ReportFormat::kJson;
  const StdoutCapture out;
  CHECK(world.RunOnce(options) == 0);
  const auto json = apiserver::ParseJson(out.text());
  REQUIRE(json.has_value());
  const auto changes = apiserver::Elements(*json, "changes");
  REQUIRE(changes.size() == 2);
  CHECK(apiserver::GetString(*changes[0], "kind") == "Endpoints");
  CHECK(apiserver::GetString(*changes[0], "operation") == "create");
  CHECK(apiserver::GetString(*changes[1], "kind") == "EndpointSlice");
  const auto skipped = apiserver::Elements(*json, "skipped");
  REQUIRE(skipped.size() == 1);
  CHECK(apiserver::GetString(*skipped[0], "pod") == "b");
  CHECK(apiserver::GetString(*skipped[0], "reason") == "no_host_port");
}

TEST_CASE("a second run writes neither Endpoints nor EndpointSlices") {
  World world;
  Fill(world);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  world.server().requests().Clear();
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.server().requests().CountWrites("endpoints") == 0);
  CHECK(world.server().requests().CountWrites("endpointslices") == 0);
}

TEST_CASE("pod-IP mode publishes pod addresses, and switching back restores host ports") {
  World world;
  Fill(world);
  controller::Options pod_ip = world.Defaults();
  pod_ip.mode = AddressMode::kPodIp;
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.RunOnce(pod_ip) == 0);
  CHECK(world.Places("shop", "web") == "172.17.0.2:8080 172.17.0.3:8080");
  CHECK(world.log().Count("I Creating podIP:containerPort endpoint controller") == 1);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
}

TEST_CASE("a dry run reports what a switch of modes would change, and writes nothing") {
  World world;
  Fill(world);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  world.server().requests().Clear();
  controller::Options options = world.Defaults();
  options.mode = AddressMode::kPodIp;
  options.dry_run = true;
  const std::string slice(world.SlicesOf("shop", "web").at(0).meta.name.get());
  std::string report;
  {
    const StdoutCapture captured;
    CHECK(world.RunOnce(options) == 0);
    report = captured.text();
  }
  CHECK(report ==
        "update shop/web\n"
        "  ~ pod shop/a: 10.0.0.1:31080/TCP -> 172.17.0.2:8080/TCP\n"
        "  + pod shop/b: 172.17.0.3:8080/TCP\n"
        "update slice shop/" +
            slice +
            " IPv4 8080/TCP: 2 endpoints at 172.17.0.2, 172.17.0.3, was 1 endpoint\n"
            "1 Endpoints would change (0 created, 1 updated, 0 deleted); addresses: 1 added, 0 removed, 1 "
            "moved, 0 "
            "changed in readiness alone.\n"
            "1 EndpointSlices would change (0 created, 1 updated, 0 deleted).\n");
  CHECK(world.server().requests().CountWrites() == 0);
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
}

TEST_CASE("container ports are annotated only with -annotate_container_ports and in host-port mode") {
  World world;
  Fill(world);
  // What the original controller left.
  world.Create("endpoints", "shop",
               R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","annotations":)"
               R"({"k8s.mesosphere.io/containerPort_TCP_10.0.0.9_31999":"80","example.com/keep":"me"}}})");
  const auto annotations = [&] {
    const auto endpoints = world.EndpointsOf("shop", "web");
    std::string text;
    for (const kube::Label& label : endpoints->meta.annotations) {
      if (label.key.get().starts_with("endpoints.kubernetes.io/")) continue;
      text += (text.empty() ? "" : " ") + label.key + "=" + label.value;
    }
    return text;
  };
  const std::string kept = "example.com/keep=me";
  const std::string both = kept + " k8s.mesosphere.io/containerPort_TCP_10.0.0.1_31080=8080";
  controller::Options options = world.Defaults();
  CHECK(world.RunOnce(options) == 0);
  CHECK(annotations() == kept);

  options.annotate_container_ports = true;
  CHECK(world.RunOnce(options) == 0);
  CHECK(annotations() == both);
  world.server().requests().Clear();
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.server().requests().CountWrites("endpoints") == 0);
  CHECK(world.server().requests().CountWrites("endpointslices") == 0);

  options.mode = AddressMode::kPodIp;
  CHECK(world.RunOnce(options) == 0);
  CHECK(annotations() == kept);
  options.mode = AddressMode::kHostPort;
  CHECK(world.RunOnce(options) == 0);
  CHECK(annotations() == both);
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(annotations() == kept);
}

TEST_CASE("with -namespace, other namespaces are left alone") {
  World world;
  Fill(world);
  world.Create("services", "other", ServiceJson("web"));
  controller::Options options = world.Defaults();
  options.ns = "shop";
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.Places("shop", "web") == "10.0.0.1:31080");
  CHECK(world.Places("other", "web") == "none");
}

TEST_CASE("-namespace with a namespace that does not exist is an error at start") {
  World world;
  Fill(world);
  controller::Options options = world.Defaults();
  options.ns = "shpo";
  options.once = GENERATE(true, false);
  world.Start(options);
  REQUIRE(world.WaitForEnd() == 1);
  CHECK(world.log().Count("E giving up: -namespace: the API server has no namespace shpo") == 1);
  CHECK(world.log().Count("synced") == 0);
}

TEST_CASE("leftover Endpoints are deleted if they are marked by a controller, and others are kept") {
  World world;
  const auto endpoints = [](const std::string& name, const std::string& meta) {
    return R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":")" + name + R"(")" + meta + "}}";
  };
  world.Create(
      "endpoints", "shop",
      endpoints("ours", R"(,"labels":{"endpoints.kubernetes.io/managed-by":"k8sm-controller-manager"})"));
  world.Create(
      "endpoints", "shop",
      endpoints("upstreams", R"(,"labels":{"endpoints.kubernetes.io/managed-by":"endpoint-controller"})"));
  world.Create(
      "endpoints", "shop",
      endpoints(
          "old",
          R"(,"annotations":{"endpoints.kubernetes.io/last-change-trigger-time":"2026-01-01T00:00:00Z"})"));
  world.Create("endpoints", "shop", endpoints("handmade", ""));
  world.Create(
      "endpoints", "shop",
      endpoints(
          "lock",
          R"(,"labels":{"endpoints.kubernetes.io/managed-by":"x"},"annotations":{"control-plane.alpha.kubernetes.io/leader":"{}"})"));
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.Places("shop", "ours") == "none");
  CHECK(world.Places("shop", "upstreams") == "none");
  CHECK(world.Places("shop", "old") == "none");
  CHECK(world.Places("shop", "handmade").empty());
  CHECK(world.Places("shop", "lock").empty());
}

}  // namespace
}  // namespace k8sm::test
