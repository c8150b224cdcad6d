// A transport over a TCP socket, without TLS.

#ifndef K8SM_LIB_CLIENT_CONNECTION_SOCKET_TRANSPORT_H_
#define K8SM_LIB_CLIENT_CONNECTION_SOCKET_TRANSPORT_H_

#include "lib/client/connection/deadline.h"
#include "lib/client/connection/transport.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace k8sm::client {

// Reads and writes at once what the kernel has or takes, and waits for the socket otherwise. Base of
// TlsTransport, which reads and writes through OpenSSL.
class SocketTransport : public Transport {
 public:
  // `socket` must be connected. `peer` names the server in errors.
  SocketTransport(asio::ip::tcp::socket socket, std::string peer);

  Awaitable<Result<std::size_t>> ReadSome(std::span<char> into, TimePoint deadline) override;
  Awaitable<Result<void>> Write(std::string_view bytes, TimePoint deadline) override;
  const std::string& peer() const override { return peer_; }
  void Cancel() override;
  bool Quiet() override;

 protected:
  // What came of an attempt that does not wait.
  struct Attempt {
    std::size_t size = 0;             // bytes read or written
    boost::system::error_code error;  // would_block: the socket has to become ready for `wait` first
    asio::socket_base::wait_type wait = asio::socket_base::wait_read;
  };

  virtual Attempt TryRead(std::span<char> into);
  virtual Attempt TryWrite(std::string_view bytes);
  // Whether bytes were received that TryRead() has not returned yet.
  virtual bool HasUnread() { return false; }

  // Waits until the socket is ready. Returns timed_out once the deadline has passed, operation_aborted after
  // Cancel(), else what the socket reports.
  Awaitable<boost::system::error_code> WaitFor(asio::socket_base::wait_type what, TimePoint deadline);

  // As recv(2) and send(2), with would_block instead of EAGAIN. Receive() notes whether there may be more.
  Attempt Receive(std::span<char> into);
  Attempt Send(std::string_view bytes);

 private:
  // How many reads follow each other before other coroutines have their turn.
  static constexpr int kReadsAtOnce = 8;

  asio::ip::tcp::socket socket_;
  Deadline deadline_{socket_};
  const std::string peer_;
  bool more_ = false;      // whether the last Receive() has filled its buffer
  bool canceled_ = false;  // the call in progress, which may not wait for the socket at the moment
  int reads_ = 0;          // since the last turn of other coroutines
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_SOCKET_TRANSPORT_H_
