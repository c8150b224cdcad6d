// Resolves host names in bounded time.

#ifndef K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_
#define K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace k8sm::client {

// Returns all addresses of the host in the order in which to try them. An IP address is returned immediately.
// Errors: kUnavailable if there is none, kTimeout, kCanceled. The system's resolver cannot be interrupted;
// after kTimeout or kCanceled it finishes in the background and its result is dropped.
Awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> Resolve(
    asio::any_io_executor executor, std::string host, std::uint16_t port,
    std::chrono::steady_clock::time_point deadline);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_RESOLVE_H_
