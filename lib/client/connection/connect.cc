#include "lib/client/connection/connect.h"

#include "lib/async/cancelled.h"
#include "lib/async/notifier.h"
#include "lib/base/host_port.h"
#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

// Connection Attempt Delay of RFC 8305.
constexpr std::chrono::milliseconds kAttemptDelay{250};

// The connection attempts. Shared by their handlers and the waiting coroutine, which may end before them.
class Race : public std::enable_shared_from_this<Race> {
 public:
  explicit Race(asio::any_io_executor executor) : executor_(executor), changed_(std::move(executor)) {}

  void Start(const tcp::endpoint& address) {
    attempts_.push_back({tcp::socket(executor_), address, std::nullopt});
    const std::size_t index = attempts_.size() - 1;
    attempts_.back().socket.async_connect(
        address, [self = shared_from_this(), index](error_code error) { self->OnEnd(index, error); });
  }

  Awaitable<bool> WaitUntil(steady_clock::time_point time) { return changed_.WaitUntil(time); }

  bool won() const { return winner_.has_value(); }
  // Whether no attempt is in progress.
  bool idle() const {
    return std::all_of(attempts_.begin(), attempts_.end(),
                       [](const Attempt& a) { return a.error.has_value(); });
  }

  // Cancels all attempts except the winner.
  void Stop() {
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      error_code ignored;
      if (i != winner_) attempts_[i].socket.close(ignored);
    }
  }

  // REQUIRES: won().
  Connected Take() {
    std::string passed_over;
    for (std::size_t i = 0; i < attempts_.size(); ++i) {
      if (i != *winner_)
        passed_over.append(passed_over.empty() ? "" : "; ").append(WhatBecameOf(attempts_[i]));
    }
    Attempt& winner = attempts_[*winner_];
    return {std::move(winner.socket), winner.address, std::move(passed_over)};
  }

  // REQUIRES: there was an attempt, and none has won.
  Error Failure(const error_code& otherwise) const {
    const auto& [address, error] = last_failure_;
    const tcp::endpoint& named = error ? address : attempts_.back().address;
    return NetworkError("connect to " + Describe(named), error ? error : otherwise);
  }

 private:
  struct Attempt {
    tcp::socket socket;
    tcp::endpoint address;
    std::optional<error_code> error;  // nullopt while in progress
  };

  void OnEnd(std::size_t index, const error_code& error) {
    attempts_[index].error = error;
    if (error) last_failure_ = {attempts_[index].address, error};
    if (!error && !winner_) winner_ = index;
    changed_.Notify();
  }

  static std::string WhatBecameOf(const Attempt& attempt) {
    const std::string doing = "connect to " + Describe(attempt.address) + ": ";
    return doing + (attempt.error && *attempt.error ? attempt.error->message() : "no answer");
  }

  asio::any_io_executor executor_;
  Notifier changed_;
  std::deque<Attempt> attempts_;  // deque: elements must not move
  std::optional<std::size_t> winner_;
  std::pair<tcp::endpoint, error_code> last_failure_;
};

}  // namespace

std::string Describe(const tcp::endpoint& address) {
  return HostPort(address.address().to_string(), address.port());
}

Awaitable<Result<Connected>> ConnectToAny(asio::any_io_executor executor,
                                          std::vector<tcp::endpoint> addresses,
                                          steady_clock::time_point deadline) {
  const auto race = std::make_shared<Race>(executor);
  std::size_t started = 0;
  auto next_start = steady_clock::time_point::min();
  while (!race->won()) {
    const auto now = steady_clock::now();
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (now >= deadline || cancelled) break;
    const bool more = started < addresses.size();
    if (!more && race->idle()) break;
    if (more && (now >= next_start || race->idle())) {
      race->Start(addresses[started++]);
      next_start = now + kAttemptDelay;
      continue;
    }
    co_await race->WaitUntil(more ? std::min(next_start, deadline) : deadline);
  }
  race->Stop();
  const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
  if (cancelled)
    co_return NetworkError("connect to " + Describe(addresses.front()), asio::error::operation_aborted);
  if (race->won()) co_return race->Take();
  if (started == 0)
    co_return NetworkError("connect to " + Describe(addresses.front()), asio::error::timed_out);
  Error failure = race->Failure(asio::error::timed_out);
  if (addresses.size() > 1)
    failure.message += " (the last of " + std::to_string(addresses.size()) + " addresses)";
  co_return failure;
}

}  // namespace k8sm::client
