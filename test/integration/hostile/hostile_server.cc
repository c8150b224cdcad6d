#include "test/integration/hostile/hostile_server.h"

#include "test/support/task_failure.h"

#include <boost/asio/read_until.hpp>

#include <string>
#include <utility>

namespace k8sm::test {

using asio::ip::tcp;

HostileServer::HostileServer(asio::any_io_executor executor)
    : acceptor_(executor, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      accepting_(executor, ThrowTaskFailure),
      serving_(executor, ThrowTaskFailure) {
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

Awaitable<void> HostileServer::PlayOn(SharedSocket client, Script script) {
  co_await Play(*client, std::move(script));
}

Awaitable<void> HostileServer::Tunnel(SharedSocket client) {
  std::string text;
  const auto [error, size] =
      co_await asio::async_read_until(*client, asio::dynamic_buffer(text, 8192), "\r\n\r\n", kToken);
  if (error) co_return;
  std::string answer = kConnected;
  co_await test::Tunnel(std::move(client), std::move(text), std::move(answer), serving_);
}

}  // namespace k8sm::test
