#include "lib/informer/node_index.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

namespace k8sm::informer {
namespace {

using kube::Pod;
using kube::Symbol;
using test::PodBuilder;

Pod MakePod(const std::string& name, const std::string& node, int version) {
  Pod pod = PodBuilder(name).On(node, "10.0.0.1");
  pod.meta.resource_version = std::to_string(version);
  return pod;
}

struct Fixture {
  Store<Pod> pods;
  NodeIndex index{pods};

  std::set<std::string> PodsOn(const std::string& node) const {
    std::set<std::string> names;
    for (const Pod* pod : index.PodsOn(Symbol(node))) names.emplace(pod->meta.name.get());
    return names;
  }
};

TEST_CASE("pods are found by the node that they are bound to") {
  Fixture fixture;
  fixture.pods.Apply(MakePod("a", "node-1", 1));
  fixture.pods.Apply(MakePod("b", "node-1", 2));
  fixture.pods.Apply(MakePod("c", "", 3));
  CHECK(fixture.PodsOn("node-1") == std::set<std::string>{"a", "b"});
  CHECK(fixture.PodsOn("node-2").empty());
  CHECK(fixture.PodsOn("").empty());
}

TEST_CASE("the node index follows every change of the pods") {
  Fixture fixture;
  std::map<std::string, std::string> node_of;
  std::minstd_rand random(1);
  for (int version = 1; version < 2000; ++version) {
    const std::string name(1, static_cast<char>('a' + random() % 20));
    const std::string node = random() % 5 == 0 ? "" : "node-" + std::to_string(random() % 4);
    if (random() % 4 == 0) {
      fixture.pods.Remove(MakePod(name, "", version).meta.Key(), std::to_string(version));
      node_of.erase(name);
    } else {
      fixture.pods.Apply(MakePod(name, node, version));
      node_of[name] = node;
    }
    for (int i = 0; i < 4; ++i) {
      const std::string looked_up = "node-" + std::to_string(i);
      std::set<std::string> expected;
      for (const auto& [pod, on] : node_of) {
        if (on == looked_up) expected.insert(pod);
      }
      REQUIRE(fixture.PodsOn(looked_up) == expected);
    }
  }
}

TEST_CASE("ForEachNode visits each node with pods once and no node without pods") {
  Fixture fixture;
  const auto nodes = [&] {
    std::string names;
    std::size_t pods = 0;
    std::set<std::string> seen;
    fixture.index.ForEachNode([&](const Symbol& node, const auto& on_node) {
      seen.insert(std::string(node.get()));
      pods += on_node.size();
    });
    for (const std::string& each : seen) names += each + " ";
    return names + std::to_string(pods);
  };
  fixture.pods.Apply(MakePod("a", "node-1", 1));
  fixture.pods.Apply(MakePod("b", "node-2", 2));
  // A change that leaves the pod where it is.
  Pod changed = MakePod("a", "node-1", 3);
  changed.ready = true;
  fixture.pods.Apply(changed);
  CHECK(nodes() == "node-1 node-2 2");
  fixture.pods.Apply(MakePod("b", "node-1", 4));
  CHECK(nodes() == "node-1 2");
  fixture.pods.Remove(MakePod("a", "", 5).meta.Key(), "5");
  fixture.pods.Remove(MakePod("b", "", 6).meta.Key(), "6");
  CHECK(nodes() == "0");
}

}  // namespace
}  // namespace k8sm::informer
