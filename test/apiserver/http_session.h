// One connection: HTTP/1.1 with keep-alive, requests answered one after the other.

#ifndef K8SM_TEST_APISERVER_HTTP_SESSION_H_
#define K8SM_TEST_APISERVER_HTTP_SESSION_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/apiserver/connection.h"
#include "test/apiserver/http_message.h"

#include <functional>

namespace k8sm::apiserver {

using RequestHandler = std::function<Response(const Request& request)>;

// Serves the connection until either side ends it. The tasks have to outlive the coroutine, and are where it
// spawns what looks out for the client's leaving during a watch.
Awaitable<void> ServeConnection(ConnectionPtr connection, RequestHandler handler, TaskGroup& tasks);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_SESSION_H_
