#include "lib/mesos/node_labels.h"

#include "test/support/catch.h"

#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::mesos {
namespace {

TEST_CASE("scalar attributes become labels in the notation of Go", "[mesos]") {
  struct Case {
    double value;
    std::optional<std::string> label;
  };
  const std::vector<Case> cases = {
      {2015, "2015"},
      {0, "0"},
      {0.5, "0.5"},
      {1.25, "1.25"},
      {999999, "999999"},
      {1e6, std::nullopt},  // 1E+06
      {-1, std::nullopt},
      {0.0001, "0.0001"},
      {0.00001, "1E-05"},
      {1e300, std::nullopt},
      {std::numeric_limits<double>::infinity(), std::nullopt},
      {std::numeric_limits<double>::quiet_NaN(), std::nullopt},
      {999999.5, "999999.5"},
      {1.5e-7, "1.5E-07"},
      {0.1 + 0.2, "0.30000000000000004"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.value);
    CHECK(ScalarLabel(c.value) == c.label);
  }
}

TEST_CASE("only valid label names and values are accepted", "[mesos]") {
  CHECK(IsLabelValue(""));
  CHECK(IsLabelValue("a.b_c-d"));
  CHECK(IsLabelValue(std::string(63, 'a')));
  CHECK_FALSE(IsLabelValue(std::string(64, 'a')));
  CHECK_FALSE(IsLabelValue("[1-2]"));
  CHECK_FALSE(IsLabelValue("{a,b}"));
  CHECK_FALSE(IsLabelValue("-a"));
  CHECK_FALSE(IsLabelValue("a-"));
  for (const char* end : {"a", "z", "A", "Z", "0", "9"}) {
    CAPTURE(end);
    CHECK(IsLabelValue(end));
    CHECK(IsAttributeLabel(end));
  }
  for (const char* other : {"/", ":", "@", "[", "`", "{", "_", ".", "-", " "}) {
    CAPTURE(other);
    CHECK_FALSE(IsLabelValue(other + std::string("a")));
    CHECK_FALSE(IsLabelValue("a" + std::string(other)));
    CHECK_FALSE(IsAttributeLabel("a" + std::string(other)));
  }
  // A prefix precedes the name, which may therefore begin with a dash.
  CHECK(IsAttributeLabel("-a"));
  CHECK(IsAttributeLabel("rack"));
  CHECK(IsAttributeLabel(std::string(53, 'a')));
  CHECK_FALSE(IsAttributeLabel(std::string(54, 'a')));
  CHECK_FALSE(IsAttributeLabel(""));
  CHECK_FALSE(IsAttributeLabel("a/b"));
  kube::LabelMap labels;
  AddAttribute("rack", "r3", labels);
  AddAttribute("bad name", "r3", labels);
  AddAttribute("set", "{a}", labels);
  CHECK(labels.size() == 1);
  CHECK(*labels.Find("k8s.mesosphere.io/attribute-rack") == "r3");
}

}  // namespace
}  // namespace k8sm::mesos
