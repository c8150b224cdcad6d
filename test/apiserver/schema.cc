#include "test/apiserver/schema.h"

#include <array>
#include <sstream>
#include <utility>

namespace k8sm::apiserver {
namespace {

struct PlainType {
  std::string_view name;
  ValueKind kind;
  std::string_view go_type;
};

constexpr std::array<PlainType, 9> kPlainTypes{{
    {"string", ValueKind::kString, "string"},
    {"int32", ValueKind::kInt32, "int32"},
    {"int64", ValueKind::kInt64, "int64"},
    {"bool", ValueKind::kBool, "bool"},
    {"Time", ValueKind::kTime, "v1.Time"},
    {"MicroTime", ValueKind::kMicroTime, "v1.MicroTime"},
    {"Quantity", ValueKind::kQuantity, "resource.Quantity"},
    {"IntOrString", ValueKind::kIntOrString, "intstr.IntOrString"},
    {"json", ValueKind::kJson, "map[string]interface {}"},
}};

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

void SetMark(Field& field, std::string_view mark) {
  if (mark == "!") field.always = true;
  if (mark == "*") field.pointer = true;
  if (mark == "retainKeys") field.retain_keys = true;
  if (!TakePrefix(mark, "merge")) return;
  field.merge = true;
  if (TakePrefix(mark, "=")) field.merge_key = mark;
}

}  // namespace

const Field* ObjectType::Find(std::string_view field_name) const {
  for (const Field& field : fields) {
    if (field.name == field_name) return &field;
  }
  return nullptr;
}

const Schema& Schema::Instance() {
  static const Schema* const schema = new Schema;
  return *schema;
}

Schema::Schema() {
  Parse(kTypes);
  Parse(kPodTypes);
}

const ObjectType& Schema::Get(std::string_view name) const {
  return types_.find(name)->second;
}

void Schema::Parse(std::string_view table) {
  std::istringstream lines{std::string(table)};
  ObjectType* type = nullptr;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, type_name, mark;
    if (!(words >> name)) continue;
    if (!(words >> type_name)) {
      type = &types_[name];
      type->name = name;
      continue;
    }
    Field field{name};
    Resolve(field, type_name);
    while (words >> mark) SetMark(field, mark);
    type->fields.push_back(std::move(field));
  }
}

void Schema::Resolve(Field& field, std::string_view type) {
  field.list = TakePrefix(type, "[]");
  field.map = TakePrefix(type, "map:");
  const std::string_view wrapper = field.list ? "[]" : field.map ? "map[string]" : "";
  for (const PlainType& plain : kPlainTypes) {
    if (plain.name != type) continue;
    field.kind = plain.kind;
    field.go_type = std::string(wrapper) + std::string(plain.go_type);
    return;
  }
  field.kind = ValueKind::kObject;
  // The type may be defined later in the table: std::map keeps its address valid.
  field.object = &types_[std::string(type)];
  const std::string_view short_name = type.substr(type.find('.') == type.npos ? 0 : type.find('.') + 1);
  field.go_type = std::string(wrapper) + "v1." + std::string(short_name);
}

}  // namespace k8sm::apiserver
