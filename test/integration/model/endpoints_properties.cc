#include "test/integration/model/place_check.h"
#include "test/integration/model/stored_properties.h"

namespace k8sm::test {
namespace {

using kube::EndpointAddress;
using kube::Endpoints;
using kube::EndpointSubset;
using kube::Pod;
using kube::Service;

void CheckSubset(const Service& service, const EndpointSubset& subset, PlaceCheck& places) {
  for (const bool ready : {true, false}) {
    for (const EndpointAddress& address : ready ? subset.addresses : subset.not_ready_addresses) {
      const Pod* pod = places.Check(address, subset.ports);
      if (pod == nullptr) continue;
      if (pod->meta.deletion_timestamp && !service.publish_not_ready_addresses)
        places.Break(address, "is that of a pod that is leaving");
      if (ready != (pod->ready || service.publish_not_ready_addresses))
        places.Break(address, ready ? "is ready, unlike its pod" : "is not ready, unlike its pod");
    }
  }
}

void CheckAnnotations(const Endpoints& endpoints, const controller::Options& options,
                      const std::string& where, std::vector<std::string>& broken) {
  const bool told_container_ports =
      options.annotate_container_ports && options.mode == endpoints::AddressMode::kHostPort;
  for (const kube::Label& annotation : endpoints.meta.annotations) {
    const std::string key(annotation.key.get());
    // No cluster of the model has so many pods.
    if (key == "endpoints.kubernetes.io/over-capacity") broken.push_back(where + ": marked as truncated");
    if (key.starts_with("k8s.mesosphere.io/containerPort_") && !told_container_ports)
      broken.push_back(where + ": annotation " + key);
  }
}

}  // namespace

std::vector<std::string> BrokenEndpoints(const StoredState& state, const controller::Options& options) {
  std::vector<std::string> broken;
  for (const auto& [key, service] : state.services) {
    if (!service.SelectsPods()) continue;
    const Endpoints* endpoints = state.FindEndpoints(key);
    if (endpoints == nullptr) {
      broken.push_back("service " + ToString(key) + " has no endpoints");
      continue;
    }
    const std::string where = "endpoints " + ToString(key);
    CheckInheritedLabels(service, endpoints->meta,
                         {{"endpoints.kubernetes.io/managed-by", "k8sm-controller-manager"}}, where, broken);
    CheckAnnotations(*endpoints, options, where, broken);
    PlaceCheck places(state, service, options.mode, where, broken);
    for (const EndpointSubset& subset : endpoints->subsets) CheckSubset(service, subset, places);
  }
  return broken;
}

}  // namespace k8sm::test
