// Compares the planned slices with the expected ones of each recorded cluster state.

#include "lib/endpoints/slice_plan.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/support/golden_slices.h"

#include <map>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Node;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using test::GoldenCase;

std::vector<const Pod*> Selected(const GoldenCase& golden, const Service& service) {
  std::vector<const Pod*> pods;
  for (const Pod& pod : golden.pods) {
    if (kube::Matches(service.selector, pod.meta.labels)) pods.push_back(&pod);
  }
  return pods;
}

std::map<Symbol, Node> NodesOf(const GoldenCase& golden) {
  std::map<Symbol, Node> nodes;
  for (const test::GoldenNode& node : golden.nodes) nodes[Symbol(node.name)].zone = Symbol(node.zone);
  return nodes;
}

void CheckCase(const GoldenCase& golden, AddressMode mode) {
  const std::map<Symbol, Node> nodes = NodesOf(golden);
  const NodeLookup node_of = [&](const Symbol& name) {
    const auto node = nodes.find(name);
    return node == nodes.end() ? nullptr : &node->second;
  };
  const test::Expectation& expectation = mode == AddressMode::kHostPort ? golden.host_port : golden.pod_ip;
  for (const Service& service : golden.services) {
    CAPTURE(service.meta.name.get());
    const std::vector<const Pod*> pods = Selected(golden, service);
    std::optional<Verdicts> verdicts;
    if (service.SelectsPods()) verdicts = Judge(service, pods, mode, &node_of);
    const SlicePlan plan = PlanSlices({.verdicts = verdicts ? &*verdicts : nullptr});
    const auto& expected = expectation.at(std::string(service.meta.name.get()));
    CHECK(test::SliceTexts(plan.create) ==
          (expected ? test::ExpectedSliceTexts(*expected) : test::SliceTextsByPorts()));
    CHECK(plan.update.empty());
    CHECK(plan.remove.empty());
  }
}

void CheckMode(AddressMode mode) {
  const std::vector<GoldenCase> cases = test::LoadGoldenCases();
  REQUIRE_FALSE(cases.empty());
  for (const GoldenCase& golden : cases) {
    CAPTURE(golden.name, golden.about);
    CheckCase(golden, mode);
  }
}

TEST_CASE("in host-port mode every recorded state gives the expected slices") {
  CheckMode(AddressMode::kHostPort);
}

TEST_CASE("in pod-IP mode every recorded state gives the slices that Kubernetes stored") {
  CheckMode(AddressMode::kPodIp);
}

}  // namespace
}  // namespace k8sm::endpoints
