// Sends a watch's events to a connection.

#ifndef K8SM_TEST_APISERVER_WATCH_SESSION_H_
#define K8SM_TEST_APISERVER_WATCH_SESSION_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/apiserver/answer_writer.h"
#include "test/apiserver/connection.h"
#include "test/apiserver/http_message.h"

namespace k8sm::apiserver {

// After the header has been written: sends the events as chunks, bookmarks once a minute and two seconds
// before the end, and the last chunk. Returns whether the connection can serve another request; it can't
// where the client has left, was too slow, or has lost its place in the history. `writer` and `tasks` have to
// outlive it. REQUIRES: response.watch.
Awaitable<bool> ServeWatch(ConnectionPtr connection, Response response, AnswerWriter& writer,
                           TaskGroup& tasks);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_SESSION_H_
