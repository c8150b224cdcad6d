// Waiting for something that another coroutine does.

#ifndef K8SM_LIB_ASYNC_NOTIFIER_H_
#define K8SM_LIB_ASYNC_NOTIFIER_H_

#include "lib/async/token.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>

namespace k8sm {

// A condition to wait for. Any number of coroutines may wait, each until a deadline of its own. Has to
// outlive the coroutines that wait on it.
class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Notifier(asio::any_io_executor executor);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Wakes every coroutine that waits now; one that waits later is not woken by it.
  void Notify();

  // Returns once notified. As with any condition, the caller looks again at what it waited for.
  Awaitable<void> Wait();

  // The same, but no later than at `deadline`. Returns whether it was notified. A coroutine that is cancelled
  // while it waits counts as notified: its next co_await throws.
  Awaitable<bool> WaitUntil(TimePoint deadline);

 private:
  // Lives in the coroutine that waits. Leaves the list by itself, whichever of the two ends first.
  struct Waiter
      : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    Waiter(const asio::any_io_executor& executor, TimePoint deadline) : timer(executor, deadline) {}
    asio::steady_timer timer;
    bool notified = false;
  };

  asio::any_io_executor executor_;
  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
};

// Waits for so long, unless the coroutine is cancelled.
Awaitable<void> SleepFor(std::chrono::milliseconds duration);

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_NOTIFIER_H_
