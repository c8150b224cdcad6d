// What is published besides addresses, and the effects of a faulty pod, in the objects that the API server
// stores.

#include "test/integration/world.h"
#include "test/support/catch.h"

#include <string>
#include <string_view>

namespace k8sm::test {
namespace {

constexpr std::string_view kTriggerTime = "endpoints.kubernetes.io/last-change-trigger-time";
constexpr std::string_view kOverCapacity = "endpoints.kubernetes.io/over-capacity";

// A running controller in a world with a service "web", which was created at 03:04:05.
struct Flow {
  World world;

  static std::string WebJson() {
    return Replaced(ServiceJson("web"), R"("name":"web")",
                    R"("name":"web","creationTimestamp":"2026-01-02T03:04:05Z")");
  }

  Flow() {
    world.Create("services", "shop", WebJson());
    world.Start(world.Defaults());
    REQUIRE(Becomes(""));
  }

  bool Becomes(const std::string& places) {
    return world.RunUntil([&] { return world.Places("shop", "web") == places; });
  }
  bool IsTold(std::string_view part) {
    return world.RunUntil([&] { return world.log().Count(part) > 0; });
  }

  // "none" if there is no such annotation.
  std::string Annotation(std::string_view key) const {
    const auto endpoints = world.EndpointsOf("shop", "web");
    const kube::Symbol* value = endpoints->meta.annotations.Find(key);
    return std::string(value == nullptr ? "none" : value->get());
  }
  bool HasLabel(std::string_view key) const {
    const auto endpoints = world.EndpointsOf("shop", "web");
    return endpoints->meta.labels.Find(key) != nullptr;
  }
};

// ---- Metadata

TEST_CASE(
    "the trigger time is the service's creation, then each published transition, and otherwise absent") {
  Flow flow;
  CHECK(flow.Annotation(kTriggerTime) == "2026-01-02T03:04:05Z");

  const std::string pod = PodJson({.name = "a", .host_port = 31080});
  flow.world.Create("pods", "shop", Replaced(pod, "2026-01-01T00:00:00Z", "2026-01-03T00:00:07Z"));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  CHECK(flow.Annotation(kTriggerTime) == "2026-01-03T00:00:07Z");

  const std::string not_ready = PodJson({.name = "a", .host_port = 31080, .ready = false});
  flow.world.Update("pods", "shop", Replaced(not_ready, "2026-01-01T00:00:00Z", "2026-01-03T00:01:00+00:00"));
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  CHECK(flow.Annotation(kTriggerTime) == "2026-01-03T00:01:00Z");

  flow.world.Update(
      "services", "shop",
      Replaced(Flow::WebJson(), R"("name":"web")", R"("name":"web","labels":{"tier":"front"})"));
  CHECK(flow.world.RunUntil([&] { return flow.HasLabel("tier"); }));
  CHECK(flow.Annotation(kTriggerTime) == "none");
}

TEST_CASE("labels that others put on Endpoints are removed, and their owner references stay") {
  Flow flow;
  flow.world.Update(
      "endpoints", "shop",
      R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"web","labels":{"foreign":"x"},"ownerReferences":)"
      R"([{"apiVersion":"v1","kind":"ConfigMap","name":"owner","uid":"0-1"}]},"subsets":[]})");
  CHECK(flow.world.RunUntil([&] { return flow.HasLabel("endpoints.kubernetes.io/managed-by"); }));
  CHECK_FALSE(flow.HasLabel("foreign"));
  CHECK_FALSE(flow.HasLabel("service.kubernetes.io/headless"));
  const std::string json = flow.world.server().Get("endpoints", "shop", "web").value();
  CHECK(json.find(R"("uid":"0-1")") != std::string::npos);
}

TEST_CASE("more than a thousand addresses are truncated and annotated, until all fit again") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  for (int i = 0; i < 1001; ++i) {
    const std::string host = "10.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250);
    world.Create("pods", "shop",
                 PodJson({.name = "pod-" + std::to_string(i), .host_port = 31080, .host_ip = host}));
  }
  const auto published = [&] {
    const auto endpoints = world.EndpointsOf("shop", "web");
    REQUIRE(endpoints->subsets.size() == 1);
    const kube::Symbol* mark = endpoints->meta.annotations.Find(kOverCapacity);
    return std::to_string(endpoints->subsets.front().addresses.size()) + " " +
           std::string(mark != nullptr ? mark->get() : "whole");
  };
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(published() == "1000 truncated");

  world.server().requests().Clear();
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(world.server().requests().CountWrites("endpoints") == 0);

  world.Delete("pods", "shop", "pod-500");
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(published() == "1000 whole");
}

// ---- Pods that can't be published

TEST_CASE("pods with addresses that the API server refuses are skipped, and others are published") {
  Flow flow;
  flow.world.Create("pods", "shop",
                    PodJson({.name = "loopback", .host_port = 31081, .host_ip = "127.0.0.1"}));
  flow.world.Create("pods", "shop",
                    PodJson({.name = "link-local", .host_port = 31082, .host_ip = "169.254.7.7"}));
  const auto bound_to = [](const std::string& name, const std::string& host_ip) {
    return Replaced(PodJson({.name = name, .host_port = 31083}), R"("hostPort":31083)",
                    R"("hostPort":31083,"hostIP":")" + host_ip + R"(")");
  };
  flow.world.Create("pods", "shop", bound_to("mapped", "::ffff:10.0.0.9"));
  flow.world.Create("pods", "shop", bound_to("no-address", "eth0"));
  flow.world.Create("pods", "shop", PodJson({.name = "good", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  for (const std::string pod : {"loopback", "link-local", "mapped", "no-address"}) {
    CAPTURE(pod);
    CHECK(flow.IsTold("W skipped pod shop/" + pod + " for service shop/web port 80: unusable_host_ip"));
  }
  CHECK(flow.world.log().Count("cannot sync") == 0);
}

TEST_CASE("of two pods at one address the ready one is published, and the other one after it is gone") {
  Flow flow;
  flow.world.Create("nodes", "", NodeJson("node-1"));
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  flow.world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  CHECK(flow.world.log().Count("W skipped pod shop/a for service shop/web port 80: host_port_conflict: "
                               "10.0.0.1:31080/TCP is taken by pod shop/b, which is ready") == 1);
  flow.world.Delete("pods", "shop", "b");
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  CHECK(flow.world.log().Count("host_port_conflict") == 1);
  CHECK(flow.world.log().Count("I restored pod shop/a for service shop/web port 80") == 1);
}

TEST_CASE("a pod is published at the port in its annotation, and skipped while that is invalid") {
  Flow flow;
  const auto annotated = [](const std::string& value) {
    return Replaced(PodJson({.name = "a"}), R"("labels":)",
                    R"("annotations":{"k8s.mesosphere.io/port_TCP_8080":")" + value + R"("},"labels":)");
  };
  flow.world.Create("pods", "shop", PodJson({.name = "a"}));
  CHECK(flow.IsTold("W skipped pod shop/a for service shop/web port 80: no_host_port"));
  flow.world.Update("pods", "shop", annotated("31005"));
  CHECK(flow.Becomes("10.0.0.1:31005"));
  flow.world.Update("pods", "shop", annotated("31006"));
  CHECK(flow.Becomes("10.0.0.1:31006"));
  flow.world.Update("pods", "shop", annotated("soon"));
  CHECK(flow.Becomes(""));
  CHECK(flow.world.log().Count(
            "W skipped pod shop/a for service shop/web port 80: bad_port_annotation: annotation "
            "k8s.mesosphere.io/port_TCP_8080 is \"soon\"") == 1);
}

// ---- Warnings of the server

TEST_CASE("a warning from the API server is logged once, however often it is sent") {
  Flow flow;
  flow.world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  CHECK(flow.Becomes("10.0.0.1:31080"));
  flow.world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  CHECK(flow.Becomes("-10.0.0.1:31080"));
  CHECK(flow.world.server().requests().CountWrites("endpoints") == 3);
  CHECK(flow.world.log().Count("I the API server warns: v1 Endpoints is deprecated") == 1);
}

}  // namespace
}  // namespace k8sm::test
