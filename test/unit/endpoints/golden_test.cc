// Compares the plan with the expected Endpoints and skips of each recorded cluster state.

#include "test/support/golden.h"

#include "lib/endpoints/endpoints_plan.h"
#include "test/support/catch.h"
#include "test/support/golden_text.h"
#include "test/unit/endpoints/plan_of.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::Pod;
using kube::Service;
using test::ExpectedService;
using test::GoldenCase;
using Lines = std::vector<std::string>;

Lines SkipsText(const std::vector<Skip>& skips) {
  Lines lines;
  for (const Skip& skip : skips)
    lines.push_back(skip.pod.name + " " + skip.service_port + " " + std::string(ToString(skip.reason)));
  std::sort(lines.begin(), lines.end());
  return lines;
}

Lines SkipsText(const std::vector<test::ExpectedSkip>& skips) {
  Lines lines;
  for (const test::ExpectedSkip& skip : skips)
    lines.push_back(skip.pod + " " + skip.service_port + " " + skip.reason);
  std::sort(lines.begin(), lines.end());
  return lines;
}

// The cases list a terminating pod among the skips of a service with publishNotReadyAddresses. The plan does
// not, because there is nothing to change about it.
std::vector<test::ExpectedSkip> WithoutLeaving(const GoldenCase& golden,
                                               std::vector<test::ExpectedSkip> skips) {
  std::erase_if(skips, [&](const test::ExpectedSkip& skip) {
    return std::ranges::any_of(golden.pods, [&](const Pod& pod) {
      return pod.meta.name.get() == skip.pod && pod.meta.deletion_timestamp.has_value();
    });
  });
  return skips;
}

std::vector<const Pod*> Selected(const GoldenCase& golden, const Service& service) {
  std::vector<const Pod*> pods;
  for (const Pod& pod : golden.pods)
    if (kube::Matches(service.selector, pod.meta.labels)) pods.push_back(&pod);
  return pods;
}

const Endpoints* Existing(const GoldenCase& golden, const Service& service) {
  const auto found =
      std::find_if(golden.existing_endpoints.begin(), golden.existing_endpoints.end(),
                   [&](const Endpoints& each) { return each.meta.Key() == service.meta.Key(); });
  return found == golden.existing_endpoints.end() ? nullptr : &*found;
}

void CheckService(const GoldenCase& golden, const Service& service,
                  const std::optional<ExpectedService>& expected, AddressMode mode) {
  REQUIRE(service.SelectsPods() == expected.has_value());
  if (!expected) return;
  const EndpointsAndSkips plan = PlanOf(service, Selected(golden, service), mode);
  const auto write = PlannedWrite(service, plan, Existing(golden, service), service.meta.creation_timestamp);
  REQUIRE(write.has_value());
  CHECK(test::EndpointsText(*write) == test::EndpointsText(*expected));
  if (mode == AddressMode::kHostPort)
    CHECK(SkipsText(plan.skips) == SkipsText(WithoutLeaving(golden, expected->skipped)));
}

void CheckAll(AddressMode mode) {
  const std::vector<GoldenCase> cases = test::LoadGoldenCases();
  REQUIRE_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) {
    CAPTURE(golden.name, golden.about);
    const test::Expectation& expectation = mode == AddressMode::kHostPort ? golden.host_port : golden.pod_ip;
    REQUIRE(expectation.size() == golden.services.size());
    for (const Service& service : golden.services) {
      CAPTURE(service.meta.name.get());
      CheckService(golden, service, expectation.at(std::string(service.meta.name.get())), mode);
    }
  }
}

TEST_CASE("in host-port mode every recorded state gives the expected Endpoints and skips") {
  CheckAll(AddressMode::kHostPort);
}

TEST_CASE("in pod-IP mode every recorded state gives the Endpoints that Kubernetes stored") {
  CheckAll(AddressMode::kPodIp);
}

}  // namespace
}  // namespace k8sm::endpoints
