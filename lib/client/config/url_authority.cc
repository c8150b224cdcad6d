#include "lib/client/config/url_authority.h"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace k8sm::client {
namespace {

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

// The percent-decoded host is used in a header and passed to the resolver.
bool IsHost(const std::string& host) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), allowed);
}

// Boost 1.81 parses ports modulo 65536.
std::optional<std::uint16_t> ReadPort(const std::string& digits) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

}  // namespace

Result<UrlAuthority> ReadAuthority(const boost::urls::url_view& url) {
  UrlAuthority authority{.host = url.host_address()};
  if (!IsHost(authority.host)) return Invalid("names no host");
  // Boost 1.81 treats the "x" in "http://host:80x" as a path.
  const bool cut_port = !url.encoded_path().empty() && !url.encoded_path().starts_with('/');
  const std::string digits = url.port();
  if (!digits.empty()) authority.port = ReadPort(digits);
  if (cut_port || authority.port.has_value() != !digits.empty())
    return Invalid("has no port from 1 to 65535");
  return authority;
}

Error NotAUrl(const std::string& text, const std::string& example) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return c > 0; });
  // The text is not quoted: it may contain a password.
  if (ascii) return Invalid("is not a URL such as " + example);
  return Invalid("holds characters beyond ASCII; write the host in its ASCII form (xn--...)");
}

}  // namespace k8sm::client
