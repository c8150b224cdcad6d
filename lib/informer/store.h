// The cache of one kind of object: the server's state as known from lists, watches and responses to our
// writes.

#ifndef K8SM_LIB_INFORMER_STORE_H_
#define K8SM_LIB_INFORMER_STORE_H_

#include "lib/kube/object_meta.h"
#include "lib/kube/resource_version.h"
#include "lib/kube/symbol.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace k8sm::informer {

// Holds objects of type T by key. T must have a member `kube::ObjectMeta meta`.
//
// Three sources update it, in any order relative to each other: a watch (Apply, Remove), lists (BeginReplace,
// AddListed, FinishReplace) and responses to our own requests (ApplyWrite, RemoveWritten). Conflicts are
// resolved by resource version, so the store converges to the server's state whichever arrives first.
template <class T>
class Store {
 public:
  // Called after each change: `before` is null for a new object, `after` is null for a removed one. An object
  // that was recreated (same key, other UID) is reported as a removal followed by an addition.
  //
  // `after` is the address of the stored object, which does not change until the object is removed. For an
  // update, `before` is a temporary copy; for a removal, `before` is the stored object. Both are valid only
  // during the call. The listener must not change the store.
  using Listener = std::function<void(const T* before, const T* after)>;

  // Called with unreadable = true when an object can no longer be decoded, with the metadata that could be
  // decoded, and with false when it can be decoded again or was deleted. If the labels of an unreadable
  // object change, both calls are made. When an object becomes readable, this is called before the object
  // enters the store and the listeners are called.
  using UnreadableListener = std::function<void(const kube::ObjectMeta& meta, bool unreadable)>;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Listeners are called in the order in which they were added. They are not called for objects already
  // stored.
  void AddListener(Listener listener) { listeners_.push_back({std::move(listener), true}); }
  // Like AddListener(), but not called for changes by our own requests (ApplyWrite, RemoveWritten, and events
  // that are recognized). For listeners that react to other writers.
  void AddWatchListener(Listener listener) { listeners_.push_back({std::move(listener), false}); }
  // Sets how an event is recognized that delivers a write of ours before its response has arrived.
  void RecognizeOwnWrites(std::function<bool(const T& delivered)> is_own) { is_own_ = std::move(is_own); }
  void AddUnreadableListener(UnreadableListener listener) {
    unreadable_listeners_.push_back(std::move(listener));
  }

  // Returns the object, or null. The address stays the same until the object is removed; updates change the
  // content in place.
  const T* Find(const kube::ObjectKey& key) const;

  // Returns the object if the store has exactly this version of it; null otherwise.
  const T* FindVersion(const kube::ObjectVersion& version) const;

  std::size_t size() const { return entries_.size(); }
  // Whether a response to a write of ours has ever been stored.
  bool has_own_writes() const { return has_own_writes_; }

  // Calls visit(const T&) for each object, in no particular order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const Entry& entry : entries_) visit(std::as_const(entry.object));
  }

  // Applies an ADDED or MODIFIED event. Ignored if the store has the same or a newer version.
  void Apply(T object);

  // Applies a DELETED event with its resource version. Ignored if the store has a newer version.
  void Remove(const kube::ObjectKey& key, const kube::ResourceVersion& resource_version);

  // Stores the object that the server returned for our write, if it is newer than everything known of it.
  void ApplyWrite(T object);

  // Removes an object that the server confirmed to have deleted for us, and ignores older events about it.
  void RemoveWritten(const kube::ObjectKey& key, const kube::Uid& uid);

  // Begins a list. Call it before the first request is sent. Objects that the list does not contain remain
  // until FinishReplace. A failed list is abandoned by the next BeginReplace. Items replace cached objects
  // one by one, so the list is not held in memory as a whole.
  void BeginReplace();

  // Adds one item of a list, or one event of a streaming list before its end. The list takes precedence even
  // if its version is older than the cached one (a restored server counts from an earlier version), except
  // over our own writes and deletes since BeginReplace.
  void AddListed(T object);

  // Records that an item of a list, or the object of an event of a streaming list before its end, exists but
  // could not be decoded; the cached version is kept. Our own writes and deletes since BeginReplace take
  // precedence.
  void AddUnreadableListed(const kube::ObjectMeta& meta);

  // Records that the object of an event, or of a response to our own request, exists in this version but
  // could not be decoded. Ignored if the store has this version or a newer one, or knows that the object was
  // deleted.
  void ApplyUnreadable(const kube::ObjectMeta& meta);

  // Whether the object exists but its latest version could not be decoded, so that neither its cached version
  // nor its absence is reliable. Cleared when a readable version arrives, or when it is deleted or no longer
  // listed.
  bool IsUnreadable(const kube::ObjectKey& key) const { return unreadable_.contains(key); }
  // The number of such objects.
  std::size_t unreadable() const { return unreadable_.size(); }

  // Ends the list, which has this resource version: removes the objects that it did not contain, except our
  // own later writes. Returns the number of removed objects.
  std::size_t FinishReplace(const kube::ResourceVersion& resource_version);

 private:
  // An object removed by RemoveWritten. Its last known version and older ones are stale.
  struct Deleted {
    kube::Uid uid;
    kube::ResourceVersion resource_version;
  };

  // An element of a set that is found by the key of its object; a map would hold each key twice. Put()
  // replaces an object only by one with the same key.
  struct Entry {
    mutable T object;
    mutable std::uint32_t listed = 0;   // last generation whose list contained it
    mutable std::uint32_t written = 0;  // last generation in which ApplyWrite stored it
  };
  struct EntryHash : kube::ObjectKeyHash {
    using is_transparent = void;
    using kube::ObjectKeyHash::operator();
    std::size_t operator()(const Entry& entry) const noexcept {
      return (*this)(entry.object.meta.ns, entry.object.meta.name);
    }
  };
  struct SameKey {
    using is_transparent = void;
    bool operator()(const Entry& a, const Entry& b) const {
      return a.object.meta.ns == b.object.meta.ns && a.object.meta.name == b.object.meta.name;
    }
    bool operator()(const kube::ObjectKey& key, const Entry& entry) const {
      return key.ns == entry.object.meta.ns && key.name == entry.object.meta.name;
    }
    bool operator()(const Entry& entry, const kube::ObjectKey& key) const { return (*this)(key, entry); }
  };
  using Entries = std::unordered_set<Entry, EntryHash, SameKey>;

  struct Unreadable {
    kube::ObjectMeta meta;
    std::uint32_t generation = 0;  // last generation in which it was listed or received
  };

  struct ListenerEntry {
    Listener call;
    bool own_writes;  // whether it is called for our own writes, too
  };
  enum class Origin { kServer, kOwnWrite };

  static bool SameVersion(const T& a, const T& b);
  // Whether `a` is an older version than `b`, if the two can be compared.
  static bool IsOlder(const kube::ResourceVersion& a, const kube::ResourceVersion& b);
  bool IsDeleted(const kube::ObjectMeta& meta) const;
  const Entry& Put(T object, Origin origin);
  typename Entries::iterator TakeOut(typename Entries::iterator entry, Origin origin);
  void Tell(const T* before, const T* after, Origin origin) const;
  void MarkUnreadable(const kube::ObjectMeta& meta);
  // The object is readable, or deleted, as of this version; an empty version means any.
  void ClearUnreadable(const kube::ObjectKey& key, const kube::ResourceVersion& resource_version);
  void TellUnreadable(const kube::ObjectMeta& meta, bool unreadable) const;

  Entries entries_;
  std::vector<ListenerEntry> listeners_;
  std::function<bool(const T& delivered)> is_own_;  // may be empty
  std::vector<UnreadableListener> unreadable_listeners_;
  bool has_own_writes_ = false;
  std::uint32_t generation_ = 1;                                               // number of lists begun
  std::unordered_map<kube::ObjectKey, Deleted, kube::ObjectKeyHash> deleted_;  // since the last list began
  std::unordered_map<kube::ObjectKey, Unreadable, kube::ObjectKeyHash> unreadable_;
  // Version of the last deletion seen by the watch, or of the last list. An object that is not in the store
  // and has no newer version was deleted.
  kube::ResourceVersion gone_through_;
};

template <class T>
const T* Store<T>::Find(const kube::ObjectKey& key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? nullptr : &entry->object;
}

template <class T>
const T* Store<T>::FindVersion(const kube::ObjectVersion& version) const {
  const T* object = Find({kube::Symbol(version.ns), kube::Symbol(version.name)});
  const bool is_it = object != nullptr && object->meta.uid == kube::Uid(version.uid) &&
                     object->meta.resource_version == version.resource_version;
  return is_it ? object : nullptr;
}

template <class T>
void Store<T>::Apply(T object) {
  const T* cached = Find(object.meta.Key());
  if (cached != nullptr && (SameVersion(object, *cached) ||
                            !kube::IsNewer(object.meta.resource_version, cached->meta.resource_version))) {
    return;
  }
  if (IsDeleted(object.meta)) return;
  const bool is_own = is_own_ && is_own_(object);
  Put(std::move(object), is_own ? Origin::kOwnWrite : Origin::kServer);
}

template <class T>
void Store<T>::Remove(const kube::ObjectKey& key, const kube::ResourceVersion& resource_version) {
  if (kube::IsNewer(resource_version, gone_through_)) gone_through_ = resource_version;
  ClearUnreadable(key, resource_version);
  const auto deleted = deleted_.find(key);
  if (deleted != deleted_.end() && kube::IsNewer(resource_version, deleted->second.resource_version)) {
    deleted_.erase(deleted);
  }
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  const kube::ResourceVersion& cached = entry->object.meta.resource_version;
  // Some servers send a deletion with the version of the object's last state.
  if (resource_version == cached || kube::IsNewer(resource_version, cached)) TakeOut(entry, Origin::kServer);
}

template <class T>
void Store<T>::ApplyWrite(T object) {
  const T* cached = Find(object.meta.Key());
  if (cached != nullptr && SameVersion(object, *cached)) return;
  // The watch may have been faster than the response, and may have reported the deletion since.
  const kube::ResourceVersion& known = cached != nullptr ? cached->meta.resource_version : gone_through_;
  if (!kube::IsNewer(object.meta.resource_version, known)) return;
  Put(std::move(object), Origin::kOwnWrite).written = generation_;
  has_own_writes_ = true;
}

template <class T>
void Store<T>::RemoveWritten(const kube::ObjectKey& key, const kube::Uid& uid) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || entry->object.meta.uid != uid) return;
  deleted_.insert_or_assign(key, Deleted{uid, entry->object.meta.resource_version});
  ClearUnreadable(key, {});
  TakeOut(entry, Origin::kOwnWrite);
}

template <class T>
void Store<T>::BeginReplace() {
  ++generation_;
  deleted_.clear();
}

template <class T>
void Store<T>::AddListed(T object) {
  if (IsDeleted(object.meta)) return;
  const auto entry = entries_.find(object.meta.Key());
  if (entry != entries_.end()) {
    entry->listed = generation_;
    const T& cached = entry->object;
    if (SameVersion(object, cached)) return;
    if (entry->written == generation_ &&
        kube::IsNewer(cached.meta.resource_version, object.meta.resource_version)) {
      return;
    }
  }
  Put(std::move(object), Origin::kServer).listed = generation_;
}

template <class T>
void Store<T>::AddUnreadableListed(const kube::ObjectMeta& meta) {
  if (IsDeleted(meta)) return;
  const auto entry = entries_.find(meta.Key());
  if (entry != entries_.end()) {
    entry->listed = generation_;
    const kube::ResourceVersion& cached = entry->object.meta.resource_version;
    const bool is_cached = !cached.empty() && meta.resource_version == cached;
    const bool is_written_over = entry->written == generation_ && IsOlder(meta.resource_version, cached);
    if (is_cached || is_written_over) return;
  }
  MarkUnreadable(meta);
}

template <class T>
void Store<T>::ApplyUnreadable(const kube::ObjectMeta& meta) {
  const T* cached = Find(meta.Key());
  const kube::ResourceVersion& known = cached != nullptr ? cached->meta.resource_version : gone_through_;
  if (kube::IsNewer(meta.resource_version, known) && !IsDeleted(meta)) MarkUnreadable(meta);
}

template <class T>
std::size_t Store<T>::FinishReplace(const kube::ResourceVersion& resource_version) {
  gone_through_ = resource_version;
  std::vector<kube::ObjectMeta> readable;
  std::erase_if(unreadable_, [&](const auto& item) {
    if (item.second.generation == generation_) return false;
    readable.push_back(item.second.meta);
    return true;
  });
  const std::size_t before = entries_.size();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const bool written_since =
        entry->written == generation_ && kube::IsNewer(entry->object.meta.resource_version, resource_version);
    entry =
        entry->listed == generation_ || written_since ? std::next(entry) : TakeOut(entry, Origin::kServer);
  }
  for (const kube::ObjectMeta& meta : readable) TellUnreadable(meta, false);
  return before - entries_.size();
}

template <class T>
bool Store<T>::SameVersion(const T& a, const T& b) {
  return a.meta.uid == b.meta.uid && a.meta.resource_version == b.meta.resource_version;
}

template <class T>
bool Store<T>::IsOlder(const kube::ResourceVersion& a, const kube::ResourceVersion& b) {
  return a != b && !kube::IsNewer(a, b);
}

template <class T>
bool Store<T>::IsDeleted(const kube::ObjectMeta& meta) const {
  if (deleted_.empty()) return false;
  const auto deleted = deleted_.find(meta.Key());
  if (deleted == deleted_.end() || deleted->second.uid != meta.uid) return false;
  const kube::ResourceVersion& last = deleted->second.resource_version;
  return meta.resource_version == last || !kube::IsNewer(meta.resource_version, last);
}

// Stores the object regardless of its version, as an update, a recreation or a new object.
template <class T>
const typename Store<T>::Entry& Store<T>::Put(T object, Origin origin) {
  const kube::ObjectKey key = object.meta.Key();
  ClearUnreadable(key, object.meta.resource_version);
  auto entry = entries_.find(key);
  if (entry != entries_.end() && entry->object.meta.uid != object.meta.uid) {
    TakeOut(entry, origin);
    entry = entries_.end();
  }
  if (entry == entries_.end()) {
    entry = entries_.insert(Entry{std::move(object)}).first;
    Tell(nullptr, &entry->object, origin);
  } else {
    const T before = std::exchange(entry->object, std::move(object));
    Tell(&before, &entry->object, origin);
  }
  return *entry;
}

// Returns the iterator after the removed entry.
template <class T>
typename Store<T>::Entries::iterator Store<T>::TakeOut(typename Entries::iterator entry, Origin origin) {
  const auto next = std::next(entry);
  const auto taken = entries_.extract(entry);
  Tell(&taken.value().object, nullptr, origin);
  return next;
}

template <class T>
void Store<T>::Tell(const T* before, const T* after, Origin origin) const {
  for (const ListenerEntry& listener : listeners_) {
    if (origin == Origin::kServer || listener.own_writes) listener.call(before, after);
  }
}

template <class T>
void Store<T>::MarkUnreadable(const kube::ObjectMeta& meta) {
  const auto before = unreadable_.find(meta.Key());
  if (before != unreadable_.end() && before->second.meta.labels != meta.labels)
    ClearUnreadable(meta.Key(), {});
  const auto [mark, is_new] = unreadable_.try_emplace(meta.Key());
  mark->second = {.meta = meta, .generation = generation_};
  mark->second.meta.annotations = {};  // not used, and potentially large
  if (is_new) TellUnreadable(meta, true);
}

template <class T>
void Store<T>::ClearUnreadable(const kube::ObjectKey& key, const kube::ResourceVersion& resource_version) {
  if (unreadable_.empty()) return;
  const auto found = unreadable_.find(key);
  if (found == unreadable_.end() || IsOlder(resource_version, found->second.meta.resource_version)) return;
  const kube::ObjectMeta meta = std::move(found->second.meta);
  unreadable_.erase(found);
  TellUnreadable(meta, false);
}

template <class T>
void Store<T>::TellUnreadable(const kube::ObjectMeta& meta, bool unreadable) const {
  for (const UnreadableListener& listener : unreadable_listeners_) listener(meta, unreadable);
}

}  // namespace k8sm::informer

#endif  // K8SM_LIB_INFORMER_STORE_H_
