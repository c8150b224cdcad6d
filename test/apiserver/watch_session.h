// Sends a watch's events to a connection.

#ifndef K8SM_TEST_APISERVER_WATCH_SESSION_H_
#define K8SM_TEST_APISERVER_WATCH_SESSION_H_

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/apiserver/connection.h"
#include "test/apiserver/watch_stream.h"

#include <memory>

namespace k8sm::apiserver {

// After the header has been written: sends the events as chunks, bookmarks once a minute and two seconds
// before the end, and the last chunk. Returns whether the connection can serve another request; it can't
// where the client has left, was too slow, or has lost its place in the history. `tasks` has to outlive it.
Awaitable<bool> ServeWatch(ConnectionPtr connection, std::shared_ptr<WatchStream> watch, TaskGroup& tasks);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_WATCH_SESSION_H_
