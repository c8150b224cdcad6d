// Waiting for something that another coroutine does.

#ifndef K8SM_LIB_ASYNC_NOTIFIER_H_
#define K8SM_LIB_ASYNC_NOTIFIER_H_

#include "lib/async/token.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace k8sm {

// A condition to wait for, and a plain sleep. Has to outlive the coroutines that wait on it.
class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Notifier(asio::any_io_executor executor);

  // Wakes every coroutine that waits now; one that waits later is not woken by it.
  void Notify();

  // Returns once notified. As with any condition, the caller looks again at what it waited for.
  Awaitable<void> Wait();

  // The same, but no later than at `deadline`. Returns whether it was notified.
  // Two coroutines cannot wait with different deadlines at a time: the later call sets it for both.
  Awaitable<bool> WaitUntil(TimePoint deadline);

 private:
  asio::steady_timer timer_;
};

// Waits for so long, unless the coroutine is cancelled.
Awaitable<void> SleepFor(std::chrono::milliseconds duration);

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_NOTIFIER_H_
