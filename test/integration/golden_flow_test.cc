// Every recorded cluster state through the whole program, in both modes, with a switch of the mode in
// between.

#include "test/integration/golden_world.h"
#include "test/integration/world.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/support/golden_slices.h"
#include "test/support/golden_text.h"

#include <algorithm>
#include <regex>
#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using controller::Options;
using endpoints::AddressMode;

void CheckEndpoints(const World& world, const GoldenCase& golden, const Expectation& expectation) {
  CAPTURE(golden.name, golden.about);
  for (const auto& [service, expected] : expectation) {
    CAPTURE(service);
    const auto stored = world.EndpointsOf(golden.ns, service);
    if (expected) {
      REQUIRE(stored.has_value());
      CHECK(EndpointsText(*stored) == EndpointsText(*expected));
    } else {
      // Not managed: Endpoints that existed before are still there.
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

// "NS/POD for NS/SVC port PORT: REASON". Pods that are being deleted are not skips, whatever the cases say.
std::vector<std::string> ExpectedSkips(const std::vector<GoldenCase>& cases) {
  std::vector<std::string> skips;
  for (const GoldenCase& golden : cases) {
    const auto leaves = [&](const std::string& name) {
      return std::ranges::any_of(golden.pods, [&](const kube::Pod& pod) {
        return pod.meta.name.get() == name && pod.meta.deletion_timestamp.has_value();
      });
    };
    for (const auto& [service, expected] : golden.host_port) {
      if (!expected) continue;
      for (const ExpectedSkip& skip : expected->skipped) {
        if (leaves(skip.pod)) continue;
        skips.push_back(golden.ns + "/" + skip.pod + " for " + golden.ns + "/" + service + " port " +
                        skip.service_port + ": " + skip.reason);
      }
    }
  }
  std::sort(skips.begin(), skips.end());
  return skips;
}

// The same from /debug/skipped, except for pods whose node does not exist, which the cases do not list.
std::vector<std::string> ShownSkips(const World& world) {
  const std::string page = world.Ask("/debug/skipped", {{"format", "json"}}).body;
  static const std::regex kSkip(
      R"re("namespace":"([^"]*)","pod":"([^"]*)","service":"([^"]*)","port":"([^"]*)","reason":"([^"]*)")re");
  std::vector<std::string> skips;
  for (std::sregex_iterator each(page.begin(), page.end(), kSkip), end; each != end; ++each) {
    const std::smatch& match = *each;
    if (match[5] == "node_not_found") continue;
    skips.push_back(match.str(1) + "/" + match.str(2) + " for " + match.str(1) + "/" + match.str(3) +
                    " port " + match.str(4) + ": " + match.str(5));
  }
  std::sort(skips.begin(), skips.end());
  return skips;
}

TEST_CASE("the skips of every recorded state match the recording, of which a hundred are logged") {
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  World world;
  Load(world, cases);
  Options options = world.Defaults();
  options.kube_api_qps = 0;
  world.Start(options);
  REQUIRE(world.Settle());
  CHECK(ShownSkips(world) == ExpectedSkips(cases));
  // However many there are, a minute has at most a hundred lines.
  CHECK(world.log().Count("W skipped pod ") == 100);
}

TEST_CASE("every recorded state is published as recorded in both modes and after a switch of modes") {
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  World world;
  Load(world, cases);
  Options host_port = world.Defaults();
  host_port.kube_api_qps = 0;
  Options pod_ip = host_port;
  pod_ip.mode = AddressMode::kPodIp;

  CHECK(world.RunOnce(host_port) == 0);
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
