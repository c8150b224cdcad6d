// What our HTTP requests look like, and what we read from the head of an answer. Pure.

#ifndef K8SM_LIB_CLIENT_HTTP_MESSAGE_H_
#define K8SM_LIB_CLIENT_HTTP_MESSAGE_H_

#include "lib/base/error.h"
#include "lib/client/request.h"
#include "lib/client/rest_config.h"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::client {

// What is not the same for all requests of a client.
struct RequestExtras {
  std::string_view authorization = {};  // the Authorization header; left out where it is empty, and over http
  bool accept_gzip = false;
};

// The whole request as it is sent: HTTP/1.1, in the form that a proxy wants where there is one to talk to.
std::string FormatRequest(const RestConfig& config, const Request& request, RequestExtras extras);

// Whether compression may pay: for a GET, but not for a watch, whose events must not wait for each other.
bool MayCompress(const Request& request);

// Whether the request is a watch, whose answer takes as long as it is asked to.
bool IsWatch(const Request& request);

struct ResponseHead {
  int status = 0;
  std::string content_type;
  std::string content_encoding;
  std::string location;
  std::optional<std::chrono::seconds> retry_after;
  std::vector<std::string> warnings;  // the texts of Warning headers with the code 299

  bool ok() const { return status >= 200 && status < 300; }
};

// Where a space is missing in the head of an answer: behind the status of a status line without a reason,
// "HTTP/1.1 200", which RFC 9112 (4) wants there, and many leave out. Nothing where none is, or where the
// line is not complete.
std::optional<std::size_t> MissingSpace(std::string_view head);

// A Retry-After header in seconds; nothing for its other form, a date.
std::optional<std::chrono::seconds> ParseRetryAfter(std::string_view value);

// The texts of code 299 in a Warning header (RFC 7234, 5.5), which is what the API server sends; what is
// malformed is left out.
std::vector<std::string> ParseWarnings(std::string_view value);

// kMalformed, naming the content type, unless it is JSON's or absent.
Result<void> CheckJson(const ResponseHead& head);

// What an answer other than 2xx means; `body` may be cut.
Error ClassifyRefusal(const ResponseHead& head, std::string_view body);

// The error, whose message says where it holds that the outcome of a write is unknown.
Error WithOutcome(Error error, Method method);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_HTTP_MESSAGE_H_
