// Takes keys from the queue and syncs them, a bounded number at a time.

#ifndef K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_
#define K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_

#include "controller/reconcile/sync_observer.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/kube/object_meta.h"
#include "lib/workqueue/work_queue.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace k8sm::controller {

struct SyncLoopOptions {
  // Syncs under way at a time; one that writes nothing ends at once.
  std::size_t concurrency = 5;
  // How often a key is tried before it is given up; nothing: for ever.
  std::optional<std::size_t> max_tries;
};

// What a sync that went well asks for (reconcile.Result, sigs.k8s.io/controller-runtime).
struct SyncResult {
  // Sync the key again after this time; 0: when something changes.
  std::chrono::milliseconds requeue_after{0};
};

// A key whose sync fails is tried again after 5 ms, doubling up to 82 s, or after what the API server asks
// for.
class SyncLoop {
 public:
  using SyncFunction = std::function<Awaitable<Result<SyncResult>>(kube::ObjectKey)>;

  SyncLoop(asio::any_io_executor executor, SyncLoopOptions options, SyncFunction sync,
           TaskGroup::FailureHandler on_failure);

  // Has somebody told of all syncs from now on. The observer has to outlive the loop's use.
  void SetObserver(SyncObserver* observer);

  // Syncs the key, now or when its sync that is under way has ended.
  void Add(const kube::ObjectKey& key);
  // Syncs the key after the delay, if it is not synced anyway before.
  void AddAfter(const kube::ObjectKey& key, std::chrono::milliseconds delay);

  // Gives keys to syncs. Ends by cancellation alone, and leaves the syncs that are under way to Drain().
  Awaitable<void> Run();

  // Whether nothing is left to do, retries included.
  bool Idle() const { return queue_.processing() + queue_.depth() + queue_.delayed() == 0; }

  const workqueue::WorkQueue& queue() const { return queue_; }

  // For how long Run() has left undone what it could do: a sync is due and one more may be under way. Nothing
  // where all is as it should be, or Run() has not begun. Says nothing of how long syncs take, which depends
  // on the API server.
  std::optional<std::chrono::steady_clock::duration> Overdue(std::chrono::steady_clock::time_point now) const;

  // Returns when nothing is left to do, retries included. REQUIRES: Run() runs.
  Awaitable<void> WaitUntilIdle();

  // Returns when every key that was added, but not for later, has been synced or tried. REQUIRES: Run() runs.
  Awaitable<void> WaitUntilTried();

  // Lets the syncs under way end until `deadline`, then cancels them. Returns whether all have ended by
  // themselves. REQUIRES: Run() has ended.
  Awaitable<bool> Drain(std::chrono::steady_clock::time_point deadline);

  // Keys that were given up after options.max_tries.
  std::size_t failed() const { return failed_; }

 private:
  bool Tried() const { return queue_.processing() + queue_.depth() == 0; }
  void Wake();
  Awaitable<void> Process(kube::ObjectKey key);
  void Observe(const Result<SyncResult>& result, std::chrono::steady_clock::duration took);
  void Finish(const kube::ObjectKey& key, const Result<SyncResult>& result);
  void Retry(const kube::ObjectKey& key, const Error& error);

  const SyncLoopOptions options_;
  const SyncFunction sync_;
  workqueue::WorkQueue queue_;
  TaskGroup syncs_;
  Notifier wake_;  // Run(): there may be something to do
  Notifier tried_;
  KeyedFailureLog failures_;
  LineBudget given_up_{20};
  std::size_t failed_ = 0;
  SyncObserver* observer_ = nullptr;  // null: nobody listens
  bool running_ = false;
  // When Run() was woken and has not looked for work since.
  std::optional<std::chrono::steady_clock::time_point> woken_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_
