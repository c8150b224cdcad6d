// Connects the HTTP server to the handlers, which work on plain requests and responses.

#ifndef K8SM_TEST_APISERVER_HTTP_SERVICE_H_
#define K8SM_TEST_APISERVER_HTTP_SERVICE_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/server.h"
#include "test/apiserver/http_message.h"

#include <functional>

namespace k8sm::apiserver {

using RequestHandler = std::function<Response(const Request& request)>;

// Returns server options without address, port and TLS: the limits of kube-apiserver, and a Status as the
// response to a malformed request.
http_server::ServerOptions DefaultServerOptions();

// Calls the handler and sends its response as the Delivery prescribes. `handler` must outlive the coroutine.
Awaitable<void> Answer(http_server::Exchange& exchange, const RequestHandler& handler);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_SERVICE_H_
