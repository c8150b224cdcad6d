#include "test/apiserver/patch.h"

#include <rapidjson/pointer.h>

#include <string>
#include <utility>

namespace k8sm::apiserver {
namespace {

// Like kube-apiserver: 422 if the patch does not apply to the target, 400 if it is not a valid patch.
Status NotApplicable(std::string message) {
  Status status;
  status.code = 422;
  status.reason = "Invalid";
  status.message = "the server rejected our request due to an error in our request: " + std::move(message);
  return status;
}

std::string Unescape(std::string token) {
  for (const auto& [from, to] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
    for (std::size_t at = 0; (at = token.find(from, at)) != token.npos; ++at) token.replace(at, 2, to);
  }
  return token;
}

struct Place {
  Json* parent = nullptr;
  std::string token;
};

// Returns the parent of the value at `path`.
Place Locate(Json& target, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == path.npos) return {};
  const rapidjson::Pointer parent(path.data(), slash);
  if (!parent.IsValid()) return {};
  return {parent.Get(target), Unescape(path.substr(slash + 1))};
}

// Returns the array index of a token; -1 if it is not one.
long IndexIn(const Json& array, const std::string& token, bool may_append) {
  if (token == "-") return may_append ? long(array.Size()) : -1;
  if (token.empty() || token.size() > 9 || token.find_first_not_of("0123456789") != token.npos) return -1;
  const long index = std::stol(token);
  return index < long(array.Size()) + (may_append ? 1 : 0) ? index : -1;
}

bool Add(Json& target, const std::string& path, Json value, JsonAllocator& allocator) {
  if (path.empty()) {
    target = std::move(value);
    return true;
  }
  const auto [parent, token] = Locate(target, path);
  if (!parent) return false;
  if (parent->IsObject()) {
    Set(*parent, token, std::move(value), allocator);
    return true;
  }
  if (!parent->IsArray()) return false;
  const long index = IndexIn(*parent, token, true);
  if (index < 0) return false;
  parent->PushBack(std::move(value), allocator);
  for (long i = long(parent->Size()) - 1; i > index; --i) {
    (*parent)[rapidjson::SizeType(i)].Swap((*parent)[rapidjson::SizeType(i - 1)]);
  }
  return true;
}

bool Take(Json& target, const std::string& path) {
  const auto [parent, token] = Locate(target, path);
  if (!parent) return false;
  if (parent->IsObject()) {
    if (!Find(*parent, token)) return false;
    Remove(*parent, token);
    return true;
  }
  if (!parent->IsArray()) return false;
  const long index = IndexIn(*parent, token, false);
  if (index < 0) return false;
  parent->Erase(parent->Begin() + index);
  return true;
}

Json* Get(Json& target, std::string_view path) {
  const rapidjson::Pointer pointer(path.data(), path.size());
  return pointer.IsValid() ? pointer.Get(target) : nullptr;
}

bool Replace(Json& target, const std::string& path, const Json& value, JsonAllocator& allocator) {
  Json* old = Get(target, path);
  if (!old) return false;
  *old = Copy(value, allocator);
  return true;
}

bool CopyOrMove(Json& target, const Json& operation, bool move, JsonAllocator& allocator) {
  const std::string from(GetString(operation, "from"));
  const Json* source = Get(target, from);
  if (!source) return false;
  Json value = Copy(*source, allocator);
  if (move && !Take(target, from)) return false;
  return Add(target, std::string(GetString(operation, "path")), std::move(value), allocator);
}

bool Test(Json& target, const std::string& path, const Json& value) {
  const Json* actual = Get(target, path);
  return actual ? *actual == value : value.IsNull();
}

std::optional<Status> ApplyOne(Json& target, const Json& operation, JsonAllocator& allocator) {
  static const Json kNull;
  const std::string op(GetString(operation, "op")), path(GetString(operation, "path"));
  const Json* given = Find(operation, "value");
  const Json& value = given ? *given : kNull;
  bool done = false;
  if (op == "add") {
    done = Add(target, path, Copy(value, allocator), allocator);
  } else if (op == "remove") {
    done = Take(target, path);
  } else if (op == "replace") {
    done = Replace(target, path, value, allocator);
  } else if (op == "move" || op == "copy") {
    done = CopyOrMove(target, operation, op == "move", allocator);
  } else if (op == "test") {
    done = Test(target, path, value);
  } else {
    return BadRequest("Unexpected kind: " + op);
  }
  if (done) return std::nullopt;
  return NotApplicable(op + " operation does not apply: doc is missing path: \"" + path +
                       "\": missing value");
}

}  // namespace

std::optional<Status> ApplyJsonPatch(Json& target, const Json& patch, JsonAllocator& allocator) {
  if (!patch.IsArray())
    return BadRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  for (const Json& operation : patch.GetArray()) {
    if (auto failed = ApplyOne(target, operation, allocator)) return failed;
  }
  return std::nullopt;
}

}  // namespace k8sm::apiserver
