// Host and port of a URL.

#ifndef K8SM_LIB_CLIENT_CONFIG_URL_AUTHORITY_H_
#define K8SM_LIB_CLIENT_CONFIG_URL_AUTHORITY_H_

#include "lib/base/error.h"

#include <boost/url/url_view.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace k8sm::client {

// The parts of a URL that name the server.
struct UrlAuthority {
  std::string host;                   // a name or an IP address, IPv6 without brackets
  std::optional<std::uint16_t> port;  // nullopt if the URL has none
};

// Fails with kInvalidConfig: "names no host", "has no port from 1 to 65535". The caller must prefix the
// message with the URL's origin.
Result<UrlAuthority> ReadAuthority(const boost::urls::url_view& url);

// Explains why a text that does not parse is not a URL of the form of `example`.
Error NotAUrl(const std::string& text, const std::string& example);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_URL_AUTHORITY_H_
