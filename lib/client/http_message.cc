#include "lib/client/http_message.h"

#include "lib/client/base64.h"
#include "lib/kube_json/codec.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

namespace k8sm::client {
namespace {

using std::chrono::seconds;

std::string Authorization(const RestConfig& config) {
  if (!config.secure()) return "";
  if (!config.token.empty()) return "Bearer " + config.token;
  if (config.username.empty() && config.password.empty()) return "";
  return "Basic " + EncodeBase64(config.username + ":" + config.password);
}

void AddHeader(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text.append(name).append(": ").append(value).append("\r\n");
}

// What of a header's value may stand in a message: one line of reasonable length.
std::string Excerpt(std::string_view value) {
  std::string text(value.substr(0, 200));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c >= 0x7f; }, '?');
  return text;
}

// Takes up to and including the next `end` off the text; all of it where there is none.
std::string_view TakeUntil(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

// The rest of a quoted string, whose opening quote is taken off already.
std::string TakeQuoted(std::string_view& text) {
  std::string value;
  while (!text.empty()) {
    char c = text.front();
    text.remove_prefix(1);
    if (c == '"') break;
    if (c == '\\' && !text.empty()) {
      c = text.front();
      text.remove_prefix(1);
    }
    value += c;
  }
  return value;
}

}  // namespace

std::string FormatRequest(const RestConfig& config, const Request& request) {
  std::string text(ToString(request.method));
  text.append(" ").append(config.path_prefix).append(request.target).append(" HTTP/1.1\r\n");
  AddHeader(text, "Host", config.Authority());
  AddHeader(text, "User-Agent", config.user_agent);
  AddHeader(text, "Accept", "application/json");
  AddHeader(text, "Authorization", Authorization(config));
  if (request.method != Method::kGet) {
    if (!request.body.empty()) AddHeader(text, "Content-Type", request.content_type);
    AddHeader(text, "Content-Length", std::to_string(request.body.size()));
  }
  return text.append("\r\n").append(request.method == Method::kGet ? "" : request.body);
}

std::optional<seconds> ParseRetryAfter(std::string_view value) {
  seconds::rep count = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (error != std::errc() || end != value.data() + value.size() || count < 0) return std::nullopt;
  return std::min(seconds(count), kLongestRetryAfter);
}

std::vector<std::string> ParseWarnings(std::string_view value) {
  std::vector<std::string> texts;
  while (!value.empty()) {
    value.remove_prefix(std::min(value.find_first_not_of(", \t"), value.size()));
    const std::string_view code = TakeUntil(value, ' ');
    TakeUntil(value, ' ');  // the agent
    if (!value.starts_with('"')) break;
    value.remove_prefix(1);
    std::string text = TakeQuoted(value);
    if (code == "299" && !text.empty()) texts.push_back(Excerpt(text));
    TakeUntil(value, ',');  // a date
  }
  return texts;
}

Result<void> CheckJson(const ResponseHead& head) {
  std::string type = head.content_type.substr(0, head.content_type.find(';'));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  type.erase(type.find_last_not_of(" \t") + 1);
  if (type == "application/json") return {};
  return Error{.code = Errc::kMalformed,
               .message = "an answer of type \"" + Excerpt(head.content_type) +
                          "\" instead of application/json: is this a Kubernetes API server?",
               .http_status = head.status};
}

Error ClassifyRefusal(const ResponseHead& head, std::string_view body) {
  if (head.status >= 300 && head.status < 400) {
    return {.code = Errc::kRejected,
            .message = "redirected to \"" + Excerpt(head.location) + "\", which is not followed",
            .http_status = head.status};
  }
  Error error = kube_json::DecodeStatus(head.status, body);
  if (head.retry_after) error.retry_after = head.retry_after;
  return error;
}

Error WithOutcome(Error error, Method method) {
  if (error.sent && method != Method::kGet)
    error.message.append("; the outcome of the ").append(ToString(method)).append(" is unknown");
  return error;
}

}  // namespace k8sm::client
