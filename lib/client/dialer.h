// Opens connections to the API server.

#ifndef K8SM_LIB_CLIENT_DIALER_H_
#define K8SM_LIB_CLIENT_DIALER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/proxy.h"
#include "lib/client/rest_config.h"
#include "lib/client/tls_context.h"
#include "lib/client/transport.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace k8sm::client {

class Dialer {
 public:
  Dialer(asio::any_io_executor executor, const RestConfig& config);

  // Resolves the host, tries each of its addresses in turn, each with its share of the time, and makes the
  // TLS handshake, unless `tls` is null. Where there is a proxy, it is the proxy that is connected to; for
  // TLS with a tunnel through it. kUnavailable (a server that cannot prove who it is included), kTimeout,
  // kCanceled. The dialer has to outlive the call, but not the transport.
  Awaitable<Result<std::unique_ptr<Transport>>> Dial(std::shared_ptr<TlsContext> tls, TimePoint deadline);

 private:
  Error OnTheWay(Error error) const;

  asio::any_io_executor executor_;
  std::string host_;
  std::uint16_t port_;
  std::optional<Proxy> proxy_;
  std::string user_agent_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_DIALER_H_
