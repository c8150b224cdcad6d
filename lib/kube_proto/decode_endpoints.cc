// Field numbers are those of k8s.io/api/core/v1/generated.proto.

#include "lib/kube_proto/decode.h"
#include "lib/kube_proto/whole_meta.h"

#include <utility>
#include <vector>

namespace k8sm::kube_proto {
namespace {

// Sets `exact` to false if Endpoints with this address are not exact.
kube::EndpointAddress ReadAddress(Message field, bool& exact) {
  kube::EndpointAddress address;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        address.ip = field.Symbol("ip");
        break;
      case 2: {
        DecodedReference target = ReadReference(Message(field, "targetRef"));
        address.target_ref = std::move(target.reference);
        exact = exact && target.exact;
        break;
      }
      case 3:
        address.hostname = field.Symbol("hostname");
        break;
      case 4:
        address.node_name = field.Symbol("nodeName");
        break;
      default:
        break;
    }
  }
  return address;
}

kube::EndpointSubset ReadSubset(Message field, bool& exact) {
  kube::EndpointSubset subset;
  const auto read_into = [&](std::vector<kube::EndpointAddress>& addresses, std::string_view name) {
    addresses.push_back(ReadAddress(Message(field, name, addresses.size()), exact));
  };
  while (field.Next()) {
    if (field.field() == 1) read_into(subset.addresses, "addresses");
    if (field.field() == 2) read_into(subset.not_ready_addresses, "notReadyAddresses");
    if (field.field() == 3)
      subset.ports.push_back(
          ReadPort(Message(field, "ports", subset.ports.size()), {.port = 2, .protocol = 3}));
  }
  subset.addresses.shrink_to_fit();
  subset.not_ready_addresses.shrink_to_fit();
  return subset;
}

}  // namespace

DecodedReference ReadReference(Message field) {
  DecodedReference read;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        read.reference.kind = field.Symbol("kind");
        break;
      case 2:
        read.reference.ns = field.Symbol("namespace");
        break;
      case 3:
        read.reference.name = field.Symbol("name");
        break;
      case 4:
        read.reference.uid = kube::Uid(field.Text("uid"));
        break;
      case 6:  // resourceVersion
        read.has_version = field.HoldsValue();
        break;
      default:
        read.exact = read.exact && !field.HoldsValue();
        break;
    }
  }
  return read;
}

kube::EndpointPort ReadPort(Message field, PortFields fields) {
  kube::EndpointPort port;
  while (field.Next()) {
    if (field.field() == 1) port.name = field.Symbol("name");
    if (field.field() == fields.port) port.port = field.Int("port");
    if (field.field() == fields.protocol) port.protocol = field.Protocol("protocol");
    if (field.field() == 4) port.app_protocol = field.Symbol("appProtocol");
  }
  return port;
}

void Read(Message& root, kube::Endpoints& endpoints) {
  WholeMeta meta;
  while (root.Next()) {
    if (root.field() == 1) meta.Read(Message(root, "metadata"));
    if (root.field() == 2)
      endpoints.subsets.push_back(
          ReadSubset(Message(root, "subsets", endpoints.subsets.size()), endpoints.exact));
  }
  endpoints.meta = meta.Take();
  endpoints.subsets.shrink_to_fit();
}

}  // namespace k8sm::kube_proto
