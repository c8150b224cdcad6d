#include "test/integration/model/stored_state.h"

#include "lib/kube/label_map.h"
#include "lib/kube_json/codec.h"
#include "test/apiserver/emulation.h"

#include <stdexcept>
#include <string_view>
#include <utility>

namespace k8sm::test {
namespace {

template <class T>
std::map<kube::ObjectKey, T> Read(const apiserver::ApiServer& server, std::string_view resource,
                                  const std::string& ns) {
  std::map<kube::ObjectKey, T> objects;
  for (const std::string& json : server.List(resource, ns).value()) {
    Result<T> object = kube_json::Decode<T>(json);
    if (!object)
      throw std::runtime_error("stored " + std::string(resource) + ": " + ToString(object.error()));
    const kube::ObjectKey key = object->meta.Key();
    objects.emplace(key, *std::move(object));
  }
  return objects;
}

endpoints::EndpointsLimits LimitsOf(const apiserver::Features& server) {
  using Portless = apiserver::Features::PortlessSubsets;
  return {.node_names = apiserver::Stores(server, "Endpoints", "subsets.addresses.nodeName"),
          .app_protocols = apiserver::Stores(server, "Endpoints", "subsets.ports.appProtocol"),
          .subsets_without_ports = server.portless_subsets == Portless::kStored};
}

template <class T>
const T* Find(const std::map<kube::ObjectKey, T>& objects, const kube::ObjectKey& key) {
  const auto found = objects.find(key);
  return found == objects.end() ? nullptr : &found->second;
}

}  // namespace

const kube::Service* StoredState::FindService(const kube::ObjectKey& key) const {
  return Find(services, key);
}

const kube::Endpoints* StoredState::FindEndpoints(const kube::ObjectKey& key) const {
  return Find(endpoints, key);
}

const kube::Node* StoredState::FindNode(const kube::Symbol& name) const {
  return Find(nodes, {kube::Symbol(), name});
}

std::vector<const kube::EndpointSlice*> StoredState::SlicesOf(const kube::ObjectKey& service) const {
  std::vector<const kube::EndpointSlice*> named;
  for (const auto& [key, slice] : slices) {
    if (kube::ServiceOf(slice) == service) named.push_back(&slice);
  }
  return named;
}

std::vector<const kube::Pod*> StoredState::PodsOf(const kube::Service& service) const {
  std::vector<const kube::Pod*> selected;
  for (const auto& [key, pod] : pods) {
    if (key.ns == service.meta.ns && kube::Matches(service.selector, pod.meta.labels))
      selected.push_back(&pod);
  }
  return selected;
}

StoredState ReadState(const apiserver::ApiServer& server, const std::string& ns) {
  return {.services = Read<kube::Service>(server, "services", ns),
          .pods = Read<kube::Pod>(server, "pods", ns),
          .endpoints = Read<kube::Endpoints>(server, "endpoints", ns),
          .slices = Read<kube::EndpointSlice>(server, "endpointslices", ns),
          .nodes = Read<kube::Node>(server, "nodes", ""),
          .limits = LimitsOf(server.features()),
          .has_slices = apiserver::Serves(server.features(), "discovery.k8s.io", "v1")};
}

}  // namespace k8sm::test
