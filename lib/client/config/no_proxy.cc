#include "lib/client/config/proxy.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string>

namespace k8sm::client {
namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

std::string LowerTrimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  text.remove_prefix(begin);
  std::string lower(text.substr(0, text.find_last_not_of(" \t") + 1));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower;
}

// Converts an IPv4-mapped IPv6 address to IPv4.
std::optional<ip::address> AddressOf(const std::string& text) {
  error_code error;
  const ip::address address = ip::make_address(text, error);
  if (error) return std::nullopt;
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

bool IsIn(const ip::address& address, const std::string& network) {
  error_code error;
  if (address.is_v4()) {
    const ip::network_v4 v4 = ip::make_network_v4(network, error);
    return !error && ip::network_v4(address.to_v4(), v4.prefix_length()).canonical() == v4.canonical();
  }
  const ip::network_v6 v6 = ip::make_network_v6(network, error);
  return !error && ip::network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

// An element of NO_PROXY: "HOST:PORT" or "[IPv6]:PORT", split, or a host without port.
struct Element {
  std::string host;
  std::string port;
};

Element Split(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return {text, ""};
  const std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']'))
    return {host.substr(1, host.size() - 2), text.substr(colon + 1)};
  // More than one colon means an IPv6 address.
  if (host.find(':') != std::string::npos) return {text, ""};
  return {host, text.substr(colon + 1)};
}

bool IsInDomain(const std::string& host, std::string domain) {
  if (domain.starts_with("*.")) domain.erase(0, 1);
  if (domain.starts_with('.')) return host.ends_with(domain);
  return host == domain || host.ends_with("." + domain);
}

bool Names(const std::string& text, const std::string& host, const std::optional<ip::address>& address,
           std::uint16_t port) {
  if (text == "*") return true;
  if (text.find('/') != std::string::npos) return address && IsIn(*address, text);
  const Element element = Split(text);
  if (element.host.empty()) return false;
  if (!element.port.empty() && element.port != std::to_string(port)) return false;
  if (const auto named = AddressOf(element.host)) return address == named;
  return IsInDomain(host, element.host);
}

}  // namespace

bool NoProxyNames(std::string_view no_proxy, const std::string& host, std::uint16_t port) {
  const std::string name = LowerTrimmed(host);
  const auto address = AddressOf(name);
  if (name == "localhost" || (address && address->is_loopback())) return true;
  while (!no_proxy.empty()) {
    const std::size_t comma = no_proxy.find(',');
    const std::string element = LowerTrimmed(no_proxy.substr(0, comma));
    if (Names(element, name, address, port)) return true;
    no_proxy.remove_prefix(comma == std::string_view::npos ? no_proxy.size() : comma + 1);
  }
  return false;
}

}  // namespace k8sm::client
