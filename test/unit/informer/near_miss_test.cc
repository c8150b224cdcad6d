#include "lib/informer/near_miss.h"

#include "lib/informer/label_index.h"
#include "lib/informer/store.h"
#include "test/support/builders.h"
#include "test/support/catch.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::informer {
namespace {

using kube::LabelMap;
using kube::Pod;
using kube::Symbol;
using test::MakePod;

class Fixture {
 public:
  // Adds `count` pods with these labels to namespace default.
  void Add(int count, const LabelMap& labels) {
    for (int i = 0; i < count; ++i) {
      Pod pod = MakePod("pod-" + std::to_string(++pods_));
      pod.meta.labels = labels;
      pod.meta.resource_version = std::to_string(pods_);
      store_.Apply(std::move(pod));
    }
  }
  // Adds a service of that name with this selector.
  void Select(const char* service, const LabelMap& selector) {
    kube::Service object = test::MakeService(service);
    object.selector = selector;
    object.meta.resource_version = "1";
    services_.Apply(std::move(object));
  }
  std::optional<NearMiss> Find(const LabelMap& selector) const {
    return FindNearMiss(index_, services_by_selector_, Symbol("default"), selector);
  }
  std::string Describe(const LabelMap& selector) const { return DescribeNoPods(selector, Find(selector)); }

 private:
  Store<Pod> store_;
  LabelIndex index_{store_};
  Store<kube::Service> services_;
  SelectorIndex services_by_selector_{services_};
  int pods_ = 0;
};

kube::Label Of(const char* key, const char* value) {
  return {Symbol(key), Symbol(value)};
}

TEST_CASE("a near miss is claimed if a service selects all of its pods, and an unclaimed one is preferred") {
  Fixture f;
  f.Add(3, {Of("app", "score")});
  f.Select("score", {Of("app", "score")});
  auto miss = f.Find({Of("app", "store")});
  REQUIRE(miss);
  CHECK(miss->typo);
  CHECK(miss->claimed);
  CHECK(f.Describe({Of("app", "store")}) == "selector app=store selects no pod; 3 pods have app=score");
  f.Add(1, {Of("app", "house"), Of("track", "canary")});
  f.Add(1, {Of("app", "house")});
  f.Select("canary", {Of("track", "canary")});
  miss = f.Find({Of("app", "houze")});
  REQUIRE(miss);
  CHECK_FALSE(miss->claimed);  // one of the pods is selected by no service
  f.Add(1, {Of("app", "stroe")});
  miss = f.Find({Of("app", "store")});
  REQUIRE(miss);
  CHECK_FALSE(miss->claimed);
  CHECK(miss->found == Of("app", "stroe"));
}

TEST_CASE("a value that is one likely typing mistake from a value of pods is a typo") {
  Fixture f;
  f.Add(3, {Of("app", "frontend")});
  f.Add(1, {Of("app", "web")});
  for (const char* value : {"frontned", "fronted", "frontendd", "frantend", "front-end"}) {
    CAPTURE(value);
    const auto miss = f.Find({Of("app", value)});
    REQUIRE(miss);
    CHECK(miss->mistyped());
    CHECK(miss->found == Of("app", "frontend"));
    CHECK(miss->pods == 3);
  }
  CHECK(f.Find({Of("app", "wbe")})->mistyped());
  CHECK(f.Describe({Of("app", "wbe")}) == "selector app=wbe selects no pod; 1 pod has app=web");
  CHECK(f.Describe({Of("app", "fronted")}) ==
        "selector app=fronted selects no pod; 3 pods have app=frontend");
}

TEST_CASE("a key that is one likely typing mistake from a key of pods is a typo") {
  Fixture f;
  f.Add(2, {Of("component", "web")});
  CHECK(f.Find({Of("componnet", "web")})->mistyped());
  CHECK(f.Describe({Of("componnet", "web")}) ==
        "selector componnet=web selects no pod; 2 pods have component=web");
}

TEST_CASE("a plural or another short word is no typo, and is named only if no service selects the pods") {
  Fixture f;
  f.Add(2, {Of("app", "api")});
  const auto miss = f.Find({Of("app", "apis")});
  REQUIRE(miss);
  CHECK(miss->resembles);
  CHECK_FALSE(miss->mistyped());
  CHECK(f.Describe({Of("app", "apis")}) == "selector app=apis selects no pod; 2 pods have app=api");
  CHECK(f.Describe({Of("ap", "api")}) == "selector ap=api selects no pod; 2 pods have app=api");
  f.Select("api", {Of("app", "api")});
  CHECK_FALSE(f.Find({Of("app", "apis")}));
}

TEST_CASE("a key that is one edit from a key of the pods is mistyped, however short it is") {
  Fixture f;
  f.Add(2, {Of("app", "web"), Of("role", "front"), Of("example.com/name", "a")});
  for (const LabelMap& selector :
       {LabelMap{Of("ap", "web")}, LabelMap{Of("apps", "web")}, LabelMap{Of("rol", "front")},
        LabelMap{Of("example.com/nam", "a")}, LabelMap{Of("example.com/names", "a")}}) {
    CAPTURE(f.Describe(selector));
    REQUIRE(f.Find(selector));
    CHECK(f.Find(selector)->mistyped());
  }
  CHECK_FALSE(f.Find({Of("app2", "web")}));
}

TEST_CASE("very short values, and values that differ in digits or a one-letter suffix, are no near misses") {
  Fixture f;
  for (const char* name : {"a", "v1", "node1", "web-a", "us"}) f.Add(1, {Of("app", name)});
  for (const char* name : {"b", "ab", "v2", "va", "node2", "nodes1x", "web-b", "su", "eu"}) {
    CAPTURE(name);
    CHECK_FALSE(f.Find({Of("app", name)}));
  }
}

TEST_CASE("a long value two edits away is no typo, and is named only if no service selects the pods") {
  Fixture f;
  f.Add(3, {Of("app", "frontend"), Of("tier", "web")});
  const auto miss = f.Find({Of("app", "forntned")});
  REQUIRE(miss);
  CHECK(miss->resembles);
  CHECK_FALSE(miss->mistyped());
  CHECK(f.Describe({Of("app", "forntned")}) ==
        "selector app=forntned selects no pod; 3 pods have app=frontend");
  CHECK(f.Describe({Of("app", "forntned"), Of("tier", "web")}) ==
        "selector app=forntned,tier=web selects no pod; 3 pods match all but app=forntned and have "
        "app=frontend");
  f.Select("frontend", {Of("app", "frontend")});
  CHECK_FALSE(f.Find({Of("app", "forntned")}));
}

TEST_CASE("of equally near values, the one with the most pods is named, then the first by name") {
  Fixture f;
  f.Add(1, {Of("app", "recordeb")});
  f.Add(1, {Of("app", "recordea")});
  CHECK(f.Find({Of("app", "rceordex")})->found == Of("app", "recordea"));
  f.Add(1, {Of("app", "recordeb")});
  CHECK(f.Find({Of("app", "rceordex")})->found == Of("app", "recordeb"));
}

TEST_CASE("a selector that resembles no label of the pods has no near miss") {
  Fixture f;
  f.Add(3, {Of("app", "web")});
  CHECK_FALSE(f.Find({Of("app", "cache")}));

  CHECK(f.Describe({Of("app", "cache")}) == "selector app=cache selects no pod");
}

TEST_CASE("values that differ in digits are taken for versions, not for typos") {
  Fixture f;
  f.Add(3, {Of("app", "web"), Of("version", "v1")});
  const LabelMap selector{Of("app", "web"), Of("version", "v2")};
  const auto miss = f.Find(selector);
  REQUIRE(miss);
  CHECK_FALSE(miss->typo);
  CHECK_FALSE(miss->lacks_label);
  CHECK(f.Describe(selector) ==
        "selector app=web,version=v2 selects no pod; 3 pods match all but version=v2 and have version=v1");
  CHECK_FALSE(f.Find({Of("version", "v2")}));
}

TEST_CASE("lacks_label is set only if no pod that matches the other labels has a label with that key") {
  Fixture f;
  f.Add(2, {Of("app", "web")});
  const LabelMap selector{Of("app", "web"), Of("tier", "backend")};
  REQUIRE(f.Find(selector));
  CHECK(f.Find(selector)->lacks_label);
  CHECK_FALSE(f.Find(selector)->typo);
  f.Add(1, {Of("app", "web"), Of("tier", "front")});
  CHECK_FALSE(f.Find(selector)->lacks_label);
}

TEST_CASE("of several labels, the description names the one that the pods do not match") {
  Fixture f;
  f.Add(2, {Of("app", "web"), Of("tier", "front")});
  f.Add(1, {Of("app", "web")});
  CHECK(f.Describe({Of("app", "web"), Of("tier", "cache")}) ==
        "selector app=web,tier=cache selects no pod; 2 pods match all but tier=cache and have tier=front");
  CHECK(f.Describe({Of("app", "web"), Of("track", "canary")}) ==
        "selector app=web,track=canary selects no pod; 3 pods match all but track=canary and have no label "
        "track");
  CHECK(f.Describe({Of("app", "web"), Of("tier", "fornt")}) ==
        "selector app=web,tier=fornt selects no pod; 2 pods match all but tier=fornt and have tier=front");
}

// A word of 8 letters for each number below 26^4; any two differ in at least two letters.
std::string Word(int number) {
  std::string word;
  for (int i = 0; i < 4; ++i, number /= 26) word.append(2, static_cast<char>('a' + number % 26));
  return word;
}

TEST_CASE("values are not compared if there are more of them than kMaxComparedValues") {
  Fixture f;
  f.Add(1, {Of("app", "frontend")});
  for (std::size_t i = 1; i < kMaxComparedValues; ++i)
    f.Add(1, {Of("app", Word(static_cast<int>(i)).c_str())});
  CHECK(f.Find({Of("app", "forntned")}));
  f.Add(1, {Of("app", "another")});
  CHECK_FALSE(f.Find({Of("app", "forntned")}));
}

TEST_CASE("a value that resembles more than kMaxResemblingValues others has no near miss") {
  Fixture f;
  for (std::size_t i = 0; i < kMaxResemblingValues; ++i)
    f.Add(1, {Of("app", ("frontend" + std::string(2, static_cast<char>('a' + i))).c_str())});
  CHECK(f.Find({Of("app", "frontend")}));
  f.Add(1, {Of("app", "frontendzz")});
  CHECK_FALSE(f.Find({Of("app", "frontend")}));
}

TEST_CASE("sets of more than kMaxExaminedPods pods are not examined for a near miss") {
  Fixture f;
  f.Add(static_cast<int>(kMaxExaminedPods) + 1, {Of("app", "web")});
  CHECK_FALSE(f.Find({Of("app", "wbe")}));
  CHECK_FALSE(f.Find({Of("app", "web"), Of("tier", "x")}));
}

TEST_CASE("DescribeNoPods says in one sentence why a selector selects no pod, with one near pod or several") {
  const auto labels = [](const std::vector<std::pair<const char*, const char*>>& pairs) {
    kube::LabelMap map;
    for (const auto& [key, value] : pairs) map.Set(kube::Symbol(key), kube::Symbol(value));
    return map;
  };
  const kube::Label wanted{kube::Symbol("app"), kube::Symbol("wbe")};
  const kube::Label found{kube::Symbol("app"), kube::Symbol("web")};
  const kube::LabelMap one = labels({{"app", "wbe"}});
  const kube::LabelMap two = labels({{"app", "wbe"}, {"tier", "front"}});
  CHECK(DescribeNoPods(one, std::nullopt) == "selector app=wbe selects no pod");
  CHECK(DescribeNoPods(one, NearMiss{.wanted = wanted, .found = found, .pods = 1}) ==
        "selector app=wbe selects no pod; 1 pod has app=web");
  CHECK(DescribeNoPods(one, NearMiss{.wanted = wanted, .found = found, .pods = 2}) ==
        "selector app=wbe selects no pod; 2 pods have app=web");
  CHECK(DescribeNoPods(two, NearMiss{.wanted = wanted, .found = found, .pods = 1}) ==
        "selector app=wbe,tier=front selects no pod; 1 pod matches all but app=wbe and has app=web");
  CHECK(DescribeNoPods(two, NearMiss{.wanted = wanted, .found = found, .pods = 2}) ==
        "selector app=wbe,tier=front selects no pod; 2 pods match all but app=wbe and have app=web");
  CHECK(DescribeNoPods(two, NearMiss{.wanted = wanted, .found = {}, .pods = 1}) ==
        "selector app=wbe,tier=front selects no pod; 1 pod matches all but app=wbe and has no label app");
  CHECK(DescribeNoPods(two, NearMiss{.wanted = wanted, .found = {}, .pods = 3}) ==
        "selector app=wbe,tier=front selects no pod; 3 pods match all but app=wbe and have no label app");
}

}  // namespace
}  // namespace k8sm::informer
