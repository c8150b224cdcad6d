// Bytes to and from a client of the ops server, over TCP or TLS.

#ifndef K8SM_CONTROLLER_OPS_OPS_STREAM_H_
#define K8SM_CONTROLLER_OPS_OPS_STREAM_H_

#include "lib/async/token.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string_view>

namespace boost::asio::ssl {
class context;
}

namespace k8sm::controller {

// An open connection. At most one call at a time, but for Close(). Whatever fails ends the conversation: who
// asks is told no more than that.
class OpsStream {
 public:
  virtual ~OpsStream() = default;

  // From now on, and for all that follows until the next call, time is over after so long.
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
};

// TLS where there is a context, which is kept.
std::unique_ptr<OpsStream> MakeOpsStream(asio::ip::tcp::socket socket,
                                         std::shared_ptr<asio::ssl::context> tls);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_STREAM_H_
