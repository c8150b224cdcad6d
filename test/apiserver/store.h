// Stores all objects and their recent events, and issues resourceVersions.

#ifndef K8SM_TEST_APISERVER_STORE_H_
#define K8SM_TEST_APISERVER_STORE_H_

#include "test/apiserver/history.h"
#include "test/apiserver/object.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace k8sm::apiserver {

// Called after every event of a resource.
using Listener = std::function<void()>;

// The objects of one resource.
class Collection {
 public:
  using Objects = std::map<std::string, ObjectPtr, std::less<>>;

  Collection(const Resource& resource, std::size_t history_size, std::uint64_t revision)
      : resource_(&resource), history_(history_size, revision) {}

  const Resource& resource() const { return *resource_; }
  // Sorted by key.
  const Objects& objects() const { return objects_; }
  const History& history() const { return history_; }
  // Returns nullptr if there is no such object.
  ObjectPtr Find(std::string_view ns, std::string_view name) const;

  // Returns the objects as of `revision` whose keys begin with `prefix` and are not less than `start`, sorted
  // by key. REQUIRES: history().Covers(revision).
  std::vector<ObjectPtr> At(std::uint64_t revision, std::string_view prefix, std::string_view start) const;

  // Registers a listener, which is called as long as the returned handle lives. The handle may outlive the
  // store: a connection that is cut off may end after it.
  std::shared_ptr<Listener> AddListener(Listener listener);

 private:
  friend class Store;
  void Record(Event event);

  const Resource* resource_;
  Objects objects_;
  History history_;
  std::vector<std::weak_ptr<Listener>> listeners_;
};

// The objects of all resources.
class Store {
 public:
  // The first resourceVersion is `revision` + 1; every collection keeps `history_size` events.
  Store(std::size_t history_size, std::uint64_t revision);

  Collection& Of(const Resource& resource) { return collections_[IndexOf(resource)]; }
  const Collection& Of(const Resource& resource) const { return collections_[IndexOf(resource)]; }

  // The resourceVersion of the last write.
  std::uint64_t revision() const { return revision_; }

  // Stores the object with the next resourceVersion, replacing one of the same name.
  ObjectPtr Write(const Resource& resource, Json& object, JsonAllocator& allocator);

  // Removes the object and returns its last state, at the resourceVersion of the removal. REQUIRES: it is
  // stored.
  ObjectPtr Remove(const Object& object);

  // Returns the objects with an owner reference to this uid.
  std::vector<ObjectPtr> Dependents(std::string_view uid) const;

  // Returns the objects of a namespace.
  std::vector<ObjectPtr> InNamespace(std::string_view ns) const;
  bool IsNamespaceEmpty(std::string_view ns) const;

  // Discards the history of all collections: earlier versions can no longer be watched or listed.
  void Compact();

 private:
  void Index(const ObjectPtr& object);
  void Unindex(const Object& object);

  std::uint64_t revision_;
  std::vector<Collection> collections_;
  // Dependents, by uid of the owner.
  std::unordered_multimap<std::string, ObjectPtr> dependents_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_STORE_H_
