#include "lib/kube_json/codec.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"

namespace k8sm::kube_json {

Result<ServerVersion> DecodeServerVersion(std::string_view json) {
  const auto tree = Parse(json);
  Problem problem = tree.has_error() ? tree.error().message : "";
  ServerVersion version;
  if (problem.empty()) {
    const Field root(**tree, problem);
    version.major = root.Member("major").String();
    version.minor = root.Member("minor").String();
    version.git_version = root.Member("gitVersion").String();
  }
  if (!problem.empty()) return Error{.code = Errc::kMalformed, .message = "the server's version: " + problem};
  return version;
}

Result<std::vector<std::string>> DecodeGroupVersions(std::string_view json) {
  const auto tree = Parse(json);
  Problem problem = tree.has_error() ? tree.error().message : "";
  std::vector<std::string> group_versions;
  if (problem.empty()) {
    const Field root(**tree, problem);
    // Kubernetes 1.1 sends no kind, so the list identifies the object.
    const Field groups = root.Member("groups");
    if (!groups.present()) groups.Refuse("missing");
    groups.ForEach([&](const Field& group) {
      const Field versions = group.Member("versions");
      versions.ForEach([&](const Field& version) {
        group_versions.emplace_back(version.Member("groupVersion").String());
      });
    });
  }
  if (!problem.empty()) return Error{.code = Errc::kMalformed, .message = "APIGroupList: " + problem};
  return group_versions;
}

}  // namespace k8sm::kube_json
