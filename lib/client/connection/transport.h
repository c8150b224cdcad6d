// A byte stream to a server, over TCP or TLS.

#ifndef K8SM_LIB_CLIENT_CONNECTION_TRANSPORT_H_
#define K8SM_LIB_CLIENT_CONNECTION_TRANSPORT_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace k8sm::client {

using TimePoint = std::chrono::steady_clock::time_point;

// An open connection, closed when destroyed. At most one call at a time. After an error all further calls
// fail.
class Transport {
 public:
  virtual ~Transport() = default;

  // Waits for data and returns the number of bytes read; 0 at the end of the stream. Errors: kUnavailable,
  // kTimeout, kCanceled.
  virtual Awaitable<Result<std::size_t>> ReadSome(std::span<char> into, TimePoint deadline) = 0;

  // Writes all bytes, which must stay valid during the call. Errors: kUnavailable, kTimeout, kCanceled.
  virtual Awaitable<Result<void>> Write(std::string_view bytes, TimePoint deadline) = 0;

  // The address of the server, as in errors ("10.0.0.1:6443"); through a proxy's tunnel the server and the
  // proxy.
  virtual const std::string& peer() const = 0;

  // Makes the call in progress, if any, fail with kCanceled soon.
  virtual void Cancel() = 0;

  // Whether the peer has neither closed the connection nor sent data that has not been read.
  virtual bool Quiet() = 0;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_TRANSPORT_H_
