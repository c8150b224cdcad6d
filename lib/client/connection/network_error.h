// Converts errors of Asio, Beast and OpenSSL.

#ifndef K8SM_LIB_CLIENT_CONNECTION_NETWORK_ERROR_H_
#define K8SM_LIB_CLIENT_CONNECTION_NETWORK_ERROR_H_

#include "lib/base/error.h"

#include <boost/system/error_code.hpp>

#include <string>

namespace k8sm::client {

// Returns kCanceled for operation_aborted, kTimeout for a deadline that passed, else kUnavailable. The
// message is "DOING: REASON". REQUIRES: `error` is set.
Error NetworkError(const std::string& doing, const boost::system::error_code& error);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_NETWORK_ERROR_H_
