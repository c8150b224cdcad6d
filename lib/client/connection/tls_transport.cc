#include "lib/client/connection/tls_transport.h"

#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace k8sm::client {
namespace {

using boost::system::error_code;

// API servers send a record for each 4 KiB of a list and for each event of a watch. OpenSSL would call
// recv(2) twice for each of them, or, with a buffer of its own (SSL_set_read_ahead), move what is left in it
// to its front after each.
constexpr std::size_t kReadBuffer = 64 << 10;

// OpenSSL's errors for a plain-text response.
bool IsNoTls(const error_code& error) {
  if (error.category() != asio::error::get_ssl_category()) return false;
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(error.value()));
  return reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_PACKET_LENGTH_TOO_LONG;
}

}  // namespace

TlsTransport::TlsTransport(asio::ip::tcp::socket socket, std::string peer, std::shared_ptr<TlsContext> tls)
    : SocketTransport(std::move(socket), std::move(peer)),
      tls_(std::move(tls)),
      ssl_(SSL_new(tls_->context().native_handle())) {
  BIO* const bio = ssl_ ? BIO_new(SocketMethod()) : nullptr;
  if (bio == nullptr) throw std::bad_alloc();
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_app_data(ssl_.get(), this);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
}

// OpenSSL invalidates the session of a connection that ends without close_notify, which servers and load
// balancers often omit.
TlsTransport::~TlsTransport() {
  SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

Awaitable<Result<void>> TlsTransport::Handshake(TimePoint deadline) {
  tls_->Prepare(ssl_.get());
  SSL_set_verify(ssl_.get(), SSL_get_verify_mode(ssl_.get()), Verify);
  Attempt attempt;
  for (;;) {
    ERR_clear_error();
    attempt = Outcome(SSL_connect(ssl_.get()), 0);
    if (attempt.error != asio::error::would_block) break;
    attempt.error = co_await WaitFor(attempt.wait, deadline);
    if (attempt.error) break;
  }
  if (!attempt.error) co_return Result<void>();
  const std::string doing = "TLS handshake with " + peer();
  if (IsNoTls(attempt.error)) {
    co_return Error{.code = Errc::kUnavailable,
                    .message = doing + ": it does not speak TLS; write http:// if it is meant to speak HTTP"};
  }
  if (refusal_.empty()) co_return NetworkError(doing, attempt.error);
  co_return Error{.code = Errc::kUnavailable, .message = doing + ": " + refusal_};
}

SocketTransport::Attempt TlsTransport::TryRead(std::span<char> into) {
  if (failure_) return {.error = failure_};
  Attempt attempt;
  std::size_t total = 0;
  // A call returns one record at most.
  do {
    std::size_t size = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_.get(), into.data() + total, into.size() - total, &size);
    attempt = Outcome(result, size);
    total += size;
  } while (!attempt.error && total < into.size() && HasUnread());
  if (total == 0) return attempt;
  if (attempt.error != asio::error::would_block) failure_ = attempt.error;
  return {.size = total};
}

SocketTransport::Attempt TlsTransport::TryWrite(std::string_view bytes) {
  std::size_t size = 0;
  ERR_clear_error();
  const int result = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &size);
  return Outcome(result, size);
}

SocketTransport::Attempt TlsTransport::Outcome(int result, std::size_t size) const {
  if (result == 1) return {.size = size};
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
      return {.error = asio::error::would_block};
    case SSL_ERROR_WANT_WRITE:
      return {.error = asio::error::would_block, .wait = asio::socket_base::wait_write};
    case SSL_ERROR_ZERO_RETURN:
      return {.error = asio::error::eof};
    case SSL_ERROR_SSL:
      return {.error = {static_cast<int>(ERR_get_error()), asio::error::get_ssl_category()}};
    default:
      // The end of the stream, too, is an error here: the peer has not announced it.
      if (socket_error_ == asio::error::eof) return {.error = asio::ssl::error::stream_truncated};
      return {.error = socket_error_};
  }
}

const BIO_METHOD* TlsTransport::SocketMethod() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "connection");
    if (made == nullptr) throw std::bad_alloc();
    BIO_meth_set_read(made, BioRead);
    BIO_meth_set_write(made, BioWrite);
    BIO_meth_set_ctrl(made, BioControl);
    return made;
  }();
  return method;
}

int TlsTransport::BioRead(BIO* bio, char* into, int size) noexcept {
  auto* self = static_cast<TlsTransport*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  const error_code error = self->Refill();
  self->socket_error_ = error;
  if (error == asio::error::would_block) BIO_set_retry_read(bio);
  if (error) return error == asio::error::eof ? 0 : -1;
  std::span<const char>& unread = self->unread_;
  const std::size_t taken = std::min(static_cast<std::size_t>(size), unread.size());
  std::memcpy(into, unread.data(), taken);
  unread = unread.subspan(taken);
  // Most connections are idle most of the time.
  if (unread.empty()) self->received_.reset();
  return static_cast<int>(taken);
}

// Called by OpenSSL, through which no exception may pass.
error_code TlsTransport::Refill() noexcept {
  if (!unread_.empty()) return {};
  std::unique_ptr<char[]> buffer(new (std::nothrow) char[kReadBuffer]);
  if (!buffer) return asio::error::no_memory;
  const Attempt attempt = Receive({buffer.get(), kReadBuffer});
  if (attempt.error) return attempt.error;
  received_ = std::move(buffer);
  unread_ = {received_.get(), attempt.size};
  return {};
}

int TlsTransport::BioWrite(BIO* bio, const char* bytes, int size) noexcept {
  auto* self = static_cast<TlsTransport*>(BIO_get_data(bio));
  const Attempt attempt = self->Send({bytes, static_cast<std::size_t>(size)});
  self->socket_error_ = attempt.error;
  BIO_clear_retry_flags(bio);
  if (attempt.error == asio::error::would_block) BIO_set_retry_write(bio);
  return attempt.error ? -1 : static_cast<int>(attempt.size);
}

// Keeps the end of the stream from OpenSSL: without a close_notify before it, OpenSSL would invalidate the
// session, and load balancers and servers often omit that.
long TlsTransport::BioControl(BIO*, int command, long, void*) noexcept {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

int TlsTransport::Verify(int fine, X509_STORE_CTX* verification) {
  auto* ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(verification, SSL_get_ex_data_X509_STORE_CTX_idx()));
  auto* self = static_cast<TlsTransport*>(SSL_get_app_data(ssl));
  if (fine == 0) self->refusal_ = DescribeVerifyFailure(verification, self->tls_->server_name());
  return fine;
}

}  // namespace k8sm::client
