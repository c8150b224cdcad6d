#include "lib/client/server_url.h"

#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <cctype>
#include <utility>

namespace k8sm::client {
namespace {

namespace urls = boost::urls;

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

// What remains of a host after its percent-encoding is taken off goes into a header and to the resolver.
bool IsHost(const std::string& host) {
  const auto allowed = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '-' || c == '.' || c == '_' || c == ':';
  };
  return !host.empty() && std::all_of(host.begin(), host.end(), allowed);
}

// Why the URL cannot be an API server's; empty where it can.
std::string WhyNot(const urls::url_view& url) {
  if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https)
    return "has a scheme other than http and https";
  if (url.has_userinfo()) return "holds a user name or password, which belong into the kubeconfig's user";
  if (url.has_query() || url.has_fragment()) return "has a query or a fragment";
  if (!IsHost(url.host_address())) return "names no host";
  // What Boost 1.81 takes for a path in "http://host:80x".
  if (!url.encoded_path().empty() && !url.encoded_path().starts_with('/'))
    return "has no port from 1 to 65535";
  if (url.has_port() && url.port_number() == 0) return "has no port from 1 to 65535";
  return "";
}

}  // namespace

Result<void> ParseServerUrl(const std::string& text, std::string_view default_scheme, RestConfig& config) {
  const bool has_scheme = text.find("://") != std::string::npos;
  const std::string full = has_scheme ? text : std::string(default_scheme) + "://" + text;
  const auto parsed = urls::parse_uri(full);
  // The text is not repeated: what does not parse may hold a password.
  if (!parsed) return Invalid("is no URL such as https://HOST:PORT");
  const urls::url_view& url = *parsed;
  if (std::string why = WhyNot(url); !why.empty()) return Invalid(std::move(why));
  config.scheme = url.scheme_id() == urls::scheme::https ? "https" : "http";
  config.host = url.host_address();
  config.port = url.port_number() != 0 ? url.port_number() : (config.secure() ? 443 : 80);
  config.path_prefix = std::string(url.encoded_path());
  while (config.path_prefix.ends_with('/')) config.path_prefix.pop_back();
  return {};
}

}  // namespace k8sm::client
