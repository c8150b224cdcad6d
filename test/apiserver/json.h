// Access to JSON values of unknown shape. Nothing here asserts when a value has another type.

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

// Parses JSON. Errors: kMalformed for invalid JSON or nesting deeper than 256 levels, worded like Go's
// encoding/json.
Result<JsonDocument> ParseJson(std::string_view text);

std::string ToText(const Json& value);

// Returns the member; nullptr if `object` is not an object or has no such member.
const Json* Find(const Json& object, std::string_view name);
Json* Find(Json& object, std::string_view name);
// The same for a path of names.
const Json* FindPath(const Json& object, std::initializer_list<std::string_view> path);

// Return the member's value, or the type's zero value if it is absent or of another type.
std::string_view GetString(const Json& object, std::string_view name);
std::int64_t GetInt(const Json& object, std::string_view name);
bool GetBool(const Json& object, std::string_view name);
// Return the elements of an array; empty for anything else.
std::vector<const Json*> Elements(const Json* array);
std::vector<Json*> Elements(Json* array);
std::vector<const Json*> Elements(const Json& object, std::string_view name);
std::vector<Json*> Elements(Json& object, std::string_view name);

// Whether the value is absent, null, "", [] or {}.
bool IsEmpty(const Json* value);

Json MakeString(std::string_view text, JsonAllocator& allocator);
Json Copy(const Json& value, JsonAllocator& allocator);

// Sets or replaces a member. REQUIRES: `object` is an object. Invalidates references to the other members,
// like std::vector::push_back.
void Set(Json& object, std::string_view name, Json value, JsonAllocator& allocator);
void SetString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator);
// The same, but only if the member is absent, null or "".
void DefaultString(Json& object, std::string_view name, std::string_view value, JsonAllocator& allocator);
// Returns the member as an object; creates it if it is absent or of another type.
Json& EnsureObject(Json& object, std::string_view name, JsonAllocator& allocator);
void Remove(Json& object, std::string_view name);
// Copies a member from another object, or removes it if it is absent there.
void CopyMember(Json& to, const Json& from, std::string_view name, JsonAllocator& allocator);
// Whether the member is equal in both objects, or empty in both.
bool SameMember(const Json& a, const Json& b, std::string_view name);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_JSON_H_
