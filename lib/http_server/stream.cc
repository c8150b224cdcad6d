#include "lib/http_server/stream.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/system/error_code.hpp>
#include <glog/logging.h>
#include <openssl/ssl.h>

#include <utility>

namespace k8sm::http_server {
namespace {

using asio::ip::tcp;
using boost::beast::tcp_stream;
using boost::system::error_code;

// The common part of TCP and TLS streams.
template <class Layer>
class StreamOf : public Stream {
 public:
  void ExpireAfter(std::chrono::milliseconds time) override { Tcp().expires_after(time); }

  Awaitable<std::size_t> ReadSome(asio::mutable_buffer into) override {
    const auto [error, size] = co_await stream_.async_read_some(into, kToken);
    co_return error ? 0 : size;
  }

  Awaitable<bool> Write(std::string_view bytes) override {
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(bytes), kToken);
    co_return !error;
  }

  void Close() override { Tcp().close(); }

  tcp::socket& socket() override { return Tcp().socket(); }

 protected:
  template <class... Args>
  explicit StreamOf(Args&&... args) : stream_(std::forward<Args>(args)...) {}

  tcp_stream& Tcp() { return boost::beast::get_lowest_layer(stream_); }

  Layer stream_;
};

class PlainStream final : public StreamOf<tcp_stream> {
 public:
  explicit PlainStream(tcp::socket socket) : StreamOf(std::move(socket)) {}

  Awaitable<bool> Handshake() override { co_return true; }

  Awaitable<bool> FinishSending() override {
    error_code error;
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    co_return !error;
  }

  std::optional<ClientCertificate> client_certificate() override { return std::nullopt; }

  bool outdated() override { return false; }
};

class TlsStream final : public StreamOf<asio::ssl::stream<tcp_stream>> {
 public:
  TlsStream(tcp::socket socket, TlsContextPtr context, TlsSource source)
      : StreamOf(tcp_stream(std::move(socket)), *context),
        context_(std::move(context)),
        source_(std::move(source)) {}

  Awaitable<bool> Handshake() override {
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kToken);
    if (error) VLOG(2) << "TLS handshake with a client failed: " << error.message();
    co_return !error;
  }

  Awaitable<bool> FinishSending() override {
    const auto [error] = co_await stream_.async_shutdown(kToken);
    co_return !error;
  }

  std::optional<ClientCertificate> client_certificate() override {
    return ClientCertificateOf(stream_.native_handle(), std::chrono::system_clock::now());
  }

  bool outdated() override {
    return SSL_get0_peer_certificate(stream_.native_handle()) != nullptr && source_() != context_;
  }

 private:
  const TlsContextPtr context_;
  const TlsSource source_;
};

}  // namespace

std::unique_ptr<Stream> MakeStream(tcp::socket socket, TlsSource tls) {
  if (!tls) return std::make_unique<PlainStream>(std::move(socket));
  TlsContextPtr context = tls();
  return std::make_unique<TlsStream>(std::move(socket), std::move(context), std::move(tls));
}

}  // namespace k8sm::http_server
