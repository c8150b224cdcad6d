// Coroutines that run on their own, under a name and an owner.

#ifndef K8SM_LIB_ASYNC_TASK_GROUP_H_
#define K8SM_LIB_ASYNC_TASK_GROUP_H_

#include "lib/async/notifier.h"
#include "lib/async/token.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <list>
#include <string>
#include <string_view>

namespace k8sm {

// Runs tasks, cancels them together and waits for their end. Nothing in this program is spawned in another
// way, so that no task dies unseen. Destroy it only when empty(), or after its io_context has stopped for
// good.
class TaskGroup {
 public:
  // Called when a task ends by an exception, which is a bug: its name, and what it threw.
  using FailureHandler = std::function<void(std::string_view name, std::string_view what)>;

  TaskGroup(asio::any_io_executor executor, FailureHandler on_failure);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task at the next turn of the loop.
  void Spawn(std::string name, Awaitable<void> task);

  // Cancels what every task waits for; tasks unwind at their next co_await. Tasks spawned later run.
  void Cancel();

  // Returns when no task is left. REQUIRES: not called from one of the group's own tasks.
  Awaitable<void> Join();

  // The same, but no later than at `deadline`. Returns whether no task is left.
  Awaitable<bool> JoinUntil(std::chrono::steady_clock::time_point deadline);

  bool empty() const { return tasks_.empty(); }
  std::size_t size() const { return tasks_.size(); }

 private:
  struct Task {
    std::string name;
    asio::cancellation_signal cancel;
  };

  void OnEnd(std::list<Task>::iterator task, std::exception_ptr exception);

  asio::any_io_executor executor_;
  FailureHandler on_failure_;
  std::list<Task> tasks_;
  Notifier ended_;
};

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_TASK_GROUP_H_
