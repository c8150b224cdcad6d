#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/asio/ssl/error.hpp>

namespace k8sm::client {

Error NetworkError(const std::string& doing, const boost::system::error_code& error) {
  if (error == boost::asio::error::operation_aborted)
    return {.code = Errc::kCanceled, .message = doing + ": canceled"};
  // One of our deadlines, or the peer has stopped acknowledging.
  if (error == boost::asio::error::timed_out)
    return {.code = Errc::kTimeout, .message = doing + ": timed out"};
  // The end of a stream in TLS that was not announced: a process that was killed, or a load balancer.
  if (error == boost::asio::ssl::error::stream_truncated)
    return {.code = Errc::kUnavailable, .message = doing + ": the connection was closed"};
  return {.code = Errc::kUnavailable, .message = doing + ": " + error.message()};
}

}  // namespace k8sm::client
