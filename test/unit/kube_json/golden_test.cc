// The golden cases are usable: every object decodes, and the expectations name only objects that exist.

#include "test/support/golden.h"

#include "lib/kube_json/codec.h"
#include "test/support/catch.h"

#include <algorithm>
#include <set>
#include <string>

namespace k8sm::test {
namespace {

std::set<std::string> NamesOf(const auto& objects) {
  std::set<std::string> names;
  for (const auto& object : objects) names.emplace(object.meta.name);
  return names;
}

void CheckExpectation(const GoldenCase& golden, const Expectation& expectation) {
  const std::set<std::string> pods = NamesOf(golden.pods);
  std::set<std::string> services;
  for (const auto& [name, expected] : expectation) {
    services.insert(name);
    if (!expected) continue;
    for (const ExpectedSubset& subset : expected->subsets) {
      for (const ExpectedAddress& address : subset.addresses) CHECK(pods.contains(address.pod));
      for (const ExpectedAddress& address : subset.not_ready_addresses) CHECK(pods.contains(address.pod));
      CHECK((subset.addresses.size() + subset.not_ready_addresses.size() > 0));
    }
    for (const ExpectedSkip& skip : expected->skipped) CHECK(pods.contains(skip.pod));
    CHECK(expected->slices_json.starts_with('['));
  }
  CHECK(services == NamesOf(golden.services));
}

TEST_CASE("every golden case loads, and its expectations name its own objects") {
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  REQUIRE(cases.size() > 90);
  CHECK(std::ranges::is_sorted(cases, {}, &GoldenCase::name));
  for (const GoldenCase& golden : cases) {
    CAPTURE(golden.name);
    CHECK_FALSE(golden.about.empty());
    CHECK(golden.nodes.size() > 0);
    CHECK(golden.pods_json.size() == golden.pods.size());
    CHECK(golden.services_json.size() == golden.services.size());
    CHECK(golden.existing_endpoints_json.size() == golden.existing_endpoints.size());
    for (const auto& pod : golden.pods) CHECK(pod.meta.ns.get() == golden.ns);
    for (const auto& service : golden.services) CHECK(service.meta.ns.get() == golden.ns);
    for (const auto& endpoints : golden.existing_endpoints) CHECK(endpoints.meta.ns.get() == golden.ns);
    CheckExpectation(golden, golden.host_port);
    CheckExpectation(golden, golden.pod_ip);
  }
}

TEST_CASE("a golden case is loaded with its nodes and its expectations") {
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  const auto found = std::ranges::find(cases, "no-host-port", &GoldenCase::name);
  REQUIRE(found != cases.end());
  CHECK(found->nodes.front().name == "node-1");
  CHECK(found->nodes.front().ip == "10.0.0.11");
  const auto& expected = found->host_port.at("web");
  REQUIRE(expected.has_value());
  REQUIRE(expected->skipped.size() > 0);
  CHECK(expected->skipped.front() == ExpectedSkip{"a", "80", "no_host_port"});
  CHECK(found->pod_ip.at("web")->subsets.front().addresses.front().pod == "a");
  CHECK(found->pod_ip.at("web")->skipped.empty());
}

}  // namespace
}  // namespace k8sm::test
