#include "lib/kube/label_map.h"

#include "test/support/catch.h"

namespace k8sm::kube {
namespace {

LabelMap Labels(std::initializer_list<std::pair<const char*, const char*>> pairs) {
  LabelMap labels;
  for (const auto& [key, value] : pairs) labels.Set(Symbol(key), Symbol(value));
  return labels;
}

TEST_CASE("a label map holds one value per key, ordered by key") {
  LabelMap labels = Labels({{"b", "2"}, {"a", "1"}, {"b", "3"}});
  CHECK(labels.size() == 2);
  CHECK(labels.begin()->key.get() == "a");
  REQUIRE(labels.Find("b") != nullptr);
  CHECK(*labels.Find("b") == "3");
  CHECK(labels == Labels({{"a", "1"}, {"b", "3"}}));

  labels.Erase("a");
  labels.Erase("absent");
  CHECK(labels.Find("a") == nullptr);
  CHECK(labels.size() == 1);
}

TEST_CASE("a selector matches labels that contain all of its pairs") {
  const LabelMap labels = Labels({{"app", "web"}, {"tier", "front"}, {"zone", "a"}});
  CHECK(Matches(Labels({{"app", "web"}}), labels));
  CHECK(Matches(Labels({{"app", "web"}, {"zone", "a"}}), labels));
  CHECK_FALSE(Matches(Labels({{"app", "db"}}), labels));
  CHECK_FALSE(Matches(Labels({{"app", "web"}, {"release", "1"}}), labels));
  CHECK_FALSE(Matches(Labels({{"zz", "web"}}), labels));
  CHECK_FALSE(Matches(Labels({{"app", "web"}}), {}));
}

TEST_CASE("an empty selector selects nothing") {
  CHECK_FALSE(Matches({}, Labels({{"app", "web"}})));
  CHECK_FALSE(Matches({}, {}));
}

}  // namespace
}  // namespace k8sm::kube
