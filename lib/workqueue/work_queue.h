// Which objects have to be looked at, and when: the semantics of client-go's rate limiting work queue as a
// plain data structure. It neither waits nor reads a clock: the caller passes the current time and owns the
// timer.

#ifndef K8SM_LIB_WORKQUEUE_WORK_QUEUE_H_
#define K8SM_LIB_WORKQUEUE_WORK_QUEUE_H_

#include "lib/kube/object_meta.h"
#include "lib/workqueue/queue_observer.h"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

namespace k8sm::workqueue {

// A key is, at any time, asked for once or not at all, and being processed or not:
//
//   delayed ──(due)──► ready ──Get──► processing ──Done──► gone, ready or delayed again
//
// However often a key is added, it is given out once, at the earliest of the times that were asked for; what
// is added after Get() has given it out is given out again, but never before Done(). So two workers never
// hold the same key, and a change that comes while a key is processed is not lost.
//
// The times passed in must not go back. Every operation is O(log n) or better.
class WorkQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  // Sets the observer that is notified of each event from now on. It has to outlive the queue's use.
  void SetObserver(QueueObserver* observer) { observer_ = observer; }

  // Asks for the key at once.
  void Add(const kube::ObjectKey& key, TimePoint now);

  // Asks for the key at `time`. Without effect where it is already asked for, no later than that: adding
  // again and again postpones nothing.
  void AddAt(const kube::ObjectKey& key, TimePoint time, TimePoint now);
  void AddAfter(const kube::ObjectKey& key, Duration delay, TimePoint now) { AddAt(key, now + delay, now); }

  // Asks for the key again after a failure: 5 ms from now, doubled with each further call for it up to 81.92
  // s, and not before `at_least` (a server's Retry-After).
  void AddRateLimited(const kube::ObjectKey& key, TimePoint now, Duration at_least = {});

  // Lets the key's next AddRateLimited begin with 5 ms again. For a key that has succeeded.
  void Forget(const kube::ObjectKey& key);

  // How often AddRateLimited was called for the key since it was last forgotten.
  int NumRequeues(const kube::ObjectKey& key) const;

  // The key that has been ready for longest, from now on processing; nothing where none is ready.
  std::optional<kube::ObjectKey> Get(TimePoint now);

  // Ends the processing that Get() began. REQUIRES: the key is processing.
  void Done(const kube::ObjectKey& key, TimePoint now);

  // When to call Get() again after it gave nothing, unless a call of Add or Done comes first; nothing: not
  // before.
  std::optional<TimePoint> NextDue() const;

  // Of the keys that are neither processing nor delayed, as of the last call that passed the time in.
  std::size_t depth() const { return ready_.size(); }
  std::size_t delayed() const { return delayed_.size(); }
  std::size_t processing() const { return started_.size(); }
  // Of all keys that are asked for and due, those that are processing among them.
  std::size_t asked() const { return asked_; }

  // Of the keys that are processing: for how long together, and the one that has been for longest.
  struct Unfinished {
    TimePoint::duration total{0};
    TimePoint::duration longest{0};
  };
  Unfinished UnfinishedWork(TimePoint now) const;

 private:
  using Delayed = std::multimap<TimePoint, kube::ObjectKey>;

  // Kept as long as anything in it differs from these defaults.
  struct Entry {
    bool asked = false;       // and due: in ready_, or while processing, waiting for Done()
    TimePoint asked_since{};  // where asked
    bool processing = false;
    TimePoint started{};  // where processing
    std::optional<Delayed::iterator> delayed;
    int failures = 0;
  };
  using Entries = std::unordered_map<kube::ObjectKey, Entry, kube::ObjectKeyHash>;

  void MoveDue(TimePoint now);
  void Ask(Entries::iterator entry, TimePoint since);
  void Undelay(Entry& entry);
  void EraseIfIdle(Entries::iterator entry);

  Entries entries_;
  std::deque<kube::ObjectKey> ready_;
  Delayed delayed_;                   // equal times in the order of their adding
  std::multiset<TimePoint> started_;  // when the keys were given out that are processing
  std::size_t asked_ = 0;
  QueueObserver* observer_ = nullptr;  // null: nobody listens
};

}  // namespace k8sm::workqueue

#endif  // K8SM_LIB_WORKQUEUE_WORK_QUEUE_H_
