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
    return FindIn(test::MakeService("web").Port({.target = 8080}), endpoints::AddressMode::kHostPort, limits);
  }
  std::string FindIn(const kube::Service& service, endpoints::AddressMode mode,
                     const endpoints::EndpointsLimits& limits = {}) {
    std::vector<const kube::Pod*> pods;
    for (const kube::Pod& pod : pods_) pods.push_back(&pod);
    const auto verdicts = endpoints::Judge(service, pods, mode, nullptr);
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

TEST_CASE("published pods on missing nodes are found, ordered by name") {
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

TEST_CASE("pods that are finished, terminating, without a node or skipped are not stranded") {
  Fixture f;
  f.Add(Published("a", 31'001).Phase(kube::PodPhase::kFailed), "node-9")
      .Add(Published("b", 31'002).Terminating(), "node-9")
      .Add(MakePod("c").Unscheduled(), "")
      .Add(MakePod("d").Port({.number = 8080}).Ready(), "node-9");
  CHECK(f.Find().empty());
}

TEST_CASE("published pods without a node, or terminating, are not stranded") {
  Fixture f;
  f.Add(Published("a", 31'001), "")
      .Add(Published("b", 31'002).Terminating(), "node-9")
      .Add(Published("c", 31'003), "node-9");
  CHECK(f.FindIn(test::MakeService("web").Port({.target = 8080}).PublishNotReadyAddresses(),
                 endpoints::AddressMode::kHostPort) == "c@node-9");
}

TEST_CASE("a pod that is published for one of several ports is stranded") {
  Fixture f;
  for (const char* name : {"a", "b", "c", "d"}) {
    test::PodBuilder pod = Published(name, 31'000 + name[0]);
    if (name[0] != 'c') pod.Port({.number = 9090, .host_port = 32'000 + name[0]});
    f.Add(pod, "node-" + std::string(name));
  }
  // Pod e is published for the second port only, and pod f for none.
  f.Add(MakePod("e").Port({.number = 9090, .host_port = 31'001}).Ready(), "node-e")
      .Add(MakePod("f").Ready(), "node-f");
  const kube::Service service = test::MakeService("web")
                                    .Port({.name = "http", .number = 80, .target = 8080})
                                    .Port({.name = "admin", .number = 90, .target = 9090});
  CHECK(f.FindIn(service, endpoints::AddressMode::kHostPort) ==
        "a@node-a b@node-b c@node-c d@node-d e@node-e");
}

TEST_CASE(
    "if the API server stores no Endpoints without ports, pods of a service without ports are not stranded") {
  Fixture f;
  f.Add(MakePod("a").Ready(), "node-9");
  const kube::Service service = test::MakeService("web").Headless();
  CHECK(f.FindIn(service, endpoints::AddressMode::kPodIp) == "a@node-9");
  CHECK(f.FindIn(service, endpoints::AddressMode::kPodIp, {.subsets_without_ports = false}).empty());
}

TEST_CASE("pods beyond the capacity of Endpoints are not stranded") {
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
