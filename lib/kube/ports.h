// Protocols and address families of pods, services and endpoints.

#ifndef K8SM_LIB_KUBE_PORTS_H_
#define K8SM_LIB_KUBE_PORTS_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace k8sm::kube {

enum class Protocol : std::uint8_t { kTcp, kUdp, kSctp };

constexpr std::string_view ToString(Protocol protocol) {
  switch (protocol) {
    case Protocol::kTcp:
      return "TCP";
    case Protocol::kUdp:
      return "UDP";
    case Protocol::kSctp:
      return "SCTP";
  }
  return "";
}

// Returns the protocol that ToString() gives this name; nullopt if there is none.
constexpr std::optional<Protocol> ProtocolNamed(std::string_view name) {
  for (const Protocol protocol : {Protocol::kTcp, Protocol::kUdp, Protocol::kSctp})
    if (name == ToString(protocol)) return protocol;
  return std::nullopt;
}

enum class IpFamily : std::uint8_t { kIPv4, kIPv6 };

constexpr std::string_view ToString(IpFamily family) {
  return family == IpFamily::kIPv4 ? "IPv4" : "IPv6";
}

// Returns the family that ToString() gives this name; nullopt if there is none.
constexpr std::optional<IpFamily> IpFamilyNamed(std::string_view name) {
  for (const IpFamily family : {IpFamily::kIPv4, IpFamily::kIPv6})
    if (name == ToString(family)) return family;
  return std::nullopt;
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_PORTS_H_
