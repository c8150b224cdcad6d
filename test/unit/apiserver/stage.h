// The server over real sockets, on a port of its choice, and a client that talks to it in plain text.

#ifndef K8SM_TEST_UNIT_APISERVER_STAGE_H_
#define K8SM_TEST_UNIT_APISERVER_STAGE_H_

#include "lib/async/task_group.h"
#include "test/apiserver/api_server.h"
#include "test/support/catch.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::apiserver {

using Tcp = asio::ip::tcp;

// A connection on which a script sends text and reads responses.
class Client {
 public:
  Client(asio::any_io_executor executor, std::uint16_t port) : socket_(std::move(executor)), port_(port) {}

  // Not connected yet, to the same port or to that of a URL.
  Client Another() { return {socket_.get_executor(), port_}; }
  Client Another(const std::string& url) {
    return {socket_.get_executor(), static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)))};
  }

  Awaitable<bool> Connect() {
    const asio::ip::tcp::endpoint server(asio::ip::make_address("127.0.0.1"), port_);
    const auto [error] = co_await socket_.async_connect(server, kToken);
    co_return !error;
  }

  Awaitable<void> Send(std::string text) { co_await asio::async_write(socket_, asio::buffer(text), kToken); }

  // Everything up to and including `end`, or all that was received if the server closes the connection
  // before.
  Awaitable<std::string> ReadUntil(std::string end) {
    const auto [error, size] =
        co_await asio::async_read_until(socket_, asio::dynamic_buffer(received_), end, kToken);
    const std::size_t taken = error ? received_.size() : size;
    std::string text = received_.substr(0, taken);
    received_.erase(0, taken);
    co_return text;
  }

  void Close() { socket_.close(); }

 private:
  Tcp::socket socket_;
  std::uint16_t port_;
  std::string received_;
};

// Starts a server, runs one script against it to its end, and stops the server.
class Stage {
 public:
  explicit Stage(ApiServerOptions options = {})
      : tasks_(io_.get_executor(),
               [](std::string_view name, std::string_view what) { FAIL(name << ": " << what); }),
        server_(io_.get_executor(), std::move(options)) {}

  using Script = Awaitable<void> (*)(ApiServer& server, Client client);

  void Run(Script script) {
    const Result<std::uint16_t> port = server_.Start();
    REQUIRE(port.has_value());
    tasks_.Spawn("script", Play(script, Client(io_.get_executor(), *port)));
    io_.run_for(std::chrono::seconds(60));
    CHECK(done_);
  }

  ApiServer& server() { return server_; }

 private:
  Awaitable<void> Play(Script script, Client client) {
    const bool connected = co_await client.Connect();
    CHECK(connected);
    co_await script(server_, std::move(client));
    server_.Stop();
    co_await server_.Join();
    done_ = true;
  }

  asio::io_context io_;
  TaskGroup tasks_;
  ApiServer server_;
  bool done_ = false;
};

inline std::string GetText(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n";
}

inline std::string PostText(const std::string& target, const std::string& body) {
  return "POST " + target + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_UNIT_APISERVER_STAGE_H_
