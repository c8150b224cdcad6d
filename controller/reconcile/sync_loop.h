// Runs syncs for queued keys with bounded concurrency and retries.

#ifndef K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_
#define K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_

#include "controller/reconcile/sync_observer.h"
#include "controller/report/sync_failures.h"
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
#include <utility>

namespace k8sm::controller {

struct SyncLoopOptions {
  // Maximum number of concurrent syncs.
  std::size_t concurrency = 5;
  // Tries before a key is given up; nullopt: unlimited.
  std::optional<std::size_t> max_tries;
};

// The result of a successful sync (reconcile.Result, sigs.k8s.io/controller-runtime).
struct SyncResult {
  // Sync the key again after this time; 0: only when something changes.
  std::chrono::milliseconds requeue_after{0};
  // The service does not exist, and of what was published for it nothing is left that can be read.
  bool gone = false;
};

// A queue of keys and the syncs of them; never two syncs at a time for one key. A failed key is retried after
// 5 ms, doubling up to 82 s, or after the API server's Retry-After. `on_failure` is called if a sync throws.
// An error kCanceled ends a key without a retry, and the deletion of its namespace counts as success.
class SyncLoop {
 public:
  using SyncFunction = std::function<Awaitable<Result<SyncResult>>(kube::ObjectKey)>;

  SyncLoop(asio::any_io_executor executor, SyncLoopOptions options, SyncFunction sync,
           TaskGroup::FailureHandler on_failure);

  // Sets the observer that is notified of every sync from now on. `observer` must outlive the loop.
  void SetObserver(SyncObserver* observer);

  // Queues the key, also while it waits for a Retry-After. If a sync of it is running, it is synced again
  // after that one.
  void Add(const kube::ObjectKey& key);
  // Queues the key after `delay`, unless it is queued earlier for another reason or waits for a Retry-After.
  void AddAfter(const kube::ObjectKey& key, std::chrono::milliseconds delay);

  // Starts syncs for queued keys. Never returns; ends by cancellation, which leaves running syncs to Drain().
  Awaitable<void> Run();

  // Whether no key is queued, delayed or being synced.
  bool Idle() const { return queue_.processing() + queue_.depth() + queue_.delayed() == 0; }

  // Runs a task of a sync beside it. Drain() waits for it and cancels it together with the syncs.
  void Spawn(std::string name, Awaitable<void> task) { syncs_.Spawn(std::move(name), std::move(task)); }

  const workqueue::WorkQueue& queue() const { return queue_; }

  // Returns for how long Run() has failed to start a sync that is due while the concurrency limit permits
  // one; nullopt if there is none, or before Run(). Does not depend on how long syncs take, i.e. on the API
  // server.
  std::optional<std::chrono::steady_clock::duration> Overdue(std::chrono::steady_clock::time_point now) const;

  // Returns when no key is queued, delayed or being synced; retries count. REQUIRES: Run() is running.
  Awaitable<void> WaitUntilIdle();

  // Returns when every key that was queued without delay has been synced or tried. REQUIRES: Run() is
  // running.
  Awaitable<void> WaitUntilTried();

  // Waits for running syncs until `deadline`, then cancels them. Returns whether all finished by then.
  // REQUIRES: Run() has ended.
  Awaitable<bool> Drain(std::chrono::steady_clock::time_point deadline);

  // The number of keys given up after options.max_tries.
  std::size_t failed() const { return failed_; }
  // The services whose last sync has failed and is retried. Races with other writers count only if they last.
  const SyncFailures& failing() const { return failing_; }

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
  TaskGroup syncs_;  // and their tasks
  Notifier wake_;    // wakes Run() to look for due keys
  Notifier tried_;
  KeyedFailureLog failures_;
  SyncFailures failing_;
  LineBudget given_up_{20};
  std::size_t failed_ = 0;
  SyncObserver* observer_ = nullptr;  // may be null
  bool running_ = false;
  // When Run() was notified, if it has not looked for due keys since.
  std::optional<std::chrono::steady_clock::time_point> woken_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SYNC_LOOP_H_
