#include "lib/async/notifier.h"

namespace k8sm {

Notifier::Notifier(asio::any_io_executor executor) : timer_(std::move(executor), TimePoint::max()) {}

void Notifier::Notify() {
  timer_.cancel();
}

Awaitable<void> Notifier::Wait() {
  co_await WaitUntil(TimePoint::max());
}

Awaitable<bool> Notifier::WaitUntil(TimePoint deadline) {
  // Moving the expiry wakes whoever waits already, so it is done only where it changes something.
  if (timer_.expiry() != deadline) timer_.expires_at(deadline);
  const auto [error] = co_await timer_.async_wait(kToken);
  co_return error == asio::error::operation_aborted;
}

Awaitable<void> SleepFor(std::chrono::milliseconds duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor, duration);
  co_await timer.async_wait(kToken);
}

}  // namespace k8sm
