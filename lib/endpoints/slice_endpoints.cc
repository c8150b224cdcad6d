#include "lib/endpoints/slice_endpoints.h"

#include "lib/endpoints/address_resolver.h"
#include "lib/endpoints/claims.h"
#include "lib/endpoints/slice_hints.h"
#include "lib/endpoints/subsets.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace k8sm::endpoints {
namespace {

using kube::EndpointPort;
using kube::Node;
using kube::Pod;
using kube::Service;
using kube::SliceEndpoint;
using kube::Symbol;

// An address of a pod with the ports that it serves there.
struct Place {
  Symbol ip;
  PortSet ports;
};

Place& PlaceAt(const Symbol& ip, std::vector<Place>& places) {
  const auto known =
      std::find_if(places.begin(), places.end(), [&](const Place& place) { return place.ip == ip; });
  return known != places.end() ? *known : places.emplace_back(Place{ip, {}});
}

// Takes the claims of this pod from the front of those left.
std::vector<Place> TakePlaces(const Pod& pod, std::span<const Claim>& claims) {
  std::vector<Place> places;
  for (; !claims.empty() && claims.front().pod == &pod; claims = claims.subspan(1)) {
    const Claim& claim = claims.front();
    Place& place = PlaceAt(claim.ip, places);
    if (const kube::ServicePort* port = claim.service_port) {
      place.ports.push_back({port->name, claim.port, port->protocol, port->app_protocol});
    }
  }
  return places;
}

// podToEndpoint, k8s.io/endpointslice
SliceEndpoint EndpointAt(const Symbol& ip, const SliceMember& member, const Service& service) {
  static const Symbol kPod("Pod");
  const Pod& pod = *member.pod;
  SliceEndpoint endpoint{
      .address = ip, .serving = pod.ready, .terminating = pod.meta.deletion_timestamp.has_value()};
  endpoint.ready = service.publish_not_ready_addresses || (endpoint.serving && !endpoint.terminating);
  if (pod.subdomain == service.meta.name && pod.meta.ns == service.meta.ns) endpoint.hostname = pod.hostname;
  endpoint.node_name = pod.node_name;
  if (member.node != nullptr) endpoint.zone = member.node->zone;
  endpoint.target_ref = kube::ObjectReference{kPod, pod.meta.ns, pod.meta.name, pod.meta.uid};
  return endpoint;
}

}  // namespace

SliceMembers SelectSliceMembers(const Service& service, std::span<const Pod* const> pods,
                                const NodeLookup& node_of) {
  SliceMembers selected;
  for (const Pod* pod : pods) {
    if (HasEnded(*pod)) continue;
    const bool is_scheduled = !pod->node_name.get().empty();
    const Node* node = is_scheduled ? node_of(pod->node_name) : nullptr;
    if (is_scheduled && node == nullptr) selected.missing_nodes.push_back(pod->node_name);
    if (node != nullptr || service.publish_not_ready_addresses) selected.members.push_back({pod, node});
  }
  std::ranges::sort(selected.members, {},
                    [](const SliceMember& member) -> const Symbol& { return member.pod->meta.name; });
  auto& missing = selected.missing_nodes;
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  return selected;
}

PortSet PortSetOf(std::vector<EndpointPort> ports) {
  std::sort(ports.begin(), ports.end(), PortBefore);
  return ports;
}

bool PortSetBefore::operator()(const PortSet& a, const PortSet& b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), PortBefore);
}

SliceGroups GroupEndpoints(const Service& service, std::span<const SliceMember> members,
                           kube::IpFamily family, AddressMode mode) {
  std::vector<const Pod*> pods;
  pods.reserve(members.size());
  for (const SliceMember& member : members) pods.push_back(member.pod);
  const Claims claims = ResolveClaims(service, pods, family, mode);
  std::span<const Claim> claims_left = claims.granted;

  const HintScope scope = HintScopeOf(service);
  SliceGroups groups;
  for (const SliceMember& member : members) {
    std::vector<Place> places = TakePlaces(*member.pod, claims_left);
    if (places.empty() && mode == AddressMode::kPodIp) {
      // As in Kubernetes: reachable, though at none of the service's ports.
      const auto address = ResolveAddress(*member.pod, nullptr, family, mode);
      if (const Symbol* ip = std::get_if<Symbol>(&address)) places.push_back({*ip, {}});
    }
    for (Place& place : places) {
      SliceEndpoint endpoint = EndpointAt(place.ip, member, service);
      SetHints(scope, endpoint);
      groups[PortSetOf(std::move(place.ports))].push_back(std::move(endpoint));
    }
  }
  return groups;
}

}  // namespace k8sm::endpoints
