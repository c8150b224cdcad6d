#include "controller/reconcile/stranded_pods.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <algorithm>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using test::MakePod;

test::PodBuilder Published(const std::string& name, int host_port) {
  return MakePod(name).Port({.number = 8080, .host_port = host_port}).Ready();
}

class Fixture {
 public:
  Fixture& Add(kube::Pod pod, const std::string& node) {
    pod.node_name = kube::Symbol(node);
    pods_.push_back(std::move(pod));
    return *this;
  }
  Fixture& AddNode(const std::string& name) {
    kube::Node node;
    node.meta.name = kube::Symbol(name);
    node.meta.resource_version = "1";
    nodes_.Apply(std::move(node));
    return *this;
  }
  // "pod@node …"
  std::string Find(const endpoints::EndpointsLimits& limits = {}) {
    const kube::Service service = test::MakeService("web").Port({.target = 8080});
    std::vector<const kube::Pod*> pods;
    for (const kube::Pod& pod : pods_) pods.push_back(&pod);
    const auto verdicts = endpoints::Judge(service, pods, endpoints::AddressMode::kHostPort, nullptr);
    std::string found;
    for (const StrandedPod& each :
         StrandedPodsOf(verdicts, endpoints::PlanEndpoints(verdicts, limits), nodes_))
      found += (found.empty() ? "" : " ") + each.pod + "@" + each.node;
    return found;
  }

 private:
  std::vector<kube::Pod> pods_;
  informer::Store<kube::Node> nodes_;
};

TEST_CASE("published pods on nodes that do not exist are found, ordered by name") {
  Fixture f;
  f.AddNode("node-1")
      .Add(Published("d", 31'001), "node-1")
      .Add(Published("b", 31'002), "node-9")
      .Add(Published("a", 31'003), "node-8")
      .Add(Published("c", 31'004).Ready(false), "node-9");
  CHECK(f.Find() == "a@node-8 b@node-9 c@node-9");
  f.AddNode("node-9");
  CHECK(f.Find() == "a@node-8");
}

TEST_CASE("pods that are not published are not found: finished, being deleted, without a node, or skipped") {
  Fixture f;
  f.Add(Published("a", 31'001).Phase(kube::PodPhase::kFailed), "node-9")
      .Add(Published("b", 31'002).Terminating(), "node-9")
      .Add(MakePod("c").Unscheduled(), "")
      .Add(MakePod("d").Port({.number = 8080}).Ready(), "node-9");
  CHECK(f.Find().empty());
}

TEST_CASE("pods beyond the capacity of Endpoints are not published") {
  Fixture f;
  f.Add(Published("a", 31'001), "node-9")
      .Add(Published("b", 31'002), "node-9")
      .Add(Published("c", 31'003), "node-9");
  CHECK(f.Find({.max_addresses = 3}) == "a@node-9 b@node-9 c@node-9");
  const std::string some = f.Find({.max_addresses = 2});
  CHECK(std::count(some.begin(), some.end(), '@') == 2);
}

}  // namespace
}  // namespace k8sm::controller
