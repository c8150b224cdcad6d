// Events tell users what is wrong with their objects.

#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {
namespace {

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The number of stored events that contain all of these parts.
std::size_t CountEvents(World& world, const std::vector<std::string_view>& parts) {
  const auto events = world.server().List("events", "").value();
  return static_cast<std::size_t>(std::ranges::count_if(events, [&](const std::string& event) {
    return std::ranges::all_of(parts, [&](std::string_view part) { return Holds(event, part); });
  }));
}

TEST_CASE("a pod without a host port gets an event that says what to change") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a"}));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return CountEvents(world, {}) > 0; }));
  CHECK(
      CountEvents(world, {R"("involvedObject":{"kind":"Pod","namespace":"shop","name":"a","uid":")",
                          R"("reason":"HostPortMissing")", R"("type":"Warning")",
                          R"("message":"not published for service web port 80: container \"main\" declares )"
                          R"(port 8080/TCP without a hostPort)",
                          R"("source":{"component":"k8sm-controller-manager"})"}) == 1);
  // Other syncs write no further events.
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31080}));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  REQUIRE(world.Settle());
  world.Stop();
  CHECK(CountEvents(world, {}) == 1);
  CHECK(world.server().requests().Count("patch", "events") == 0);
}

TEST_CASE("a pod whose host port is taken gets an event that names the other pod") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31080}));
  CHECK(world.RunOnce(world.Defaults()) == 0);
  CHECK(CountEvents(world, {R"("name":"b")", R"("reason":"HostPortConflict")", "taken by pod shop/a"}) == 1);
  CHECK(CountEvents(world, {}) == 1);
}

TEST_CASE("a dry run reports skips in its log and writes no events") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a"}));
  controller::Options options = world.Defaults();
  options.dry_run = true;
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.server().requests().CountWrites() == 0);
  CHECK(world.log().Count("I done, nothing was written: 1 pod skipped: 1 no_host_port") == 1);
}

TEST_CASE("a starting pod causes neither an event nor a warning") {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", "shop", ServiceJson("web"));
  std::string unscheduled = PodJson(
      {.name = "a", .host_port = 31080, .host_ip = "", .pod_ip = "", .ready = false, .phase = "Pending"});
  world.Create("pods", "shop", Replaced(unscheduled, R"("nodeName":"node-1",)", ""));
  world.Create("pods", "shop",
               PodJson({.name = "b",
                        .host_port = 31081,
                        .host_ip = "",
                        .pod_ip = "",
                        .ready = false,
                        .phase = "Pending"}));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return world.log().Count("first sync of every service done") == 1; }));
  CHECK(world.log().Count("W ") == 0);
  CHECK(world.log().Count("2 pods skipped: 2 no_host_ip") == 1);
  REQUIRE(world.Settle());
  world.Stop();
  CHECK(CountEvents(world, {}) == 0);
}

TEST_CASE("a refusal of Endpoints by the API server is an event on the Endpoints") {
  World world;
  // "no/de" is no valid node name, so the API server refuses Endpoints with it.
  world.Create("services", "shop", ServiceJson("web"));
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  world.Create("pods", "shop",
               Replaced(PodJson({.name = "c", .host_port = 31081}), R"("nodeName":"node-1")",
                        R"("nodeName":"no/de")"));
  world.Start(world.Defaults());
  REQUIRE(world.RunUntil([&] { return CountEvents(world, {R"("reason":"FailedToCreateEndpoint")"}) > 0; }));
  CHECK(CountEvents(world, {R"("reason":"FailedToCreateEndpoint")", R"("kind":"Endpoints")",
                            R"("component":"endpoint-controller")",
                            "Failed to create endpoint for service shop/web: "}) == 1);
}

}  // namespace
}  // namespace k8sm::test
