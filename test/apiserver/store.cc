#include "test/apiserver/store.h"

#include <algorithm>
#include <utility>

namespace k8sm::apiserver {

ObjectPtr Collection::Find(std::string_view ns, std::string_view name) const {
  const auto found = objects_.find(ObjectKey(ns, name));
  return found == objects_.end() ? nullptr : found->second;
}

std::vector<ObjectPtr> Collection::At(std::uint64_t revision, std::string_view prefix,
                                      std::string_view start) const {
  const auto wanted = [&](std::string_view key) { return key >= start && key.starts_with(prefix); };
  // The objects changed since `revision`, as they were then; nullptr if they did not exist.
  std::map<std::string, ObjectPtr> changed;
  for (std::uint64_t p = history_.PositionAfter(revision); p < history_.end(); ++p) {
    const Event& event = history_.At(p);
    std::string key = event.object->Key();
    if (wanted(key)) changed.emplace(std::move(key), event.previous);
  }
  std::vector<ObjectPtr> objects;
  auto then = changed.begin();
  const auto take_changed = [&] {
    if (then->second) objects.push_back(then->second);
    ++then;
  };
  for (auto now = objects_.lower_bound(std::max(prefix, start)); now != objects_.end(); ++now) {
    if (!now->first.starts_with(prefix)) break;
    while (then != changed.end() && then->first < now->first) take_changed();
    if (then != changed.end() && then->first == now->first) {
      take_changed();
    } else {
      objects.push_back(now->second);
    }
  }
  while (then != changed.end()) take_changed();
  return objects;
}

std::shared_ptr<Listener> Collection::AddListener(Listener listener) {
  std::erase_if(listeners_, [](const auto& each) { return each.expired(); });
  auto handle = std::make_shared<Listener>(std::move(listener));
  listeners_.push_back(handle);
  return handle;
}

void Collection::Record(Event event) {
  history_.Add(std::move(event));
  for (const std::weak_ptr<Listener>& each : listeners_) {
    if (const std::shared_ptr<Listener> listener = each.lock()) (*listener)();
  }
}

Store::Store(std::size_t history_size, std::uint64_t revision) : revision_(revision) {
  collections_.reserve(Resources().size());
  for (const Resource& resource : Resources()) collections_.emplace_back(resource, history_size, revision);
}

ObjectPtr Store::Write(const Resource& resource, Json& object, JsonAllocator& allocator) {
  SetString(EnsureObject(object, "metadata", allocator), "resourceVersion", std::to_string(++revision_),
            allocator);
  ObjectPtr stored = MakeObject(resource, object);
  Collection& collection = Of(resource);
  ObjectPtr& slot = collection.objects_[stored->Key()];
  ObjectPtr previous = std::exchange(slot, stored);
  if (previous) Unindex(*previous);
  Index(stored);
  collection.Record({previous ? EventType::kModified : EventType::kAdded, stored, previous});
  return stored;
}

ObjectPtr Store::Remove(const Object& object) {
  Collection& collection = Of(*object.resource);
  const auto found = collection.objects_.find(object.Key());
  const ObjectPtr previous = found->second;
  collection.objects_.erase(found);
  Unindex(*previous);
  ObjectPtr last = AtResourceVersion(*previous, ++revision_);
  collection.Record({EventType::kDeleted, last, previous});
  return last;
}

std::vector<ObjectPtr> Store::Dependents(std::string_view uid) const {
  std::vector<ObjectPtr> objects;
  const auto [begin, end] = dependents_.equal_range(std::string(uid));
  for (auto entry = begin; entry != end; ++entry) objects.push_back(entry->second);
  return objects;
}

std::vector<ObjectPtr> Store::InNamespace(std::string_view ns) const {
  std::vector<ObjectPtr> all;
  for (const Collection& collection : collections_) {
    if (!collection.resource().namespaced) continue;
    const std::vector<ObjectPtr> objects = collection.At(revision_, std::string(ns) + "/", "");
    all.insert(all.end(), objects.begin(), objects.end());
  }
  return all;
}

bool Store::IsNamespaceEmpty(std::string_view ns) const {
  const std::string prefix = std::string(ns) + "/";
  for (const Collection& collection : collections_) {
    if (!collection.resource().namespaced) continue;
    const auto first = collection.objects_.lower_bound(prefix);
    if (first != collection.objects_.end() && first->first.starts_with(prefix)) return false;
  }
  return true;
}

void Store::Compact() {
  for (Collection& collection : collections_) collection.history_.Compact(revision_);
}

void Store::Index(const ObjectPtr& object) {
  for (const std::string& uid : object->owner_uids) dependents_.emplace(uid, object);
}

void Store::Unindex(const Object& object) {
  for (const std::string& uid : object.owner_uids) {
    const auto [begin, end] = dependents_.equal_range(uid);
    const auto entry =
        std::find_if(begin, end, [&](const auto& pair) { return pair.second.get() == &object; });
    if (entry != end) dependents_.erase(entry);
  }
}

}  // namespace k8sm::apiserver
