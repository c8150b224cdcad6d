#include "test/unit/client/tunnel_proxy.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

void Fail(std::string_view name, std::string_view what) {
  throw std::logic_error(std::string(name) + ": " + std::string(what));
}

// Of "CONNECT 127.0.0.1:443 HTTP/1.1".
std::uint16_t PortOf(const std::string& request) {
  return static_cast<std::uint16_t>(std::atoi(request.c_str() + request.find(':') + 1));
}

}  // namespace

TunnelProxy::TunnelProxy(asio::io_context& io, std::string answer)
    : io_(io),
      answer_(std::move(answer)),
      acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(io.get_executor(), Fail) {
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

Awaitable<void> TunnelProxy::Serve(Socket client) {
  std::string text;
  const auto [error, size] =
      co_await asio::async_read_until(*client, asio::dynamic_buffer(text), "\r\n\r\n", kToken);
  if (error) co_return;
  requests_.push_back(text);
  const auto server = std::make_shared<tcp::socket>(io_);
  const bool established = answer_.starts_with("HTTP/1.1 200") && answer_.ends_with("\r\n\r\n");
  if (established) {
    const tcp::endpoint target(asio::ip::address_v4::loopback(), PortOf(text));
    const auto [refused] = co_await server->async_connect(target, kToken);
    if (refused) co_return;
  }
  const auto [failed, written] = co_await asio::async_write(*client, asio::buffer(answer_), kToken);
  if (failed || !established) co_return;
  tasks_.Spawn("pass back", Pass(server, client));
  co_await Pass(client, server);
}

Awaitable<void> TunnelProxy::Pass(Socket from, Socket to) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto [error, size] = co_await from->async_read_some(asio::buffer(buffer), kToken);
    if (error) break;
    const auto [failed, written] = co_await asio::async_write(*to, asio::buffer(buffer, size), kToken);
    if (failed) break;
  }
  boost::system::error_code ignored;
  to->shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace k8sm::client
