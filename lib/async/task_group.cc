#include "lib/async/task_group.h"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace k8sm {

namespace {

// In Boost 1.83 a coroutine that ends cancelled, and has never waited, ends the process: co_spawn itself then
// awaits something outside of its handler of exceptions.
Awaitable<void> RunTask(Awaitable<void> task, bool& started, const bool& canceled) {
  started = true;
  if (canceled) co_return;
  std::exception_ptr failure;
  try {
    co_await std::move(task);
  } catch (...) {
    failure = std::current_exception();
  }
  co_await asio::this_coro::throw_if_cancelled(false);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor, FailureHandler on_failure)
    : executor_(executor), on_failure_(std::move(on_failure)), ended_(executor) {}

void TaskGroup::Spawn(std::string name, Awaitable<void> task) {
  tasks_.emplace_back().name = std::move(name);
  const auto entry = std::prev(tasks_.end());
  asio::co_spawn(
      executor_, RunTask(std::move(task), entry->started, entry->canceled),
      asio::bind_cancellation_slot(entry->cancel.slot(),
                                   [this, entry](std::exception_ptr exception) { OnEnd(entry, exception); }));
}

void TaskGroup::OnEnd(std::list<Task>::iterator task, std::exception_ptr exception) {
  const std::string name = task->name;
  // A Cancel() posted from outside the loop holds a bare pointer to the signal (co_spawn in Boost 1.81), so
  // the signal must outlive everything posted so far.
  const auto ended = std::make_shared<std::list<Task>>();
  ended->splice(ended->begin(), tasks_, task);
  asio::post(executor_, [ended] {});
  ended_.Notify();
  if (!exception) return;
  try {
    std::rethrow_exception(exception);
  } catch (const boost::system::system_error& error) {
    // A cancelled coroutine unwinds with this error; see kToken.
    if (error.code() != asio::error::operation_aborted) on_failure_(name, error.what());
  } catch (const std::exception& error) {
    on_failure_(name, error.what());
  }
}

void TaskGroup::Cancel() {
  for (Task& task : tasks_) {
    task.canceled = true;
    if (task.started) task.cancel.emit(asio::cancellation_type::terminal);
  }
}

Awaitable<void> TaskGroup::Join() {
  while (!tasks_.empty()) co_await ended_.Wait();
}

Awaitable<bool> TaskGroup::JoinUntil(std::chrono::steady_clock::time_point deadline) {
  while (!tasks_.empty()) {
    const bool notified = co_await ended_.WaitUntil(deadline);
    if (!notified) break;
  }
  co_return tasks_.empty();
}

}  // namespace k8sm
