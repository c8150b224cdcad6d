#include "test/unit/client/script_server.h"

#include "test/support/task_failure.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

std::size_t ContentLength(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  return at == std::string_view::npos ? 0 : std::strtoul(head.data() + at + kName.size(), nullptr, 10);
}

}  // namespace

ScriptServer::ScriptServer(asio::io_context& io, Script script, asio::ssl::context* tls)
    : io_(io),
      script_(std::move(script)),
      tls_(tls),
      acceptor_(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
      tasks_(io.get_executor(), test::ThrowTaskFailure) {
  tasks_.Spawn("accept", Accept());
}

ScriptServer::~ScriptServer() {
  io_.restart();
  asio::post(io_, [this] { tasks_.Cancel(); });
  while (!tasks_.empty()) io_.run_one();
}

RestConfig ScriptServer::config() const {
  RestConfig config;
  config.scheme = tls_ == nullptr ? "http" : "https";
  config.host = "127.0.0.1";
  config.port = acceptor_.local_endpoint().port();
  return config;
}

void ScriptServer::WaitForClosed(std::size_t count) {
  while (closed_ < count) io_.run_one();
}

Awaitable<void> ScriptServer::Accept() {
  for (;;) {
    auto [error, socket] = co_await acceptor_.async_accept(kToken);
    if (error) co_return;
    std::vector<Turn> turns;
    if (connections_ < script_.size()) turns = script_[connections_];
    ++connections_;
    tasks_.Spawn("serve", Serve(std::move(socket), std::move(turns)));
  }
}

Awaitable<void> ScriptServer::Serve(tcp::socket socket, std::vector<Turn> turns) {
  if (tls_ == nullptr) {
    co_await Play(socket, std::move(turns));
  } else {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls_);
    const auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, kToken);
    if (!error) co_await Play(stream, std::move(turns));
  }
  ++closed_;
}

template <class Stream>
Awaitable<void> ScriptServer::Play(Stream& stream, std::vector<Turn> turns) {
  std::string text;
  for (std::size_t i = 0;; ++i) {
    const auto [error, size] =
        co_await asio::async_read_until(stream, asio::dynamic_buffer(text), "\r\n\r\n", kToken);
    if (error) co_return;
    const std::size_t total = size + ContentLength(std::string_view(text).substr(0, size));
    if (text.size() < total) {
      const auto rest = asio::transfer_exactly(total - text.size());
      const auto [cut, read] = co_await asio::async_read(stream, asio::dynamic_buffer(text), rest, kToken);
      if (cut) co_return;
    }
    requests_.push_back(text.substr(0, total));
    text.erase(0, total);
    if (i >= turns.size()) continue;
    const auto [failed, written] = co_await asio::async_write(stream, asio::buffer(turns[i].answer), kToken);
    if (failed || turns[i].close) co_return;
  }
}

std::string JsonAnswer(const std::string& body) {
  return AnswerWith("200 OK", "", body);
}

std::string AnswerWith(const std::string& status, const std::string& headers, const std::string& body) {
  const bool typed = headers.find("Content-Type") != std::string::npos;
  return "HTTP/1.1 " + status + "\r\n" + headers + (typed ? "" : "Content-Type: application/json\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace k8sm::client
