// Reading and changing JSON values whose shape is not known: nothing here asserts on a value of another type.

#ifndef K8SM_TEST_APISERVER_JSON_H_
#define K8SM_TEST_APISERVER_JSON_H_

#include "lib/base/error.h"

#include <rapidjson/document.h>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::apiserver {

using Json = rapidjson::Value;
using JsonDocument = rapidjson::Document;
using JsonAllocator = rapidjson::Document::AllocatorType;

// kMalformed for what is no JSON, or is nested deeper than 256 levels, in words like encoding/json's.
Result<JsonDocument> ParseJson(std::string_view text);

std::string ToText(const Json& value);

// The member, or nullptr where `object` is no object or has none of that name.
const Json* Find(const Json& object, std::string_view name);
Json* Find(Json& object, std::string_view name);
// The same along a path of names.
const Json* FindPath(const Json& object, std::initializer_list<std::string_view> path);

// The member's value, or the type's zero value where it is absent or of another type.
std::string_view GetString(const Json& object, std::string_view name);
std::int64_t GetInt(const Json& object, std::string_view name);
bool GetBool(const Json& object, std::string_view name);
// The elements of an array, none for anything else.
std::vector<const Json*> Elements(const Json* array);
std::vector<Json*> Elements(Json* array);
std::vector<const Json*> Elements(const Json& object, std::string_view name);
std::vector<Json*> Elements(Json& object, std::string_view name);

// Absent, null, "", [] or {}.
bool IsEmpty(const Json* value);

Json MakeString(std::string_view text, JsonAllocator& allocator);
Json Copy(const Json& value, JsonAllocator& allocator);

// Sets or replaces a member. REQUIRES: `object` is an object. As with a vector, adding a member moves its
// siblings: references to them are void afterwards.
void Set(Json& object, std::string_view name, Json value, JsonAllocator& allocator);
void SetString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator);
// The same where the member is absent, null or "".
void DefaultString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator);
// The member as an object, made where it is absent or of another type.
Json& EnsureObject(Json& object, std::string_view name, JsonAllocator& allocator);
void Remove(Json& object, std::string_view name);
// Makes a member what it is in another object: a copy, or absent.
void CopyMember(Json& to, const Json& from, std::string_view name, JsonAllocator& allocator);
// Whether a member is the same in both: equal, or empty in both.
bool SameMember(const Json& a, const Json& b, std::string_view name);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_JSON_H_
