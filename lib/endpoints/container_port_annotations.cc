#include "lib/endpoints/container_port_annotations.h"

#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::EndpointAddress;
using kube::EndpointPort;
using kube::EndpointSubset;
using kube::Label;
using kube::LabelMap;
using kube::Symbol;

// One pod's host address, port and protocol, which are unique among the pods that are listed.
using PlaceKey = std::tuple<Symbol, std::int32_t, kube::Protocol>;

std::map<PlaceKey, std::int32_t> ContainerPorts(const Verdicts& verdicts) {
  std::map<PlaceKey, std::int32_t> container_ports;
  ForEachInEndpoints(verdicts, [&](const kube::Pod&, const kube::ServicePort* port, const Place& place) {
    // If a pod maps two container ports to one host port, the first port of the service wins.
    if (port != nullptr)
      container_ports.try_emplace({place.ip, place.port, port->protocol}, place.container_port);
  });
  return container_ports;
}

bool FitsInKey(const Symbol& ip) {
  return ip.get().find_first_not_of("0123456789.") == std::string::npos;
}

std::string KeyOf(const EndpointAddress& address, const EndpointPort& port) {
  return std::string(kContainerPortPrefix) + std::string(ToString(port.protocol)) + "_" + address.ip + "_" +
         std::to_string(port.port);
}

// Annotations as text, ordered by key, and their total size.
class Collection {
 public:
  explicit Collection(const Verdicts& verdicts) : container_ports_(ContainerPorts(verdicts)) {}

  void Add(const EndpointSubset& subset, const std::vector<EndpointAddress>& addresses) {
    for (const EndpointAddress& address : addresses) {
      if (!FitsInKey(address.ip)) continue;
      for (const EndpointPort& port : subset.ports) Add(address, port);
      if (TooLarge()) return;
    }
  }

  bool TooLarge() const { return bytes_ > kMaxContainerPortBytes; }

  LabelMap Annotations() const {
    LabelMap annotations;
    for (const auto& [key, value] : texts_) annotations.Set(Symbol(key), Symbol(value));
    return annotations;
  }

 private:
  void Add(const EndpointAddress& address, const EndpointPort& port) {
    const auto container_port = container_ports_.find({address.ip, port.port, port.protocol});
    if (container_port == container_ports_.end()) return;
    const auto [entry, inserted] =
        texts_.try_emplace(KeyOf(address, port), std::to_string(container_port->second));
    if (inserted) bytes_ += entry->first.size() + entry->second.size();
  }

  const std::map<PlaceKey, std::int32_t> container_ports_;
  std::map<std::string, std::string> texts_;
  std::size_t bytes_ = 0;
};

bool IsOurs(const Label& label) {
  return label.key.get().starts_with(kContainerPortPrefix);
}

}  // namespace

std::optional<LabelMap> ContainerPortAnnotations(const Verdicts& verdicts,
                                                 const std::vector<EndpointSubset>& subsets) {
  Collection collection(verdicts);
  for (const EndpointSubset& subset : subsets) {
    collection.Add(subset, subset.addresses);
    collection.Add(subset, subset.not_ready_addresses);
    if (collection.TooLarge()) return std::nullopt;
  }
  return collection.Annotations();
}

std::span<const Label> ContainerPortsOf(const LabelMap& annotations) {
  const auto begin = std::find_if(annotations.begin(), annotations.end(), IsOurs);
  return {begin, std::find_if_not(begin, annotations.end(), IsOurs)};
}

bool SameContainerPorts(const LabelMap& a, const LabelMap& b) {
  return std::ranges::equal(ContainerPortsOf(a), ContainerPortsOf(b));
}

void SetContainerPorts(LabelMap& annotations, const LabelMap& wanted) {
  LabelMap changed;
  for (const Label& label : annotations) {
    if (!IsOurs(label)) changed.Set(label.key, label.value);
  }
  for (const Label& label : wanted) changed.Set(label.key, label.value);
  annotations = std::move(changed);
}

}  // namespace k8sm::endpoints
