// A server, and clients that send what a test tells them to.

#ifndef K8SM_TEST_UNIT_HTTP_SERVER_FIXTURE_H_
#define K8SM_TEST_UNIT_HTTP_SERVER_FIXTURE_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "lib/http_server/server.h"
#include "test/support/catch.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::http_server {

// A test that hangs for this long fails.
inline constexpr std::chrono::seconds kPatience{30};

// A client's connection, which sends only what it is told to.
class Client {
 public:
  Client(asio::io_context& context, std::uint16_t port) : socket_(context) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  // The same from another loopback address.
  Client(asio::io_context& context, std::uint16_t port, const std::string& from)
      : socket_(context, asio::ip::tcp::endpoint(asio::ip::make_address_v4(from), 0)) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  // Whether all of it could be sent.
  Awaitable<bool> Send(std::string bytes) {
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(bytes), kToken);
    co_return !error;
  }

  // All that arrives up to and including `end`, or until the server closes the connection.
  Awaitable<std::string> ReadTo(std::string end) {
    const auto [error, size] =
        co_await asio::async_read_until(socket_, asio::dynamic_buffer(arrived_), end, kToken);
    const std::size_t length = error ? arrived_.size() : size;
    std::string text = arrived_.substr(0, length);
    arrived_.erase(0, length);
    co_return text;
  }

  // All that arrives until the server closes the connection.
  Awaitable<std::string> ReadToClose() {
    co_await asio::async_read(socket_, asio::dynamic_buffer(arrived_), kToken);
    co_return std::exchange(arrived_, "");
  }

 private:
  asio::ip::tcp::socket socket_;
  std::string arrived_;
};

// A server of a router's pages, and its clients, on one io_context. It has the page /ok, whose body is "ok".
class Fixture {
 public:
  explicit Fixture(ServerOptions options = {}, Router::Now now = PagePace::Clock::now,
                   std::chrono::milliseconds turn_time = std::chrono::seconds(3))
      : Fixture(std::move(options), nullptr, std::move(now), turn_time) {}
  // A server that answers with the handler instead.
  Fixture(ServerOptions options, Handler handler) : Fixture(std::move(options), std::move(handler), {}, {}) {}
  ~Fixture() { Stop(); }

  asio::io_context& context() { return context_; }
  Router& router() { return router_; }
  Server& server() { return *server_; }
  std::uint16_t port() const { return server_->port(); }
  std::unique_ptr<Client> Connect() { return std::make_unique<Client>(context_, port()); }

  // Runs until the coroutine has ended.
  void Run(Awaitable<void> client) {
    clients_.Spawn("client", std::move(client));
    RunUntilEmpty(clients_);
  }

  // Sends the bytes over a new connection and returns all that is received until it is closed.
  std::string Exchange(const std::string& bytes) {
    const auto client = Connect();
    std::string answer;
    Run(SendAndRead(*client, bytes, answer));
    return answer;
  }

  // The answer to a request without a body.
  std::string Ask(const std::string& method, const std::string& target) {
    return Exchange(method + " " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  void Cancel() { tasks_.Cancel(); }
  void Stop() {
    Cancel();
    RunUntilEmpty(tasks_);
  }
  bool running() const { return !tasks_.empty(); }

 private:
  Fixture(ServerOptions options, Handler handler, Router::Now now, std::chrono::milliseconds turn_time)
      : router_(std::move(now), turn_time),
        tasks_(context_.get_executor(), Fail),
        clients_(context_.get_executor(), Fail) {
    if (!handler) handler = [this](http_server::Exchange& exchange) { return router_.Serve(exchange); };
    server_ = Server::Listen(context_.get_executor(), std::move(options), std::move(handler)).value();
    router_.Add("/ok", "GET", [](const PageRequest&) { return Page{.body = "ok"}; });
    tasks_.Spawn("server", server_->Run());
  }

  static void Fail(std::string_view name, std::string_view what) {
    FAIL_CHECK(std::string(name) + ": " + std::string(what));
  }

  static Awaitable<void> SendAndRead(Client& client, std::string bytes, std::string& answer) {
    co_await client.Send(std::move(bytes));
    answer = co_await client.ReadToClose();
  }

  void RunUntilEmpty(const TaskGroup& group) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    context_.restart();
    while (!group.empty() && context_.run_one_until(deadline) > 0) {
    }
    if (!group.empty()) FAIL_CHECK("the test hangs");
  }

  asio::io_context context_;
  Router router_;
  std::unique_ptr<Server> server_;
  TaskGroup tasks_;
  TaskGroup clients_;
};

inline std::string StatusLine(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

inline std::string Body(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no header" : answer.substr(end + 4);
}

inline bool HasLine(const std::string& answer, const std::string& line) {
  return answer.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace k8sm::http_server

#endif  // K8SM_TEST_UNIT_HTTP_SERVER_FIXTURE_H_
