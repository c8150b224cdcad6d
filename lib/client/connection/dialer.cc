#include "lib/client/connection/dialer.h"

#include "lib/base/host_port.h"
#include "lib/client/connection/connect.h"
#include "lib/client/connection/deadline.h"
#include "lib/client/connection/network_error.h"
#include "lib/client/connection/proxy_tunnel.h"
#include "lib/client/connection/resolve.h"
#include "lib/client/connection/tls_context.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <glog/logging.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;
using boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

// Keepalive and TCP_USER_TIMEOUT detect a dead peer within 30 s while data is unacknowledged and within a
// minute while only receiving. SO_LINGER discards unsent data when a connection is abandoned, so that a
// request does not arrive after the caller gave up. A failure to set an option is ignored; only its effect is
// lost.
void SetOptions(tcp::socket& socket) {
  const auto set = [fd = socket.native_handle()](int level, int name, int value) {
    ::setsockopt(fd, level, name, &value, sizeof value);
  };
  set(IPPROTO_TCP, TCP_NODELAY, 1);
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(IPPROTO_TCP, TCP_KEEPCNT, 3);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, 30'000);
  // Not set through Asio's option, which Asio resets before it destroys a socket.
  const linger discard{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
}

tcp::socket& TcpOf(tcp::socket& socket) {
  return socket;
}

tcp::socket& TcpOf(TlsStream& stream) {
  return stream.next_layer();
}

// OpenSSL's errors for a plain-text response.
bool IsNoTls(const error_code& error) {
  if (error.category() != asio::error::get_ssl_category()) return false;
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

template <class Stream>
class StreamTransport : public Transport {
 public:
  StreamTransport(Stream stream, std::string peer) : stream_(std::move(stream)), peer_(std::move(peer)) {
    error_code ignored;
    TcpOf(stream_).non_blocking(true, ignored);
  }

  Awaitable<Result<std::size_t>> ReadSome(std::span<char> into, TimePoint deadline) override {
    const auto buffer = asio::buffer(into.data(), into.size());
    error_code error = asio::error::would_block;
    std::size_t size = 0;
    if (at_once_ > 0) {
      --at_once_;
      size = stream_.read_some(buffer, error);
    }
    // With TLS a read may have to write, too, and fail at that after it has received.
    if (size > 0) error = {};
    if (error == asio::error::would_block) {
      deadline_.Begin(deadline);
      const auto [result, received] = co_await stream_.async_read_some(buffer, kToken);
      error = result;
      size = received;
      at_once_ = size >= kMuch ? kReadsAtOnce : 0;
    }
    error = deadline_.End(error);
    if (error == asio::error::eof) co_return std::size_t{0};
    if (error) co_return NetworkError("receive from " + peer_, error);
    co_return size;
  }

  Awaitable<Result<void>> Write(std::string_view bytes, TimePoint deadline) override {
    deadline_.Begin(deadline);
    const auto [result, size] = co_await asio::async_write(stream_, asio::buffer(bytes), kToken);
    const error_code error = deadline_.End(result);
    if (error) co_return NetworkError("send to " + peer_, error);
    co_return Result<void>();
  }

  void Cancel() override {
    error_code ignored;
    TcpOf(stream_).cancel(ignored);
  }

  bool Quiet() override {
    char byte = 0;
    const auto size = ::recv(TcpOf(stream_).native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
  }

 protected:
  Stream stream_;
  Deadline deadline_{TcpOf(stream_)};
  std::string peer_;

 private:
  // After a read of kMuch there is probably more. Up to kReadsAtOnce reads then take what is there without
  // the several passes of the loop that an asynchronous one takes.
  static constexpr std::size_t kMuch = 2 << 10;
  static constexpr int kReadsAtOnce = 8;

  int at_once_ = 0;  // how many more reads to try at once
};

class TlsTransport final : public StreamTransport<TlsStream> {
 public:
  TlsTransport(tcp::socket socket, std::string peer, std::shared_ptr<TlsContext> tls)
      : StreamTransport(TlsStream(std::move(socket), tls->context()), std::move(peer)),
        tls_(std::move(tls)) {}
  // OpenSSL invalidates the session of a connection that ends without close_notify, which servers and load
  // balancers often omit.
  ~TlsTransport() override {
    SSL_set_shutdown(stream_.native_handle(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  }

  Awaitable<Result<void>> Handshake(TimePoint deadline) {
    tls_->Prepare(stream_.native_handle());
    error_code ignored;
    stream_.set_verify_callback(
        [this](bool fine, asio::ssl::verify_context& verification) {
          if (!fine) refusal_ = DescribeVerifyFailure(verification.native_handle(), tls_->server_name());
          return fine;
        },
        ignored);
    deadline_.Begin(deadline);
    const auto [result] = co_await stream_.async_handshake(asio::ssl::stream_base::client, kToken);
    const error_code error = deadline_.End(result);
    if (!error) co_return Result<void>();
    const std::string doing = "TLS handshake with " + peer_;
    if (IsNoTls(error)) {
      co_return Error{
          .code = Errc::kUnavailable,
          .message = doing + ": it does not speak TLS; write http:// if it is meant to speak HTTP"};
    }
    if (refusal_.empty()) co_return NetworkError(doing, error);
    co_return Error{.code = Errc::kUnavailable, .message = doing + ": " + refusal_};
  }

 private:
  std::shared_ptr<TlsContext> tls_;  // receives the sessions that the server offers
  std::string refusal_;              // why the server's certificate was rejected
};

}  // namespace

Dialer::Dialer(asio::any_io_executor executor, const RestConfig& config)
    : executor_(std::move(executor)),
      host_(config.host),
      port_(config.port),
      proxy_(config.proxy),
      user_agent_(config.user_agent) {}

Error Dialer::OnTheWay(Error error) const {
  if (proxy_) error.message = "the proxy " + proxy_->Url() + ": " + error.message;
  return error;
}

void Dialer::NoteAddress(const Connected& connected) {
  last_address_ = connected.address;
  if (connected.passed_over.empty()) return;
  const auto more = passed_over_.Take(std::chrono::steady_clock::now());
  if (more) LOG(INFO) << connected.passed_over << "; using " << Describe(connected.address) << *more;
}

Awaitable<Result<std::unique_ptr<Transport>>> Dialer::Dial(std::shared_ptr<TlsContext> tls,
                                                           TimePoint deadline) {
  const std::string host = proxy_ ? proxy_->host : host_;
  auto addresses = co_await Resolve(executor_, host, proxy_ ? proxy_->port : port_, deadline);
  if (!addresses) co_return OnTheWay(addresses.error());
  if (last_address_) PreferAddress(*addresses, *last_address_);
  auto connected = co_await ConnectToAny(executor_, std::move(*addresses), deadline);
  if (!connected) co_return OnTheWay(connected.error());
  NoteAddress(*connected);
  SetOptions(connected->socket);
  tcp::socket socket = std::move(connected->socket);
  std::string peer = Describe(connected->address);
  if (!tls) co_return std::make_unique<StreamTransport<tcp::socket>>(std::move(socket), std::move(peer));
  if (proxy_) {
    const auto open = co_await OpenTunnel(socket, *proxy_, HostPort(host_, port_), user_agent_, deadline);
    if (!open) co_return open.error();
    peer = HostPort(host_, port_) + " through the proxy " + proxy_->Url();
  }
  auto secure = std::make_unique<TlsTransport>(std::move(socket), std::move(peer), std::move(tls));
  const auto shaken = co_await secure->Handshake(deadline);
  if (!shaken) co_return shaken.error();
  co_return std::move(secure);
}

}  // namespace k8sm::client
