#include "test/apiserver/connection.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/stream_traits.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <utility>

namespace k8sm::apiserver {
namespace {

using boost::beast::tcp_stream;
using std::chrono::seconds;
using TlsStream = asio::ssl::stream<tcp_stream>;

constexpr std::size_t kPiece = 16 * 1024;
constexpr seconds kHandshakeTimeout{10};
// How long a client may take to accept what is written to it.
constexpr seconds kWriteTimeout{30};
constexpr seconds kFinishTimeout{1};

template <class Stream>
class StreamConnection : public Connection {
 public:
  explicit StreamConnection(Stream stream) : Connection(stream.get_executor()), stream_(std::move(stream)) {}

  Awaitable<std::size_t> Read(seconds patience) override {
    Tcp().expires_after(patience);
    const auto room = input.prepare(kPiece);
    const auto [error, size] = co_await stream_.async_read_some(room, kToken);
    input.commit(size);
    co_return error ? 0 : size;
  }

  Awaitable<bool> Write(std::string_view bytes) override {
    Tcp().expires_after(kWriteTimeout);
    const auto [error, size] = co_await asio::async_write(stream_, asio::buffer(bytes), kToken);
    co_return !error;
  }

  asio::ip::tcp::socket& socket() override { return Tcp().socket(); }
  void Close() override { Tcp().close(); }

 protected:
  tcp_stream& Tcp() { return boost::beast::get_lowest_layer(stream_); }

  Stream stream_;
};

class PlainConnection final : public StreamConnection<tcp_stream> {
 public:
  using StreamConnection::StreamConnection;

  Awaitable<bool> Handshake() override { co_return true; }

  Awaitable<void> Finish() override {
    boost::system::error_code ignored;
    socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    co_return;
  }

  std::optional<User> user() override { return std::nullopt; }
};

class TlsConnection final : public StreamConnection<TlsStream> {
 public:
  TlsConnection(tcp_stream stream, TlsContextPtr context)
      : StreamConnection(TlsStream(std::move(stream), *context)), context_(std::move(context)) {}

  Awaitable<bool> Handshake() override {
    Tcp().expires_after(kHandshakeTimeout);
    const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kToken);
    if (error) co_return false;
    user_ = UserOfCertificate(stream_.native_handle());
    co_return true;
  }

  Awaitable<void> Finish() override {
    Tcp().expires_after(kFinishTimeout);
    co_await stream_.async_shutdown(kToken);
  }

  std::optional<User> user() override { return user_; }

 private:
  const TlsContextPtr context_;
  std::optional<User> user_;
};

}  // namespace

ConnectionPtr MakeConnection(asio::ip::tcp::socket socket, const TlsContextPtr& tls) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  tcp_stream stream(std::move(socket));
  if (tls) return std::make_shared<TlsConnection>(std::move(stream), tls);
  return std::make_shared<PlainConnection>(std::move(stream));
}

Awaitable<void> WaitForLeaving(ConnectionPtr connection) {
  while (!connection->client_left) {
    if (connection->looked_out_for) {
      co_await connection->wake.Wait();
      continue;
    }
    const std::size_t size = co_await connection->Read(std::chrono::hours(24));
    if (size == 0) connection->client_left = true;
  }
}

}  // namespace k8sm::apiserver
