#include "controller/ops/ops_stream.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>
#include <glog/logging.h>

#include <utility>

namespace k8sm::controller {
namespace {

using asio::ip::tcp;
using boost::beast::tcp_stream;
using boost::system::error_code;

// What is the same over TCP and over TLS.
template <class Stream>
class StreamOf : public OpsStream {
 public:
  Awaitable<std::size_t> ReadSome(asio::mutable_buffer into) override {
    const auto [error, size] = co_await stream_.async_read_some(into, kToken);
    co_return error ? 0 : size;
  }

  Awaitable<bool> Write(std::string_view bytes) override {
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(bytes), kToken);
    co_return !error;
  }

 protected:
  template <class... Args>
  explicit StreamOf(Args&&... args) : stream_(std::forward<Args>(args)...) {}

  Stream stream_;
};

class PlainStream final : public StreamOf<tcp_stream> {
 public:
  explicit PlainStream(tcp::socket socket) : StreamOf(std::move(socket)) {}

  void ExpireAfter(std::chrono::milliseconds time) override { stream_.expires_after(time); }

  Awaitable<bool> Handshake() override { co_return true; }

  Awaitable<bool> FinishSending() override {
    error_code error;
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    co_return !error;
  }

  void Close() override { stream_.close(); }
};

class TlsStream final : public StreamOf<asio::ssl::stream<tcp_stream>> {
 public:
  TlsStream(tcp::socket socket, std::shared_ptr<asio::ssl::context> context)
      : StreamOf(tcp_stream(std::move(socket)), *context), context_(std::move(context)) {}

  void ExpireAfter(std::chrono::milliseconds time) override { stream_.next_layer().expires_after(time); }

  Awaitable<bool> Handshake() override {
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kToken);
    if (error) VLOG(2) << "a client of the ops server fails at TLS: " << error.message();
    co_return !error;
  }

  Awaitable<bool> FinishSending() override {
    const auto [error] = co_await stream_.async_shutdown(kToken);
    co_return !error;
  }

  void Close() override { stream_.next_layer().close(); }

 private:
  const std::shared_ptr<asio::ssl::context> context_;
};

}  // namespace

std::unique_ptr<OpsStream> MakeOpsStream(tcp::socket socket, std::shared_ptr<asio::ssl::context> tls) {
  if (!tls) return std::make_unique<PlainStream>(std::move(socket));
  return std::make_unique<TlsStream>(std::move(socket), std::move(tls));
}

}  // namespace k8sm::controller
