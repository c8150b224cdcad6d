#include "lib/endpoints/pod_standing.h"

#include "lib/endpoints/claims.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::Pod;
using kube::Service;
using kube::Symbol;

// A pod's uid, its address and port.
using Place = std::tuple<Symbol, Symbol, std::int32_t>;

void AddPlaces(const std::vector<kube::EndpointAddress>& addresses, const kube::EndpointSubset& subset,
               std::set<Place>& places) {
  for (const kube::EndpointAddress& address : addresses) {
    if (!address.target_ref) continue;
    const Symbol& uid = address.target_ref->uid;
    if (subset.ports.empty()) places.emplace(uid, address.ip, 0);
    for (const kube::EndpointPort& port : subset.ports) places.emplace(uid, address.ip, port.port);
  }
}

std::set<Place> PlacesOf(const EndpointsPlan& plan) {
  std::set<Place> places;
  for (const kube::EndpointSubset& subset : plan.subsets) {
    AddPlaces(subset.addresses, subset, places);
    AddPlaces(subset.not_ready_addresses, subset, places);
  }
  return places;
}

PodStanding StandingOf(const Claim& claim, const Service& service, const std::set<Place>& listed) {
  PodStanding standing{.pod = claim.pod, .ip = claim.ip, .port = claim.port, .obstacle = std::nullopt};
  if (claim.service_port != nullptr) standing.service_port = PortLabel(*claim.service_port);
  const bool ready = claim.pod->ready || service.publish_not_ready_addresses;
  standing.standing = ready ? Standing::kReady : Standing::kNotReady;
  if (!listed.contains({claim.pod->meta.uid, claim.ip, claim.port}))
    standing.standing = Standing::kOverCapacity;
  return standing;
}

}  // namespace

std::string_view ToString(Standing standing) {
  switch (standing) {
    case Standing::kReady:
      return "ready";
    case Standing::kNotReady:
      return "not ready";
    case Standing::kOverCapacity:
      return "over capacity";
    case Standing::kSkipped:
      return "skipped";
    case Standing::kFinished:
      return "finished";
    case Standing::kBeingDeleted:
      return "being deleted";
  }
  return "unknown";
}

std::vector<PodStanding> StandingsOf(const Service& service, std::span<const Pod* const> pods,
                                     AddressMode mode, const EndpointsPlan& plan) {
  std::vector<PodStanding> standings;
  std::vector<const Pod*> members;
  for (const Pod* pod : pods) {
    if (IsMember(*pod, service)) {
      members.push_back(pod);
    } else {
      standings.push_back({.pod = pod,
                           .service_port = {},
                           .standing = HasEnded(*pod) ? Standing::kFinished : Standing::kBeingDeleted,
                           .obstacle = std::nullopt});
    }
  }
  Claims claims = ResolveClaims(service, members, PrimaryFamily(service), mode);
  const std::set<Place> listed = PlacesOf(plan);
  for (const Claim& claim : claims.granted) standings.push_back(StandingOf(claim, service, listed));
  for (Skip& skip : claims.skips) {
    const auto pod = std::ranges::find(members, skip.pod, [](const Pod* each) { return each->meta.Key(); });
    standings.push_back({.pod = *pod,
                         .service_port = std::move(skip.service_port),
                         .standing = Standing::kSkipped,
                         .obstacle = Obstacle{skip.reason, std::move(skip.sentence)}});
  }

  const auto place_of = [&](const PodStanding& standing) {
    const auto port = std::ranges::find(service.ports, standing.service_port, PortLabel);
    return std::pair(standing.pod->meta.name, port - service.ports.begin());
  };
  std::ranges::sort(standings, {}, place_of);
  return standings;
}

}  // namespace k8sm::endpoints
