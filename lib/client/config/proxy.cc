#include "lib/client/config/proxy.h"

#include "lib/base/host_port.h"
#include "lib/client/config/base64.h"
#include "lib/client/config/url_authority.h"

#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

namespace k8sm::client {
namespace {

namespace urls = boost::urls;

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

std::string Environment(const char* upper, const char* lower) {
  const char* value = std::getenv(upper);
  if (value == nullptr || *value == '\0') value = std::getenv(lower);
  return value == nullptr ? "" : value;
}

bool HasScheme(std::string_view text) {
  return text.find("://") != std::string_view::npos;
}

}  // namespace

std::string Proxy::Url() const {
  return "http://" + HostPort(host, port);
}

Result<Proxy> ParseProxyUrl(const std::string& text) {
  const auto parsed = urls::parse_uri(text);
  if (!parsed) return NotAUrl(text, "http://HOST:PORT");
  const urls::url_view& url = *parsed;
  std::string scheme = url.scheme();
  std::transform(scheme.begin(), scheme.end(), scheme.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (scheme == "https" || scheme == "socks5" || scheme == "socks5h")
    return Invalid("has the scheme " + scheme + "; only http proxies are supported");
  if (scheme != "http") return Invalid("is not a URL such as http://HOST:PORT");
  const auto authority = ReadAuthority(url);
  if (!authority) return authority.error();
  Proxy proxy{.host = authority->host};
  if (authority->port) proxy.port = *authority->port;
  if (url.has_userinfo()) proxy.authorization = "Basic " + EncodeBase64(url.user() + ":" + url.password());
  return proxy;
}

ProxyEnvironment ProxyEnvironmentOfThisProcess() {
  return {.https_proxy = Environment("HTTPS_PROXY", "https_proxy"),
          .http_proxy = Environment("HTTP_PROXY", "http_proxy"),
          .no_proxy = Environment("NO_PROXY", "no_proxy"),
          .cgi = std::getenv("REQUEST_METHOD") != nullptr};
}

Result<std::optional<Proxy>> ProxyFromEnvironment(const ProxyEnvironment& environment,
                                                  std::string_view scheme, const std::string& host,
                                                  std::uint16_t port) {
  const bool https = scheme == "https";
  const std::string& text = https ? environment.https_proxy : environment.http_proxy;
  if (text.empty() || NoProxyNames(environment.no_proxy, host, port)) return std::optional<Proxy>();
  const std::string variable = https ? "HTTPS_PROXY: " : "HTTP_PROXY: ";
  if (!https && environment.cgi)
    return Invalid(variable + "is not trusted beside REQUEST_METHOD, for a CGI's client can set it");
  auto proxy = ParseProxyUrl(HasScheme(text) ? text : "http://" + text);
  if (!proxy) return Invalid(variable + proxy.error().message);
  return std::optional<Proxy>(std::move(*proxy));
}

}  // namespace k8sm::client
