// Answers a watch.

#ifndef K8SM_TEST_APISERVER_WATCH_SESSION_H_
#define K8SM_TEST_APISERVER_WATCH_SESSION_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/message.h"
#include "test/apiserver/http_message.h"

namespace k8sm::apiserver {

// Sends the head and the events as chunks, with bookmarks once a minute and two seconds before the end. The
// answer is left without an end where the client has left or was too slow. REQUIRES: response.watch.
Awaitable<void> ServeWatch(http_server::Exchange& exchange, const http_server::Response& head,
                           Response response);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_SESSION_H_
