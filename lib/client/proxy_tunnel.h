// A way through an HTTP proxy to a server that it does not understand.

#ifndef K8SM_LIB_CLIENT_PROXY_TUNNEL_H_
#define K8SM_LIB_CLIENT_PROXY_TUNNEL_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/proxy.h"
#include "lib/client/transport.h"

#include <boost/beast/core/tcp_stream.hpp>

#include <string>

namespace k8sm::client {

// Asks the proxy that the stream is connected to for a tunnel to `target` ("host:port"), by CONNECT (RFC
// 9110, 9.3.6); then the stream speaks to the target. The stream has to outlive the call. kUnavailable where
// the proxy refuses or is none, kTimeout, kCanceled; messages name the proxy, and not its password.
Awaitable<Result<void>> OpenTunnel(boost::beast::tcp_stream& stream, Proxy proxy, std::string target,
                                   std::string user_agent, TimePoint deadline);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_PROXY_TUNNEL_H_
