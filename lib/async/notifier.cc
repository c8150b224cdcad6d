#include "lib/async/notifier.h"

#include <utility>

namespace k8sm {

Notifier::Notifier(asio::any_io_executor executor) : executor_(std::move(executor)) {}

void Notifier::Notify() {
  while (!waiters_.empty()) {
    Waiter& waiter = waiters_.front();
    waiters_.pop_front();
    // Set here because a timer that has already expired can no longer be cancelled.
    waiter.notified = true;
    waiter.timer.cancel();
  }
}

Awaitable<void> Notifier::Wait() {
  co_await WaitUntil(TimePoint::max());
}

Awaitable<bool> Notifier::WaitUntil(TimePoint deadline) {
  asio::steady_timer timer(executor_, deadline);
  Waiter waiter(timer);
  waiters_.push_back(waiter);
  const auto [error] = co_await timer.async_wait(kToken);
  co_return waiter.notified || error == asio::error::operation_aborted;
}

Awaitable<void> Notifier::WaitForEither(Notifier& one, Notifier& other) {
  asio::steady_timer timer(one.executor_, TimePoint::max());
  Waiter first(timer), second(timer);
  one.waiters_.push_back(first);
  other.waiters_.push_back(second);
  co_await timer.async_wait(kToken);
}

Awaitable<void> SleepFor(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(kToken);
}

}  // namespace k8sm
