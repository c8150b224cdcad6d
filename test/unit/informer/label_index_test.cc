#include "lib/informer/label_index.h"

#include "lib/kube/pod.h"
#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::LabelMap;
using kube::Pod;
using kube::Symbol;
using kube::Uid;

using Pairs = std::vector<std::pair<std::string, std::string>>;

LabelMap Labels(const Pairs& pairs) {
  LabelMap labels;
  for (const auto& [key, value] : pairs) labels.Set(Symbol(key), Symbol(value));
  return labels;
}

Pod MakePod(const std::string& name, const LabelMap& labels, int version = 1,
            const std::string& ns = "shop") {
  Pod pod;
  pod.meta.ns = Symbol(ns);
  pod.meta.name = Symbol(name);
  pod.meta.uid = Uid("uid-" + name);
  pod.meta.resource_version = std::to_string(version);
  pod.meta.labels = labels;
  return pod;
}

struct Fixture {
  Store<Pod> pods;
  LabelIndex index{pods};

  // The names, sorted: "a b".
  std::string Select(const Pairs& selector, const std::string& ns = "shop") const {
    std::vector<std::string> names;
    for (const Pod* pod : index.Select(Symbol(ns), Labels(selector))) {
      CHECK(pods.Find(pod->meta.Key()) == pod);
      names.emplace_back(pod->meta.name.get());
    }
    std::sort(names.begin(), names.end());
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
    return text;
  }
};

TEST_CASE("Select returns the pods of the namespace that have all labels of the selector") {
  Fixture f;
  f.pods.Apply(MakePod("a", Labels({{"app", "web"}, {"tier", "front"}})));
  f.pods.Apply(MakePod("b", Labels({{"app", "web"}, {"tier", "back"}})));
  f.pods.Apply(MakePod("c", Labels({{"app", "db"}, {"tier", "back"}})));
  f.pods.Apply(MakePod("d", Labels({{"app", "web"}}), 1, "other"));
  CHECK(f.Select({{"app", "web"}}) == "a b");
  CHECK(f.Select({{"app", "web"}, {"tier", "back"}}) == "b");
  CHECK(f.Select({{"app", "web"}, {"tier", "none"}}).empty());
  CHECK(f.Select({{"app", "db"}, {"tier", "front"}}).empty());
  CHECK(f.Select({{"app", "web"}}, "other") == "d");
  CHECK(f.Select({}).empty());
}

TEST_CASE("the label index follows pods that are relabelled or deleted") {
  Fixture f;
  f.pods.Apply(MakePod("a", Labels({{"app", "web"}, {"rev", "1"}})));
  f.pods.Apply(MakePod("b", Labels({{"app", "web"}, {"rev", "1"}})));
  f.pods.Apply(MakePod("a", Labels({{"app", "web"}, {"rev", "2"}}), 2));
  CHECK(f.Select({{"app", "web"}}) == "a b");
  CHECK(f.Select({{"rev", "1"}}) == "b");
  CHECK(f.Select({{"rev", "2"}}) == "a");
  f.pods.Apply(MakePod("b", Labels({{"app", "web"}, {"rev", "1"}}), 2));
  CHECK(f.Select({{"rev", "1"}}) == "b");
  f.pods.Remove(MakePod("b", {}).meta.Key(), "3");
  CHECK(f.Select({{"app", "web"}}) == "a");
  CHECK(f.Select({{"rev", "1"}}).empty());
  f.pods.Apply(MakePod("a", {}, 4));
  CHECK(f.Select({{"app", "web"}}).empty());
}

TEST_CASE("the label index selects the same pods as a scan of all pods") {
  Fixture f;
  std::minstd_rand random(7);
  const auto any_labels = [&](unsigned keep) {
    LabelMap labels;
    for (const char* key : {"app", "tier", "rev"}) {
      if (random() % 3 < keep) labels.Set(Symbol(key), Symbol(std::to_string(random() % 3)));
    }
    return labels;
  };
  for (int step = 1; step <= 5000; ++step) {
    const Pod pod =
        MakePod("p" + std::to_string(random() % 40), any_labels(2), step, random() % 2 ? "shop" : "other");
    if (random() % 4 == 0) {
      f.pods.Remove(pod.meta.Key(), std::to_string(step));
    } else {
      f.pods.Apply(pod);
    }
    const LabelMap selector = any_labels(1);
    std::vector<const Pod*> expected;
    f.pods.ForEach([&](const Pod& stored) {
      if (stored.meta.ns.get() == "shop" && kube::Matches(selector, stored.meta.labels))
        expected.push_back(&stored);
    });
    auto selected = f.index.Select(Symbol("shop"), selector);
    std::sort(expected.begin(), expected.end());
    std::sort(selected.begin(), selected.end());
    REQUIRE(selected == expected);
  }
}

TEST_CASE("ShareMemory shares equal labels, annotations and ports with indexed pods and keeps values") {
  Fixture f;
  const auto make = [](const std::string& name, const std::string& zone) {
    Pod pod = MakePod(name, Labels({{"app", "web"}, {"zone", zone}}));
    pod.ports.push_back({.container_port = 8080});
    pod.meta.annotations = Labels({{"k8s.mesosphere.io/port_TCP_8080", "31000"}});
    return pod;
  };
  for (Pod pod : {make("a", "1"), make("b", "2")}) {
    f.index.ShareMemory(pod);
    f.pods.Apply(std::move(pod));
  }
  Pod pod = make("c", "2");
  f.index.ShareMemory(pod);
  const Pod& a = *f.pods.Find({Symbol("shop"), Symbol("a")});
  const Pod& b = *f.pods.Find({Symbol("shop"), Symbol("b")});
  CHECK(pod.meta.labels.SharesWith(b.meta.labels));
  CHECK(pod.meta.annotations.SharesWith(a.meta.annotations));
  CHECK(pod.ports.SharesWith(a.ports));

  Pod other = make("d", "3");
  other.ports[0].container_port = 9090;
  f.index.ShareMemory(other);
  CHECK(other.meta.labels == Labels({{"app", "web"}, {"zone", "3"}}));
  CHECK(other.ports.front().container_port == 9090);
  CHECK(a.ports.front().container_port == 8080);
}

TEST_CASE("pods with very many labels share no memory, and are indexed by each of their labels") {
  Fixture f;
  Pairs pairs;
  for (int i = 0; i < 1'100; ++i) pairs.emplace_back("label-" + std::to_string(i), "a");
  const auto apply = [&](const std::string& name, int version) {
    Pod pod = MakePod(name, Labels(pairs), version);
    f.index.ShareMemory(pod);
    f.pods.Apply(std::move(pod));
  };
  apply("a", 1);
  apply("b", 2);
  const Pod& a = *f.pods.Find({Symbol("shop"), Symbol("a")});
  const Pod& b = *f.pods.Find({Symbol("shop"), Symbol("b")});
  CHECK_FALSE(b.meta.labels.SharesWith(a.meta.labels));
  CHECK(f.Select({{"label-0", "a"}, {"label-1099", "a"}}) == "a b");
  pairs.back().second = "b";
  apply("b", 3);
  CHECK(f.Select({{"label-1099", "a"}}) == "a");
  CHECK(f.Select({{"label-1099", "b"}}) == "b");
  CHECK(f.index.size() == 1'101);
}

TEST_CASE("Select returns nothing if more than max_examined pods have the selector's rarest label") {
  Fixture f;
  for (int i = 0; i < 5; ++i) {
    const std::string name(1, static_cast<char>('a' + i));
    f.pods.Apply(MakePod(name, Labels({{"app", "web"}, {"tier", i < 2 ? "front" : "back"}})));
  }
  const auto count = [&](const Pairs& selector, std::size_t max_examined) {
    return f.index.Select(Symbol("shop"), Labels(selector), max_examined).size();
  };
  CHECK(count({{"app", "web"}}, 5) == 5);
  CHECK(count({{"app", "web"}}, 4) == 0);
  CHECK(count({{"app", "web"}, {"tier", "front"}}, 2) == 2);
  CHECK(count({{"app", "web"}, {"tier", "front"}}, 1) == 0);
}

}  // namespace
}  // namespace k8sm::informer
