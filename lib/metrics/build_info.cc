#include "lib/metrics/build_info.h"

#include "lib/base/version.h"

#include <string>
#include <string_view>
#include <sys/utsname.h>

namespace k8sm::metrics {
namespace {

// In Go's notation: "linux/amd64".
std::string Platform() {
  utsname system{};
  if (uname(&system) != 0) return "";
  std::string machine = system.machine;
  if (machine == "x86_64") machine = "amd64";
  if (machine == "aarch64") machine = "arm64";
  std::string name = system.sysname;
  if (name == "Linux") name = "linux";
  return name + "/" + machine;
}

std::string Compiler() {
#if defined(__clang__)
  return "clang " __clang_version__;
#else
  return "gcc " __VERSION__;
#endif
}

// Returns the component with index `part`, e.g. "2" of "1.2.3" for 1.
std::string PartOf(std::string_view version, int part) {
  for (; part > 0; --part) version.remove_prefix(version.find('.') + 1);
  return std::string(version.substr(0, version.find('.')));
}

}  // namespace

void AddBuildInfo(Registry& registry) {
  const Sample sample{1,
                      {{"major", PartOf(kVersion, 0)},
                       {"minor", PartOf(kVersion, 1)},
                       {"git_version", "v" + std::string(kVersion)},
                       {"git_commit", ""},
                       {"git_tree_state", ""},
                       {"build_date", ""},
                       {"go_version", ""},
                       {"compiler", Compiler()},
                       {"platform", Platform()}}};
  registry.ReadGauge("kubernetes_build_info", "Always 1; the labels tell which build of the program runs.",
                     [sample] { return std::vector<Sample>{sample}; });
}

}  // namespace k8sm::metrics
