#include "lib/client/kubeconfig_file.h"

#include "lib/base/printable.h"
#include "lib/client/base64.h"
#include "lib/client/bounded_yaml.h"
#include "lib/client/credential_file.h"

#include <yaml-cpp/yaml.h>

#include <filesystem>
#include <utility>

namespace k8sm::client {
namespace {

// Several names with their path.
constexpr std::size_t kMaxMessage = 2'000;

Error InvalidAt(const std::string& where, const std::string& message) {
  return {.code = Errc::kInvalidConfig, .message = Printable(where + ": " + message, kMaxMessage)};
}

// The field's value; null where there is none, or no map to look into.
YAML::Node Find(const YAML::Node& map, const std::string& field) {
  if (!map.IsMap()) return YAML::Node();
  const YAML::Node value = map[field];
  return value.IsDefined() ? value : YAML::Node();
}

std::string TextOr(const YAML::Node& node, const std::string& otherwise) {
  return node.IsScalar() ? node.Scalar() : otherwise;
}

// Points `found` at the value of `key` in the entry of this name: kubeconfigs spell maps as lists of {name:
// NAME, key: VALUE}. An error, which begins with `where`, unless there is just one such entry, and a map in
// it.
Result<void> FindNamed(const YAML::Node& list, const std::string& key, const std::string& name,
                       const std::string& where, YAML::Node& found) {
  int count = 0;
  for (const YAML::Node& entry : list) {
    if (!list.IsSequence() || TextOr(Find(entry, "name"), "") != name) continue;
    const YAML::Node value = Find(entry, key);
    if (++count == 1) found.reset(value.IsNull() ? YAML::Node(YAML::NodeType::Map) : value);
  }
  if (count > 1) return InvalidAt(where, key + " " + Quoted(name) + " stands there twice");
  if (!found.IsMap()) return InvalidAt(where, key + " " + Quoted(name) + " does not exist");
  return {};
}

struct Context {
  YAML::Node fields;
  std::string where;
};

// The cluster or user, as `kind` has it, that the context names; nothing where it names none.
Result<std::optional<KubeconfigEntry>> EntryOf(const YAML::Node& root, const Context& context,
                                               const std::string& kind, const std::string& path) {
  const std::string name = TextOr(Find(context.fields, kind), "");
  if (name.empty()) return std::optional<KubeconfigEntry>();
  YAML::Node fields;
  auto found = FindNamed(Find(root, kind + "s"), kind, name, context.where + ": " + kind, fields);
  if (!found) return found.error();
  return std::optional<KubeconfigEntry>(std::in_place, fields, path + ": " + kind + " " + Quoted(name),
                                        std::filesystem::path(path).parent_path().string());
}

Result<Kubeconfig> Select(const YAML::Node& root, const std::string& path) {
  if (!root.IsMap()) return InvalidAt(path, "is no kubeconfig");
  Kubeconfig config;
  const std::string name = TextOr(Find(root, "current-context"), "");
  if (name.empty()) return config;
  YAML::Node fields;
  auto found = FindNamed(Find(root, "contexts"), "context", name, path + ": current-context", fields);
  if (!found) return found.error();
  const Context context{fields, path + ": context " + Quoted(name)};
  config.context = context.where;
  auto cluster = EntryOf(root, context, "cluster", path);
  if (!cluster) return cluster.error();
  config.cluster = std::move(*cluster);
  auto user = EntryOf(root, context, "user", path);
  if (!user) return user.error();
  config.user = std::move(*user);
  return config;
}

}  // namespace

KubeconfigEntry::KubeconfigEntry(YAML::Node fields, std::string where, std::string directory)
    : fields_(std::move(fields)), where_(std::move(where)), directory_(std::move(directory)) {}

bool KubeconfigEntry::Has(const std::string& field) const {
  const YAML::Node value = Find(fields_, field);
  if (value.IsScalar()) return !value.Scalar().empty();
  return value.size() > 0;
}

Result<std::string> KubeconfigEntry::Text(const std::string& field) const {
  const YAML::Node value = Find(fields_, field);
  if (value.IsScalar()) return value.Scalar();
  if (value.IsNull()) return std::string();
  return Invalid(field, "is no text");
}

Result<bool> KubeconfigEntry::Flag(const std::string& field) const {
  const auto text = Text(field);
  if (!text) return text.error();
  if (*text == "true") return true;
  if (*text == "false" || text->empty()) return false;
  return Invalid(field, "is neither true nor false");
}

Result<std::string> KubeconfigEntry::Path(const std::string& field) const {
  auto text = Text(field);
  if (!text || text->empty()) return text;
  return (std::filesystem::path(directory_) / *text).string();
}

Result<std::vector<std::string>> KubeconfigEntry::Texts(const std::string& field) const {
  std::vector<std::string> texts;
  if (!Has(field)) return texts;
  const YAML::Node list = Find(fields_, field);
  if (!list.IsSequence()) return Invalid(field, "is no list");
  for (const YAML::Node& text : list) {
    if (!text.IsScalar()) return Invalid(field, "holds something other than text");
    texts.push_back(text.Scalar());
  }
  return texts;
}

Result<std::optional<KubeconfigEntry>> KubeconfigEntry::Map(const std::string& field) const {
  const YAML::Node map = Find(fields_, field);
  if (map.IsNull()) return std::optional<KubeconfigEntry>();
  if (!map.IsMap()) return Invalid(field, "is no map");
  return std::optional<KubeconfigEntry>(std::in_place, map, Place(field), directory_);
}

Result<std::vector<KubeconfigEntry>> KubeconfigEntry::Maps(const std::string& field) const {
  std::vector<KubeconfigEntry> maps;
  if (!Has(field)) return maps;
  const YAML::Node list = Find(fields_, field);
  if (!list.IsSequence()) return Invalid(field, "is no list");
  for (const YAML::Node& map : list) {
    const std::string place = field + "[" + std::to_string(maps.size()) + "]";
    if (!map.IsMap()) return Invalid(place, "is no map");
    maps.emplace_back(map, Place(place), directory_);
  }
  return maps;
}

Result<std::string> KubeconfigEntry::Json(const std::string& field) const {
  const YAML::Node value = Find(fields_, field);
  if (value.IsNull()) return std::string();
  auto json = ToJson(value);
  if (!json) return Invalid(field, "is deeper than 100 levels or longer than 1 MiB");
  return *std::move(json);
}

std::vector<std::string> KubeconfigEntry::Fields() const {
  std::vector<std::string> names;
  for (const auto& field : fields_) names.push_back(TextOr(field.first, ""));
  return names;
}

Result<KubeconfigEntry::Material> KubeconfigEntry::FileOrData(const std::string& field) const {
  const std::string data_field = field + "-data";
  if (Has(field) && Has(data_field))
    return Invalid(field, "stands beside " + data_field + "; use one of them");
  if (Has(data_field)) {
    const auto data = Text(data_field);
    if (!data) return data.error();
    auto bytes = DecodeBase64(*data);
    if (!bytes) return Invalid(data_field, "is no base64");
    return Material{data_field, "", std::move(*bytes)};
  }
  const auto path = Path(field);
  if (!path) return path.error();
  if (path->empty()) return Material{field, "", ""};
  auto bytes = ReadFile(*path);
  if (!bytes) return Invalid(field, bytes.error().message);
  if (bytes->empty()) return Invalid(field, *path + ": is empty");
  return Material{field, *path, std::move(*bytes)};
}

Error KubeconfigEntry::Invalid(const std::string& field, const std::string& message) const {
  return InvalidAt(Place(field), message);
}

std::string KubeconfigEntry::Place(const std::string& field) const {
  return where_ + ": " + field;
}

Result<Kubeconfig> ReadKubeconfig(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return text.error();
  YAML::Node root;
  const auto loaded = LoadYaml(*text, root);
  if (!loaded) return InvalidAt(path, loaded.error().message);
  return Select(root, path);
}

}  // namespace k8sm::client
