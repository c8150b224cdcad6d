#include "test/apiserver/json.h"

#include <rapidjson/error/en.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>

namespace k8sm::apiserver {
namespace {

constexpr int kMaxDepth = 256;

// Returns the nesting depth of brackets outside strings.
int Depth(std::string_view text) {
  int depth = 0, deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '{' || c == '[') {
      deepest = std::max(deepest, ++depth);
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return deepest;
}

Error Malformed(std::string_view text, const JsonDocument& document) {
  const std::size_t offset = document.GetErrorOffset();
  Error error{Errc::kMalformed};
  if (offset >= text.size()) {
    error.message = "unexpected end of JSON input";
  } else {
    error.message = "invalid character '" + std::string(1, text[offset]) + "' at offset " +
                    std::to_string(offset) + ": " + rapidjson::GetParseError_En(document.GetParseError());
  }
  return error;
}

rapidjson::Value Name(std::string_view name) {
  return rapidjson::Value(rapidjson::StringRef(name.data(), rapidjson::SizeType(name.size())));
}

}  // namespace

Result<JsonDocument> ParseJson(std::string_view text) {
  if (Depth(text) > kMaxDepth) return Error{Errc::kMalformed, "exceeded max depth"};
  JsonDocument document;
  document.Parse<rapidjson::kParseIterativeFlag>(text.data(), text.size());
  if (document.HasParseError()) return Malformed(text, document);
  return document;
}

std::string ToText(const Json& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return {buffer.GetString(), buffer.GetSize()};
}

const Json* Find(const Json& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const auto member = object.FindMember(Name(name));
  return member == object.MemberEnd() ? nullptr : &member->value;
}

Json* Find(Json& object, std::string_view name) {
  return const_cast<Json*>(Find(static_cast<const Json&>(object), name));
}

const Json* FindPath(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* value = &object;
  for (const std::string_view name : path) {
    value = Find(*value, name);
    if (!value) return nullptr;
  }
  return value;
}

std::string_view GetString(const Json& object, std::string_view name) {
  const Json* value = Find(object, name);
  if (!value || !value->IsString()) return {};
  return {value->GetString(), value->GetStringLength()};
}

std::int64_t GetInt(const Json& object, std::string_view name) {
  const Json* value = Find(object, name);
  return value && value->IsInt64() ? value->GetInt64() : 0;
}

bool GetBool(const Json& object, std::string_view name) {
  const Json* value = Find(object, name);
  return value && value->IsTrue();
}

std::vector<const Json*> Elements(const Json* array) {
  std::vector<const Json*> elements;
  if (!array || !array->IsArray()) return elements;
  elements.reserve(array->Size());
  for (const Json& element : array->GetArray()) elements.push_back(&element);
  return elements;
}

std::vector<Json*> Elements(Json* array) {
  std::vector<Json*> elements;
  if (!array || !array->IsArray()) return elements;
  elements.reserve(array->Size());
  for (Json& element : array->GetArray()) elements.push_back(&element);
  return elements;
}

std::vector<const Json*> Elements(const Json& object, std::string_view name) {
  return Elements(Find(object, name));
}

std::vector<Json*> Elements(Json& object, std::string_view name) {
  return Elements(Find(object, name));
}

bool IsEmpty(const Json* value) {
  if (!value || value->IsNull()) return true;
  if (value->IsString()) return value->GetStringLength() == 0;
  if (value->IsArray()) return value->Empty();
  return value->IsObject() && value->ObjectEmpty();
}

Json MakeString(std::string_view text, JsonAllocator& allocator) {
  return Json(text.data(), rapidjson::SizeType(text.size()), allocator);
}

Json Copy(const Json& value, JsonAllocator& allocator) {
  return Json(value, allocator);
}

void Set(Json& object, std::string_view name, Json value, JsonAllocator& allocator) {
  if (Json* member = Find(object, name)) {
    *member = std::move(value);
  } else {
    object.AddMember(MakeString(name, allocator), std::move(value), allocator);
  }
}

void SetString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator) {
  Set(object, name, MakeString(value, allocator), allocator);
}

void DefaultString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator) {
  if (GetString(object, name).empty()) SetString(object, name, value, allocator);
}

Json& EnsureObject(Json& object, std::string_view name, JsonAllocator& allocator) {
  Json* member = Find(object, name);
  if (!member || !member->IsObject()) {
    Set(object, name, Json(rapidjson::kObjectType), allocator);
    member = Find(object, name);
  }
  return *member;
}

void Remove(Json& object, std::string_view name) {
  if (!object.IsObject()) return;
  const auto member = object.FindMember(Name(name));
  if (member != object.MemberEnd()) object.EraseMember(member);
}

void CopyMember(Json& to, const Json& from, std::string_view name, JsonAllocator& allocator) {
  if (const Json* member = Find(from, name)) {
    Set(to, name, Copy(*member, allocator), allocator);
  } else {
    Remove(to, name);
  }
}

bool SameMember(const Json& a, const Json& b, std::string_view name) {
  const Json* x = Find(a, name);
  const Json* y = Find(b, name);
  if (IsEmpty(x) || IsEmpty(y)) return IsEmpty(x) && IsEmpty(y);
  return *x == *y;
}

}  // namespace k8sm::apiserver
