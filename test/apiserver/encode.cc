#include "test/apiserver/codec.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace k8sm::apiserver {
namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void WriteName(Writer& writer, std::string_view name) {
  writer.Key(name.data(), rapidjson::SizeType(name.size()));
}

void WriteObject(Writer& writer, const ObjectType& type, const Json* object);

void WriteSingle(Writer& writer, const Field& field, const Json& value) {
  if (field.kind == ValueKind::kObject) {
    WriteObject(writer, *field.object, &value);
  } else {
    value.Accept(writer);
  }
}

// Maps are sorted by key, as in Go.
void WriteMap(Writer& writer, const Field& field, const Json& map) {
  std::vector<const Json::Member*> members;
  for (const auto& member : map.GetObject()) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const auto* a, const auto* b) {
    return std::string_view(a->name.GetString(), a->name.GetStringLength()) <
           std::string_view(b->name.GetString(), b->name.GetStringLength());
  });
  writer.StartObject();
  for (const auto* member : members) {
    member->name.Accept(writer);
    WriteSingle(writer, field, member->value);
  }
  writer.EndObject();
}

void WriteValue(Writer& writer, const Field& field, const Json& value) {
  if (field.map) return WriteMap(writer, field, value);
  if (!field.list) return WriteSingle(writer, field, value);
  writer.StartArray();
  for (const Json& element : value.GetArray()) WriteSingle(writer, field, element);
  writer.EndArray();
}

// Writes Go's zero value of a member.
void WriteZero(Writer& writer, const Field& field) {
  if (field.list || field.map || field.pointer) {
    writer.Null();
    return;
  }
  switch (field.kind) {
    case ValueKind::kString:
      writer.String("");
      return;
    case ValueKind::kBool:
      writer.Bool(false);
      return;
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kIntOrString:
      writer.Int(0);
      return;
    case ValueKind::kQuantity:
      writer.String("0");
      return;
    case ValueKind::kObject:
      WriteObject(writer, *field.object, nullptr);
      return;
    case ValueKind::kTime:
    case ValueKind::kMicroTime:
      writer.Null();
      return;
    case ValueKind::kJson:
      writer.StartObject();
      writer.EndObject();
  }
}

// Whether Go's omitempty omits the value.
bool IsZero(const Field& field, const Json& value) {
  if (field.list || field.map) return IsEmpty(&value);
  if (field.pointer || field.kind == ValueKind::kJson) return false;
  if (value.IsString()) return value.GetStringLength() == 0;
  if (value.IsBool()) return !value.GetBool();
  return value.IsInt64() && value.GetInt64() == 0 && field.kind != ValueKind::kIntOrString;
}

void WriteObject(Writer& writer, const ObjectType& type, const Json* object) {
  writer.StartObject();
  for (const Field& field : type.fields) {
    const Json* value = object ? Find(*object, field.name) : nullptr;
    const bool absent = !value || value->IsNull();
    if (!field.always && (absent || IsZero(field, *value))) continue;
    WriteName(writer, field.name);
    if (absent) {
      WriteZero(writer, field);
    } else {
      WriteValue(writer, field, *value);
    }
  }
  writer.EndObject();
}

}  // namespace

std::string Encode(const ObjectType& type, std::string_view api_version, const Json& object) {
  rapidjson::StringBuffer buffer;
  Writer writer(buffer);
  WriteObject(writer, type, &object);
  std::string text = "{\"kind\":\"" + type.name + "\",\"apiVersion\":\"";
  text.append(api_version).append("\",").append(buffer.GetString() + 1, buffer.GetSize() - 1);
  return text;
}

}  // namespace k8sm::apiserver
