#include "lib/metrics/build_info.h"

#include "lib/base/version.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::metrics {
namespace {

TEST_CASE("kubernetes_build_info has the labels that Kubernetes' components have") {
  Registry registry;
  AddBuildInfo(registry);
  const std::string text = registry.Text();
  CAPTURE(text);
  CHECK(text.find("# TYPE kubernetes_build_info gauge\n") != std::string::npos);
  CHECK(text.ends_with("} 1\n"));
  for (const std::string label : {"major", "minor", "git_version", "git_commit", "git_tree_state",
                                  "build_date", "go_version", "compiler", "platform"}) {
    CAPTURE(label);
    CHECK(text.find(label + "=\"") != std::string::npos);
  }
  const std::string version(kVersion);
  CHECK(text.find("git_version=\"v" + version + "\"") != std::string::npos);
  CHECK(text.find("major=\"" + version.substr(0, version.find('.')) + "\"") != std::string::npos);
  CHECK(text.find("platform=\"linux/") != std::string::npos);
}

}  // namespace
}  // namespace k8sm::metrics
