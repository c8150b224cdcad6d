// Connects to a host with several addresses.

#ifndef K8SM_LIB_CLIENT_CONNECTION_CONNECT_H_
#define K8SM_LIB_CLIENT_CONNECTION_CONNECT_H_

#include "lib/async/token.h"
#include "lib/base/error.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace k8sm::client {

// An established TCP connection.
struct Connected {
  asio::ip::tcp::socket socket;
  asio::ip::tcp::endpoint address;
  // The addresses tried before that failed or have not answered yet, for the log: "connect to [fd00::1]:6443:
  // no answer". Empty if the first address answered.
  std::string passed_over;
};

// "10.0.0.1:6443", "[fd00::1]:6443".
std::string Describe(const asio::ip::tcp::endpoint& address);

// Connects to the first address that answers (RFC 8305, section 5): each attempt starts 250 ms after the
// previous one, or as soon as all previous ones have failed. Errors: kUnavailable or kTimeout, naming the
// last address that failed; kCanceled. REQUIRES: `addresses` is not empty.
Awaitable<Result<Connected>> ConnectToAny(asio::any_io_executor executor,
                                          std::vector<asio::ip::tcp::endpoint> addresses,
                                          std::chrono::steady_clock::time_point deadline);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_CONNECT_H_
