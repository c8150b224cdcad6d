// Remembers the results of reviews for a while.

#ifndef K8SM_CONTROLLER_ACCESS_REVIEW_CACHE_H_
#define K8SM_CONTROLLER_ACCESS_REVIEW_CACHE_H_

#include "lib/kube/review.h"

#include <chrono>
#include <cstddef>
#include <list>
#include <string>
#include <unordered_map>

namespace k8sm::controller {

// A bounded map from question to result, in which each entry lives for the same time. If it is full, the
// oldest entry goes. No I/O and no clock: the caller passes the time, which must not go backwards.
class ReviewCache {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  // `max_entries` must be at least 1.
  ReviewCache(std::size_t max_entries, std::chrono::milliseconds time_to_live)
      : max_entries_(max_entries), time_to_live_(time_to_live) {}

  // Returns the result for a key; null if there is none. Valid until the next Put() or Find().
  const kube::ReviewStatus* Find(const std::string& key, TimePoint now);
  // Adds a result, or replaces it.
  void Put(const std::string& key, kube::ReviewStatus result, TimePoint now);

  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    kube::ReviewStatus result;
    TimePoint expires;
  };

  void Expire(TimePoint now);

  const std::size_t max_entries_;
  const std::chrono::milliseconds time_to_live_;
  std::list<Entry> entries_;  // in the order of expiry
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ACCESS_REVIEW_CACHE_H_
