#include "lib/base/printable.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_json/decode.h"
#include "lib/kube_json/parse.h"

namespace k8sm::kube_json {
namespace {

constexpr std::size_t kMessageBytes = 1000;
constexpr std::size_t kBodyExcerptBytes = 200;

// Servers before 1.18 send no cause.
constexpr std::string_view kTooLargeVersion = "Too large resource version";
// Kubernetes 1.1 sends no reason for it, and code 500.
constexpr std::string_view kTooOldVersion = "too old resource version";

Errc CodeOf(int http_status, std::string_view reason, std::string_view message) {
  // In the Status of a watch, these reasons apply whatever the code.
  if (reason == "Expired" || reason == "Gone") return Errc::kExpired;
  if (reason.empty() && message.starts_with(kTooOldVersion)) return Errc::kExpired;
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

std::string FirstCause(const Field& details) {
  std::string reason;
  const Field causes = details.Member("causes");
  bool first = true;
  causes.ForEach([&](const Field& cause) {
    if (first) reason = cause.Member("reason").String();
    first = false;
  });
  return reason;
}

}  // namespace

Error ReadStatus(int http_status, const rapidjson::Value& status) {
  Problem ignored;
  const Field root(status, ignored);
  Error error;
  error.http_status = http_status != 0 ? http_status : root.Member("code").Int();
  error.code = CodeOf(error.http_status, root.Member("reason").String(), root.Member("message").String());
  error.message = Message(root.Member("message").String(), kMessageBytes);
  if (error.message.empty()) error.message = Message(root.Member("reason").String(), kMessageBytes);
  const Field details = root.Member("details");
  error.cause = FirstCause(details);
  if (error.cause.empty() && error.message.find(kTooLargeVersion) != std::string::npos)
    error.cause = "ResourceVersionTooLarge";
  const std::int32_t seconds = details.Member("retryAfterSeconds").Int();
  if (seconds > 0) error.retry_after = std::min(std::chrono::seconds(seconds), kLongestRetryAfter);
  return error;
}

Error DecodeStatus(int http_status, std::string_view body) {
  Error error{.code = CodeOf(http_status, {}, {}), .http_status = http_status};
  const auto tree = Parse(body);
  if (tree.has_value()) error = ReadStatus(http_status, **tree);
  if (error.message.empty()) error.message = Message(body, kBodyExcerptBytes);
  if (error.message.empty()) error.message = "HTTP status " + std::to_string(http_status) + " without a body";
  return error;
}

}  // namespace k8sm::kube_json
