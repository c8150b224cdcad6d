// Decides which requests the client retries. No I/O.

#ifndef K8SM_LIB_CLIENT_RETRY_H_
#define K8SM_LIB_CLIENT_RETRY_H_

#include "lib/base/error.h"
#include "lib/client/message/request.h"

#include <chrono>
#include <optional>

namespace k8sm::client {

// Maximum number of retries of a GET, as in client-go.
inline constexpr int kMaxRetries = 10;

// Returns the delay before the request is sent again, after `retries` retries; nullopt if it is not retried.
//
// A GET is retried if the server asks for it (429 or 5xx with Retry-After), after the requested time, and if
// the response was lost in transit (the connection was cut or timed out), after `pause`. If nothing was sent
// because no connection could be established, it is not retried, so that the caller learns of it at once.
//
// A write is never retried, although client-go does so on 429 and on 5xx with Retry-After. A 5xx may mean
// that the server lost etcd's response, so the write may have been carried out. And by the time the server
// accepts a retry, the state may have changed, so a new plan is better than a stale write.
std::optional<std::chrono::milliseconds> DelayBeforeRetry(Method method, const Error& error, int retries,
                                                          std::chrono::milliseconds pause);

// Whether a write that failed with this error may have been carried out: its response was lost or
// inconclusive (5xx). The caller must read the object again before it decides anything else.
bool IsOutcomeUnknown(const Error& error);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_RETRY_H_
