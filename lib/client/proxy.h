// The HTTP proxy on the way to the API server.

#ifndef K8SM_LIB_CLIENT_PROXY_H_
#define K8SM_LIB_CLIENT_PROXY_H_

#include "lib/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

struct Proxy {
  std::string host;  // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 80;
  std::string authorization;  // what Proxy-Authorization says; a secret, empty where there is none

  // For the log: "http://proxy:3128".
  std::string Url() const;
};

// From "http://user:password@proxy:3128". kInvalidConfig, with a message to be prefixed with where the text
// stood, for anything else; the text may hold a password and is not repeated.
Result<Proxy> ParseProxyUrl(const std::string& text);

// What a process' environment says of proxies: variables in upper case, or else in lower case.
struct ProxyEnvironment {
  std::string https_proxy;
  std::string http_proxy;
  std::string no_proxy;
  bool cgi = false;  // REQUEST_METHOD is set: HTTP_PROXY may be a request's header `Proxy`
};

ProxyEnvironment ProxyEnvironmentOfThisProcess();

// The proxy for a server, after golang.org/x/net/http/httpproxy: HTTPS_PROXY or HTTP_PROXY by its scheme,
// without a scheme of its own one of http, and none for localhost, loopback addresses and what NO_PROXY
// names. kInvalidConfig, naming the variable, where that proxy cannot be used.
Result<std::optional<Proxy>> ProxyFromEnvironment(const ProxyEnvironment& environment,
                                                  std::string_view scheme, const std::string& host,
                                                  std::uint16_t port);

// Whether the server is local, or named by NO_PROXY: a list with commas between "*", IP addresses, networks
// ("10.0.0.0/8"), domains with their subdomains ("example.com") or these alone (".example.com",
// "*.example.com"); addresses and domains with a ":PORT" or for all.
bool NoProxyNames(std::string_view no_proxy, const std::string& host, std::uint16_t port);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_PROXY_H_
