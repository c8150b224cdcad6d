// Every recorded cluster state through the whole program, in both modes, with a switch of the mode in
// between.

#include "test/integration/world.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/support/golden_slices.h"
#include "test/support/golden_text.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using controller::Options;
using endpoints::AddressMode;

// Only a deletion sets deletionTimestamp; with a grace period the pod stays.
void DeleteGracefully(World& world, const GoldenCase& golden, const kube::Pod& pod) {
  const auto response = world.server().Handle({.method = "DELETE",
                                               .target = "/api/v1/namespaces/" + golden.ns + "/pods/" +
                                                         pod.meta.name.get() + "?gracePeriodSeconds=3600"});
  REQUIRE(response.status == 200);
}

void Load(World& world, const std::vector<GoldenCase>& cases) {
  std::set<std::string> nodes;
  for (const GoldenCase& golden : cases) {
    for (const GoldenNode& node : golden.nodes) {
      if (!nodes.insert(node.name).second) continue;
      world.Create("nodes", "", NodeJson(node.name, node.zone));
    }
    for (const std::string& service : golden.services_json) world.Create("services", golden.ns, service);
    for (std::size_t i = 0; i < golden.pods.size(); ++i) {
      world.Create("pods", golden.ns, golden.pods_json[i]);
      if (golden.pods[i].meta.deletion_timestamp) DeleteGracefully(world, golden, golden.pods[i]);
    }
    for (const std::string& endpoints : golden.existing_endpoints_json) {
      world.Create("endpoints", golden.ns, endpoints);
    }
  }
}

void CheckEndpoints(const World& world, const GoldenCase& golden, const Expectation& expectation) {
  CAPTURE(golden.name, golden.about);
  for (const auto& [service, expected] : expectation) {
    CAPTURE(service);
    const auto stored = world.EndpointsOf(golden.ns, service);
    if (expected) {
      REQUIRE(stored.has_value());
      CHECK(EndpointsText(*stored) == EndpointsText(*expected));
    } else {
      // Left alone: what stood there before still does.
      const auto existed =
          std::any_of(golden.existing_endpoints.begin(), golden.existing_endpoints.end(),
                      [&](const kube::Endpoints& endpoints) { return endpoints.meta.name.get() == service; });
      CHECK(stored.has_value() == existed);
    }
  }
}

void CheckSlices(const World& world, const GoldenCase& golden, const Expectation& expectation) {
  CAPTURE(golden.name, golden.about);
  for (const auto& [service, expected] : expectation) {
    CAPTURE(service);
    CHECK(SliceTexts(world.SlicesOf(golden.ns, service)) ==
          (expected ? ExpectedSliceTexts(*expected) : SliceTextsByPorts()));
  }
}

void CheckStored(const World& world, const std::vector<GoldenCase>& cases,
                 Expectation GoldenCase::*expectation) {
  for (const GoldenCase& golden : cases) {
    CheckEndpoints(world, golden, golden.*expectation);
    CheckSlices(world, golden, golden.*expectation);
  }
}

// "NS/POD for service NS/SVC port PORT: REASON", as it stands in the log after "skipped pod".
std::vector<std::string> ExpectedSkips(const std::vector<GoldenCase>& cases) {
  std::vector<std::string> skips;
  for (const GoldenCase& golden : cases) {
    for (const auto& [service, expected] : golden.host_port) {
      if (!expected) continue;
      for (const ExpectedSkip& skip : expected->skipped) {
        const std::string port = skip.service_port.empty() ? "" : " port " + skip.service_port;
        skips.push_back(golden.ns + "/" + skip.pod + " for service " + golden.ns + "/" + service + port +
                        ": " + skip.reason);
      }
    }
  }
  std::sort(skips.begin(), skips.end());
  return skips;
}

std::vector<std::string> LoggedSkips(const LogCapture& log) {
  static const std::string kStart = "W skipped pod ";
  std::vector<std::string> skips;
  for (const std::string& line : log.lines()) {
    if (!line.starts_with(kStart)) continue;
    const std::size_t reason = line.find(": ", kStart.size()) + 2;
    skips.push_back(line.substr(kStart.size(), line.find(": ", reason) - kStart.size()));
  }
  std::sort(skips.begin(), skips.end());
  return skips;
}

TEST_CASE("every recorded state comes out as recorded in both modes and across a switch") {
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  World world;
  Load(world, cases);
  Options host_port = world.Defaults();
  host_port.kube_api_qps = 0;
  Options pod_ip = host_port;
  pod_ip.mode = AddressMode::kPodIp;

  CHECK(world.RunOnce(host_port) == 0);
  CHECK(LoggedSkips(world.log()) == ExpectedSkips(cases));
  CheckStored(world, cases, &GoldenCase::host_port);

  CHECK(world.RunOnce(pod_ip) == 0);
  CheckStored(world, cases, &GoldenCase::pod_ip);

  world.server().requests().Clear();
  CHECK(world.RunOnce(pod_ip) == 0);
  CHECK(world.server().requests().CountWrites("endpoints") == 0);
  CHECK(world.server().requests().CountWrites("endpointslices") == 0);

  CHECK(world.RunOnce(host_port) == 0);
  CheckStored(world, cases, &GoldenCase::host_port);
}

}  // namespace
}  // namespace k8sm::test
