#include "test/support/tunnel.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <cstdint>
#include <cstdlib>

namespace k8sm::test {
namespace {

using asio::ip::tcp;

std::uint16_t PortOf(const std::string& request) {
  return static_cast<std::uint16_t>(std::atoi(request.c_str() + request.find(':') + 1));
}

Awaitable<void> Pass(SharedSocket from, SharedSocket to) {
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

}  // namespace

Awaitable<void> Tunnel(SharedSocket client, std::string request, std::string answer, TaskGroup& tasks) {
  const auto server = std::make_shared<tcp::socket>(client->get_executor());
  const tcp::endpoint target(asio::ip::address_v4::loopback(), PortOf(request));
  const auto [refused] = co_await server->async_connect(target, kToken);
  if (refused) co_return;
  const auto [failed, written] = co_await asio::async_write(*client, asio::buffer(answer), kToken);
  if (failed) co_return;
  tasks.Spawn("pass back", Pass(server, client));
  co_await Pass(client, server);
}

}  // namespace k8sm::test
