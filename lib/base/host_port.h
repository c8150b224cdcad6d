// Formats "host:port" as in URLs and Go's net.JoinHostPort.

#ifndef K8SM_LIB_BASE_HOST_PORT_H_
#define K8SM_LIB_BASE_HOST_PORT_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace k8sm {

// Returns the host as written before a port: IPv6 addresses in brackets ("[fd00::1]"), names and IPv4
// addresses unchanged.
inline std::string BracketedHost(std::string_view host) {
  const bool ipv6 = host.find(':') != std::string_view::npos;
  return ipv6 ? "[" + std::string(host) + "]" : std::string(host);
}

// "10.0.0.1:8080", "[fd00::1]:8080".
inline std::string HostPort(std::string_view host, std::uint16_t port) {
  return BracketedHost(host) + ":" + std::to_string(port);
}

}  // namespace k8sm

#endif  // K8SM_LIB_BASE_HOST_PORT_H_
