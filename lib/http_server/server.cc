#include "lib/http_server/server.h"

#include "lib/async/cancelled.h"
#include "lib/http_server/connection.h"
#include "lib/http_server/stream.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

namespace k8sm::http_server {
namespace {

using asio::ip::tcp;
using boost::system::error_code;

// Pause before the next accept() after the system ran out of resources.
constexpr std::chrono::milliseconds kAcceptPause{100};

void LogBug(std::string_view task, std::string_view what) {
  LOG(ERROR) << "the task \"" << task << "\" has failed: " << what;
}

Error CannotListen(const std::string& address, std::uint16_t port, Errc code, const error_code& error) {
  const bool is_v6 = address.find(':') != std::string::npos;
  return {.code = code,
          .message = "cannot listen on " + (is_v6 ? "[" + address + "]" : address) + ":" +
                     std::to_string(port) + ": " + error.message()};
}

}  // namespace

Result<std::unique_ptr<Server>> Server::Listen(asio::any_io_executor executor, ServerOptions options,
                                               Handler handler) {
  std::unique_ptr<Server> server(new Server(std::move(executor), std::move(options), std::move(handler)));
  const Result<void> listening = server->ListenAgain();
  if (!listening) return listening.error();
  return server;
}

Server::Server(asio::any_io_executor executor, ServerOptions options, Handler handler)
    : options_(std::move(options)),
      executor_(executor),
      handler_(std::move(handler)),
      acceptor_(executor),
      listening_changed_(executor),
      session_ended_(executor),
      place_freed_(executor),
      tasks_(executor, LogBug) {}

Result<void> Server::ListenAgain() {
  const auto fail = [this](Errc code, const error_code& error) {
    StopListening();
    return CannotListen(options_.address, options_.port, code, error);
  };
  error_code error;
  const auto ip = asio::ip::make_address(options_.address, error);
  if (error) return fail(Errc::kInvalidConfig, error);
  const tcp::endpoint endpoint(ip, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  // Allows a restart while connections of the previous process are in TIME_WAIT.
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) return fail(Errc::kUnavailable, error);
  options_.port = acceptor_.local_endpoint().port();
  listening_changed_.Notify();
  return {};
}

void Server::StopListening() {
  error_code ignored;
  acceptor_.close(ignored);
}

void Server::Stop() {
  stopped_ = true;
  StopListening();
  listening_changed_.Notify();
  for (const Place& place : places_) place.session->Close();
  tasks_.Cancel();
}

Awaitable<void> Server::Run() {
  // Cancellation ends the loop but not the coroutine, because connections must be closed.
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!stopped_) {
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) break;
    if (acceptor_.is_open()) {
      co_await Accept();
    } else {
      co_await listening_changed_.Wait();
    }
  }
  if (!stopped_) co_await Drain();
  Stop();
  co_await tasks_.Join();
}

Awaitable<void> Server::Drain() {
  StopListening();
  if (options_.limits.drain_time.count() == 0) co_return;
  const auto deadline = Clock::now() + options_.limits.drain_time;
  for (const Place& place : places_) place.session->Finish();
  co_await tasks_.JoinUntil(deadline);
}

Awaitable<void> Server::Accept() {
  auto [error, socket] = co_await acceptor_.async_accept(kToken);
  // A connection may have been accepted just before the acceptor was closed.
  if (error == asio::error::operation_aborted || !acceptor_.is_open()) co_return;
  if (error) {
    if (std::exchange(accepting_, false)) LOG(WARNING) << "cannot accept a connection: " << error.message();
    co_await SleepFor(kAcceptPause);
    co_return;
  }
  accepting_ = true;
  co_await MakePlace();
  if (!stopped_) Admit(std::move(socket));
}

Awaitable<void> Server::MakePlace() {
  while (!stopped_ && places_.size() >= options_.limits.connections) {
    const bool cancelled = IsCancelled(co_await asio::this_coro::cancellation_state);
    if (cancelled) co_return;
    const auto place = PlaceToFree();
    if (place == places_.end()) {
      const auto first = std::ranges::min_element(places_, {}, &Place::kept_until);
      const auto until = first->kept_until;
      co_await place_freed_.WaitUntil(until);
      continue;
    }
    VLOG(2) << options_.limits.connections
            << " connections, and one more: closing the one served longest ago of the client with the most";
    place->session->Close();
    co_await place_freed_.Wait();
  }
}

std::size_t Server::ConnectionsOf(const asio::ip::address& peer) const {
  return static_cast<std::size_t>(std::ranges::count(places_, peer, &Place::peer));
}

// Returns the place that was served longest ago among those of the client that has the most places, so that
// one client's connections do not displace another's; places_.end() if none may be replaced yet.
Server::Places::iterator Server::PlaceToFree() {
  const auto now = Clock::now();
  auto chosen = places_.end();
  std::size_t most = 0;
  for (auto place = places_.begin(); place != places_.end(); ++place) {
    if (place->kept_until > now) continue;
    const std::size_t connections = ConnectionsOf(place->peer);
    if (connections <= most) continue;
    most = connections;
    chosen = place;
  }
  return chosen;
}

Awaitable<void> Server::MakeRoomForAnswer() {
  const auto is_unfinished = [](const Place& place) { return place.session->unfinished(); };
  for (;;) {
    const auto unfinished = static_cast<std::size_t>(std::ranges::count_if(places_, is_unfinished));
    if (unfinished < options_.limits.unfinished) co_return;
    VLOG(2) << "clients do not read what they asked for: closing the one served longest ago";
    std::ranges::find_if(places_, is_unfinished)->session->Close();
    co_await session_ended_.Wait();
  }
}

void Server::Admit(tcp::socket socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  const asio::ip::address peer = socket.remote_endpoint(ignored).address();
  auto stream = MakeStream(std::move(socket), options_.tls);
  const auto place = places_.emplace(places_.end());
  place->kept_until = Clock::now() + options_.limits.grace;
  place->peer = peer;
  SessionHooks hooks{.make_room = [this] { return MakeRoomForAnswer(); },
                     .on_answered = [this, place] { places_.splice(places_.end(), places_, place); }};
  auto connection = std::make_shared<Connection>(executor_, std::move(stream), options_.limits);
  place->session =
      std::make_unique<Session>(std::move(connection), handler_, options_.refusal, std::move(hooks), tasks_);
  tasks_.Spawn("connection", Serve(place));
}

// An exception in a session is a bug, but must not leak its place.
Awaitable<void> Server::Serve(Places::iterator place) {
  std::exception_ptr failure;
  try {
    co_await place->session->Run();
  } catch (...) {
    failure = std::current_exception();
  }
  place->session->Close();
  places_.erase(place);
  session_ended_.Notify();
  place_freed_.Notify();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace k8sm::http_server
