// Reads the Kubernetes manifests in deploy/, for tests that compare them with the program.

#ifndef K8SM_TEST_DEPLOY_MANIFESTS_H_
#define K8SM_TEST_DEPLOY_MANIFESTS_H_

#include "test/apiserver/json.h"

#include <compare>
#include <cstddef>
#include <filesystem>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::test {

// A permission that an RBAC rule grants or a request needs: {"list", "discovery.k8s.io", "endpointslices"}.
struct Right {
  std::string verb;
  std::string group;
  std::string resource;

  auto operator<=>(const Right&) const = default;
};

// Returns e.g. "list endpointslices.discovery.k8s.io".
std::ostream& operator<<(std::ostream& out, const Right& right);

// Returns the contents of a file. The test fails if it cannot be read.
std::string ReadFile(const std::filesystem::path& path);

// Returns the path of a file or directory of the source tree, given its relative path.
std::filesystem::path InSource(std::string_view path);

class Manifests {
 public:
  // Reads every YAML file of a directory. The test fails if one cannot be read.
  explicit Manifests(const std::filesystem::path& directory);

  // The number of objects.
  std::size_t size() const { return documents_.size(); }

  // Returns the objects of this kind.
  std::vector<const apiserver::Json*> All(std::string_view kind) const;

  // Returns the only object of this kind. The test fails if there is not exactly one.
  const apiserver::Json& Get(std::string_view kind) const;

  // Returns the permissions of the only object of this kind, a ClusterRole or a Role.
  std::set<Right> RightsOf(std::string_view kind) const;

 private:
  std::vector<apiserver::JsonDocument> documents_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_DEPLOY_MANIFESTS_H_
