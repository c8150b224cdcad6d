#include "lib/http_server/local_addresses.h"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <glog/logging.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>
#include <optional>
#include <sys/socket.h>
#include <system_error>

namespace k8sm::http_server {
namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> AddressOf(const ifaddrs& interface) {
  if (interface.ifa_addr == nullptr || (interface.ifa_flags & IFF_UP) == 0) return std::nullopt;
  if (interface.ifa_addr->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, interface.ifa_addr, sizeof v4);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  if (interface.ifa_addr->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, interface.ifa_addr, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  const ip::address_v6 address(bytes);
  return address.is_link_local() ? std::nullopt : std::optional<ip::address>(address);
}

}  // namespace

std::vector<std::string> AddressesOf(const std::string& listen_address) {
  boost::system::error_code error;
  const ip::address listen = ip::make_address(listen_address, error);
  if (error || (listen.is_v6() && listen.to_v6().scope_id() != 0)) return {};
  if (!listen.is_unspecified()) return {listen.to_string()};
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) {
    const std::string why = std::generic_category().message(errno);
    LOG(WARNING) << "cannot read this host's addresses, so a generated certificate has none: " << why;
    return {};
  }
  const std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> interfaces(first, freeifaddrs);
  std::vector<std::string> addresses;
  for (const ifaddrs* each = first; each != nullptr && addresses.size() < kMaxAddresses;
       each = each->ifa_next) {
    const auto address = AddressOf(*each);
    if (!address || (listen.is_v4() && address->is_v6())) continue;
    const std::string text = address->to_string();
    if (std::find(addresses.begin(), addresses.end(), text) == addresses.end()) addresses.push_back(text);
  }
  return addresses;
}

}  // namespace k8sm::http_server
