// Every recorded cluster state through the whole program on old servers.

#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/verdicts.h"
#include "lib/kube/label_map.h"
#include "test/integration/golden_world.h"
#include "test/integration/model/fresh_plan.h"
#include "test/integration/model/stored_state.h"
#include "test/support/catch.h"
#include "test/support/golden.h"
#include "test/support/golden_text.h"

#include <optional>
#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using endpoints::AddressMode;
using endpoints::EndpointsLimits;
using kube::Endpoints;
using kube::Pod;
using kube::Service;
using Lines = std::vector<std::string>;

Lines PlanText(const Service& service, const std::vector<const Pod*>& pods, AddressMode mode,
               const EndpointsLimits& limits) {
  endpoints::EndpointsPlan plan =
      endpoints::PlanEndpoints(endpoints::Judge(service, pods, mode, nullptr), limits);
  Endpoints endpoints;
  endpoints.subsets = std::move(plan.subsets);
  return EndpointsText(endpoints);
}

// Whether the server has dropped nothing that these Endpoints depend on.
bool IsWhole(const StoredState& state, const GoldenCase& golden, const Service& recorded, AddressMode mode) {
  const Service* stored = state.FindService({kube::Symbol(golden.ns), recorded.meta.name});
  if (stored == nullptr || stored->HasClusterIp() != recorded.HasClusterIp()) return false;
  std::vector<const Pod*> pods;
  for (const Pod& pod : golden.pods) {
    if (kube::Matches(recorded.selector, pod.meta.labels)) pods.push_back(&pod);
  }
  return PlanText(*stored, state.PodsOf(*stored), mode, state.limits) ==
         PlanText(recorded, pods, mode, state.limits);
}

// The part of the expectation that the server can store.
ExpectedService Held(ExpectedService expected, const EndpointsLimits& limits) {
  if (!limits.subsets_without_ports)
    std::erase_if(expected.subsets, [](const ExpectedSubset& subset) { return subset.ports.empty(); });
  for (ExpectedSubset& subset : expected.subsets) {
    for (auto* addresses : {&subset.addresses, &subset.not_ready_addresses}) {
      for (ExpectedAddress& address : *addresses) {
        if (!limits.node_names) address.node_name.clear();
      }
    }
    for (kube::EndpointPort& port : subset.ports) {
      if (!limits.app_protocols) port.app_protocol.reset();
    }
  }
  return expected;
}

struct Compared {
  int whole = 0;
  int all = 0;
};

Compared Compare(const World& world, const std::vector<GoldenCase>& cases, AddressMode mode) {
  const StoredState state = ReadState(world.server(), "");
  Compared compared;
  for (const GoldenCase& golden : cases) {
    const Expectation& expectation = mode == AddressMode::kHostPort ? golden.host_port : golden.pod_ip;
    CAPTURE(golden.name, golden.about);
    for (const Service& service : golden.services) {
      const auto expected = expectation.find(std::string(service.meta.name.get()));
      if (expected == expectation.end() || !expected->second) continue;
      ++compared.all;
      if (!IsWhole(state, golden, service, mode)) continue;
      ++compared.whole;
      CAPTURE(service.meta.name.get());
      const Endpoints* stored = state.FindEndpoints({kube::Symbol(golden.ns), service.meta.name});
      REQUIRE(stored != nullptr);
      CHECK(EndpointsText(*stored) == EndpointsText(Held(*expected->second, state.limits)));
    }
  }
  return compared;
}

TEST_CASE("every recorded state is published on an old server as far as it can be stored there") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  CAPTURE(version);
  const std::vector<GoldenCase> cases = LoadGoldenCases();
  World world({.emulate = version});
  Load(world, cases);
  controller::Options options = world.Defaults();
  options.kube_api_qps = 0;
  for (const AddressMode mode : {AddressMode::kHostPort, AddressMode::kPodIp}) {
    options.mode = mode;
    CHECK(world.RunOnce(options) == 0);
    CHECK(UnmetPlans(ReadState(world.server(), ""), options) == Lines{});
    const Compared compared = Compare(world, cases, mode);
    // The others have address families, names or a flag that such a server does not know.
    CHECK(compared.whole * 10 > compared.all * 7);
  }
  const std::uint64_t version_before = world.server().ResourceVersion();
  world.server().requests().Clear();
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.server().requests().Count("list", "endpointslices") == 0);
  CHECK(world.server().requests().CountWrites("endpointslices") == 0);
  // Kubernetes 1.5 refuses Endpoints without ports, which a new process finds out once.
  CHECK(world.server().requests().CountWrites("endpoints") <= (version == "1.5" ? 1 : 0));
  CHECK(world.server().ResourceVersion("endpoints", "").value() <= version_before);
}

}  // namespace
}  // namespace k8sm::test
