// Named background coroutines with a common owner.

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

// Starts coroutines, cancels them together and waits for them to end. Every background coroutine of the
// program is started through a TaskGroup, so that no failure goes unnoticed. Destroy it only when empty(), or
// after its io_context has stopped for good.
class TaskGroup {
 public:
  // Called when a task ends with an exception other than cancellation, which is a bug. Receives the task's
  // name and the exception's what().
  using FailureHandler = std::function<void(std::string_view name, std::string_view what)>;

  // Runs the tasks on `executor`. `on_failure` must be set.
  TaskGroup(asio::any_io_executor executor, FailureHandler on_failure);
  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  // Starts the task, which may run before this returns. `name` appears only in failure reports and need not
  // be unique.
  void Spawn(std::string name, Awaitable<void> task);

  // Cancels the pending operation of every running task; each task unwinds at its next co_await. Tasks
  // spawned afterwards are not affected.
  void Cancel();

  // Returns when no task is left. REQUIRES: not called from one of the group's own tasks.
  Awaitable<void> Join();

  // Like Join(), but returns at `deadline` at the latest. Returns whether no task is left.
  Awaitable<bool> JoinUntil(std::chrono::steady_clock::time_point deadline);

  // Whether no task is running.
  bool empty() const { return tasks_.empty(); }
  // Number of running tasks.
  std::size_t size() const { return tasks_.size(); }

 private:
  struct Task {
    std::string name;
    asio::cancellation_signal cancel;
    bool started = false;
    bool canceled = false;
  };

  void OnEnd(std::list<Task>::iterator task, std::exception_ptr exception);

  asio::any_io_executor executor_;
  FailureHandler on_failure_;
  std::list<Task> tasks_;
  Notifier ended_;
};

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_TASK_GROUP_H_
