#include "lib/endpoints/place.h"

#include "lib/endpoints/address_resolver.h"
#include "lib/endpoints/port_resolver.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::ContainerPort;
using kube::IpFamily;
using kube::Pod;
using kube::ServicePort;
using kube::Symbol;
using Resolution = std::variant<Place, Obstacle>;

Resolution PlaceAt(const Pod& pod, const ResolvedPort& port, IpFamily family, AddressMode mode) {
  auto address = ResolveAddress(pod, port.bound, family, mode);
  if (Obstacle* obstacle = std::get_if<Obstacle>(&address)) return std::move(*obstacle);
  return Place{std::get<Symbol>(std::move(address)), port.number, port.container_port, port.declared};
}

// The number of a numeric targetPort; nullopt for a named one.
std::optional<std::int32_t> TargetNumber(const ServicePort& port) {
  const auto* number = std::get_if<std::int32_t>(&port.target_port);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

Resolution PodPlace(const Pod& pod, const ServicePort& port, IpFamily family) {
  std::optional<std::int32_t> number = TargetNumber(port);
  if (!number) {
    const auto declared = std::ranges::find_if(
        pod.ports, [&](const ContainerPort& candidate) { return IsTarget(candidate, port); });
    if (declared == pod.ports.end()) return NoContainerPort(pod, port);
    number = declared->container_port;
  }
  return PlaceAt(pod, {.number = *number, .container_port = *number}, family, AddressMode::kPodIp);
}

// Ranks how far resolution got: to a port number, to a binding in the family, to an address.
int Nearness(SkipReason reason) {
  switch (reason) {
    case SkipReason::kNoHostPort:
      return 0;
    case SkipReason::kBadPortAnnotation:
      return 1;
    case SkipReason::kIpFamilyMismatch:
      return 2;
    default:
      return 3;
  }
}

Resolution HostPlaceOf(const Pod& pod, const ServicePort& port, const ContainerPort& declared,
                       IpFamily family) {
  auto resolved = ResolveHostPort(pod, port, declared);
  if (Obstacle* obstacle = std::get_if<Obstacle>(&resolved)) return std::move(*obstacle);
  return PlaceAt(pod, std::get<ResolvedPort>(resolved), family, AddressMode::kHostPort);
}

Resolution HostPlace(const Pod& pod, const ServicePort& port, IpFamily family) {
  std::optional<Obstacle> nearest;
  for (const ContainerPort& declared : pod.ports) {
    if (!IsTarget(declared, port)) continue;
    Resolution resolved = HostPlaceOf(pod, port, declared, family);
    Obstacle* obstacle = std::get_if<Obstacle>(&resolved);
    if (obstacle == nullptr) return resolved;
    if (!nearest || Nearness(obstacle->reason) > Nearness(nearest->reason)) nearest = std::move(*obstacle);
  }
  if (nearest) return *std::move(nearest);
  // A pod with hostNetwork can listen on any host port, declared or not; other pods cannot.
  const auto number = TargetNumber(port);
  if (!pod.host_network || !number) return NoContainerPort(pod, port);
  return PlaceAt(pod, {.number = *number, .container_port = *number, .declared = false}, family,
                 AddressMode::kHostPort);
}

}  // namespace

Resolution ResolvePlace(const Pod& pod, const ServicePort* port, IpFamily family, AddressMode mode) {
  if (port == nullptr) return PlaceAt(pod, {}, family, mode);
  return mode == AddressMode::kPodIp ? PodPlace(pod, *port, family) : HostPlace(pod, *port, family);
}

}  // namespace k8sm::endpoints
