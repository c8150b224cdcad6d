#include "controller/reconcile/missing_nodes.h"

#include "test/support/builders.h"
#include "test/support/catch.h"
#include "test/unit/cluster/offline_cluster.h"

#include <string>

namespace k8sm::controller {
namespace {

using test::MakePod;

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
    kube::Service service = test::MakeService(name);
    service.meta.resource_version = std::to_string(++version_);
    cache.services().Apply(std::move(service));
  }

 private:
  int version_ = 0;
};

TEST_CASE(
    "a node that does not exist is found by the pods that services select, and named with one of them") {
  Fixture f;
  f.Select("web");
  f.AddNode("node-1");
  f.Add(MakePod("c").Ready(), "node-1");
  CHECK(FindMissingNodes(f.cache).empty());
  f.Add(MakePod("b").Ready(), "node-9");
  f.Add(MakePod("a").Ready(), "node-9");
  f.Add(MakePod("0").Label("app", "other").Ready(), "node-8");
  f.Add(MakePod("1").Phase(kube::PodPhase::kFailed), "node-7");
  f.Add(MakePod("2").Ready().Terminating(), "node-6");
  f.Add(MakePod("3").Unscheduled(), "");
  const auto missing = FindMissingNodes(f.cache);
  REQUIRE(missing.size() == 1);
  CHECK(missing[0].node == kube::Symbol("node-9"));
  CHECK(missing[0].pods == 2);
  CHECK(ToString(missing[0].pod) == "default/a");
  CHECK(ToString(missing[0].service) == "default/web");
  f.AddNode("node-9");
  CHECK(FindMissingNodes(f.cache).empty());
}

}  // namespace
}  // namespace k8sm::controller
