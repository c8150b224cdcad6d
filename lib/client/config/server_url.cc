#include "lib/client/config/server_url.h"

#include "lib/client/config/url_authority.h"
#include "lib/client/config/url_path.h"

#include <boost/url/parse.hpp>
#include <boost/url/scheme.hpp>
#include <boost/url/url_view.hpp>

#include <utility>

namespace k8sm::client {
namespace {

namespace urls = boost::urls;

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

// Returns why the URL cannot be that of an API server; empty if it can.
std::string WhyNot(const urls::url_view& url, bool has_scheme) {
  if (url.scheme_id() != urls::scheme::http && url.scheme_id() != urls::scheme::https)
    return "has a scheme other than http and https";
  if (!has_scheme && url.encoded_path() != "/" && !url.encoded_path().empty())
    return "has a path, but no scheme; write https://HOST:PORT/PATH";
  if (url.has_userinfo() && url.scheme_id() == urls::scheme::http)
    return "holds a user name or password, which are not sent over http";
  return "";
}

}  // namespace

Result<void> ParseServerUrl(const std::string& text, std::string_view default_scheme, RestConfig& config) {
  const bool has_scheme = text.find("://") != std::string::npos;
  const std::string full = has_scheme ? text : std::string(default_scheme) + "://" + text;
  const auto parsed = urls::parse_uri(full);
  if (!parsed) return NotAUrl(text, "https://HOST:PORT");
  const urls::url_view& url = *parsed;
  const auto authority = ReadAuthority(url);
  if (!authority) return authority.error();
  if (std::string why = WhyNot(url, has_scheme); !why.empty()) return Invalid(std::move(why));
  config.scheme = url.scheme_id() == urls::scheme::https ? "https" : "http";
  config.host = authority->host;
  config.port = authority->port.value_or(config.secure() ? 443 : 80);
  config.path_prefix = CleanPath(url.path());
  if (url.has_userinfo()) {
    config.username = url.user();
    config.password = url.password();
    config.token.clear();
    config.token_file.clear();
  }
  return {};
}

}  // namespace k8sm::client
