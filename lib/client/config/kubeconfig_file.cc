#include "lib/client/config/kubeconfig_file.h"

#include "lib/base/printable.h"
#include "lib/client/config/base64.h"
#include "lib/client/config/credential_file.h"

#include <filesystem>
#include <utility>

namespace k8sm::client {
namespace {

using Kind = YamlValue::Kind;

// Enough for several names and a path.
constexpr std::size_t kMaxMessage = 2'000;

Error InvalidAt(const std::string& where, const std::string& message) {
  return {.code = Errc::kInvalidConfig, .message = Printable(where + ": " + message, kMaxMessage)};
}

bool IsNull(const YamlValue* value) {
  return value == nullptr || value->kind == Kind::kNull;
}

// Null counts as empty text; nullopt for other kinds.
std::optional<std::string> TextIn(const YamlValue& value) {
  if (value.kind != Kind::kText && value.kind != Kind::kNull) return std::nullopt;
  return value.text;
}

std::string WhyNoText(const YamlValue& value) {
  if (value.kind == Kind::kBool) return "is a boolean; put it in quotes";
  if (value.kind == Kind::kNumber) return "is a number; put it in quotes";
  return "is not text";
}

YamlPtr EmptyMap() {
  auto map = std::make_shared<YamlValue>();
  map->kind = Kind::kMap;
  return map;
}

// Empty if it is not text.
std::string TextOf(const YamlValue& map, const std::string& field) {
  const YamlValue* value = map.Find(field);
  return value != nullptr && value->kind == Kind::kText ? value->text : "";
}

// Returns the value of `key` in the entry of this name; kubeconfigs write maps as lists of {name: NAME, key:
// VALUE}. Fails, with a message that begins with `where`, unless there is exactly one such entry and its
// value is a map.
Result<YamlPtr> FindNamed(const YamlValue* list, const std::string& key, const std::string& name,
                          const std::string& where) {
  YamlPtr found;
  if (list != nullptr) {
    for (const YamlPtr& entry : list->list) {
      if (TextOf(*entry, "name") != name) continue;
      if (found) return InvalidAt(where, key + " " + Quoted(name) + " is defined twice");
      const auto value = entry->map.find(key);
      found = value == entry->map.end() || IsNull(value->second.get()) ? EmptyMap() : value->second;
    }
  }
  if (!found || found->kind != Kind::kMap)
    return InvalidAt(where, key + " " + Quoted(name) + " does not exist");
  return found;
}

struct Context {
  YamlPtr fields;
  std::string where;
};

// Returns the cluster or user (depending on `kind`) that the context names; nullopt if it names none.
Result<std::optional<KubeconfigEntry>> EntryOf(const YamlValue& root, const Context& context,
                                               const std::string& kind, const std::string& path) {
  const std::string name = TextOf(*context.fields, kind);
  if (name.empty()) return std::optional<KubeconfigEntry>();
  const auto fields = FindNamed(root.Find(kind + "s"), kind, name, context.where + ": " + kind);
  if (!fields) return fields.error();
  return std::optional<KubeconfigEntry>(std::in_place, *fields, path + ": " + kind + " " + Quoted(name),
                                        std::filesystem::path(path).parent_path().string());
}

// Objects of other kinds could have the same fields by coincidence.
Result<void> CheckKind(const YamlValue& root, const std::string& path) {
  const std::string version = TextOf(root, "apiVersion");
  if (!version.empty() && version != "v1") return InvalidAt(path, "apiVersion: is not v1");
  const std::string kind = TextOf(root, "kind");
  if (!kind.empty() && kind != "Config") return InvalidAt(path, "kind: is not Config");
  return {};
}

Result<Kubeconfig> Select(const YamlValue& root, const std::string& path, const std::string& chosen) {
  if (root.kind != Kind::kMap) return InvalidAt(path, "is not a kubeconfig");
  if (auto fine = CheckKind(root, path); !fine) return fine.error();
  Kubeconfig config;
  const std::string name = chosen.empty() ? TextOf(root, "current-context") : chosen;
  if (name.empty()) return config;
  const auto fields = FindNamed(root.Find("contexts"), "context", name,
                                path + (chosen.empty() ? ": current-context" : ": -context"));
  if (!fields) return fields.error();
  const Context context{*fields, path + ": context " + Quoted(name)};
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

KubeconfigEntry::KubeconfigEntry(YamlPtr fields, std::string where, std::string directory)
    : fields_(std::move(fields)), where_(std::move(where)), directory_(std::move(directory)) {}

bool KubeconfigEntry::Has(const std::string& field) const {
  const YamlValue* value = fields_->Find(field);
  return value != nullptr && !(value->text.empty() && value->list.empty() && value->map.empty());
}

Result<std::string> KubeconfigEntry::Text(const std::string& field) const {
  const YamlValue* value = fields_->Find(field);
  if (IsNull(value)) return std::string();
  if (auto text = TextIn(*value)) return *std::move(text);
  return Invalid(field, WhyNoText(*value));
}

Result<bool> KubeconfigEntry::Flag(const std::string& field) const {
  const YamlValue* value = fields_->Find(field);
  if (IsNull(value)) return false;
  if (value->kind != Kind::kBool) return Invalid(field, "is neither true nor false");
  return value->text == "true";
}

Result<std::string> KubeconfigEntry::Path(const std::string& field) const {
  auto text = Text(field);
  if (!text || text->empty()) return text;
  return (std::filesystem::path(directory_) / *text).string();
}

Result<std::vector<std::string>> KubeconfigEntry::Texts(const std::string& field) const {
  std::vector<std::string> texts;
  const YamlValue* value = fields_->Find(field);
  if (IsNull(value)) return texts;
  if (value->kind != Kind::kList) return Invalid(field, "is not a list");
  for (const YamlPtr& element : value->list) {
    auto text = TextIn(*element);
    if (!text) return Invalid(field + "[" + std::to_string(texts.size()) + "]", WhyNoText(*element));
    texts.push_back(*std::move(text));
  }
  return texts;
}

Result<std::optional<KubeconfigEntry>> KubeconfigEntry::Map(const std::string& field) const {
  const auto found = fields_->map.find(field);
  if (found == fields_->map.end() || IsNull(found->second.get())) return std::optional<KubeconfigEntry>();
  if (found->second->kind != Kind::kMap) return Invalid(field, "is not a map");
  return std::optional<KubeconfigEntry>(std::in_place, found->second, Place(field), directory_);
}

Result<std::vector<KubeconfigEntry>> KubeconfigEntry::Maps(const std::string& field) const {
  std::vector<KubeconfigEntry> maps;
  const YamlValue* value = fields_->Find(field);
  if (IsNull(value)) return maps;
  if (value->kind != Kind::kList) return Invalid(field, "is not a list");
  for (const YamlPtr& element : value->list) {
    const std::string place = field + "[" + std::to_string(maps.size()) + "]";
    if (!IsNull(element.get()) && element->kind != Kind::kMap) return Invalid(place, "is not a map");
    maps.emplace_back(IsNull(element.get()) ? EmptyMap() : element, Place(place), directory_);
  }
  return maps;
}

Result<std::string> KubeconfigEntry::Json(const std::string& field) const {
  const YamlValue* value = fields_->Find(field);
  if (IsNull(value)) return std::string();
  auto json = ToJson(*value);
  if (!json) return Invalid(field, "is longer than 1 MiB");
  return *std::move(json);
}

std::vector<std::string> KubeconfigEntry::Fields() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : fields_->map) names.push_back(name);
  return names;
}

Result<KubeconfigEntry::Material> KubeconfigEntry::FileOrData(const std::string& field) const {
  const std::string data_field = field + "-data";
  if (Has(field) && Has(data_field))
    return Invalid(field, "is set together with " + data_field + "; use one of them");
  if (Has(data_field)) {
    const auto data = Text(data_field);
    if (!data) return data.error();
    auto bytes = DecodeBase64(*data);
    if (!bytes) return Invalid(data_field, "is not valid base64");
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

Result<Kubeconfig> ReadKubeconfig(const std::string& path, const std::string& context) {
  const auto text = ReadFile(path);
  if (!text) return text.error();
  const auto root = ParseYaml(*text);
  if (!root) return InvalidAt(path, root.error().message);
  return Select(**root, path, context);
}

}  // namespace k8sm::client
