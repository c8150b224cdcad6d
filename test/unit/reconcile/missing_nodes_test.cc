#include "controller/reconcile/missing_nodes.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/cluster/offline_cluster.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using test::MakePod;

// Each has a host port of its own, as its name is one letter.
test::PodBuilder Published(const std::string& name) {
  return MakePod(name).Port({.number = 8080, .host_port = 31'000 + name[0]}).Ready();
}

class Fixture : public OfflineCluster {
 public:
  void Add(kube::Pod pod, const std::string& node) {
    pod.node_name = kube::Symbol(node);
    pod.meta.resource_version = std::to_string(++version_);
    cache.pods().Apply(std::move(pod));
  }
  void AddNode(const std::string& name) {
    kube::Node node;
    node.meta.name = kube::Symbol(name);
    node.meta.resource_version = std::to_string(++version_);
    cache.nodes().Apply(std::move(node));
  }
  void Select(const char* name) {
    kube::Service service = test::MakeService(name).Port({.target = 8080});
    service.meta.resource_version = std::to_string(++version_);
    cache.services().Apply(std::move(service));
  }

 private:
  int version_ = 0;
};

std::vector<MissingNode> Find(const Fixture& f) {
  return FindMissingNodes(f.cache, endpoints::AddressMode::kHostPort);
}

TEST_CASE(
    "a node that does not exist is found by the pods that services publish, and named with one of them") {
  Fixture f;
  f.Select("web");
  f.AddNode("node-1");
  f.Add(Published("c"), "node-1");
  CHECK(Find(f).empty());
  f.Add(Published("b"), "node-9");
  f.Add(Published("a"), "node-9");
  f.Add(Published("0").Label("app", "other"), "node-8");
  f.Add(Published("1").Phase(kube::PodPhase::kFailed), "node-7");
  f.Add(Published("2").Terminating(), "node-6");
  f.Add(MakePod("3").Unscheduled(), "");
  const auto missing = Find(f);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].node == kube::Symbol("node-9"));
  CHECK(missing[0].pods == 2);
  CHECK(ToString(missing[0].pod) == "default/a");
  CHECK(ToString(missing[0].service) == "default/web");
  f.AddNode("node-9");
  CHECK(Find(f).empty());
}

TEST_CASE("a pod on a missing node that is skipped, e.g. without a host port, does not count") {
  Fixture f;
  f.Select("web");
  f.Add(MakePod("a").Port({.number = 8080}).Ready(), "node-9");
  CHECK(Find(f).empty());
  f.Add(Published("b"), "node-9");
  const auto missing = Find(f);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].pods == 1);
  CHECK(ToString(missing[0].pod) == "default/b");
}

}  // namespace
}  // namespace k8sm::controller
