// Which requests the client sends again by itself. Pure.

#ifndef K8SM_LIB_CLIENT_RETRY_H_
#define K8SM_LIB_CLIENT_RETRY_H_

#include "lib/base/error.h"
#include "lib/client/request.h"

#include <chrono>
#include <optional>

namespace k8sm::client {

// How often a GET is sent again, as in client-go.
inline constexpr int kMaxRetries = 10;

// How long to wait before the request is sent again, after it has been `retries` times; nothing: it is not.
//
// A GET is, where the server asks for it (429 or 5xx with Retry-After), after the time that it asks for, and
// where the answer was lost on the way (the connection was cut, or nothing came), after `pause`. Where
// nothing went out, no connection could be had, and the caller should hear of that at once.
//
// A write never is. client-go repeats it on 429 and on 5xx with Retry-After. But among the latter is the
// server's own loss of an answer from etcd, so that it may have been carried out; and in both cases the world
// has moved on until the server is willing, so that a fresh plan is better than a stale write.
std::optional<std::chrono::milliseconds> DelayBeforeRetry(Method method, const Error& error, int retries,
                                                          std::chrono::milliseconds pause);

// Whether a request that failed so on a connection that was kept from an earlier one is sent over a new one,
// without a pause: the server had closed it meanwhile. `answered`: the answer had begun, so that it had not.
// A write is only where it can't have gone out as a whole.
bool MayRepeatAtOnce(Method method, const Error& error, bool answered);

// Whether a write that failed so may have been carried out: its answer was lost, or is one that says nothing
// of it (5xx). What it left has to be looked at before anything else is decided.
bool IsOutcomeUnknown(const Error& error);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_RETRY_H_
