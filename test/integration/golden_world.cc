#include "test/integration/golden_world.h"

#include "test/apiserver/emulation.h"
#include "test/support/catch.h"

#include <cstddef>
#include <set>
#include <string>

namespace k8sm::test {
namespace {

// Only a deletion sets deletionTimestamp; with a grace period the pod stays.
void DeleteGracefully(World& world, const GoldenCase& golden, const kube::Pod& pod) {
  const auto response = world.server().Handle(
      {.method = "DELETE",
       .target = "/api/v1/namespaces/" + golden.ns + "/pods/" + pod.meta.name + "?gracePeriodSeconds=3600"});
  REQUIRE(response.status == 200);
}

// Kubernetes 1.1 accepted neither services of type ExternalName nor services without ports.
bool IsAccepted(const World& world, const kube::Service& service) {
  return world.server().features().minor > 1 || !(service.external_name || service.ports.empty());
}

}  // namespace

void Load(World& world, const std::vector<GoldenCase>& cases) {
  std::set<std::string> nodes;
  for (const GoldenCase& golden : cases) {
    for (const GoldenNode& node : golden.nodes) {
      if (!nodes.insert(node.name).second) continue;
      world.Create("nodes", "", NodeJson(node.name, node.zone));
    }
    for (std::size_t i = 0; i < golden.services.size(); ++i) {
      if (IsAccepted(world, golden.services[i])) world.Create("services", golden.ns, golden.services_json[i]);
    }
    for (std::size_t i = 0; i < golden.pods.size(); ++i) {
      world.Create("pods", golden.ns, golden.pods_json[i]);
      if (golden.pods[i].meta.deletion_timestamp) DeleteGracefully(world, golden, golden.pods[i]);
    }
    for (const std::string& endpoints : golden.existing_endpoints_json) {
      world.Create("endpoints", golden.ns, endpoints);
    }
  }
}

}  // namespace k8sm::test
