#include "lib/kube/ip_address.h"
#include "test/integration/model/place_check.h"
#include "test/integration/model/stored_properties.h"
#include "test/support/slice_text.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <tuple>

namespace k8sm::test {
namespace {

using kube::EndpointAddress;
using kube::EndpointSlice;
using kube::IpFamily;
using kube::Node;
using kube::ObjectKey;
using kube::Pod;
using kube::Service;
using kube::SliceEndpoint;
using kube::Symbol;

bool IsOurs(const EndpointSlice& slice) {
  const kube::Symbol* manager = slice.meta.labels.Find("endpointslice.kubernetes.io/managed-by");
  return manager != nullptr && *manager == "k8sm-controller-manager";
}

// The slices of one service with our label.
class ServiceSlices {
 public:
  ServiceSlices(const StoredState& state, const controller::Options& options, const Service& service,
                std::vector<std::string>& broken)
      : state_(state), options_(options), service_(service), broken_(broken) {
    for (const EndpointSlice* slice : state.SlicesOf(service.meta.Key())) {
      if (IsOurs(*slice)) slices_.push_back(slice);
    }
  }

  void Check() {
    for (const EndpointSlice* slice : slices_) CheckSlice(*slice);
    for (const IpFamily family : service_.ip_families) CheckFamily(family);
    CheckThatEndpointsAreThere();
  }

 private:
  void CheckSlice(const EndpointSlice& slice) {
    const std::string where = "slice " + ToString(slice.meta.Key());
    if (!slice.owner || slice.owner->uid != service_.meta.uid) broken_.push_back(where + ": not owned");
    CheckInheritedLabels(service_, slice.meta,
                         {{"endpointslice.kubernetes.io/managed-by", "k8sm-controller-manager"},
                          {"kubernetes.io/service-name", std::string(service_.meta.name.get())}},
                         where, broken_);
    if (slice.endpoints.size() > options_.max_endpoints_per_slice)
      broken_.push_back(where + ": over the limit");
    if (!slice.family || std::ranges::count(service_.ip_families, *slice.family) == 0)
      broken_.push_back(where + ": of a family that the service has not");
  }

  void CheckFamily(IpFamily family) {
    const std::string where =
        "the slices of " + ToString(service_.meta.Key()) + " in " + std::string(ToString(family));
    PlaceCheck places(state_, service_, options_.mode, where, broken_);
    std::set<std::tuple<Symbol, kube::Uid>> listed;
    std::size_t count = 0;
    bool any_empty = false;
    for (const EndpointSlice* slice : slices_) {
      if (slice->family != family) continue;
      ++count;
      any_empty |= slice->endpoints.empty();
      for (const SliceEndpoint& endpoint : slice->endpoints) {
        const EndpointAddress address{endpoint.address, endpoint.node_name, endpoint.hostname,
                                      endpoint.target_ref};
        const Pod* pod = places.Check(address, slice->ports);
        if (pod == nullptr) continue;
        CheckEndpoint(endpoint, *pod, address, places);
        if (kube::FamilyOf(endpoint.address.get()) != family) places.Break(address, "is of another family");
        if (!listed.emplace(endpoint.address, pod->meta.uid).second) places.Break(address, "is listed twice");
      }
    }
    // No slice is created for a service that is being deleted.
    if (count == 0 && !service_.meta.deletion_timestamp) broken_.push_back(where + ": there is none");
    if (any_empty && count > 1) broken_.push_back(where + ": an empty one is not alone");
  }

  void CheckEndpoint(const SliceEndpoint& endpoint, const Pod& pod, const EndpointAddress& address,
                     PlaceCheck& places) {
    const Node* node = state_.FindNode(pod.node_name);
    if (node == nullptr && !service_.publish_not_ready_addresses)
      places.Break(address, "is that of a pod whose node is missing");
    if (endpoint.zone != (node != nullptr ? node->zone : Symbol())) places.Break(address, "has a wrong zone");
    const bool is_leaving = pod.meta.deletion_timestamp.has_value();
    const bool is_ready = service_.publish_not_ready_addresses || (pod.ready && !is_leaving);
    if (endpoint.ready != is_ready || endpoint.serving != pod.ready || endpoint.terminating != is_leaving)
      places.Break(address, "has wrong conditions: " + test::ToText(endpoint));
    const bool wants_hints = is_ready && !service_.traffic_distribution.get().empty();
    if (endpoint.zone_hint != (wants_hints ? endpoint.zone : Symbol()))
      places.Break(address, "has a wrong zone hint");
  }

  // Slices also list terminating pods, which may hold an address that another pod has in Endpoints: the
  // address counts, not its pod.
  void CheckThatEndpointsAreThere() {
    const kube::Endpoints* endpoints = state_.FindEndpoints(service_.meta.Key());
    if (endpoints == nullptr || service_.ip_families.empty() || service_.meta.deletion_timestamp) return;
    std::set<std::string> listed;
    for (const EndpointSlice* slice : slices_) {
      for (const SliceEndpoint& endpoint : slice->endpoints)
        AddPlaces(endpoint.address, slice->ports, listed);
    }
    for (const kube::EndpointSubset& subset : endpoints->subsets) {
      for (const auto* addresses : {&subset.addresses, &subset.not_ready_addresses}) {
        for (const EndpointAddress& address : *addresses) {
          const bool has_node = state_.FindNode(address.node_name) != nullptr;
          if (!has_node && !service_.publish_not_ready_addresses) continue;
          std::set<std::string> wanted;
          AddPlaces(address.ip, subset.ports, wanted);
          if (std::ranges::includes(listed, wanted)) continue;
          broken_.push_back("no slice of " + ToString(service_.meta.Key()) + " lists " +
                            test::ToText(address) + ", which its Endpoints do");
        }
      }
    }
  }

  static void AddPlaces(const Symbol& ip, const std::vector<kube::EndpointPort>& ports,
                        std::set<std::string>& places) {
    if (ports.empty()) places.emplace(ip.get());
    for (const kube::EndpointPort& port : ports) places.insert(PlaceText(ip, port));
  }

  const StoredState& state_;
  const controller::Options& options_;
  const Service& service_;
  std::vector<std::string>& broken_;
  std::vector<const EndpointSlice*> slices_;
};

}  // namespace

std::vector<std::string> BrokenSlices(const StoredState& state, const controller::Options& options) {
  std::vector<std::string> broken;
  if (!state.has_slices || options.endpoint_slices == controller::EndpointSlices::kOff) return broken;
  for (const auto& [key, service] : state.services) {
    if (service.SelectsPods()) ServiceSlices(state, options, service, broken).Check();
  }
  for (const auto& [key, slice] : state.slices) {
    const auto name = kube::ServiceOf(slice);
    if (!IsOurs(slice) || !name) continue;
    const Service* service = state.FindService(*name);
    if (service == nullptr || !service->SelectsPods())
      broken.push_back("slice " + ToString(key) + ": for no service that selects pods");
  }
  return broken;
}

}  // namespace k8sm::test
