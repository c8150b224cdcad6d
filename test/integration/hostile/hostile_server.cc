#include "test/integration/hostile/hostile_server.h"

#include <boost/asio/read_until.hpp>

#include <array>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::test {
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

HostileServer::HostileServer(asio::any_io_executor executor)
    : executor_(executor),
      acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      accepting_(executor, Fail),
      serving_(executor, Fail) {
  accepting_.Spawn("accept", Accept());
}

void HostileServer::Stop() {
  accepting_.Cancel();
  serving_.Cancel();
}

Awaitable<void> HostileServer::Accept() {
  for (;;) {
    auto [error, accepted] = co_await acceptor_.async_accept(kToken);
    if (error) continue;
    ++connections_;
    auto socket = std::make_shared<tcp::socket>(std::move(accepted));
    if (script_) {
      serving_.Spawn("script", PlayOn(std::move(socket), *script_));
    } else {
      serving_.Spawn("tunnel", Tunnel(std::move(socket)));
    }
  }
}

Awaitable<void> HostileServer::PlayOn(Socket client, Script script) {
  co_await Play(*client, std::move(script));
}

Awaitable<void> HostileServer::Tunnel(Socket client) {
  std::string text;
  const auto [error, size] =
      co_await asio::async_read_until(*client, asio::dynamic_buffer(text, 8192), "\r\n\r\n", kToken);
  if (error) co_return;
  const auto server = std::make_shared<tcp::socket>(executor_);
  const tcp::endpoint target(asio::ip::address_v4::loopback(), PortOf(text));
  const auto [refused] = co_await server->async_connect(target, kToken);
  if (refused) co_return;
  const std::string answer = "HTTP/1.1 200 Connection established\r\n\r\n";
  const auto [failed, written] = co_await asio::async_write(*client, asio::buffer(answer), kToken);
  if (failed) co_return;
  serving_.Spawn("pass back", Pass(server, client));
  co_await Pass(client, server);
}

Awaitable<void> HostileServer::Pass(Socket from, Socket to) {
  std::array<char, 16384> buffer;
  for (;;) {
    const auto [error, size] = co_await from->async_read_some(asio::buffer(buffer), kToken);
    if (error) break;
    const auto [failed, written] = co_await asio::async_write(*to, asio::buffer(buffer, size), kToken);
    if (failed) break;
  }
  boost::system::error_code ignored;
  to->shutdown(tcp::socket::shutdown_both, ignored);
}

}  // namespace k8sm::test
