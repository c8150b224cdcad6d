// Resolves a host name in bounded time.

#ifndef K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_
#define K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::client {

// The addresses of one host, for connections that are opened from time to time. The system's resolver can
// neither be interrupted nor given a timeout; with a name server that is down each lookup may take longer
// than a request has time. So a lookup goes on when its caller has left, its result is remembered, and calls
// at the same time share one.
class HostResolver {
 public:
  HostResolver(asio::any_io_executor executor, std::string host, std::uint16_t port);
  // A lookup that has begun ends in the background.
  ~HostResolver();
  HostResolver(const HostResolver&) = delete;
  HostResolver& operator=(const HostResolver&) = delete;

  // Returns all addresses of the host in the order of the system's resolver. An IP address is returned
  // immediately. If an earlier lookup has found addresses, these are returned if the new one fails or takes
  // longer than a second. Errors: kUnavailable if there is none, kTimeout, kCanceled. The resolver must
  // outlive the call.
  Awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> Resolve(
      std::chrono::steady_clock::time_point deadline);

 private:
  struct Lookup;  // shared with the handler, which may be called later

  void Start() const;

  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<Lookup> lookup_;
  LineBudget outdated_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_
