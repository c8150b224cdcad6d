#include "lib/endpoints/claims.h"

#include "lib/endpoints/address_resolver.h"
#include "lib/endpoints/port_resolver.h"
#include "lib/kube/ip_address.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

namespace k8sm::endpoints {
namespace {

using kube::Pod;
using kube::Service;
using kube::ServicePort;
using kube::Symbol;

Skip MakeSkip(const Pod& pod, const ServicePort* port, Obstacle obstacle) {
  return {.pod = pod.meta.Key(),
          .pod_uid = pod.meta.uid,
          .service_port = port == nullptr ? std::string() : PortLabel(*port),
          .reason = obstacle.reason,
          .sentence = std::move(obstacle.sentence),
          .outlook = obstacle.outlook};
}

std::variant<Claim, Obstacle> Resolve(const Pod& pod, const ServicePort* service_port, kube::IpFamily family,
                                      AddressMode mode) {
  ResolvedPort port;
  if (service_port != nullptr) {
    auto resolved = ResolvePort(pod, *service_port, mode);
    if (Obstacle* obstacle = std::get_if<Obstacle>(&resolved)) return std::move(*obstacle);
    port = std::get<ResolvedPort>(resolved);
  }
  auto address = ResolveAddress(pod, port.bound, family, mode);
  if (Obstacle* obstacle = std::get_if<Obstacle>(&address)) return std::move(*obstacle);
  return Claim{&pod, service_port, std::get<Symbol>(address), port.number, port.container_port};
}

// Which of two pods keeps a host port that both claim.
bool TakesPrecedence(const Pod& a, const Pod& b) {
  if (a.ready != b.ready) return a.ready;
  if (a.meta.creation_timestamp != b.meta.creation_timestamp) {
    // A pod always has one; an absent one is taken for the youngest.
    if (!a.meta.creation_timestamp || !b.meta.creation_timestamp)
      return a.meta.creation_timestamp.has_value();
    return *a.meta.creation_timestamp < *b.meta.creation_timestamp;
  }
  return a.meta.name < b.meta.name;
}

// Why TakesPrecedence(winner, loser).
std::string_view Merit(const Pod& winner, const Pod& loser) {
  if (winner.ready != loser.ready) return "is ready";
  if (winner.meta.creation_timestamp != loser.meta.creation_timestamp) return "is older";
  return "comes first by name";
}

// "10.0.0.1:31080/TCP", "[fd00::1]:31080/TCP"
std::string DescribePlace(const Claim& claim) {
  const std::string& ip = claim.ip.get();
  const bool has_colons = ip.find(':') != std::string::npos;
  return (has_colons ? "[" + ip + "]" : ip) + ":" + std::to_string(claim.port) + "/" +
         std::string(ToString(claim.service_port->protocol));
}

Obstacle Conflict(const Claim& claim, const Pod& winner) {
  return {SkipReason::kHostPortConflict,
          DescribePlace(claim) + " is taken by pod " + ToString(winner.meta.Key()) + ", which " +
              std::string(Merit(winner, *claim.pod)) + ": give one of the two pods another host port"};
}

// Grants each host address, port and protocol to one pod; the claims of others become skips.
void SettleConflicts(Claims& claims) {
  const auto place_of = [](const Claim& claim) {
    return std::tuple(claim.ip, claim.port, claim.service_port->protocol);
  };
  std::map<std::tuple<Symbol, std::int32_t, kube::Protocol>, const Pod*> holders;
  for (const Claim& claim : claims.granted) {
    const Pod*& holder = holders.try_emplace(place_of(claim), claim.pod).first->second;
    if (TakesPrecedence(*claim.pod, *holder)) holder = claim.pod;
  }
  std::erase_if(claims.granted, [&](const Claim& claim) {
    const Pod* holder = holders.at(place_of(claim));
    if (holder == claim.pod) return false;
    claims.skips.push_back(MakeSkip(*claim.pod, claim.service_port, Conflict(claim, *holder)));
    return true;
  });
  std::stable_sort(claims.skips.begin(), claims.skips.end(),
                   [](const Skip& a, const Skip& b) { return a.pod.name < b.pod.name; });
}

}  // namespace

kube::IpFamily PrimaryFamily(const Service& service) {
  if (!service.ip_families.empty()) return service.ip_families.front();
  return kube::FamilyOf(service.cluster_ip.get()).value_or(kube::IpFamily::kIPv4);
}

bool HasEnded(const Pod& pod) {
  return pod.phase == kube::PodPhase::kSucceeded || pod.phase == kube::PodPhase::kFailed;
}

Claims ResolveClaims(const Service& service, std::span<const Pod* const> pods, kube::IpFamily family,
                     AddressMode mode) {
  std::vector<const Pod*> ordered(pods.begin(), pods.end());
  std::sort(ordered.begin(), ordered.end(),
            [](const Pod* a, const Pod* b) { return a->meta.name < b->meta.name; });

  std::vector<const ServicePort*> ports;
  for (const ServicePort& port : service.ports) ports.push_back(&port);
  // A headless service without ports lists its pods' addresses alone.
  if (ports.empty() && service.cluster_ip.get() == "None") ports.push_back(nullptr);

  Claims claims;
  for (const Pod* pod : ordered) {
    for (const ServicePort* port : ports) {
      auto resolved = Resolve(*pod, port, family, mode);
      if (Claim* claim = std::get_if<Claim>(&resolved)) {
        claims.granted.push_back(std::move(*claim));
      } else {
        claims.skips.push_back(MakeSkip(*pod, port, std::get<Obstacle>(std::move(resolved))));
      }
    }
  }
  // Without a port nothing is held; in pod-IP mode addresses may be shared, as they are in Kubernetes.
  if (mode == AddressMode::kHostPort && !service.ports.empty()) SettleConflicts(claims);
  return claims;
}

}  // namespace k8sm::endpoints
