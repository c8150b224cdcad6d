// Opens connections to the API server.

#ifndef K8SM_LIB_CLIENT_CONNECTION_DIALER_H_
#define K8SM_LIB_CLIENT_CONNECTION_DIALER_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/client/config/proxy.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/connection/address_order.h"
#include "lib/client/connection/connect.h"
#include "lib/client/connection/resolve.h"
#include "lib/client/connection/tls_context.h"
#include "lib/client/connection/transport.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace k8sm::client {

class Dialer {
 public:
  // Copies the address, the proxy and the user agent from `config`.
  Dialer(asio::any_io_executor executor, const RestConfig& config);

  // Resolves the host, connects to one of its addresses and performs the TLS handshake unless `tls` is null.
  // The order of the addresses is that of AddressOrder. If a proxy is configured, connects to the proxy
  // instead and, for TLS, opens a tunnel through it. Errors: kUnavailable (including a server certificate
  // that is not valid), kTimeout, kCanceled. The dialer must outlive the call, but not the transport.
  Awaitable<Result<std::unique_ptr<Transport>>> Dial(std::shared_ptr<TlsContext> tls, TimePoint deadline);

  // Call it when a connection to `peer` (Transport::peer()) has failed: others are tried first from now on.
  void OnFailed(const std::string& peer) { order_.OnFailed(peer); }

 private:
  Error OnTheWay(Error error) const;
  // Remembers the address, and logs addresses that did not answer, once a minute.
  void NoteAddress(const Connected& connected);

  asio::any_io_executor executor_;
  std::string host_;
  std::uint16_t port_;
  std::optional<Proxy> proxy_;
  std::string user_agent_;
  HostResolver resolver_;  // of the proxy, if there is one
  AddressOrder order_;
  LineBudget passed_over_;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_DIALER_H_
