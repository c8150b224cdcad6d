// An HTTP proxy that supports only CONNECT.

#ifndef K8SM_TEST_UNIT_CLIENT_TUNNEL_PROXY_H_
#define K8SM_TEST_UNIT_CLIENT_TUNNEL_PROXY_H_

#include "lib/async/task_group.h"
#include "lib/client/config/proxy.h"
#include "test/support/tunnel.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace k8sm::client {

// Listens on a port of 127.0.0.1 and answers each connection's first request with `answer`. If that is a 2xx,
// it passes bytes on to and from the requested port of 127.0.0.1.
class TunnelProxy {
 public:
  // The io_context has to outlive the proxy.
  explicit TunnelProxy(asio::io_context& io, std::string answer = test::kConnected);
  // Closes all connections, for which it runs the io_context.
  ~TunnelProxy();

  Proxy proxy() const;
  const std::vector<std::string>& requests() const { return requests_; }

 private:
  Awaitable<void> Accept();
  Awaitable<void> Serve(test::SharedSocket client);

  asio::io_context& io_;
  std::string answer_;
  asio::ip::tcp::acceptor acceptor_;
  std::vector<std::string> requests_;
  TaskGroup tasks_;
};

}  // namespace k8sm::client

#endif  // K8SM_TEST_UNIT_CLIENT_TUNNEL_PROXY_H_
