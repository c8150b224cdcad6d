#include "lib/endpoints/slice_groups.h"

#include "lib/endpoints/slice_hints.h"
#include "lib/endpoints/subsets.h"

#include <algorithm>
#include <span>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::EndpointPort;
using kube::Pod;
using kube::Service;
using kube::SliceEndpoint;
using kube::Symbol;

// One address of a pod and the ports it serves there.
struct AddressPorts {
  Symbol ip;
  std::vector<EndpointPort> ports;
};

AddressPorts& At(const Symbol& ip, std::vector<AddressPorts>& addresses) {
  const auto known = std::ranges::find(addresses, ip, &AddressPorts::ip);
  return known != addresses.end() ? *known : addresses.emplace_back(AddressPorts{ip, {}});
}

// `row` contains the pod's verdicts, one for each port of the service.
std::vector<AddressPorts> AddressesOf(const Verdicts& verdicts, std::span<const Verdict> row) {
  std::vector<AddressPorts> addresses;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (!row[i].in_slices) continue;
    AddressPorts& address = At(row[i].place.ip, addresses);
    if (const kube::ServicePort* port = verdicts.ports[i]) {
      address.ports.push_back({port->name, row[i].place.port, port->protocol, port->app_protocol});
    }
  }
  const Symbol& alone = row.front().place.ip;
  if (addresses.empty() && verdicts.mode == AddressMode::kPodIp && !alone.empty())
    addresses.push_back({alone, {}});
  return addresses;
}

// podToEndpoint, k8s.io/endpointslice
SliceEndpoint EndpointAt(const Symbol& ip, const SelectedPod& selected, const Service& service) {
  static const Symbol kPod("Pod");
  const Pod& pod = *selected.pod;
  SliceEndpoint endpoint{
      .address = ip, .serving = pod.ready, .terminating = pod.meta.deletion_timestamp.has_value()};
  endpoint.ready = service.publish_not_ready_addresses || (endpoint.serving && !endpoint.terminating);
  if (pod.subdomain == service.meta.name && pod.meta.ns == service.meta.ns) endpoint.hostname = pod.hostname;
  endpoint.node_name = pod.node_name;
  if (selected.node != nullptr) endpoint.zone = selected.node->zone;
  endpoint.target_ref = kube::ObjectReference{kPod, pod.meta.ns, pod.meta.name, pod.meta.uid};
  return endpoint;
}

}  // namespace

PortSet PortSetOf(std::vector<EndpointPort> ports) {
  std::sort(ports.begin(), ports.end(), PortBefore);
  return ports;
}

bool PortSetBefore::operator()(const PortSet& a, const PortSet& b) const {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end(), PortBefore);
}

SliceGroups GroupEndpoints(const Verdicts& verdicts, std::size_t family) {
  const HintScope scope = HintScopeOf(*verdicts.service);
  std::span<const Verdict> rest = verdicts.families[family].verdicts;
  SliceGroups groups;
  for (const SelectedPod& pod : verdicts.pods) {
    const auto row = rest.first(verdicts.ports.size());
    rest = rest.subspan(row.size());
    if (!pod.in_slices) continue;
    for (AddressPorts& address : AddressesOf(verdicts, row)) {
      SliceEndpoint endpoint = EndpointAt(address.ip, pod, *verdicts.service);
      SetHints(scope, endpoint);
      groups[PortSetOf(std::move(address.ports))].push_back(std::move(endpoint));
    }
  }
  return groups;
}

}  // namespace k8sm::endpoints
