#include "test/apiserver/openapi.h"

#include "test/apiserver/resource.h"
#include "test/apiserver/schema.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <set>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void Text(Writer& writer, const char* name, std::string_view value) {
  writer.Key(name);
  writer.String(value.data(), rapidjson::SizeType(value.size()));
}

void Name(Writer& writer, std::string_view name) {
  writer.Key(name.data(), rapidjson::SizeType(name.size()));
}

std::string SchemaName(const ObjectType& type) {
  return "io.k8s.api." + type.name;
}

void WriteReference(Writer& writer, const ObjectType& type) {
  writer.StartObject();
  Text(writer, "$ref", "#/components/schemas/" + SchemaName(type));
  writer.EndObject();
}

void WriteElement(Writer& writer, const Field& field) {
  if (field.kind == ValueKind::kObject) return WriteReference(writer, *field.object);
  writer.StartObject();
  switch (field.kind) {
    case ValueKind::kBool:
      Text(writer, "type", "boolean");
      break;
    case ValueKind::kInt32:
    case ValueKind::kInt64:
      Text(writer, "type", "integer");
      Text(writer, "format", field.kind == ValueKind::kInt32 ? "int32" : "int64");
      break;
    case ValueKind::kTime:
    case ValueKind::kMicroTime:
      Text(writer, "type", "string");
      Text(writer, "format", "date-time");
      break;
    case ValueKind::kIntOrString:
      Text(writer, "format", "int-or-string");
      writer.Key("x-kubernetes-int-or-string");
      writer.Bool(true);
      break;
    case ValueKind::kJson:
      Text(writer, "type", "object");
      break;
    case ValueKind::kString:
    case ValueKind::kQuantity:
    case ValueKind::kObject:
      Text(writer, "type", "string");
      break;
  }
  writer.EndObject();
}

void WriteField(Writer& writer, const Field& field) {
  if (!field.list && !field.map) return WriteElement(writer, field);
  writer.StartObject();
  Text(writer, "type", field.list ? "array" : "object");
  writer.Key(field.list ? "items" : "additionalProperties");
  WriteElement(writer, field);
  if (field.merge)
    Text(writer, "x-kubernetes-patch-strategy", field.retain_keys ? "merge,retainKeys" : "merge");
  if (!field.merge_key.empty()) Text(writer, "x-kubernetes-patch-merge-key", field.merge_key);
  writer.EndObject();
}

void WriteGroupVersionKind(Writer& writer, const Resource& resource) {
  writer.StartObject();
  Text(writer, "group", resource.group);
  Text(writer, "kind", resource.kind);
  Text(writer, "version", kVersion);
  writer.EndObject();
}

void WriteType(Writer& writer, const ObjectType& type, const Resource* resource) {
  Name(writer, SchemaName(type));
  writer.StartObject();
  Text(writer, "type", "object");
  writer.Key("properties");
  writer.StartObject();
  if (resource) {
    for (const char* name : {"apiVersion", "kind"}) {
      writer.Key(name);
      writer.StartObject();
      Text(writer, "type", "string");
      writer.EndObject();
    }
  }
  for (const Field& field : type.fields) {
    Name(writer, field.name);
    WriteField(writer, field);
  }
  writer.EndObject();
  if (resource) {
    writer.Key("x-kubernetes-group-version-kind");
    writer.StartArray();
    WriteGroupVersionKind(writer, *resource);
    writer.EndArray();
  }
  writer.EndObject();
}

// Collects the type and the types of its members.
void Collect(const ObjectType& type, std::set<const ObjectType*>& types) {
  if (!types.insert(&type).second) return;
  for (const Field& field : type.fields) {
    if (field.object) Collect(*field.object, types);
  }
}

void WriteParameters(Writer& writer) {
  writer.Key("parameters");
  writer.StartArray();
  for (const char* name : {"dryRun", "fieldValidation"}) {
    writer.StartObject();
    Text(writer, "name", name);
    Text(writer, "in", "query");
    writer.Key("schema");
    writer.StartObject();
    Text(writer, "type", "string");
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndArray();
}

void WritePatch(Writer& writer, const Resource& resource) {
  writer.Key("patch");
  writer.StartObject();
  WriteParameters(writer);
  writer.Key("requestBody");
  writer.StartObject();
  writer.Key("content");
  writer.StartObject();
  for (const char* type : {"application/json-patch+json", "application/merge-patch+json",
                           "application/strategic-merge-patch+json"}) {
    writer.Key(type);
    writer.StartObject();
    writer.EndObject();
  }
  writer.EndObject();
  writer.EndObject();
  writer.Key("responses");
  writer.StartObject();
  writer.EndObject();
  writer.Key("x-kubernetes-group-version-kind");
  WriteGroupVersionKind(writer, resource);
  writer.EndObject();
}

std::string BasePath(std::string_view group) {
  return group.empty() ? "/api/v1" : "/apis/" + std::string(group) + "/v1";
}

void WritePath(Writer& writer, const Resource& resource) {
  Name(writer, BasePath(resource.group) + (resource.namespaced ? "/namespaces/{namespace}/" : "/") +
                   std::string(resource.plural) + "/{name}");
  writer.StartObject();
  WritePatch(writer, resource);
  writer.EndObject();
}

}  // namespace

std::string OpenApiIndex() {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  writer.Key("paths");
  writer.StartObject();
  const auto write = [&writer](std::string_view group) {
    const std::string path = BasePath(group);
    Name(writer, std::string_view(path).substr(1));
    writer.StartObject();
    Text(writer, "serverRelativeURL", "/openapi/v3" + path);
    writer.EndObject();
  };
  write("");
  for (const std::string_view group : Groups()) write(group);
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

std::string OpenApiDocument(std::string_view group) {
  std::set<const ObjectType*> types;
  for (const Resource& resource : Resources()) {
    if (resource.group == group) Collect(resource.Type(), types);
  }
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  Text(writer, "openapi", "3.0.0");
  writer.Key("info");
  writer.StartObject();
  Text(writer, "title", "Kubernetes");
  Text(writer, "version", "v1.36.0");
  writer.EndObject();
  writer.Key("paths");
  writer.StartObject();
  for (const Resource& resource : Resources()) {
    if (resource.group == group) WritePath(writer, resource);
  }
  writer.EndObject();
  writer.Key("components");
  writer.StartObject();
  writer.Key("schemas");
  writer.StartObject();
  for (const auto& [name, type] : Schema::Instance().types()) {
    const std::string api_version = group.empty() ? "v1" : std::string(group) + "/v1";
    if (types.contains(&type)) WriteType(writer, type, FindKind(api_version, name));
  }
  writer.EndObject();
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::apiserver
