// One connection: HTTP/1.1 with keep-alive, requests answered one after the other.

#ifndef K8SM_TEST_APISERVER_HTTP_SESSION_H_
#define K8SM_TEST_APISERVER_HTTP_SESSION_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/apiserver/handler.h"

#include <boost/asio/ip/tcp.hpp>

namespace k8sm::apiserver {

// Serves the connection until either side ends it. Both references have to outlive the coroutine; the tasks
// are where it spawns what looks out for the client's leaving during a watch.
Awaitable<void> ServeConnection(asio::ip::tcp::socket socket, Handler& handler, TaskGroup& tasks);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_HTTP_SESSION_H_
