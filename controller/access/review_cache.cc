#include "controller/access/review_cache.h"

#include <iterator>
#include <utility>

namespace k8sm::controller {

const kube::ReviewStatus* ReviewCache::Find(const std::string& key, TimePoint now) {
  Expire(now);
  const auto found = by_key_.find(key);
  return found == by_key_.end() ? nullptr : &found->second->result;
}

void ReviewCache::Put(const std::string& key, kube::ReviewStatus result, TimePoint now) {
  Expire(now);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entries_.erase(found->second);
    by_key_.erase(found);
  }
  if (entries_.size() >= max_entries_) {
    by_key_.erase(entries_.front().key);
    entries_.pop_front();
  }
  entries_.push_back({key, std::move(result), now + time_to_live_});
  by_key_.emplace(key, std::prev(entries_.end()));
}

void ReviewCache::Expire(TimePoint now) {
  while (!entries_.empty() && entries_.front().expires <= now) {
    by_key_.erase(entries_.front().key);
    entries_.pop_front();
  }
}

}  // namespace k8sm::controller
