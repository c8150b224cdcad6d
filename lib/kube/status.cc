#include "lib/kube/status.h"

#include "lib/base/printable.h"

#include <algorithm>
#include <chrono>

namespace k8sm::kube {
namespace {

constexpr std::size_t kMessageBytes = 1000;
constexpr std::size_t kBodyExcerptBytes = 200;

// Servers before 1.18 send no cause.
constexpr std::string_view kTooLargeVersion = "Too large resource version";
// Kubernetes 1.1 sends no reason for it: code 500 from its watch cache, and the error of etcd 2 as it is.
constexpr std::string_view kTooOldVersion = "too old resource version";
constexpr std::string_view kOutdatedIndex = "401: The event in requested index is outdated and cleared";

Errc CodeOf(int http_status, std::string_view reason, std::string_view message) {
  // In the Status of a watch, these reasons apply whatever the code.
  if (reason == "Expired" || reason == "Gone") return Errc::kExpired;
  if (reason.empty() && message.starts_with(kTooOldVersion)) return Errc::kExpired;
  if (message.starts_with(kOutdatedIndex)) return Errc::kExpired;
  switch (http_status) {
    case 401:
      return Errc::kUnauthorized;
    case 403:
      return Errc::kForbidden;
    case 404:
      return Errc::kNotFound;
    case 409:
      return reason == "AlreadyExists" ? Errc::kAlreadyExists : Errc::kConflict;
    case 410:
      return Errc::kExpired;
    case 429:
      return Errc::kTooManyRequests;
    default:
      return http_status >= 500 && http_status < 600 ? Errc::kServerError : Errc::kRejected;
  }
}

// Returns the text as one line, without the trailing line break of plain-text bodies.
std::string Message(std::string_view text, std::size_t max_bytes) {
  return Printable(text.substr(0, text.find_last_not_of(" \r\n") + 1), max_bytes);
}

}  // namespace

Error ToError(int http_status, const Status& status) {
  Error error;
  error.http_status = http_status != 0 ? http_status : status.code;
  error.code = CodeOf(error.http_status, status.reason, status.message);
  error.message = Message(status.message, kMessageBytes);
  if (error.message.empty()) error.message = Message(status.reason, kMessageBytes);
  error.cause = status.first_cause;
  if (error.cause.empty() && error.message.find(kTooLargeVersion) != std::string::npos)
    error.cause = "ResourceVersionTooLarge";
  if (status.retry_after_seconds > 0)
    error.retry_after = std::min(std::chrono::seconds(status.retry_after_seconds), kLongestRetryAfter);
  return error;
}

Error ToError(int http_status, const Status& status, std::string_view body) {
  Error error = ToError(http_status, status);
  if (error.message.empty()) error.message = Message(body, kBodyExcerptBytes);
  if (error.message.empty()) error.message = "HTTP status " + std::to_string(http_status) + " without a body";
  return error;
}

Error MalformedObject(std::string_view kind, const ObjectMeta& meta, std::string_view problem) {
  std::string message(kind);
  const ObjectKey key = meta.Key();
  if (!key.ns.empty() || !key.name.empty())
    message += " " + ToString({key.ns, key.name.empty() ? Symbol("?") : key.name});
  return {.code = Errc::kMalformed, .message = message.append(": ").append(problem)};
}

}  // namespace k8sm::kube
