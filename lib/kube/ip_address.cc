#include "lib/kube/ip_address.h"

#include <arpa/inet.h>
#include <array>
#include <cstring>

namespace k8sm::kube {
namespace {

using Bytes = std::array<unsigned char, 16>;

// Only the text of an IPv6 address has a colon.
bool HasColon(std::string_view address) {
  return address.find(':') != std::string_view::npos;
}

// Parses an address to 16 bytes, IPv4 in its mapped form; nullopt if the text is not an address.
std::optional<Bytes> Parse(std::string_view address) {
  // inet_pton would stop at the first NUL and ignore the rest.
  if (address.size() >= INET6_ADDRSTRLEN || address.find('\0') != std::string_view::npos) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  address.copy(text.data(), address.size());
  Bytes bytes{};
  const bool v6 = HasColon(address);
  if (!v6) bytes[10] = bytes[11] = 0xff;
  const int valid = v6 ? inet_pton(AF_INET6, text.data(), bytes.data())
                       : inet_pton(AF_INET, text.data(), bytes.data() + 12);
  return valid == 1 ? std::optional(bytes) : std::nullopt;
}

bool IsV4(const Bytes& bytes) {
  static constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return std::memcmp(bytes.data(), kMapped, sizeof kMapped) == 0;
}

std::string_view WhyNotV4(const unsigned char* b) {
  if ((b[0] | b[1] | b[2] | b[3]) == 0) return "unspecified";
  if (b[0] == 127) return "loopback";
  if (b[0] == 169 && b[1] == 254) return "link-local";
  if ((b[0] & 0xf0) == 224) return "multicast";
  return "";
}

std::string_view WhyNotV6(const Bytes& b) {
  bool zero = true;
  for (std::size_t i = 0; i < 15; ++i) zero = zero && b[i] == 0;
  if (zero && b[15] == 0) return "unspecified";
  if (zero && b[15] == 1) return "loopback";
  if (b[0] == 0xfe && (b[1] & 0xc0) == 0x80) return "link-local";
  if (b[0] == 0xff) return "multicast";
  return "";
}

}  // namespace

std::optional<IpFamily> FamilyOf(std::string_view address) {
  const auto bytes = Parse(address);
  if (!bytes) return std::nullopt;
  return IsV4(*bytes) ? IpFamily::kIPv4 : IpFamily::kIPv6;
}

std::string CanonicalAddress(std::string_view address) {
  // IPv4 addresses are accepted in canonical form only.
  if (!HasColon(address)) return std::string(address);
  const auto bytes = Parse(address);
  if (!bytes || IsV4(*bytes)) return std::string(address);
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, bytes->data(), text, sizeof text);
}

std::string_view WhyNotAnEndpoint(std::string_view address) {
  const auto bytes = Parse(address);
  if (!bytes) return "not an IP address";
  if (!IsV4(*bytes)) return WhyNotV6(*bytes);
  const std::string_view why = WhyNotV4(bytes->data() + 12);
  return why.empty() && HasColon(address) ? "an IPv4-mapped IPv6 address" : why;
}

}  // namespace k8sm::kube
