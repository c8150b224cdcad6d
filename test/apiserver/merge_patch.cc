#include "test/apiserver/patch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::apiserver {
namespace {

constexpr std::string_view kDirective = "$patch";
constexpr std::string_view kRetainKeys = "$retainKeys";
constexpr std::string_view kOrder = "$setElementOrder/";
constexpr std::string_view kDelete = "$deleteFromPrimitiveList/";

std::string_view NameOf(const Json::Member& member) {
  return {member.name.GetString(), member.name.GetStringLength()};
}

bool Contains(const Json& list, const Json& value) {
  return std::any_of(list.Begin(), list.End(), [&](const Json& element) { return element == value; });
}

void RemoveFrom(Json& list, const Json& values) {
  for (auto element = list.Begin(); element != list.End();) {
    element = Contains(values, *element) ? list.Erase(element) : element + 1;
  }
}

// Returns the element that an element of a patch refers to. Ports with the same number are distinguished by
// protocol.
Json* FindByKey(Json& list, const std::string& key, const Json& wanted) {
  Json* found = nullptr;
  for (Json& element : list.GetArray()) {
    if (!SameMember(element, wanted, key)) continue;
    if (!found || SameMember(element, wanted, "protocol")) found = &element;
    if (SameMember(element, wanted, "protocol")) break;
  }
  return found;
}

// Sorts the elements named in `order` among the positions they occupy; the others keep theirs.
void Reorder(Json& list, const Field& field, const Json& order) {
  const auto rank = [&](const Json& element) {
    rapidjson::SizeType i = 0;
    for (; i < order.Size(); ++i) {
      const bool same = field.merge_key.empty()
                            ? order[i] == element
                            : SameMember(order[i], element, field.merge_key) &&
                                  (!Find(order[i], "protocol") || SameMember(order[i], element, "protocol"));
      if (same) break;
    }
    return i;
  };
  std::vector<std::pair<rapidjson::SizeType, Json>> ordered;
  std::vector<rapidjson::SizeType> places;
  for (rapidjson::SizeType i = 0; i < list.Size(); ++i) {
    const rapidjson::SizeType r = rank(list[i]);
    if (r == order.Size()) continue;
    places.push_back(i);
    ordered.emplace_back(r, std::move(list[i]));
  }
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (std::size_t i = 0; i < places.size(); ++i) list[places[i]] = std::move(ordered[i].second);
}

class StrategicMerge {
 public:
  explicit StrategicMerge(JsonAllocator& allocator) : allocator_(allocator) {}

  // `type` is null inside values without a schema.
  void Object(const ObjectType* type, Json& target, const Json& patch) {
    if (!target.IsObject() || GetString(patch, kDirective) == "replace") target.SetObject();
    if (const Json* keys = apiserver::Find(patch, kRetainKeys)) Retain(target, *keys);
    for (const auto& member : patch.GetObject()) {
      const std::string_view name = NameOf(member);
      if (name.starts_with('$')) continue;
      Member(type ? type->Find(name) : nullptr, target, name, member.value);
    }
    for (const auto& member : patch.GetObject()) ListDirective(type, target, NameOf(member), member.value);
  }

 private:
  static void Retain(Json& target, const Json& keys) {
    if (!keys.IsArray()) return;
    for (auto member = target.MemberBegin(); member != target.MemberEnd();) {
      member = Contains(keys, member->name) ? member + 1 : target.EraseMember(member);
    }
  }

  void Member(const Field* field, Json& target, std::string_view name, const Json& patch) {
    if (patch.IsNull()) return Remove(target, name);
    if (patch.IsObject()) {
      if (GetString(patch, kDirective) == "delete") return Remove(target, name);
      const bool typed = field && !field->list && !field->map;
      return Object(typed ? field->object : nullptr, EnsureObject(target, name, allocator_), patch);
    }
    if (patch.IsArray() && field && field->merge) return List(*field, target, name, patch);
    Set(target, name, Copy(patch, allocator_), allocator_);
  }

  void List(const Field& field, Json& target, std::string_view name, const Json& patch) {
    Json* list = apiserver::Find(target, name);
    const bool replace = std::any_of(patch.Begin(), patch.End(), [](const Json& element) {
      return GetString(element, kDirective) == "replace";
    });
    if (!list || !list->IsArray() || replace) {
      Set(target, name, Json(rapidjson::kArrayType), allocator_);
      list = apiserver::Find(target, name);
    }
    for (const Json& element : patch.GetArray()) Element(field, *list, element);
  }

  void Element(const Field& field, Json& list, const Json& patch) {
    if (field.merge_key.empty() || !patch.IsObject()) {
      if (!Contains(list, patch)) list.PushBack(Copy(patch, allocator_), allocator_);
      return;
    }
    const std::string_view directive = GetString(patch, kDirective);
    if (!apiserver::Find(patch, field.merge_key)) return;
    Json* element = FindByKey(list, field.merge_key, patch);
    if (directive == "delete") {
      if (element) list.Erase(list.Begin() + (element - list.Begin()));
      return;
    }
    if (!element) {
      list.PushBack(Json(rapidjson::kObjectType), allocator_);
      element = &list[list.Size() - 1];
    }
    Object(field.object, *element, patch);
  }

  void ListDirective(const ObjectType* type, Json& target, std::string_view name, const Json& value) {
    if (!value.IsArray()) return;
    const bool order = name.starts_with(kOrder);
    if (!order && !name.starts_with(kDelete)) return;
    name.remove_prefix(order ? kOrder.size() : kDelete.size());
    Json* list = apiserver::Find(target, name);
    const Field* field = type ? type->Find(name) : nullptr;
    if (!list || !list->IsArray()) return;
    if (!order) return RemoveFrom(*list, value);
    if (field) Reorder(*list, *field, value);
  }

  JsonAllocator& allocator_;
};

}  // namespace

void ApplyMergePatch(Json& target, const Json& patch, JsonAllocator& allocator) {
  if (!target.IsObject()) target.SetObject();
  for (const auto& member : patch.GetObject()) {
    const std::string_view name = NameOf(member);
    if (member.value.IsNull()) {
      Remove(target, name);
    } else if (member.value.IsObject()) {
      ApplyMergePatch(EnsureObject(target, name, allocator), member.value, allocator);
    } else {
      Set(target, name, Copy(member.value, allocator), allocator);
    }
  }
}

void ApplyStrategicMergePatch(const ObjectType& type, Json& target, const Json& patch,
                              JsonAllocator& allocator) {
  StrategicMerge(allocator).Object(&type, target, patch);
}

}  // namespace k8sm::apiserver
