// An HTTP server: listens, keeps connections within limits, and passes requests to a handler.

#ifndef K8SM_LIB_HTTP_SERVER_SERVER_H_
#define K8SM_LIB_HTTP_SERVER_SERVER_H_

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/limits.h"
#include "lib/http_server/session.h"
#include "lib/http_server/tls.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

namespace k8sm::http_server {

// Options of Server.
struct ServerOptions {
  // IP address to listen on; port 0 means any free port.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  TlsSource tls;  // unset: plain HTTP
  Limits limits;
  // Creates the response to an invalid request; plain text by default.
  Refusal refusal = [](unsigned status, const std::string&) { return PlainError(status); };
};

// Serves a handler's responses, without authentication. Runs on the executor's single thread.
class Server {
 public:
  // Starts to listen; connections wait until Run(). Errors: kInvalidConfig if `address` is not an IP address,
  // kUnavailable if it cannot be listened on. Everything that the handler refers to must outlive Run().
  static Result<std::unique_ptr<Server>> Listen(asio::any_io_executor executor, ServerOptions options,
                                                Handler handler);

  // REQUIRES: Run() has returned or was never called, or the io_context has stopped for good.
  ~Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port on which the server listens.
  std::uint16_t port() const { return options_.port; }

  // Serves until cancelled or stopped. When cancelled, it stops listening, closes idle connections, gives the
  // others Limits::drain_time to finish, and then does the same as Stop(). Returns when the last connection
  // is closed. Call it once.
  Awaitable<void> Run();

  // Stops listening and aborts all connections immediately. Run() returns soon afterwards.
  void Stop();

  // Stops listening until ListenAgain(), so that the system refuses new connections. Existing ones continue.
  void StopListening();
  // Listens again on the same address and port. Errors are those of Listen().
  Result<void> ListenAgain();
  // Whether the server listens at present.
  bool listening() const { return acceptor_.is_open(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Place {
    std::unique_ptr<Session> session;
    Clock::time_point kept_until;
    asio::ip::address peer;
  };
  using Places = std::list<Place>;

  Server(asio::any_io_executor executor, ServerOptions options, Handler handler);

  Awaitable<void> Accept();
  Awaitable<void> Drain();
  Awaitable<void> MakePlace();
  std::size_t ConnectionsOf(const asio::ip::address& peer) const;
  Places::iterator PlaceToFree();
  Awaitable<void> MakeRoomForAnswer();
  void Admit(asio::ip::tcp::socket socket);
  Awaitable<void> Serve(Places::iterator place);

  ServerOptions options_;
  const asio::any_io_executor executor_;
  const Handler handler_;
  asio::ip::tcp::acceptor acceptor_;
  bool stopped_ = false;
  bool accepting_ = true;  // false: the last accept() failed
  Places places_;          // ordered by when they were last served, oldest first
  Notifier listening_changed_;
  Notifier session_ended_;
  Notifier place_freed_;  // like session_ended_, for waits with a deadline
  TaskGroup tasks_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_SERVER_H_
