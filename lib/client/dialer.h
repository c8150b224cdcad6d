// Opens connections to the API server.

#ifndef K8SM_LIB_CLIENT_DIALER_H_
#define K8SM_LIB_CLIENT_DIALER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/rest_config.h"
#include "lib/client/transport.h"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ssl/context.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::client {

class Dialer {
 public:
  // Connects to nothing yet. kInvalidConfig where the config's certificates cannot be used.
  static Result<Dialer> Create(asio::any_io_executor executor, const RestConfig& config);

  // Resolves the host, tries each of its addresses in turn, each with its share of the time, and makes the
  // TLS handshake. kUnavailable (a server that cannot prove who it is included), kTimeout, kCanceled. The
  // dialer has to outlive the call, but not the transport.
  Awaitable<Result<std::unique_ptr<Transport>>> Dial(TimePoint deadline);

 private:
  Dialer(asio::any_io_executor executor, const RestConfig& config,
         std::shared_ptr<asio::ssl::context> tls_context);

  asio::any_io_executor executor_;
  std::string host_;
  std::uint16_t port_;
  std::string server_name_;
  std::shared_ptr<asio::ssl::context> tls_context_;  // null for http
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_DIALER_H_
