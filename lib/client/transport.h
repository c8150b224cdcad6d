// Bytes to and from a server, over TCP or TLS.

#ifndef K8SM_LIB_CLIENT_TRANSPORT_H_
#define K8SM_LIB_CLIENT_TRANSPORT_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

#include <chrono>
#include <cstddef>
#include <span>
#include <string_view>

namespace k8sm::client {

using TimePoint = std::chrono::steady_clock::time_point;

// An open connection, closed when destroyed. At most one call at a time. After an error other calls fail too.
class Transport {
 public:
  virtual ~Transport() = default;

  // Waits for some bytes and gives their number, 0 at the stream's end. kUnavailable, kTimeout, kCanceled.
  virtual Awaitable<Result<std::size_t>> ReadSome(std::span<char> into, TimePoint deadline) = 0;

  // Writes all of the bytes, which have to stay until then. kUnavailable, kTimeout, kCanceled.
  virtual Awaitable<Result<void>> Write(std::string_view bytes, TimePoint deadline) = 0;

  // Whether the peer has neither ended the connection nor sent anything that is still to be read.
  virtual bool Quiet() = 0;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_TRANSPORT_H_
