#include "lib/kube_json/decode.h"

namespace k8sm::kube_json {
namespace {

std::vector<kube::EndpointAddress> ReadAddresses(const Field& list) {
  std::vector<kube::EndpointAddress> addresses;
  list.ForEach([&](const Field& field) {
    kube::EndpointAddress address;
    address.ip = field.Member("ip").Symbol();
    address.node_name = field.Member("nodeName").Symbol();
    address.hostname = field.Member("hostname").Symbol();
    address.target_ref = ReadReference(field.Member("targetRef"));
    addresses.push_back(std::move(address));
  });
  addresses.shrink_to_fit();
  return addresses;
}

}  // namespace

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
    subset.addresses = ReadAddresses(field.Member("addresses"));
    subset.not_ready_addresses = ReadAddresses(field.Member("notReadyAddresses"));
    subset.ports = ReadPorts(field.Member("ports"));
    endpoints.subsets.push_back(std::move(subset));
  });
  endpoints.subsets.shrink_to_fit();
}

}  // namespace k8sm::kube_json
