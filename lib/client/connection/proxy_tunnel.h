// Opens tunnels through an HTTP proxy.

#ifndef K8SM_LIB_CLIENT_CONNECTION_PROXY_TUNNEL_H_
#define K8SM_LIB_CLIENT_CONNECTION_PROXY_TUNNEL_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/config/proxy.h"
#include "lib/client/connection/transport.h"

#include <boost/asio/ip/tcp.hpp>

#include <string>

namespace k8sm::client {

// Requests a tunnel to `target` ("host:port") from the proxy to which `socket` is connected, with CONNECT
// (RFC 9110, section 9.3.6). Afterwards the socket is connected to the target. It must outlive the call.
// Errors: kUnavailable if the proxy refuses or is not an HTTP proxy, kTimeout, kCanceled. Messages name the
// proxy without its password.
Awaitable<Result<void>> OpenTunnel(asio::ip::tcp::socket& socket, Proxy proxy, std::string target,
                                   std::string user_agent, TimePoint deadline);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONNECTION_PROXY_TUNNEL_H_
