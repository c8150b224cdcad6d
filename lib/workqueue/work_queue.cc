#include "lib/workqueue/work_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace k8sm::workqueue {
namespace {

constexpr WorkQueue::Duration kFirstDelay{5};
constexpr int kMaxDoublings = 14;

WorkQueue::Duration DelayAfter(int failures) {
  return kFirstDelay * (1 << std::min(failures, kMaxDoublings));
}

}  // namespace

void WorkQueue::Add(const kube::ObjectKey& key, TimePoint now) {
  entries_[key].not_before = {};
  AddAt(key, now, now);
}

void WorkQueue::AddAt(const kube::ObjectKey& key, TimePoint time, TimePoint now) {
  MoveDue(now);
  const auto entry = entries_.try_emplace(key).first;
  if (entry->second.asked) return;
  time = std::max(time, entry->second.not_before);
  if (time <= now) {
    Ask(entry, now);
  } else if (!entry->second.delayed || time < (*entry->second.delayed)->first) {
    Undelay(entry->second);
    entry->second.delayed = delayed_.emplace(time, key);
  }
}

void WorkQueue::AddRateLimited(const kube::ObjectKey& key, TimePoint now, Duration at_least) {
  MoveDue(now);
  Entry& entry = entries_[key];
  if (observer_ != nullptr) observer_->OnRetry();
  if (at_least > Duration(0)) {
    entry.not_before = now + at_least;
    Undelay(entry);
    if (entry.asked && entry.processing) {
      entry.asked = false;
      --asked_;
    }
  }
  AddAfter(key, std::max(DelayAfter(entry.failures++), at_least), now);
}

void WorkQueue::Forget(const kube::ObjectKey& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  entry->second.failures = 0;
  EraseIfIdle(entry);
}

int WorkQueue::NumRequeues(const kube::ObjectKey& key) const {
  const auto entry = entries_.find(key);
  return entry == entries_.end() ? 0 : entry->second.failures;
}

std::optional<kube::ObjectKey> WorkQueue::Get(TimePoint now) {
  MoveDue(now);
  if (ready_.empty()) return std::nullopt;
  kube::ObjectKey key = std::move(ready_.front());
  ready_.pop_front();
  Entry& entry = entries_.at(key);
  entry.asked = false;
  --asked_;
  entry.processing = true;
  entry.started = now;
  started_.insert(now);
  if (observer_ != nullptr) observer_->OnTaken(now - entry.asked_since);
  return key;
}

void WorkQueue::Done(const kube::ObjectKey& key, TimePoint now) {
  const auto entry = entries_.find(key);
  assert(entry != entries_.end() && entry->second.processing);
  entry->second.processing = false;
  started_.erase(started_.find(entry->second.started));
  if (observer_ != nullptr) observer_->OnDone(now - entry->second.started);
  if (entry->second.asked) {
    ready_.push_back(key);
  } else {
    EraseIfIdle(entry);
  }
}

std::optional<WorkQueue::TimePoint> WorkQueue::NextDue() const {
  if (delayed_.empty()) return std::nullopt;
  return delayed_.begin()->first;
}

WorkQueue::Unfinished WorkQueue::UnfinishedWork(TimePoint now) const {
  Unfinished work;
  for (const TimePoint started : started_) work.total += now - started;
  if (!started_.empty()) work.longest = now - *started_.begin();
  return work;
}

void WorkQueue::MoveDue(TimePoint now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) {
    const auto [due, key] = *delayed_.begin();
    Ask(entries_.find(key), due);
  }
}

void WorkQueue::Ask(Entries::iterator entry, TimePoint since) {
  Undelay(entry->second);
  entry->second.asked = true;
  entry->second.asked_since = since;
  ++asked_;
  if (observer_ != nullptr) observer_->OnAdded();
  if (!entry->second.processing) ready_.push_back(entry->first);
}

void WorkQueue::Undelay(Entry& entry) {
  if (entry.delayed) delayed_.erase(*entry.delayed);
  entry.delayed.reset();
}

void WorkQueue::EraseIfIdle(Entries::iterator entry) {
  const Entry& state = entry->second;
  if (!state.asked && !state.processing && !state.delayed && state.failures == 0) entries_.erase(entry);
}

}  // namespace k8sm::workqueue
