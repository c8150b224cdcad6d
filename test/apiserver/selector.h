// Label and field selectors.

#ifndef K8SM_TEST_APISERVER_SELECTOR_H_
#define K8SM_TEST_APISERVER_SELECTOR_H_

#include "test/apiserver/object.h"
#include "test/apiserver/status.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

class Selector {
 public:
  // Matches everything.
  Selector() = default;

  // Parses "app=web,tier in (a,b),!canary" and "metadata.name=web". Errors: 400 for invalid syntax, or for a
  // field that the resource does not support.
  static Outcome<Selector> Parse(const Resource& resource, std::string_view labels, std::string_view fields);

  bool Matches(const Object& object) const;
  bool empty() const { return labels_.empty() && fields_.empty(); }
  // Restricts the selector to one name.
  void RequireName(std::string name);

 private:
  enum class Operator { kIn, kNotIn, kExists, kNotExists, kGreater, kLess };
  struct LabelRequirement {
    std::string key;
    Operator op = Operator::kExists;
    std::vector<std::string> values;
  };
  struct FieldRequirement {
    std::string path;
    std::string value;
    bool equal = true;
  };

  std::optional<Status> ParseLabels(std::string_view text);
  std::optional<Status> ParseFields(const Resource& resource, std::string_view text);
  static std::optional<LabelRequirement> ParseLabel(std::string_view text);
  static bool Matches(const LabelRequirement& requirement, const Object& object);

  std::vector<LabelRequirement> labels_;
  std::vector<FieldRequirement> fields_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SELECTOR_H_
