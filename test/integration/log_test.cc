// The log stays readable: few lines for many problems of the same kind.

#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <string>

namespace k8sm::test {
namespace {

constexpr int kServices = 150;

std::string NameOf(int i) {
  return "web-" + std::to_string(i);
}

// A world with services web-0, web-1, ... that have one pod each.
struct Noise {
  World world;

  explicit Noise(PodSpec pod = {}) {
    world.Create("nodes", "", NodeJson("node-1"));
    for (int i = 0; i < kServices; ++i) {
      pod.name = pod.app = NameOf(i);
      if (pod.host_port != 0) ++pod.host_port;
      world.Create("services", "shop", ServiceJson(NameOf(i)));
      world.Create("pods", "shop", PodJson(pod));
    }
  }

  // Without a rate limit, whose delays are not tested here.
  controller::Options Defaults() const {
    controller::Options options = world.Defaults();
    options.kube_api_qps = 0;
    return options;
  }
  std::size_t Complaints() {
    return static_cast<std::size_t>(std::ranges::count_if(
        world.log().lines(), [](const std::string& line) { return !line.starts_with("I "); }));
  }
};

// No line may contain control characters or be very long.
void CheckLines(const LogCapture& log) {
  for (const std::string& line : log.lines()) {
    CHECK(line.size() < 4'000);
    CHECK(std::ranges::none_of(line, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; }));
  }
}

TEST_CASE("an API server that refuses every write is logged in a few lines") {
  Noise noise({.host_port = 31000});
  // "no/de" is no valid node name, so Endpoints and slices that contain it are refused.
  for (int i = 0; i < kServices; ++i) {
    std::string pod = PodJson({.name = NameOf(i), .app = NameOf(i), .host_port = 31000 + i});
    noise.world.Delete("pods", "shop", NameOf(i));
    noise.world.Create("pods", "shop", Replaced(pod, "node-1", "no/de"));
  }
  controller::Options options = noise.Defaults();
  options.endpoint_slices = controller::EndpointSlices::kOff;
  noise.world.Start(options);
  // Each service is tried several times.
  REQUIRE(noise.world.RunUntil(
      [&] { return noise.world.server().requests().Count("create", "endpoints") >= 5 * kServices; }));
  CHECK(noise.world.log().Count("W cannot sync service shop/web-") >= 5);
  CHECK(noise.Complaints() <= 10);

  // One line says that all syncs work again, beside a few lines for single services.
  for (int i = 0; i < kServices; ++i) noise.world.Delete("pods", "shop", NameOf(i));
  REQUIRE(noise.world.RunUntil([&] {
    return noise.world.log().Count(" (the last of " + std::to_string(kServices) + " that had failed)") == 1;
  }));
  CHECK(noise.world.log().Count("works again") <= 7);
  CheckLines(noise.world.log());
}

TEST_CASE("an API server that goes down is logged in a few lines for each resource") {
  Noise noise({.host_port = 31000});
  noise.world.Start(noise.Defaults());
  REQUIRE(noise.world.RunUntil([&] { return noise.world.log().Count("first sync") == 1; }));
  REQUIRE(noise.world.Settle());
  noise.world.log().Clear();
  noise.world.server().Stop();
  REQUIRE(noise.world.RunUntil([&] { return noise.world.log().Count("from http://") >= 5; }));
  // Long enough for further attempts on each resource.
  for (int i = 0; i < 2'000; ++i) noise.world.Turn(100);
  CHECK(noise.world.log().lines().size() <= 20);
  REQUIRE(noise.world.server().Start().has_value());
  REQUIRE(noise.world.RunUntil([&] { return noise.world.log().Count("works again") >= 5; }));
  CHECK(noise.world.log().lines().size() <= 40);
  CheckLines(noise.world.log());
}

TEST_CASE("starting pods are logged together in one line") {
  Noise noise({.host_port = 31000, .host_ip = "", .pod_ip = "", .ready = false, .phase = "Pending"});
  noise.world.Start(noise.Defaults());
  REQUIRE(noise.world.RunUntil([&] { return noise.world.log().Count("first sync") == 1; }));
  CHECK(noise.world.log().Count(std::to_string(kServices) + " pods skipped: " + std::to_string(kServices) +
                                " no_host_ip") == 1);
  CHECK(noise.Complaints() == 0);
  CHECK(noise.world.log().lines().size() <= 5);
}

TEST_CASE("EndpointSlices that another controller keeps for every service are logged in a few lines") {
  Noise noise({.host_port = 31000});
  for (int i = 0; i < kServices; ++i) {
    noise.world.Create("endpointslices", "shop",
                       R"({"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice",
        "metadata":{"name":")" +
                           NameOf(i) + R"(-x","labels":{"kubernetes.io/service-name":")" + NameOf(i) +
                           R"(","endpointslice.kubernetes.io/managed-by":"endpointslice-controller.k8s.io"}},
        "addressType":"IPv4","endpoints":[],"ports":[]})");
  }
  noise.world.Start(noise.Defaults());
  REQUIRE(noise.world.RunUntil([&] { return noise.world.log().Count("first sync") == 1; }));
  CHECK(noise.world.log().Count("W service shop/web-") == 10);
  CHECK(noise.Complaints() == 10);
}

}  // namespace
}  // namespace k8sm::test
