#include "lib/client/message/http_message.h"

#include "lib/base/printable.h"
#include "lib/kube_json/codec.h"
#include "lib/kube_proto/codec.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <utility>

namespace k8sm::client {
namespace {

using std::chrono::seconds;

void AddHeader(std::string& text, std::string_view name, std::string_view value) {
  if (!value.empty()) text.append(name).append(": ").append(value).append("\r\n");
}

// Escapes characters that are not allowed in a header name, as client-go does (k8s.io/client-go/transport,
// headerKeyEscape).
std::string EscapedHeaderName(std::string_view text) {
  constexpr std::string_view kOthers = "!#$&'*+-.^_`|~";
  constexpr const char* kHex = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && (std::isalnum(byte) != 0 || kOthers.find(c) != std::string_view::npos)) {
      escaped += c;
    } else {
      escaped.append("%").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
    }
  }
  return escaped;
}

void AddImpersonation(std::string& text, const Impersonation& impersonate) {
  if (impersonate.user.empty()) return;
  AddHeader(text, "Impersonate-User", impersonate.user);
  AddHeader(text, "Impersonate-Uid", impersonate.uid);
  for (const std::string& group : impersonate.groups) AddHeader(text, "Impersonate-Group", group);
  for (const auto& [key, values] : impersonate.extra) {
    const std::string name = "Impersonate-Extra-" + EscapedHeaderName(key);
    for (const std::string& value : values) AddHeader(text, name, value);
  }
}

// Removes the text up to and including the next `end`, or all of it if there is none, and returns it.
std::string_view TakeUntil(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

// Removes the rest of a quoted string; the opening quote has been removed already.
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

// Returns a content type without its parameters, in lower case.
std::string MediaType(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  std::transform(type.begin(), type.end(), type.begin(), [](unsigned char c) { return std::tolower(c); });
  type.erase(type.find_last_not_of(" \t") + 1);
  return type;
}

}  // namespace

std::string FormatRequest(const RestConfig& config, const Request& request, RequestExtras extras) {
  // Over TLS the proxy only provides a tunnel and does not see the request.
  const Proxy* proxy = config.proxy && !config.secure() ? &*config.proxy : nullptr;
  std::string text(ToString(request.method));
  text += " ";
  if (proxy != nullptr) text.append(config.scheme).append("://").append(config.Authority());
  text.append(config.path_prefix).append(request.target).append(" HTTP/1.1\r\n");
  AddHeader(text, "Host", config.Authority());
  AddHeader(text, "User-Agent", config.user_agent);
  AddHeader(text, "Accept", request.accept);
  if (extras.accept_gzip) AddHeader(text, "Accept-Encoding", "gzip");
  if (proxy != nullptr) AddHeader(text, "Proxy-Authorization", proxy->authorization);
  if (config.secure()) AddHeader(text, "Authorization", extras.authorization);
  AddImpersonation(text, config.impersonate);
  if (request.method != Method::kGet) {
    if (!request.body.empty()) AddHeader(text, "Content-Type", request.content_type);
    AddHeader(text, "Content-Length", std::to_string(request.body.size()));
  }
  return text.append("\r\n").append(request.method == Method::kGet ? "" : request.body);
}

bool MayCompress(const Request& request) {
  return request.method == Method::kGet && !IsWatch(request);
}

bool IsWatch(const Request& request) {
  const std::size_t query = std::min(request.target.find('?'), request.target.size());
  return request.method == Method::kGet && request.target.find("watch=", query) != std::string::npos;
}

std::optional<std::size_t> MissingSpace(std::string_view head) {
  constexpr std::size_t kSize = std::string_view("HTTP/1.1 200").size();
  const bool ends_there = head.starts_with("HTTP/") && head.substr(0, head.find('\r')).size() == kSize;
  return ends_there && head.size() > kSize ? std::optional(kSize) : std::nullopt;
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
    TakeUntil(value, ' ');  // the warn-agent
    if (!value.starts_with('"')) break;
    value.remove_prefix(1);
    std::string text = TakeQuoted(value);
    if (code == "299" && !text.empty()) texts.push_back(Printable(text));
    TakeUntil(value, ',');  // a date
  }
  return texts;
}

Result<Encoding> EncodingOf(const ResponseHead& head, std::string_view accept) {
  const std::string type = MediaType(head.content_type);
  // Kubernetes 1.1 and some proxies send no content type.
  if (type.empty() || type == kJsonType) return Encoding::kJson;
  if (type == kProtobufType && accept.starts_with(kProtobufType)) return Encoding::kProtobuf;
  return Error{.code = Errc::kMalformed,
               .message = "an answer of type " + Quoted(head.content_type) +
                          " instead of application/json: is this a Kubernetes API server?",
               .http_status = head.status};
}

Error ClassifyRefusal(const ResponseHead& head, std::string_view body) {
  if (head.status >= 300 && head.status < 400) {
    return {.code = Errc::kRejected,
            .message = "redirected to " + Quoted(head.location) + ", which is not followed",
            .http_status = head.status};
  }
  Error error = MediaType(head.content_type) == kProtobufType ? kube_proto::DecodeStatus(head.status, body)
                                                              : kube_json::DecodeStatus(head.status, body);
  if (head.retry_after) error.retry_after = head.retry_after;
  return error;
}

Error WithOutcome(Error error, Method method) {
  if (error.sent && method != Method::kGet)
    error.message.append("; the outcome of the ").append(ToString(method)).append(" is unknown");
  return error;
}

}  // namespace k8sm::client
