#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>

namespace k8sm::client {

Error NetworkError(const std::string& doing, const boost::system::error_code& error) {
  if (error == boost::asio::error::operation_aborted)
    return {.code = Errc::kCanceled, .message = doing + ": canceled"};
  // One of our deadlines, or the peer has stopped acknowledging.
  if (error == boost::asio::error::timed_out)
    return {.code = Errc::kTimeout, .message = doing + ": timed out"};
  return {.code = Errc::kUnavailable, .message = doing + ": " + error.message()};
}

}  // namespace k8sm::client
