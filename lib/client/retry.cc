#include "lib/client/retry.h"

namespace k8sm::client {

using std::chrono::milliseconds;

std::optional<milliseconds> DelayBeforeRetry(Method method, const Error& error, int retries,
                                             milliseconds pause) {
  if (method != Method::kGet || retries >= kMaxRetries) return std::nullopt;
  switch (error.code) {
    case Errc::kTooManyRequests:
    case Errc::kServerError:
      return error.retry_after;
    case Errc::kUnavailable:
    case Errc::kTimeout:
      if (error.sent) return pause;
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

bool MayRepeatAtOnce(Method method, const Error& error, bool answered) {
  const bool closed = error.code == Errc::kUnavailable && !answered;
  return closed && (method == Method::kGet || !error.sent);
}

bool IsOutcomeUnknown(const Error& error) {
  return error.sent || error.code == Errc::kServerError;
}

}  // namespace k8sm::client
