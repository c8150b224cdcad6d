#include "test/apiserver/list_options.h"

#include "test/apiserver/field_error.h"
#include "test/apiserver/json.h"

#include <charconv>

namespace k8sm::apiserver {
namespace {

// Empty text is 0.
std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  if (text.empty()) return number;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<Status> ParseNumber(const Target& target, std::string_view name, std::uint64_t& number) {
  const std::optional<std::uint64_t> parsed = Number(target.Query(name));
  if (!parsed) {
    return BadRequest("strconv.ParseInt: parsing \"" + std::string(target.Query(name)) +
                      "\": invalid syntax");
  }
  number = *parsed;
  return std::nullopt;
}

void ValidateMatch(const ListOptions& options, FieldErrors& errors) {
  const std::string& match = options.resource_version_match;
  const char* const path = "resourceVersionMatch";
  if (match.empty()) return;
  if (match != "Exact" && match != "NotOlderThan") {
    return errors.NotSupported(path, match, {"Exact", "NotOlderThan"});
  }
  if (options.watch) {
    if (!options.send_initial_events) {
      errors.Forbidden(path,
                       "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
    }
    return;
  }
  if (!options.resource_version) {
    errors.Forbidden(path, "resourceVersionMatch is forbidden unless resourceVersion is provided");
  } else if (!options.continue_token.empty()) {
    errors.Forbidden(path, "resourceVersionMatch is forbidden when continue is provided");
  } else if (match == "Exact" && *options.resource_version == 0) {
    errors.Forbidden(path, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"");
  }
}

void Validate(const ListOptions& options, FieldErrors& errors) {
  ValidateMatch(options, errors);
  if (!options.send_initial_events) return;
  if (!options.watch) {
    errors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
  } else if (options.resource_version_match != "NotOlderThan") {
    errors.Forbidden("resourceVersionMatch",
                     "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan");
  }
}

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

// URL-safe base64 without padding.
std::string ToBase64(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const unsigned char byte : bytes) {
    bits = bits << 8 | byte;
    for (count += 8; count >= 6; count -= 6) text += kAlphabet[bits >> (count - 6) & 63];
  }
  if (count > 0) text += kAlphabet[bits << (6 - count) & 63];
  return text;
}

std::optional<std::string> FromBase64(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t value = kAlphabet.find(c);
    if (value == kAlphabet.npos) return std::nullopt;
    bits = bits << 6 | std::uint32_t(value);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += char(bits >> count & 255);
  }
  return bytes;
}

Status InvalidToken(std::string_view why) {
  return BadRequest("invalid continue token: continue key is not valid: " + std::string(why));
}

}  // namespace

Outcome<ListOptions> ListOptions::Parse(const Resource& resource, const Target& target) {
  ListOptions options;
  options.watch = target.Flag("watch");
  Outcome<Selector> selector =
      Selector::Parse(resource, target.Query("labelSelector"), target.Query("fieldSelector"));
  if (!selector) return selector.error();
  options.selector = std::move(*selector);
  options.continue_token = target.Query("continue");
  options.resource_version_match = target.Query("resourceVersionMatch");
  options.allow_bookmarks = target.Flag("allowWatchBookmarks");
  if (!target.Query("sendInitialEvents").empty())
    options.send_initial_events = target.Flag("sendInitialEvents");
  if (auto refused = ParseNumber(target, "limit", options.limit)) return *refused;
  if (auto refused = ParseNumber(target, "timeoutSeconds", options.timeout_seconds)) return *refused;
  FieldErrors errors;
  if (const std::string_view version = target.Query("resourceVersion"); !version.empty()) {
    options.resource_version = Number(version);
    if (!options.resource_version) {
      errors.Invalid("resourceVersion", version,
                     "strconv.ParseUint: parsing \"" + std::string(version) + "\": invalid syntax");
    }
  }
  Validate(options, errors);
  if (!errors.empty()) return errors.ToStatus("meta.k8s.io", "ListOptions", "");
  if (!options.watch && !options.continue_token.empty() && options.resource_version.value_or(0) != 0) {
    return BadRequest("specifying resource version is not allowed when using continue");
  }
  return options;
}

std::string ContinueToken::Encode() const {
  // Needs no escaping: keys consist of letters, digits, dots, dashes and slashes. The key ends with a NUL,
  // which no key contains.
  const std::string json =
      "{\"v\":\"meta.k8s.io/v1\",\"rv\":" + std::to_string(revision) + ",\"start\":\"" + start + "\\u0000\"}";
  return ToBase64(json);
}

Outcome<ContinueToken> ContinueToken::Decode(std::string_view text) {
  const std::optional<std::string> json = FromBase64(text);
  if (!json) return InvalidToken("illegal base64 data");
  const Result<JsonDocument> token = ParseJson(*json);
  if (!token) return InvalidToken(token.error().message);
  if (GetString(*token, "v") != "meta.k8s.io/v1") {
    return InvalidToken("server does not recognize this encoded version \"" +
                        std::string(GetString(*token, "v")) + "\"");
  }
  if (GetInt(*token, "rv") == 0) return InvalidToken("incorrect encoded start resourceVersion");
  const std::string_view start = GetString(*token, "start");
  if (!start.starts_with('/') || start.find("..") != start.npos)
    return InvalidToken("incorrect encoded start key");
  return ContinueToken{GetInt(*token, "rv"), std::string(start)};
}

}  // namespace k8sm::apiserver
