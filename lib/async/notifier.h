// A condition variable for coroutines.

#ifndef K8SM_LIB_ASYNC_NOTIFIER_H_
#define K8SM_LIB_ASYNC_NOTIFIER_H_

#include "lib/async/token.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>

#include <chrono>

namespace k8sm {

// Lets any number of coroutines wait for a condition, each with its own deadline. Must outlive every
// coroutine that waits on it.
class Notifier {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit Notifier(asio::any_io_executor executor);
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  // Wakes every coroutine that is waiting now. Has no effect on coroutines that start to wait later.
  void Notify();

  // Returns after the next Notify(). As with any condition variable, the caller must check its condition
  // again. If the coroutine is cancelled, Wait() returns and the next co_await throws.
  Awaitable<void> Wait();

  // Like Wait(), but returns at `deadline` at the latest. Returns true if it was notified, false on timeout.
  // If the coroutine is cancelled while it waits, returns true and the next co_await throws.
  Awaitable<bool> WaitUntil(TimePoint deadline);

  // Returns after the next Notify() of either, or if the coroutine is cancelled, as Wait() does.
  static Awaitable<void> WaitForEither(Notifier& one, Notifier& other);

 private:
  // Lives in the frame of the waiting coroutine, as does the timer that it cancels to resume it. Unlinks
  // itself when destroyed, so a cancelled wait leaves no entry.
  struct Waiter
      : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit Waiter(asio::steady_timer& waits) : timer(waits) {}
    asio::steady_timer& timer;
    bool notified = false;
  };

  asio::any_io_executor executor_;
  boost::intrusive::list<Waiter, boost::intrusive::constant_time_size<false>> waiters_;
};

// Suspends the coroutine for `duration`. If the coroutine is cancelled, returns early and the next co_await
// throws.
Awaitable<void> SleepFor(std::chrono::milliseconds duration);

}  // namespace k8sm

#endif  // K8SM_LIB_ASYNC_NOTIFIER_H_
