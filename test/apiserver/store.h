// All objects, what happened to them lately, and the one counter of resourceVersions.

#ifndef K8SM_TEST_APISERVER_STORE_H_
#define K8SM_TEST_APISERVER_STORE_H_

#include "test/apiserver/history.h"
#include "test/apiserver/object.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
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
  // In the order of their keys.
  const Objects& objects() const { return objects_; }
  const History& history() const { return history_; }
  // nullptr where there is none.
  ObjectPtr Find(std::string_view ns, std::string_view name) const;

  // The objects as they were at `revision`, those with keys from `start` on that begin with `prefix`, in
  // order. REQUIRES: history().Covers(revision).
  std::vector<ObjectPtr> At(std::uint64_t revision, std::string_view prefix, std::string_view start) const;

  // Calls the listener until it is removed.
  std::list<Listener>::iterator AddListener(Listener listener);
  void RemoveListener(std::list<Listener>::iterator listener);

 private:
  friend class Store;
  void Record(Event event);

  const Resource* resource_;
  Objects objects_;
  History history_;
  std::list<Listener> listeners_;
};

class Store {
 public:
  // resourceVersions begin after `revision`; every collection remembers `history_size` events.
  Store(std::size_t history_size, std::uint64_t revision);

  Collection& Of(const Resource& resource) { return collections_[IndexOf(resource)]; }
  const Collection& Of(const Resource& resource) const { return collections_[IndexOf(resource)]; }

  // Of the newest write.
  std::uint64_t revision() const { return revision_; }

  // Stores the object under the next resourceVersion, in place of one of the same name.
  ObjectPtr Write(const Resource& resource, Json& object, JsonAllocator& allocator);

  // Removes it; returns its last state, at the resourceVersion of the removal. REQUIRES: it is stored.
  ObjectPtr Remove(const Object& object);

  // The objects that name this uid as an owner.
  std::vector<ObjectPtr> Dependents(std::string_view uid) const;

  // The objects inside a namespace.
  std::vector<ObjectPtr> InNamespace(std::string_view ns) const;
  bool IsNamespaceEmpty(std::string_view ns) const;

  // Forgets what happened: nothing before now can be watched or listed any more.
  void Compact();

 private:
  void Index(const ObjectPtr& object);
  void Unindex(const Object& object);

  std::uint64_t revision_;
  std::vector<Collection> collections_;
  // Dependents by the owner's uid.
  std::unordered_multimap<std::string, ObjectPtr> dependents_;
};

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_STORE_H_
