// A proxy that is honest or plays a script, and a server that only plays scripts.

#ifndef K8SM_TEST_INTEGRATION_HOSTILE_HOSTILE_SERVER_H_
#define K8SM_TEST_INTEGRATION_HOSTILE_HOSTILE_SERVER_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/integration/hostile/script.h"
#include "test/support/tunnel.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace k8sm::test {

// Listens on a port of 127.0.0.1. Destroy it when empty().
class HostileServer {
 public:
  explicit HostileServer(asio::any_io_executor executor);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  // Number of connections so far.
  std::size_t connections() const { return connections_; }

  // How further connections are served: nullopt as an HTTP proxy that connects to the port asked for.
  void Behave(std::optional<Script> script) { script_ = std::move(script); }
  // Closes all current connections.
  void Drop() { serving_.Cancel(); }

  // Stops listening and closes all connections; empty() afterwards, when the loop has run.
  void Stop();
  bool empty() const { return accepting_.empty() && serving_.empty(); }

 private:
  Awaitable<void> Accept();
  Awaitable<void> Tunnel(SharedSocket client);
  Awaitable<void> PlayOn(SharedSocket client, Script script);

  asio::ip::tcp::acceptor acceptor_;
  std::optional<Script> script_;
  std::size_t connections_ = 0;
  TaskGroup accepting_;
  TaskGroup serving_;
};

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_HOSTILE_HOSTILE_SERVER_H_
