#include "lib/client/kubeconfig_file.h"

#include "lib/client/base64.h"
#include "lib/client/credential_file.h"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace k8sm::client {
namespace {

// Names come from the file and may hold anything, but a message is one line.
Error InvalidAt(std::string where, const std::string& message) {
  std::string text = std::move(where) + ": " + message;
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return {.code = Errc::kInvalidConfig, .message = std::move(text)};
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

// The value of `key` in the entry of this name: kubeconfigs spell maps as lists of {name: NAME, key: VALUE}.
// Null where there is no such entry.
YAML::Node Named(const YAML::Node& list, const std::string& key, const std::string& name) {
  if (!list.IsSequence()) return YAML::Node();
  for (const YAML::Node& entry : list) {
    if (TextOr(Find(entry, "name"), "") == name) {
      const YAML::Node value = Find(entry, key);
      return value.IsNull() ? YAML::Node(YAML::NodeType::Map) : value;
    }
  }
  return YAML::Node();
}

std::string Quoted(const std::string& name) {
  return "\"" + name + "\"";
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
  const YAML::Node fields = Named(Find(root, kind + "s"), kind, name);
  if (!fields.IsMap())
    return InvalidAt(context.where + ": " + kind, kind + " " + Quoted(name) + " does not exist");
  return std::optional<KubeconfigEntry>(std::in_place, fields, path + ": " + kind + " " + Quoted(name),
                                        std::filesystem::path(path).parent_path().string());
}

Result<Kubeconfig> Select(const YAML::Node& root, const std::string& path) {
  if (!root.IsMap()) return InvalidAt(path, "is no kubeconfig");
  Kubeconfig config;
  const std::string name = TextOr(Find(root, "current-context"), "");
  if (name.empty()) return config;
  const std::string quoted = "context " + Quoted(name);
  const Context context{Named(Find(root, "contexts"), "context", name), path + ": " + quoted};
  if (!context.fields.IsMap()) return InvalidAt(path, "current-context: " + quoted + " does not exist");
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

Result<KubeconfigEntry::Material> KubeconfigEntry::FileOrData(const std::string& field) const {
  const std::string data_field = field + "-data";
  if (Has(field) && Has(data_field))
    return Invalid(field, "stands beside " + data_field + "; use one of them");
  if (Has(data_field)) {
    const auto data = Text(data_field);
    if (!data) return data.error();
    auto bytes = DecodeBase64(*data);
    if (!bytes) return Invalid(data_field, "is no base64");
    return Material{data_field, std::move(*bytes)};
  }
  const auto path = Path(field);
  if (!path) return path.error();
  if (path->empty()) return Material{field, ""};
  auto bytes = ReadFile(*path);
  if (!bytes) return Invalid(field, bytes.error().message);
  if (bytes->empty()) return Invalid(field, *path + ": is empty");
  return Material{field, std::move(*bytes)};
}

Result<void> KubeconfigEntry::Refuse(std::initializer_list<const char*> unsupported) const {
  for (const char* field : unsupported) {
    if (Has(field)) return Invalid(field, "is not supported by this version");
  }
  return {};
}

Error KubeconfigEntry::Invalid(const std::string& field, const std::string& message) const {
  return InvalidAt(where_ + ": " + field, message);
}

Result<Kubeconfig> ReadKubeconfig(const std::string& path) {
  const auto text = ReadFile(path);
  if (!text) return text.error();
  try {
    return Select(YAML::Load(*text), path);
  } catch (const YAML::Exception& exception) {
    // Its own words may repeat what stands in the file.
    return InvalidAt(path, "line " + std::to_string(exception.mark.line + 1) + " is neither YAML nor JSON");
  }
}

}  // namespace k8sm::client
