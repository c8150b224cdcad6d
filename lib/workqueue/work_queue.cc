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
  AddAt(key, now, now);
}

void WorkQueue::AddAt(const kube::ObjectKey& key, TimePoint time, TimePoint now) {
  MoveDue(now);
  const auto entry = entries_.try_emplace(key).first;
  if (entry->second.asked) return;
  if (time <= now) {
    Ask(entry);
  } else if (!entry->second.delayed || time < (*entry->second.delayed)->first) {
    Undelay(entry->second);
    entry->second.delayed = delayed_.emplace(time, key);
  }
}

void WorkQueue::AddRateLimited(const kube::ObjectKey& key, TimePoint now, Duration at_least) {
  int& failures = entries_[key].failures;
  AddAfter(key, std::max(DelayAfter(failures++), at_least), now);
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
  entry.processing = true;
  ++processing_;
  return key;
}

void WorkQueue::Done(const kube::ObjectKey& key) {
  const auto entry = entries_.find(key);
  assert(entry != entries_.end() && entry->second.processing);
  entry->second.processing = false;
  --processing_;
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

void WorkQueue::MoveDue(TimePoint now) {
  while (!delayed_.empty() && delayed_.begin()->first <= now) Ask(entries_.find(delayed_.begin()->second));
}

void WorkQueue::Ask(Entries::iterator entry) {
  Undelay(entry->second);
  entry->second.asked = true;
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
