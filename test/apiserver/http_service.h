// Answers what comes over HTTP: between the HTTP server and the handlers, which know requests and responses
// as plain values.

#ifndef K8SM_TEST_APISERVER_HTTP_SERVICE_H_
#define K8SM_TEST_APISERVER_HTTP_SERVICE_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/server.h"
#include "test/apiserver/http_message.h"

#include <functional>

namespace k8sm::apiserver {

using RequestHandler = std::function<Response(const Request& request)>;

// A server's options but for address, port and TLS: limits as kube-apiserver has them, and a Status for what
// is no request.
http_server::ServerOptions DefaultServerOptions();

// Has the handler answer, and sends the answer the way that its Delivery says. The handler has to outlive the
// coroutine.
Awaitable<void> Answer(http_server::Exchange& exchange, const RequestHandler& handler);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_SERVICE_H_
