// The cache of one kind of object: what the API server holds, as far as lists, watches and the answers to our
// own writes have told.

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
#include <utility>
#include <vector>

namespace k8sm::informer {

// Holds objects of type T, which has a `kube::ObjectMeta meta`, by their keys.
//
// Three sources feed it, in any order relative to each other: a watch (Apply, Remove), lists (BeginReplace,
// AddListed, FinishReplace) and the answers to our own requests (ApplyWrite, RemoveWritten). Resource
// versions decide which word is the last, so that the store ends up with the server's state whichever comes
// first.
template <class T>
class Store {
 public:
  // Told of each change once the store holds it: `before` is null where the object is new, `after` where it
  // has gone. An object that was recreated, with another uid under the same key, has gone first and is new
  // then.
  //
  // `after` is the address of the stored object, which stays the same until the object goes; of an update,
  // `before` is a copy elsewhere, and of an object that goes, `before` is that stored object for the last
  // time. Both are valid during the call. The listener must not change the store.
  using Listener = std::function<void(const T* before, const T* after)>;

  // Called when an object can't be read any more (`unreadable`), with as much of its metadata as can, and
  // when it can be read again or has gone; of one that is relabelled and still can't be read, with both. A
  // version that can be read enters the store afterwards, and listeners are called for it as for any other.
  using UnreadableListener = std::function<void(const kube::ObjectMeta& meta, bool unreadable)>;

  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  // Listeners are called in the order of their adding, and not told of what the store already holds.
  void AddListener(Listener listener) { listeners_.push_back({std::move(listener), true}); }
  // The same, but not called for the changes that our own requests have made (ApplyWrite, RemoveWritten): for
  // those who react to what others do.
  void AddWatchListener(Listener listener) { listeners_.push_back({std::move(listener), false}); }
  void AddUnreadableListener(UnreadableListener listener) {
    unreadable_listeners_.push_back(std::move(listener));
  }

  // Null where there is none. The object stays where it is until it goes; its contents change with its
  // updates.
  const T* Find(const kube::ObjectKey& key) const;

  std::size_t size() const { return entries_.size(); }

  // Calls visit(const T&) for each object, in no particular order.
  template <class Visit>
  void ForEach(Visit visit) const {
    for (const auto& [key, entry] : entries_) visit(entry.object);
  }

  // An ADDED or MODIFIED event: enters unless the store has the same version or a newer one.
  void Apply(T object);

  // A DELETED event with its resource version: takes the object out unless a newer one has taken its place.
  void Remove(const kube::ObjectKey& key, std::string_view resource_version);

  // The object as the server has answered our write: enters if it is newer than all that the store knows.
  void ApplyWrite(T object);

  // The server has answered our delete of this object: takes it out and keeps out older news of it.
  void RemoveWritten(const kube::ObjectKey& key, const kube::Symbol& uid);

  // A list begins: call it before its first request is sent. Until FinishReplace, what the list does not name
  // stays. A list that fails is followed by another BeginReplace. Items take their places one by one, so a
  // list needs no room beside what is cached.
  void BeginReplace();

  // One item of the list, or of a streaming one an event before its end. The list decides, though its version
  // be older than the cached one (a server restored from a backup counts from its own past), except against
  // our own writes and deletes since BeginReplace.
  void AddListed(T object);

  // One item of the list, or the object of an event of a streaming one before its end, that exists and can't
  // be read: what the store holds of it stays. As with AddListed, our own writes and deletes since
  // BeginReplace count for more.
  void AddUnreadableListed(const kube::ObjectMeta& meta);

  // The object of an event, or of the answer to our own request, exists in this version and can't be read.
  // Without effect where the store holds that version or a newer one, or knows that it has gone.
  void ApplyUnreadable(const kube::ObjectMeta& meta);

  // Whether the object exists but could not be read when it was last listed or told of, so that neither its
  // absence here nor what is here of it means anything. Until it is told of in a version that can be read, or
  // gone, or no longer listed.
  bool IsUnreadable(const kube::ObjectKey& key) const { return unreadable_.contains(key); }

  // The list is complete, and this is its resource version: takes out what it did not name, except our own
  // later writes. Gives the number of objects taken out.
  std::size_t FinishReplace(std::string_view resource_version);

 private:
  // What RemoveWritten took out: the last version of it that was known, and older ones, are stale news.
  struct Deleted {
    kube::Symbol uid;
    std::string resource_version;
  };

  struct Entry {
    T object;
    std::uint64_t listed = 0;   // the last generation whose list named it
    std::uint64_t written = 0;  // the last generation in which ApplyWrite brought it
  };
  using Entries = std::unordered_map<kube::ObjectKey, Entry, kube::ObjectKeyHash>;

  struct Unreadable {
    kube::ObjectMeta meta;
    std::uint64_t generation = 0;  // the last in which it was listed or told of
  };

  struct ListenerEntry {
    Listener call;
    bool own_writes;  // whether it is called for them too
  };
  enum class Origin { kServer, kOwnWrite };

  static bool SameVersion(const T& a, const T& b);
  // Whether `a` is an older version than `b`, as far as the two can be compared.
  static bool IsOlder(std::string_view a, std::string_view b);
  bool IsDeleted(const kube::ObjectMeta& meta) const;
  Entry& Put(T object, Origin origin);
  typename Entries::iterator TakeOut(typename Entries::iterator entry, Origin origin);
  void Tell(const T* before, const T* after, Origin origin) const;
  void MarkUnreadable(const kube::ObjectMeta& meta);
  // The object can be read, or has gone, as of this version; empty: of any.
  void ClearUnreadable(const kube::ObjectKey& key, std::string_view resource_version);
  void TellUnreadable(const kube::ObjectMeta& meta, bool unreadable) const;

  Entries entries_;
  std::vector<ListenerEntry> listeners_;
  std::vector<UnreadableListener> unreadable_listeners_;
  std::uint64_t generation_ = 1;                                               // counts lists
  std::unordered_map<kube::ObjectKey, Deleted, kube::ObjectKeyHash> deleted_;  // since the last list began
  std::unordered_map<kube::ObjectKey, Unreadable, kube::ObjectKeyHash> unreadable_;
  // Of the last deletion that a watch told of, or the last list: what is no newer and not in the store has
  // gone.
  std::string gone_through_;
};

template <class T>
const T* Store<T>::Find(const kube::ObjectKey& key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? nullptr : &entry->second.object;
}

template <class T>
void Store<T>::Apply(T object) {
  const T* cached = Find(object.meta.Key());
  if (cached != nullptr && (SameVersion(object, *cached) ||
                            !kube::IsNewer(object.meta.resource_version, cached->meta.resource_version))) {
    return;
  }
  if (!IsDeleted(object.meta)) Put(std::move(object), Origin::kServer);
}

template <class T>
void Store<T>::Remove(const kube::ObjectKey& key, std::string_view resource_version) {
  if (kube::IsNewer(resource_version, gone_through_)) gone_through_ = resource_version;
  ClearUnreadable(key, resource_version);
  const auto deleted = deleted_.find(key);
  if (deleted != deleted_.end() && kube::IsNewer(resource_version, deleted->second.resource_version)) {
    deleted_.erase(deleted);
  }
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  const std::string& cached = entry->second.object.meta.resource_version;
  // Some servers send a deletion with the version of the object's last state.
  if (resource_version == cached || kube::IsNewer(resource_version, cached)) TakeOut(entry, Origin::kServer);
}

template <class T>
void Store<T>::ApplyWrite(T object) {
  const T* cached = Find(object.meta.Key());
  if (cached != nullptr && SameVersion(object, *cached)) return;
  // The watch may have been faster than the answer, and may even have told of the object's deletion since.
  const std::string& known = cached != nullptr ? cached->meta.resource_version : gone_through_;
  if (!kube::IsNewer(object.meta.resource_version, known)) return;
  Put(std::move(object), Origin::kOwnWrite).written = generation_;
}

template <class T>
void Store<T>::RemoveWritten(const kube::ObjectKey& key, const kube::Symbol& uid) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end() || entry->second.object.meta.uid != uid) return;
  deleted_.insert_or_assign(key, Deleted{uid, entry->second.object.meta.resource_version});
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
    entry->second.listed = generation_;
    const T& cached = entry->second.object;
    if (SameVersion(object, cached)) return;
    if (entry->second.written == generation_ &&
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
    entry->second.listed = generation_;
    const std::string& cached = entry->second.object.meta.resource_version;
    const bool is_cached = !cached.empty() && meta.resource_version == cached;
    const bool is_written_over =
        entry->second.written == generation_ && IsOlder(meta.resource_version, cached);
    if (is_cached || is_written_over) return;
  }
  MarkUnreadable(meta);
}

template <class T>
void Store<T>::ApplyUnreadable(const kube::ObjectMeta& meta) {
  const T* cached = Find(meta.Key());
  const std::string& known = cached != nullptr ? cached->meta.resource_version : gone_through_;
  if (kube::IsNewer(meta.resource_version, known) && !IsDeleted(meta)) MarkUnreadable(meta);
}

template <class T>
std::size_t Store<T>::FinishReplace(std::string_view resource_version) {
  gone_through_ = resource_version;
  std::vector<kube::ObjectMeta> readable;
  std::erase_if(unreadable_, [&](const auto& item) {
    if (item.second.generation == generation_) return false;
    readable.push_back(item.second.meta);
    return true;
  });
  const std::size_t before = entries_.size();
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const Entry& state = entry->second;
    const bool written_since =
        state.written == generation_ && kube::IsNewer(state.object.meta.resource_version, resource_version);
    entry = state.listed == generation_ || written_since ? std::next(entry) : TakeOut(entry, Origin::kServer);
  }
  for (const kube::ObjectMeta& meta : readable) TellUnreadable(meta, false);
  return before - entries_.size();
}

template <class T>
bool Store<T>::SameVersion(const T& a, const T& b) {
  return a.meta.uid == b.meta.uid && a.meta.resource_version == b.meta.resource_version;
}

template <class T>
bool Store<T>::IsOlder(std::string_view a, std::string_view b) {
  return a != b && !kube::IsNewer(a, b);
}

template <class T>
bool Store<T>::IsDeleted(const kube::ObjectMeta& meta) const {
  if (deleted_.empty()) return false;
  const auto deleted = deleted_.find(meta.Key());
  if (deleted == deleted_.end() || deleted->second.uid != meta.uid) return false;
  const std::string& last = deleted->second.resource_version;
  return meta.resource_version == last || !kube::IsNewer(meta.resource_version, last);
}

// Stores the object whatever its version, as an update, a recreation or something new.
template <class T>
typename Store<T>::Entry& Store<T>::Put(T object, Origin origin) {
  const kube::ObjectKey key = object.meta.Key();
  ClearUnreadable(key, object.meta.resource_version);
  auto entry = entries_.find(key);
  if (entry != entries_.end() && entry->second.object.meta.uid != object.meta.uid) {
    TakeOut(entry, origin);
    entry = entries_.end();
  }
  if (entry == entries_.end()) {
    Entry& added = entries_.try_emplace(key, Entry{std::move(object)}).first->second;
    Tell(nullptr, &added.object, origin);
    return added;
  }
  const T before = std::exchange(entry->second.object, std::move(object));
  Tell(&before, &entry->second.object, origin);
  return entry->second;
}

// Gives the entry after it.
template <class T>
typename Store<T>::Entries::iterator Store<T>::TakeOut(typename Entries::iterator entry, Origin origin) {
  const auto next = std::next(entry);
  const auto taken = entries_.extract(entry);
  Tell(&taken.mapped().object, nullptr, origin);
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
  mark->second.meta.annotations = {};  // nobody asks for them, and they may be large
  if (is_new) TellUnreadable(meta, true);
}

template <class T>
void Store<T>::ClearUnreadable(const kube::ObjectKey& key, std::string_view resource_version) {
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
