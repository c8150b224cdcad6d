#include "test/unit/client/tunnel_proxy.h"

#include "test/support/task_failure.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <string_view>
#include <utility>

namespace k8sm::client {

using asio::ip::tcp;

TunnelProxy::TunnelProxy(asio::io_context& io, std::string answer)
    : io_(io),
      answer_(std::move(answer)),
      acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(io.get_executor(), test::ThrowTaskFailure) {
  tasks_.Spawn("accept", Accept());
}

TunnelProxy::~TunnelProxy() {
  io_.restart();
  asio::post(io_, [this] { tasks_.Cancel(); });
  while (!tasks_.empty()) io_.run_one();
}

Proxy TunnelProxy::proxy() const {
  return {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port(), .authorization = ""};
}

Awaitable<void> TunnelProxy::Accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kToken);
    if (error) co_return;
    tasks_.Spawn("serve", Serve(std::make_shared<tcp::socket>(std::move(socket))));
  }
}

Awaitable<void> TunnelProxy::Serve(test::SharedSocket client) {
  std::string text;
  const auto [error, size] =
      co_await asio::async_read_until(*client, asio::dynamic_buffer(text), "\r\n\r\n", kToken);
  if (error) co_return;
  requests_.push_back(text);
  const bool established = answer_.starts_with("HTTP/1.1 2") && answer_.ends_with("\r\n\r\n");
  if (established) {
    co_await test::Tunnel(std::move(client), std::move(text), answer_, tasks_);
  } else {
    co_await asio::async_write(*client, asio::buffer(answer_), kToken);
  }
}

}  // namespace k8sm::client
