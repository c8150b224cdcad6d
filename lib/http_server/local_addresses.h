// The IP addresses of this machine.

#ifndef K8SM_LIB_HTTP_SERVER_LOCAL_ADDRESSES_H_
#define K8SM_LIB_HTTP_SERVER_LOCAL_ADDRESSES_H_

#include <cstddef>
#include <string>
#include <vector>

namespace k8sm::http_server {

// Addresses of a machine that has many, such as those of its containers' bridges.
inline constexpr std::size_t kMaxAddresses = 64;

// Returns the addresses at which a server that listens on this one can be reached: itself, or those of all
// interfaces that are up if it is unspecified (0.0.0.0: IPv4; ::, both families), up to kMaxAddresses.
// Link-local IPv6 addresses, which only mean something together with an interface, are left out. Where the
// interfaces cannot be read, e.g. because netlink sockets are forbidden, a WARNING says so, and there are
// none.
std::vector<std::string> AddressesOf(const std::string& listen_address);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_LOCAL_ADDRESSES_H_
