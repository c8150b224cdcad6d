#include "test/apiserver/loader.h"

#include "test/apiserver/yaml.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace k8sm::apiserver {
namespace {

namespace fs = std::filesystem;

Error Failure(const std::string& where, const std::string& why) {
  return Error{Errc::kMalformed, where + ": " + why};
}

Result<std::vector<fs::path>> FilesUnder(const std::string& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string extension = entry->path().extension().string();
    const bool wanted = extension == ".yaml" || extension == ".yml" || extension == ".json";
    if (wanted && entry->is_regular_file(error)) files.push_back(entry->path());
  }
  if (error) return Failure(directory, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

Result<std::vector<std::string>> DocumentsOf(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Failure(file.string(), "cannot be read");
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  // Not parsed as YAML, which is slow for large files.
  if (file.extension() == ".json") return std::vector<std::string>{text};
  Result<std::vector<std::string>> documents = YamlToJson(text);
  if (!documents) return Failure(file.string(), documents.error().message);
  return documents;
}

Result<void> LoadObject(Registry& registry, const Json& object) {
  const std::string api_version(GetString(object, "apiVersion")), kind(GetString(object, "kind"));
  const Resource* resource = FindKind(api_version, kind);
  if (!resource) {
    return Error{Errc::kMalformed, "no resource of kind \"" + kind + "\" in version \"" + api_version + "\""};
  }
  Outcome<Registry::Decoded> decoded = Registry::Decode(*resource, ToText(object), FieldValidation::kIgnore);
  if (!decoded) return ToError(decoded.error());
  JsonDocument& document = decoded->object;
  ObjectRef ref{resource, "", ""};
  if (const Json* metadata = Find(document, "metadata")) {
    ref.name = GetString(*metadata, "name");
    ref.ns = GetString(*metadata, "namespace");
  }
  if (resource->namespaced) {
    if (ref.ns.empty()) ref.ns = "default";
    registry.EnsureNamespace(ref.ns);
  } else if (!ref.ns.empty()) {
    return Error{Errc::kMalformed, "a " + kind + " is in no namespace"};
  }
  const Outcome<Written> written = registry.Put(ref, std::move(document));
  if (!written) return ToError(written.error());
  return {};
}

// A document is an object or a List.
Result<void> LoadDocument(Registry& registry, std::string_view text) {
  const Result<JsonDocument> document = ParseJson(text);
  if (!document) return document.error();
  if (!Find(*document, "items") || !GetString(*document, "kind").ends_with("List")) {
    return LoadObject(registry, *document);
  }
  std::size_t index = 0;
  for (const Json* item : Elements(*document, "items")) {
    const Result<void> loaded = LoadObject(registry, *item);
    if (!loaded) return Failure("items[" + std::to_string(index) + "]", loaded.error().message);
    ++index;
  }
  return {};
}

}  // namespace

Result<void> LoadDirectory(Registry& registry, const std::string& directory) {
  const Result<std::vector<fs::path>> files = FilesUnder(directory);
  if (!files) return files.error();
  for (const fs::path& file : *files) {
    const Result<std::vector<std::string>> documents = DocumentsOf(file);
    if (!documents) return documents.error();
    for (std::size_t i = 0; i < documents->size(); ++i) {
      const Result<void> loaded = LoadDocument(registry, (*documents)[i]);
      if (loaded) continue;
      return Failure(file.string() + ", document " + std::to_string(i + 1), loaded.error().message);
    }
  }
  return {};
}

}  // namespace k8sm::apiserver
