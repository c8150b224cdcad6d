// Host names to addresses, in bounded time.

#ifndef K8SM_LIB_CLIENT_RESOLVE_H_
#define K8SM_LIB_CLIENT_RESOLVE_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace k8sm::client {

// All addresses of a host, in the order in which to try them; an IP address is its own at once. kUnavailable
// where there is none, kTimeout, or kCanceled. The system's resolver cannot be interrupted: it is left to
// finish unheard.
Awaitable<Result<std::vector<asio::ip::tcp::endpoint>>> Resolve(
    asio::any_io_executor executor, std::string host, std::uint16_t port,
    std::chrono::steady_clock::time_point deadline);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_RESOLVE_H_
