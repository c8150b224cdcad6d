// Protocols and address families of pods, services and endpoints.

#ifndef K8SM_LIB_KUBE_PORTS_H_
#define K8SM_LIB_KUBE_PORTS_H_

#include <cstdint>
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

enum class IpFamily : std::uint8_t { kIPv4, kIPv6 };

constexpr std::string_view ToString(IpFamily family) {
  return family == IpFamily::kIPv4 ? "IPv4" : "IPv6";
}

}  // namespace k8sm::kube

#endif  // K8SM_LIB_KUBE_PORTS_H_
