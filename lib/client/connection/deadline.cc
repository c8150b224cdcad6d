#include "lib/client/connection/deadline.h"

#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace k8sm::client {

using boost::system::error_code;

struct Deadline::State {
  explicit State(asio::ip::tcp::socket& owner) : socket(owner), timer(owner.get_executor()) {}

  asio::ip::tcp::socket& socket;
  asio::steady_timer timer;
  TimePoint armed_until = TimePoint::max();  // when the timer expires; max: it does not run
  TimePoint at = TimePoint::max();           // of the operation in progress; max: there is none
  bool expired = false;
};

Deadline::Deadline(asio::ip::tcp::socket& socket) : state_(std::make_shared<State>(socket)) {}

void Deadline::Begin(TimePoint at) {
  state_->at = at;
  if (at < state_->armed_until) Arm(state_, at);
}

error_code Deadline::End(const error_code& error) {
  state_->at = TimePoint::max();
  return state_->expired ? asio::error::timed_out : error;
}

void Deadline::Arm(const std::shared_ptr<State>& state, TimePoint until) {
  state->armed_until = until;
  state->timer.expires_at(until);
  state->timer.async_wait([weak = std::weak_ptr(state)](const error_code& error) {
    const auto alive = weak.lock();
    if (error || !alive) return;
    if (alive->at <= std::chrono::steady_clock::now()) {
      alive->expired = true;
      error_code ignored;
      alive->socket.close(ignored);
    } else if (alive->at < TimePoint::max()) {
      Arm(alive, alive->at);
    } else {
      alive->armed_until = TimePoint::max();
    }
  });
}

}  // namespace k8sm::client
