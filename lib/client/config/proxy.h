// The HTTP proxy in front of the API server.

#ifndef K8SM_LIB_CLIENT_CONFIG_PROXY_H_
#define K8SM_LIB_CLIENT_CONFIG_PROXY_H_

#include "lib/base/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

// An HTTP proxy. Contains a secret: log Url() only.
struct Proxy {
  std::string host;  // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 80;
  std::string authorization;  // value of Proxy-Authorization; a secret; empty: none

  // Without credentials, for the log: "http://proxy:3128".
  std::string Url() const;
};

// Parses "http://user:password@proxy:3128". Fails with kInvalidConfig for anything else. The caller must
// prefix the message with the text's origin; the message does not quote the text, as that may contain a
// password.
Result<Proxy> ParseProxyUrl(const std::string& text);

// The proxy variables of a process's environment; upper-case names take precedence over lower-case ones.
struct ProxyEnvironment {
  std::string https_proxy;
  std::string http_proxy;
  std::string no_proxy;
  bool cgi = false;  // REQUEST_METHOD is set, so HTTP_PROXY may come from a request's `Proxy` header and is
                     // not trusted
};

// Reads the environment of this process.
ProxyEnvironment ProxyEnvironmentOfThisProcess();

// Returns the proxy for a server, following golang.org/x/net/http/httpproxy: from HTTPS_PROXY or HTTP_PROXY,
// depending on the server's scheme; a proxy without a scheme is contacted over http. nullopt for localhost,
// loopback addresses and hosts matched by NO_PROXY. Fails with kInvalidConfig, naming the variable, if that
// proxy cannot be used.
Result<std::optional<Proxy>> ProxyFromEnvironment(const ProxyEnvironment& environment,
                                                  std::string_view scheme, const std::string& host,
                                                  std::uint16_t port);

// Whether the server is local or matched by NO_PROXY: a comma-separated list of "*", IP addresses, networks
// ("10.0.0.0/8"), domains including subdomains ("example.com") or subdomains only (".example.com",
// "*.example.com"). Addresses and domains may be followed by ":PORT".
bool NoProxyNames(std::string_view no_proxy, const std::string& host, std::uint16_t port);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_PROXY_H_
