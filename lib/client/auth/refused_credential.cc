#include "lib/client/auth/refused_credential.h"

#include "lib/client/config/base64.h"
#include "lib/client/config/pem.h"
#include "lib/kube/timestamp.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>

namespace k8sm::client {
namespace {

// RFC 4648, section 5, without padding.
std::optional<std::string> DecodeBase64Url(std::string_view text) {
  std::string symbols(text);
  std::replace(symbols.begin(), symbols.end(), '-', '+');
  std::replace(symbols.begin(), symbols.end(), '_', '/');
  symbols.append((4 - symbols.size() % 4) % 4, '=');
  return DecodeBase64(symbols);
}

// Returns the `exp` claim of a JWT (RFC 7519, section 4.1.4), in seconds since 1970.
std::optional<std::int64_t> ExpiryOf(std::string_view token) {
  constexpr std::string_view kName = "\"exp\":";
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first == std::string_view::npos ? first : first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const auto payload = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  const std::size_t at = payload ? payload->find(kName) : std::string::npos;
  if (at == std::string::npos) return std::nullopt;
  std::int64_t seconds = 0;
  const char* digits = payload->data() + at + kName.size();
  const auto [end, error] = std::from_chars(digits, payload->data() + payload->size(), seconds);
  constexpr std::int64_t kEndOfTime = 253'402'300'799;  // end of the year 9999
  return error == std::errc() && seconds >= 0 && seconds <= kEndOfTime ? std::optional(seconds)
                                                                       : std::nullopt;
}

std::string Expired(const std::string& when) {
  return when.empty() ? "" : ", which has expired at " + when;
}

std::string Named(const std::string& what, const ShownCredentials& shown) {
  if (!shown.plugin.empty()) return "the " + what + " that " + shown.plugin + " has given";
  return "the " + what + (shown.user.empty() ? "" : " of " + shown.user);
}

}  // namespace

std::string DescribeRefused(const ShownCredentials& shown) {
  if (shown.over_http) return "no credentials were sent, since they are never sent over http";
  std::string text;
  const auto add = [&text](const std::string& what) {
    text.append(text.empty() ? "it does not accept " : ", nor ").append(what);
  };
  if (!shown.client_cert_pem.empty())
    add(Named("client certificate", shown) + Expired(WhenExpired(shown.client_cert_pem)));
  if (!shown.token_file.empty()) {
    add("the token in " + shown.token_file + Expired(WhenTokenExpired(shown.token)));
  } else if (!shown.token.empty()) {
    add(Named("token", shown) + Expired(WhenTokenExpired(shown.token)));
  } else if (shown.basic) {
    add(Named("user name and password", shown));
  }
  if (!text.empty()) return text;
  return "no credentials were sent" +
         (shown.user.empty() ? "; name a kubeconfig with a user" : ": " + shown.user + " has none to send");
}

std::string WhenTokenExpired(std::string_view token) {
  const auto seconds = ExpiryOf(token);
  if (!seconds) return "";
  const kube::Timestamp end{std::chrono::seconds(*seconds)};
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  return end <= now ? kube::FormatTimestamp(end) : "";
}

}  // namespace k8sm::client
