// An HTTP server: listens, keeps connections within limits, and has requests answered by a handler.

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
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>

namespace k8sm::http_server {

struct ServerOptions {
  // An IP address; port 0: any free port.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  TlsSource tls;  // empty: plain HTTP
  Limits limits;
  Refusal refusal = [](unsigned status, const std::string&) { return PlainError(status); };
};

// Serves what a handler answers, without authentication. Everything runs on the executor's single thread.
class Server {
 public:
  // Listens; connections wait until Run(). kInvalidConfig for an address that is none, kUnavailable where it
  // cannot be listened on. What the handler refers to has to outlive Run().
  static Result<std::unique_ptr<Server>> Listen(asio::any_io_executor executor, ServerOptions options,
                                                Handler handler);

  // REQUIRES: Run() has returned or was never called, or the io_context has stopped for good.
  ~Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The port that it listens on.
  std::uint16_t port() const { return options_.port; }

  // Serves until it is cancelled or stopped. Cancelled, it stops listening, closes the connections that are
  // idle, gives the others Limits::drain_time and then does as Stop() does. Returns when the last connection
  // is gone. REQUIRES: called once.
  Awaitable<void> Run();

  // Stops listening and cuts every connection, at once. Run() returns soon.
  void Stop();

  // New connections are refused by the system until ListenAgain(); those that are there go on.
  void StopListening();
  // On the same address and port. Errors as of Listen().
  Result<void> ListenAgain();
  bool listening() const { return acceptor_.is_open(); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Place {
    std::unique_ptr<Session> session;
    Clock::time_point kept_until;
  };
  using Places = std::list<Place>;

  Server(asio::any_io_executor executor, ServerOptions options, Handler handler);

  Awaitable<void> Accept();
  Awaitable<void> Drain();
  Awaitable<void> MakePlace();
  Awaitable<void> MakeRoomForAnswer();
  std::size_t Unsent() const;
  void Admit(asio::ip::tcp::socket socket);
  Awaitable<void> Serve(Places::iterator place);

  ServerOptions options_;
  const asio::any_io_executor executor_;
  const Handler handler_;
  asio::ip::tcp::acceptor acceptor_;
  bool stopped_ = false;
  bool accepting_ = true;  // false: it did not work at the last try
  Places places_;          // the one that was served longest ago comes first
  Notifier listening_changed_;
  Notifier session_ended_;
  Notifier place_freed_;  // the same, for who waits with a deadline
  TaskGroup tasks_;
};

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_SERVER_H_
