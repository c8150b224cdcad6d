// Formats HTTP requests and interprets responses. No I/O.

#ifndef K8SM_LIB_CLIENT_MESSAGE_HTTP_MESSAGE_H_
#define K8SM_LIB_CLIENT_MESSAGE_HTTP_MESSAGE_H_

#include "lib/base/error.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/message/encoding.h"
#include "lib/client/message/request.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

// Properties that differ between the requests of one client.
struct RequestExtras {
  std::string_view authorization = {};  // value of the Authorization header; omitted if empty, and over http
  bool accept_gzip = false;
};

// Returns the complete HTTP/1.1 request, in absolute form if it is sent to a proxy.
std::string FormatRequest(const RestConfig& config, const Request& request, RequestExtras extras);

// Whether to accept a compressed response: for a GET except watches, as compression may delay events.
bool MayCompress(const Request& request);

// Whether the request is a watch, whose duration is chosen by the client.
bool IsWatch(const Request& request);

// The status and the headers of a response that the client uses.
struct ResponseHead {
  int status = 0;
  std::string content_type;
  std::string content_encoding;
  std::string location;
  std::optional<std::chrono::seconds> retry_after;
  std::vector<std::string> warnings;  // texts of Warning headers with code 299

  // Whether the status is 2xx.
  bool ok() const { return status >= 200 && status < 300; }
};

// Returns the position of a missing space after the status in a status line without a reason ("HTTP/1.1
// 200"). RFC 9112 (section 4) requires it, but many servers omit it. nullopt if nothing is missing or the
// line is incomplete.
std::optional<std::size_t> MissingSpace(std::string_view head);

// Parses a Retry-After header in seconds; nullopt for the other form, a date.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view value);

// Returns the texts with code 299, which the API server uses, in a Warning header (RFC 7234, section 5.5).
// Malformed parts are skipped.
std::vector<std::string> ParseWarnings(std::string_view value);

// Returns the encoding that the content type names; JSON if it is absent. Fails with kMalformed, naming the
// content type, for any other, and for an encoding that the request did not accept.
Result<Encoding> EncodingOf(const ResponseHead& head, std::string_view accept = kJsonType);

// Classifies a response other than 2xx. `body` may be truncated.
Error ClassifyRefusal(const ResponseHead& head, std::string_view body);

// Returns the error; if it leaves the outcome of a write unknown, its message says so.
Error WithOutcome(Error error, Method method);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_MESSAGE_HTTP_MESSAGE_H_
