#include "lib/informer/selector_index.h"

#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "test/support/catch.h"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::LabelMap;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using kube::Uid;

using Pairs = std::vector<std::pair<std::string, std::string>>;

LabelMap Labels(const Pairs& pairs) {
  LabelMap labels;
  for (const auto& [key, value] : pairs) labels.Set(Symbol(key), Symbol(value));
  return labels;
}

Service MakeService(const std::string& name, const LabelMap& selector, int version = 1,
                    const std::string& ns = "shop") {
  Service service;
  service.meta.ns = Symbol(ns);
  service.meta.name = Symbol(name);
  service.meta.uid = Uid("uid-" + name);
  service.meta.resource_version = std::to_string(version);
  service.selector = selector;
  return service;
}

struct Fixture {
  Store<Service> services;
  SelectorIndex index{services};

  std::vector<ObjectKey> Find(const LabelMap& labels, const std::string& ns) const {
    Pod pod;
    pod.meta.ns = Symbol(ns);
    pod.meta.labels = labels;
    std::vector<ObjectKey> keys;
    index.ServicesFor(pod, keys);
    std::sort(keys.begin(), keys.end());
    return keys;
  }
  // The keys, sorted: "shop/a shop/b".
  std::string ServicesFor(const Pairs& labels, const std::string& ns = "shop") const {
    std::string text;
    for (const ObjectKey& key : Find(Labels(labels), ns)) text += (text.empty() ? "" : " ") + ToString(key);
    return text;
  }
};

TEST_CASE("ServicesFor returns the services of the pod's namespace whose whole selector matches its labels") {
  Fixture f;
  f.services.Apply(MakeService("web", Labels({{"app", "web"}})));
  f.services.Apply(MakeService("front", Labels({{"app", "web"}, {"tier", "front"}})));
  f.services.Apply(MakeService("back", Labels({{"app", "web"}, {"tier", "back"}})));
  f.services.Apply(MakeService("web", Labels({{"app", "web"}}), 1, "other"));
  CHECK(f.ServicesFor({{"app", "web"}, {"tier", "front"}, {"x", "y"}}) == "shop/front shop/web");
  CHECK(f.ServicesFor({{"app", "web"}}) == "shop/web");
  CHECK(f.ServicesFor({{"tier", "back"}}).empty());
  CHECK(f.ServicesFor({{"app", "web"}}, "other") == "other/web");
  CHECK(f.ServicesFor({}).empty());
}

TEST_CASE("services without a selector and ExternalName services match no pod") {
  Fixture f;
  f.services.Apply(MakeService("by-hand", {}));
  Service alias = MakeService("alias", Labels({{"app", "web"}}));
  alias.external_name = true;
  f.services.Apply(alias);
  CHECK(f.ServicesFor({{"app", "web"}}).empty());

  alias.external_name = false;
  alias.meta.resource_version = "2";
  f.services.Apply(alias);
  CHECK(f.ServicesFor({{"app", "web"}}) == "shop/alias");
  alias.external_name = true;
  alias.meta.resource_version = "3";
  f.services.Apply(alias);
  CHECK(f.ServicesFor({{"app", "web"}}).empty());
}

TEST_CASE("the selector index follows selectors that change and services that are deleted") {
  Fixture f;
  f.services.Apply(MakeService("a", Labels({{"app", "web"}})));
  f.services.Apply(MakeService("b", Labels({{"app", "web"}})));
  f.services.Apply(MakeService("a", Labels({{"app", "db"}}), 2));
  CHECK(f.ServicesFor({{"app", "web"}}) == "shop/b");
  CHECK(f.ServicesFor({{"app", "db"}}) == "shop/a");
  f.services.Remove(MakeService("b", {}).meta.Key(), "3");
  CHECK(f.ServicesFor({{"app", "web"}}).empty());
  f.services.Apply(MakeService("a", {}, 4));
  CHECK(f.ServicesFor({{"app", "db"}}).empty());
}

TEST_CASE("the selector index finds the same services as a scan of all services") {
  Fixture f;
  std::minstd_rand random(11);
  const auto any_labels = [&](unsigned keep) {
    LabelMap labels;
    for (const char* key : {"app", "tier", "rev"}) {
      if (random() % 3 < keep) labels.Set(Symbol(key), Symbol(std::to_string(random() % 3)));
    }
    return labels;
  };
  for (int step = 1; step <= 5000; ++step) {
    Service service = MakeService("s" + std::to_string(random() % 30), any_labels(2), step,
                                  random() % 2 ? "shop" : "other");
    service.external_name = random() % 10 == 0;
    if (random() % 4 == 0) {
      f.services.Remove(service.meta.Key(), std::to_string(step));
    } else {
      f.services.Apply(service);
    }
    const LabelMap labels = any_labels(2);
    std::vector<ObjectKey> expected;
    f.services.ForEach([&](const Service& stored) {
      const bool selects = !stored.external_name && kube::Matches(stored.selector, labels);
      if (stored.meta.ns.get() == "shop" && selects) expected.push_back(stored.meta.Key());
    });
    std::sort(expected.begin(), expected.end());
    REQUIRE(f.Find(labels, "shop") == expected);
  }
}

}  // namespace
}  // namespace k8sm::informer
