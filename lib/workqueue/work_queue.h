// A queue of object keys with the semantics of client-go's rate-limiting work queue, as a plain data
// structure. It neither waits nor reads a clock: the caller passes the current time and owns the timer.

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

// A key is queued at most once, independently of whether it is being processed:
//
//   delayed ──(due)──► ready ──Get──► processing ──Done──► gone, ready or delayed again
//
// A key that is added several times is returned once, at the earliest of the requested times. A key that is
// added after Get() returned it is returned again, but not before Done(). So no two workers process the same
// key, and a change that arrives while a key is processed is not lost.
//
// The times passed in must not go backwards. Every operation except UnfinishedWork takes O(log n) or less.
class WorkQueue {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  using Duration = std::chrono::milliseconds;

  // Sets the observer that is notified of each event from now on. It must outlive the use of the queue.
  void SetObserver(QueueObserver* observer) { observer_ = observer; }

  // Queues the key immediately, also while it waits for a Retry-After.
  void Add(const kube::ObjectKey& key, TimePoint now);

  // Queues the key at `time`. No effect if it is already queued for that time or earlier, so adding a key
  // repeatedly never postpones it.
  void AddAt(const kube::ObjectKey& key, TimePoint time, TimePoint now);
  // Queues the key `delay` from now; see AddAt().
  void AddAfter(const kube::ObjectKey& key, Duration delay, TimePoint now) { AddAt(key, now + delay, now); }

  // Requeues the key after a failure: after 5 ms, doubled with each further call up to 81.92 s, and not
  // before `at_least` (a server's Retry-After). Until that has passed, AddAt() and AddAfter() do not queue it
  // earlier, nor do additions that were made while it was processed.
  void AddRateLimited(const kube::ObjectKey& key, TimePoint now, Duration at_least = {});

  // Resets the key's backoff to 5 ms. Call it when the key was processed successfully.
  void Forget(const kube::ObjectKey& key);

  // Number of calls of AddRateLimited for the key since the last Forget().
  int NumRequeues(const kube::ObjectKey& key) const;

  // Returns the key that has been ready for longest and marks it as processing; nullopt if no key is ready.
  std::optional<kube::ObjectKey> Get(TimePoint now);

  // Ends the processing that Get() started. REQUIRES: the key is processing.
  void Done(const kube::ObjectKey& key, TimePoint now);

  // When to call Get() again after it returned nullopt, unless Add or Done is called first; nullopt if no key
  // is delayed.
  std::optional<TimePoint> NextDue() const;

  // Number of keys that are ready and not processing, as of the last call that was passed the time.
  std::size_t depth() const { return ready_.size(); }
  // Number of keys waiting for their time.
  std::size_t delayed() const { return delayed_.size(); }
  // Number of keys returned by Get() and not yet Done().
  std::size_t processing() const { return started_.size(); }
  // Number of keys that are queued and due, including those that are also processing.
  std::size_t asked() const { return asked_; }

  // Processing time so far of the keys being processed: the sum, and that of the oldest.
  struct Unfinished {
    TimePoint::duration total{0};
    TimePoint::duration longest{0};
  };
  Unfinished UnfinishedWork(TimePoint now) const;

 private:
  using Delayed = std::multimap<TimePoint, kube::ObjectKey>;

  // State of a key; erased once all members have these default values.
  struct Entry {
    bool asked = false;       // queued and due: in ready_ or, while processing, waiting for Done()
    TimePoint asked_since{};  // valid if asked
    bool processing = false;
    TimePoint started{};  // valid if processing
    std::optional<Delayed::iterator> delayed;
    TimePoint not_before{};  // meaningless once it has passed
    int failures = 0;
  };
  using Entries = std::unordered_map<kube::ObjectKey, Entry, kube::ObjectKeyHash>;

  void MoveDue(TimePoint now);
  void Ask(Entries::iterator entry, TimePoint since);
  void Undelay(Entry& entry);
  void EraseIfIdle(Entries::iterator entry);

  Entries entries_;
  std::deque<kube::ObjectKey> ready_;
  Delayed delayed_;                   // equal times in insertion order
  std::multiset<TimePoint> started_;  // start times of the keys being processed
  std::size_t asked_ = 0;
  QueueObserver* observer_ = nullptr;  // null: not observed
};

}  // namespace k8sm::workqueue

#endif  // K8SM_LIB_WORKQUEUE_WORK_QUEUE_H_
