// Bytes to and from a client, over TCP or TLS.

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

// An open connection. One read and one write at a time. Whatever fails ends the connection: the caller learns
// no more than that.
class Stream {
 public:
  virtual ~Stream() = default;

  // Reads and writes that begin from now on, until the next call, fail after so long.
  virtual void ExpireAfter(std::chrono::milliseconds time) = 0;

  // To be called first. Returns whether the client can be talked to.
  virtual Awaitable<bool> Handshake() = 0;

  // Waits for some bytes and gives their number; 0: no more will come.
  virtual Awaitable<std::size_t> ReadSome(asio::mutable_buffer into) = 0;

  // Sends all of the bytes, which have to stay until then. Returns whether that was possible.
  virtual Awaitable<bool> Write(std::string_view bytes) = 0;

  // Tells the client that nothing more will be sent. Returns whether it may still have something to say.
  virtual Awaitable<bool> FinishSending() = 0;

  // Ends what is under way and the connection.
  virtual void Close() = 0;

  virtual asio::ip::tcp::socket& socket() = 0;

  // After the handshake.
  virtual std::optional<ClientCertificate> client_certificate() = 0;
};

// TLS where there is a context, which is kept.
std::unique_ptr<Stream> MakeStream(asio::ip::tcp::socket socket, TlsContextPtr tls);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_STREAM_H_
