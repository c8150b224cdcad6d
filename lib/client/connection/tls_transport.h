// A transport over a TCP socket, with TLS.

#ifndef K8SM_LIB_CLIENT_CONNECTION_TLS_TRANSPORT_H_
#define K8SM_LIB_CLIENT_CONNECTION_TLS_TRANSPORT_H_

#include "lib/client/connection/socket_transport.h"
#include "lib/client/connection/tls_context.h"

#include <openssl/ssl.h>

#include <memory>
#include <span>
#include <string>

namespace k8sm::client {

// OpenSSL calls for the socket's bytes. asio::ssl::stream puts four buffers of 17 KiB in between, copies
// received bytes once more and sent ones twice, and asks the socket for more after each record.
class TlsTransport final : public SocketTransport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, std::string peer, std::shared_ptr<TlsContext> tls);
  ~TlsTransport() override;

  // Call it once, before anything else. Errors: kUnavailable, kTimeout, kCanceled; the message says why the
  // server's certificate was rejected.
  Awaitable<Result<void>> Handshake(TimePoint deadline);

 protected:
  Attempt TryRead(std::span<char> into) override;
  Attempt TryWrite(std::string_view bytes) override;
  bool HasUnread() override { return failure_ || !unread_.empty() || SSL_has_pending(ssl_.get()) == 1; }

 private:
  struct Free {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };

  // What OpenSSL calls in place of recv(2) and send(2).
  static const BIO_METHOD* SocketMethod();
  static int BioRead(BIO* bio, char* into, int size) noexcept;
  static int BioWrite(BIO* bio, const char* bytes, int size) noexcept;
  static long BioControl(BIO* bio, int command, long, void*) noexcept;
  // Receives into `unread_` if that is empty.
  boost::system::error_code Refill() noexcept;
  static int Verify(int fine, X509_STORE_CTX* verification);

  // What the last call of OpenSSL that returned `result` came to.
  Attempt Outcome(int result, std::size_t size) const;

  std::shared_ptr<TlsContext> tls_;  // receives the sessions that the server offers
  std::unique_ptr<SSL, Free> ssl_;
  std::unique_ptr<char[]> received_;        // of kReadBuffer bytes; null unless `unread_` refers to it
  std::span<const char> unread_;            // what OpenSSL has not taken yet
  boost::system::error_code socket_error_;  // of the last call of BioRead() or BioWrite()
  boost::system::error_code failure_;       // what the next read returns, after the bytes before it
  std::string refusal_;                     // why the server's certificate was rejected
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_TLS_TRANSPORT_H_
