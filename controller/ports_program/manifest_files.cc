#include "controller/ports_program/manifest_files.h"

#include "controller/ports_program/state.h"
#include "lib/manifest/manifest.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace k8sm::ports_program {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNothing = "there is nothing to check: no object in a *.yaml, *.yml or *.json file";

Error InFile(const std::string& path, const std::string& message) {
  return {.code = Errc::kInvalidConfig, .message = path + ": " + message};
}

bool IsManifest(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension == ".yaml" || extension == ".yml" || extension == ".json";
}

Result<std::vector<std::string>> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(folder, error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    const bool hidden = entry->path().filename().string().starts_with('.');
    if (hidden && entry->is_directory(error)) entry.disable_recursion_pending();
    if (!hidden && entry->is_regular_file(error) && IsManifest(entry->path()))
      files.push_back(entry->path().string());
  }
  if (error) return InFile(folder, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

Result<std::vector<NamedManifest>> ReadManifests(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-" || !fs::is_directory(path, ignored)) {
      files.push_back(path);
      continue;
    }
    const auto found = FilesIn(path);
    if (!found) return found.error();
    files.insert(files.end(), found->begin(), found->end());
  }
  std::vector<NamedManifest> manifests;
  std::size_t objects = 0;
  for (const std::string& file : files) {
    const auto text = ReadText(file);
    if (!text) return text.error();
    auto manifest = manifest::ReadManifest(*text);
    if (!manifest) return InFile(file == "-" ? "standard input" : file, manifest.error().message);
    objects += manifest->workloads.size() + manifest->node_ports.size() + manifest->others;
    manifests.push_back({file, *std::move(manifest)});
  }
  // A wrong path, or a template that yields nothing, must not look like success.
  if (objects == 0) return InFile(paths.front() == "-" ? "standard input" : paths.front(), kNothing);
  return manifests;
}

}  // namespace k8sm::ports_program
