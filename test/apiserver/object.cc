#include "test/apiserver/object.h"

#include "test/apiserver/codec.h"

#include <charconv>

namespace k8sm::apiserver {
namespace {

// Returns the value at a dotted path. Booleans are "true" or "false", as in field selectors.
std::string FieldText(const Json& object, std::string_view path) {
  const Json* value = &object;
  while (value && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    value = Find(*value, path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  if (value && value->IsString()) return {value->GetString(), value->GetStringLength()};
  return value && value->IsTrue() ? "true" : "";
}

bool IsBoolean(std::string_view path) {
  return path == "spec.hostNetwork" || path == "spec.unschedulable";
}

}  // namespace

std::string ObjectKey(std::string_view ns, std::string_view name) {
  std::string key(ns);
  if (!key.empty()) key += '/';
  return key.append(name);
}

std::string Object::Key() const {
  return ObjectKey(ns, name);
}

std::string_view Object::ItemText() const {
  return std::string_view(text).substr(text.find("\"metadata\":"));
}

JsonDocument Object::Parse() const {
  return ParseJson(text).value();
}

ObjectPtr MakeObject(const Resource& resource, const Json& json) {
  auto object = std::make_shared<Object>();
  const Json& metadata = *Find(json, "metadata");
  object->resource = &resource;
  object->ns = GetString(metadata, "namespace");
  object->name = GetString(metadata, "name");
  object->uid = GetString(metadata, "uid");
  const std::string_view version = GetString(metadata, "resourceVersion");
  std::from_chars(version.data(), version.data() + version.size(), object->resource_version);
  if (const Json* labels = Find(metadata, "labels"); labels && labels->IsObject()) {
    for (const auto& label : labels->GetObject()) {
      object->labels[label.name.GetString()] = label.value.GetString();
    }
  }
  for (const std::string_view path : resource.selectable) {
    std::string text = FieldText(json, path);
    if (text.empty() && IsBoolean(path)) text = "false";
    object->fields.push_back(std::move(text));
  }
  for (const Json* owner : Elements(metadata, "ownerReferences")) {
    object->owner_uids.emplace_back(GetString(*owner, "uid"));
  }
  object->text = Encode(resource.Type(), resource.ApiVersion(), json);
  return object;
}

ObjectPtr AtResourceVersion(const Object& object, std::uint64_t resource_version) {
  auto moved = std::make_shared<Object>(object);
  moved->resource_version = resource_version;
  // The members before it in metadata are names, which cannot contain these quotes.
  constexpr std::string_view kMember = "\"resourceVersion\":\"";
  const std::size_t begin = moved->text.find(kMember) + kMember.size();
  moved->text.replace(begin, moved->text.find('"', begin) - begin, std::to_string(resource_version));
  return moved;
}

}  // namespace k8sm::apiserver
