#include "lib/manifest/workload.h"
#include "test/support/catch.h"

namespace k8sm::manifest {
namespace {

using Operator = Requirement::Operator;

const kube::LabelMap kLabels{{kube::Symbol("app"), kube::Symbol("web")},
                             {kube::Symbol("tier"), kube::Symbol("a")}};

TEST_CASE("an empty selector selects nothing", "[manifest]") {
  CHECK_FALSE(Selects({}, kLabels));
}

TEST_CASE("a selector selects only what meets all of its labels and requirements", "[manifest]") {
  Selector selector;
  selector.labels.Set(kube::Symbol("app"), kube::Symbol("web"));
  CHECK(Selects(selector, kLabels));
  selector.requirements.push_back({"tier", Operator::kIn, {"b", "a"}});
  CHECK(Selects(selector, kLabels));
  selector.requirements.push_back({"tier", Operator::kNotIn, {"a"}});
  CHECK_FALSE(Selects(selector, kLabels));
  selector.labels.Set(kube::Symbol("app"), kube::Symbol("db"));
  selector.requirements.clear();
  CHECK_FALSE(Selects(selector, kLabels));
}

TEST_CASE("In, NotIn, Exists and DoesNotExist select as in Kubernetes", "[manifest]") {
  struct Case {
    Requirement requirement;
    bool selects;
  };
  const std::vector<Case> cases = {
      {{"app", Operator::kIn, {"web"}}, true},       {{"app", Operator::kIn, {"db"}}, false},
      {{"none", Operator::kIn, {"web"}}, false},     {{"app", Operator::kNotIn, {"web"}}, false},
      {{"app", Operator::kNotIn, {"db"}}, true},     {{"none", Operator::kNotIn, {"web"}}, true},
      {{"app", Operator::kExists, {}}, true},        {{"none", Operator::kExists, {}}, false},
      {{"app", Operator::kDoesNotExist, {}}, false}, {{"none", Operator::kDoesNotExist, {}}, true},
  };
  for (const Case& c : cases) {
    Selector selector;
    selector.requirements = {c.requirement};
    CAPTURE(c.requirement.key, static_cast<int>(c.requirement.op));
    CHECK(Selects(selector, kLabels) == c.selects);
  }
}

}  // namespace
}  // namespace k8sm::manifest
