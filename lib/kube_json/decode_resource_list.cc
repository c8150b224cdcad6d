#include "lib/kube_json/codec.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"

namespace k8sm::kube_json {

Result<std::vector<std::string>> DecodeResourceNames(std::string_view json) {
  const auto tree = Parse(json);
  Problem problem = tree.has_error() ? tree.error().message : "";
  std::vector<std::string> names;
  if (problem.empty()) {
    const Field root(**tree, problem);
    const Field kind = root.Member("kind");
    if (kind.String() != "APIResourceList") kind.Refuse("expected APIResourceList");
    const Field resources = root.Member("resources");
    resources.ForEach([&](const Field& resource) {
      const Field name = resource.Member("name");
      names.emplace_back(name.String());
    });
  }
  if (!problem.empty()) return Error{.code = Errc::kMalformed, .message = "APIResourceList: " + problem};
  return names;
}

}  // namespace k8sm::kube_json
