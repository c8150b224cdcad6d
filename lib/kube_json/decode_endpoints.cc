#include "lib/kube_json/decode.h"

#include <algorithm>
#include <utility>

namespace k8sm::kube_json {
namespace {

// Sets `exact` to false if Endpoints with these addresses are not exact.
std::vector<kube::EndpointAddress> ReadAddresses(const Field& list, bool& exact) {
  std::vector<kube::EndpointAddress> addresses;
  list.ForEach([&](const Field& field) {
    kube::EndpointAddress address;
    address.ip = field.Member("ip").Symbol();
    address.node_name = field.Member("nodeName").Symbol();
    address.hostname = field.Member("hostname").Symbol();
    const Field target_ref = field.Member("targetRef");
    address.target_ref = ReadReference(target_ref);
    exact = exact && HasOnly({"kind", "name", "namespace", "resourceVersion", "uid"}, target_ref);
    addresses.push_back(std::move(address));
  });
  addresses.shrink_to_fit();
  return addresses;
}

}  // namespace

bool HasOnly(std::initializer_list<std::string_view> names, const Field& object) {
  bool only = true;
  object.ForEachEntry([&](std::string_view name, const Field& member) {
    only = only && (!member.present() || std::ranges::find(names, name) != names.end());
  });
  return only;
}

std::optional<kube::ObjectReference> ReadReference(const Field& field) {
  if (!field.present()) return std::nullopt;
  kube::ObjectReference reference;
  reference.kind = field.Member("kind").Symbol();
  reference.ns = field.Member("namespace").Symbol();
  reference.name = field.Member("name").Symbol();
  reference.uid = kube::Uid(field.Member("uid").String());
  return reference;
}

std::vector<kube::EndpointPort> ReadPorts(const Field& list) {
  std::vector<kube::EndpointPort> ports;
  list.ForEach([&](const Field& field) {
    kube::EndpointPort port;
    port.name = field.Member("name").Symbol();
    port.port = field.Member("port").Int();
    port.protocol = field.Member("protocol").Protocol();
    port.app_protocol = field.Member("appProtocol").OptionalSymbol();
    ports.push_back(std::move(port));
  });
  return ports;
}

void Read(const Field& root, kube::Endpoints& endpoints) {
  endpoints.meta = ReadWholeMeta(root);
  const Field subsets = root.Member("subsets");
  subsets.ForEach([&](const Field& field) {
    kube::EndpointSubset subset;
    subset.addresses = ReadAddresses(field.Member("addresses"), endpoints.exact);
    subset.not_ready_addresses = ReadAddresses(field.Member("notReadyAddresses"), endpoints.exact);
    subset.ports = ReadPorts(field.Member("ports"));
    endpoints.subsets.push_back(std::move(subset));
  });
  endpoints.subsets.shrink_to_fit();
}

}  // namespace k8sm::kube_json
