// A map with least-recently-used eviction.

#ifndef K8SM_LIB_EVENTS_LRU_MAP_H_
#define K8SM_LIB_EVENTS_LRU_MAP_H_

#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>
#include <utility>

namespace k8sm::events {

// Holds up to `capacity` values. Adding another one evicts the least recently used. REQUIRES: capacity >= 1.
template <class T>
class LruMap {
 public:
  explicit LruMap(std::size_t capacity) : capacity_(capacity) {}

  // Returns the key's value, created by `make()` if absent, and marks it as most recently used. The reference
  // is valid until the next call.
  template <class Make>
  T& FindOrAdd(const std::string& key, Make make) {
    if (const auto found = by_key_.find(key); found != by_key_.end()) {
      entries_.splice(entries_.begin(), entries_, found->second);
      return found->second->second;
    }
    if (entries_.size() >= capacity_) {
      by_key_.erase(entries_.back().first);
      entries_.pop_back();
    }
    entries_.emplace_front(key, make());
    by_key_.emplace(key, entries_.begin());
    return entries_.front().second;
  }

  T& FindOrAdd(const std::string& key) {
    return FindOrAdd(key, [] { return T(); });
  }

  // Number of values, at most `capacity`.
  std::size_t size() const { return entries_.size(); }

 private:
  using Entry = std::pair<std::string, T>;

  std::size_t capacity_;
  std::list<Entry> entries_;  // most recently used at the front
  std::unordered_map<std::string, typename std::list<Entry>::iterator> by_key_;
};

}  // namespace k8sm::events

#endif  // K8SM_LIB_EVENTS_LRU_MAP_H_
