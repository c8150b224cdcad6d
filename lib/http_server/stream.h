// A byte stream to a client, over TCP or TLS.

#ifndef K8SM_LIB_HTTP_SERVER_STREAM_H_
#define K8SM_LIB_HTTP_SERVER_STREAM_H_

#include "lib/async/token.h"
#include "lib/http_server/tls.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace k8sm::http_server {

// An open connection. One read and one write at a time. Any failure ends the connection; the reason is not
// reported.
class Stream {
 public:
  virtual ~Stream() = default;

  // Sets the timeout of reads and writes started from now on, until the next call.
  virtual void ExpireAfter(std::chrono::milliseconds time) = 0;

  // Performs the TLS handshake, if any. Call it first. Returns false on failure.
  virtual Awaitable<bool> Handshake() = 0;

  // Waits for data and returns the number of bytes read; 0 at the end of the stream or on failure.
  virtual Awaitable<std::size_t> ReadSome(asio::mutable_buffer into) = 0;

  // Sends all bytes, which must stay valid during the call. Returns false on failure.
  virtual Awaitable<bool> Write(std::string_view bytes) = 0;

  // Shuts down sending. Returns whether the client may still send data.
  virtual Awaitable<bool> FinishSending() = 0;

  // Closes the connection and cancels pending operations.
  virtual void Close() = 0;

  virtual asio::ip::tcp::socket& socket() = 0;

  // The identity in the client's certificate; nullopt if it has none, or one that is invalid or has expired.
  // REQUIRES: the handshake has completed.
  virtual std::optional<ClientCertificate> client_certificate() = 0;

  // Whether the client has to connect again: it has sent a certificate, and the context that has verified it
  // is no longer the current one, so its CA may have been removed. REQUIRES: the handshake has completed.
  virtual bool outdated() = 0;
};

// Creates a TLS stream with the current context of `tls`, or a TCP stream if `tls` is unset.
std::unique_ptr<Stream> MakeStream(asio::ip::tcp::socket socket, TlsSource tls);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_STREAM_H_
