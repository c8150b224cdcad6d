// What manifests say, for tests that hold them against the program.

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

// One thing that a rule allows, or a request does: {"list", "discovery.k8s.io", "endpointslices"}.
struct Right {
  std::string verb;
  std::string group;
  std::string resource;

  auto operator<=>(const Right&) const = default;
};

// "list endpointslices.discovery.k8s.io"
std::ostream& operator<<(std::ostream& out, const Right& right);

// The contents of a file. Fails the test where it can't be read.
std::string ReadFile(const std::filesystem::path& path);

// A file or directory of the source tree, by its path there.
std::filesystem::path InSource(std::string_view path);

class Manifests {
 public:
  // Reads every YAML file of a directory; fails the test where that is not possible.
  explicit Manifests(const std::filesystem::path& directory);

  // How many objects there are.
  std::size_t size() const { return documents_.size(); }

  // The objects of this kind.
  std::vector<const apiserver::Json*> All(std::string_view kind) const;

  // The only object of this kind; fails the test where there is none or more than one.
  const apiserver::Json& Get(std::string_view kind) const;

  // What the only object of this kind, a ClusterRole or a Role, allows.
  std::set<Right> RightsOf(std::string_view kind) const;

 private:
  std::vector<apiserver::JsonDocument> documents_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_DEPLOY_MANIFESTS_H_
