#include "lib/client/connection/network_error.h"

#include <boost/asio/error.hpp>
#include <boost/beast/core/error.hpp>

namespace k8sm::client {

Error NetworkError(const std::string& doing, const boost::system::error_code& error) {
  if (error == boost::asio::error::operation_aborted)
    return {.code = Errc::kCanceled, .message = doing + ": canceled"};
  // Beast's timeout is one of our deadlines; the system's means that the peer stopped acknowledging.
  if (error == boost::beast::error::timeout || error == boost::asio::error::timed_out)
    return {.code = Errc::kTimeout, .message = doing + ": timed out"};
  return {.code = Errc::kUnavailable, .message = doing + ": " + error.message()};
}

}  // namespace k8sm::client
