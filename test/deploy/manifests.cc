#include "test/deploy/manifests.h"

#include "test/apiserver/yaml.h"
#include "test/support/catch.h"
#include "test/support/paths.h"

#include <fstream>
#include <iterator>

namespace k8sm::test {
std::ostream& operator<<(std::ostream& out, const Right& right) {
  return out << right.verb << " " << right.resource << (right.group.empty() ? "" : "." + right.group);
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  INFO(path.string());
  REQUIRE((file && !text.empty()));
  return text;
}

std::filesystem::path InSource(std::string_view path) {
  return SourceDirectory() / path;
}

Manifests::Manifests(const std::filesystem::path& directory) {
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    INFO(entry.path().string());
    const auto texts = apiserver::YamlToJson(ReadFile(entry.path()));
    REQUIRE(texts.has_value());
    for (const std::string& text : *texts) {
      auto document = apiserver::ParseJson(text);
      REQUIRE(document.has_value());
      documents_.push_back(*std::move(document));
    }
  }
}

std::vector<const apiserver::Json*> Manifests::All(std::string_view kind) const {
  std::vector<const apiserver::Json*> found;
  for (const apiserver::JsonDocument& document : documents_) {
    if (apiserver::GetString(document, "kind") == kind) found.push_back(&document);
  }
  return found;
}

const apiserver::Json& Manifests::Get(std::string_view kind) const {
  const auto found = All(kind);
  INFO(kind);
  REQUIRE(found.size() == 1);
  return *found.front();
}

std::set<Right> Manifests::RightsOf(std::string_view kind) const {
  std::set<Right> rights;
  const auto text = [](const apiserver::Json* value) {
    REQUIRE(value->IsString());
    return std::string(value->GetString());
  };
  for (const apiserver::Json* rule : apiserver::Elements(Get(kind), "rules")) {
    for (const apiserver::Json* group : apiserver::Elements(*rule, "apiGroups")) {
      for (const apiserver::Json* resource : apiserver::Elements(*rule, "resources")) {
        for (const apiserver::Json* verb : apiserver::Elements(*rule, "verbs")) {
          rights.insert({text(verb), text(group), text(resource)});
        }
      }
    }
  }
  return rights;
}

}  // namespace k8sm::test
