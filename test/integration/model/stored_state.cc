#include "test/integration/model/stored_state.h"

#include "lib/kube/label_map.h"
#include "lib/kube_json/codec.h"

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

}  // namespace

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
          .endpoints = Read<kube::Endpoints>(server, "endpoints", ns)};
}

}  // namespace k8sm::test
