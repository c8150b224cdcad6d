// Serves a watch over HTTP.

#ifndef K8SM_TEST_APISERVER_WATCH_SESSION_H_
#define K8SM_TEST_APISERVER_WATCH_SESSION_H_

#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/message.h"
#include "test/apiserver/http_message.h"

namespace k8sm::apiserver {

// Sends the head and the events as chunks, with bookmarks every minute and two seconds before the end. If the
// client disconnects or is too slow, the response is left incomplete. REQUIRES: response.watch.
Awaitable<void> ServeWatch(http_server::Exchange& exchange, const http_server::Response& head,
                           Response response);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_SESSION_H_
