#include "test/integration/hostile/scraper.h"

#include "test/support/task_failure.h"

#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

using asio::ip::tcp;
using TlsStream = asio::ssl::stream<tcp::socket>;

// Returns whether it is connected.
Awaitable<bool> Connect(TlsStream& stream, tcp::endpoint port) {
  const auto [refused] = co_await stream.next_layer().async_connect(port, kToken);
  if (refused) co_return false;
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  co_return !failed;
}

}  // namespace

Scraper::Scraper(asio::any_io_executor executor, std::uint16_t port)
    : executor_(executor),
      port_(asio::ip::address_v4::loopback(), port),
      tls_(asio::ssl::context::tls_client),
      tasks_(executor, ThrowTaskFailure) {}

void Scraper::Attack(Script script, bool inside_tls) {
  tasks_.Spawn("attack", inside_tls ? AttackTls(std::move(script)) : AttackPlain(std::move(script)));
}

Awaitable<void> Scraper::AttackPlain(Script script) {
  tcp::socket socket(executor_);
  const auto [refused] = co_await socket.async_connect(port_, kToken);
  if (!refused) co_await Play(socket, std::move(script));
}

Awaitable<void> Scraper::AttackTls(Script script) {
  TlsStream stream(executor_, tls_);
  const bool connected = co_await Connect(stream, port_);
  if (connected) co_await Play(stream, std::move(script));
}

Awaitable<std::string> Scraper::Get(std::string path, std::string token) {
  TlsStream stream(executor_, tls_);
  const bool connected = co_await Connect(stream, port_);
  if (!connected) co_return "";
  const std::string authorization = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
  const std::string request =
      "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + authorization + "Connection: close\r\n\r\n";
  const auto [failed, written] = co_await asio::async_write(stream, asio::buffer(request), kToken);
  if (failed) co_return "";
  std::string response;
  co_await asio::async_read(stream, asio::dynamic_buffer(response), kToken);
  const std::size_t body = response.find("\r\n\r\n");
  if (body == std::string::npos) co_return "";
  co_return response.substr(9, 3) + "\n" + response.substr(body + 4);
}

}  // namespace k8sm::test
