// Field numbers are those of k8s.io/api/core/v1/generated.proto.

#include "lib/kube_proto/decode.h"

#include <utility>

namespace k8sm::kube_proto {
namespace {

// The predecessor of spec.publishNotReadyAddresses, before Kubernetes 1.9
// (TolerateUnreadyEndpointsAnnotation, k8s.io/kubernetes/pkg/controller/endpoint).
constexpr std::string_view kTolerateUnready = "service.alpha.kubernetes.io/tolerate-unready-endpoints";

// An IntOrString, of which `type` decides which value counts.
struct TargetPort {
  bool is_name = false;
  std::int32_t number = 0;
  kube::Symbol name;
};

TargetPort ReadTargetPort(Message field) {
  TargetPort target;
  while (field.Next()) {
    if (field.field() == 1) target.is_name = field.Int("type") == 1;
    if (field.field() == 2) target.number = field.Int("intVal");
    if (field.field() == 3) target.name = field.Symbol("strVal");
  }
  return target;
}

kube::ServicePort ReadPort(Message field) {
  kube::ServicePort port;
  TargetPort target;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        port.name = field.Symbol("name");
        break;
      case 2:
        port.protocol = field.Protocol("protocol");
        break;
      case 3:
        port.port = field.Int("port");
        break;
      case 4:
        target = ReadTargetPort(Message(field, "targetPort"));
        break;
      case 5:
        port.node_port = field.Int("nodePort");
        break;
      case 6:
        port.app_protocol = field.Symbol("appProtocol");
        break;
      default:
        break;
    }
  }
  // Absent, 0 or empty means the service's own port.
  if (target.is_name && !target.name.empty()) {
    port.target_port = target.name;
  } else {
    port.target_port = !target.is_name && target.number != 0 ? target.number : port.port;
  }
  return port;
}

void ReadFamily(Message& spec, std::size_t index, std::vector<kube::IpFamily>& families) {
  const auto family = kube::IpFamilyNamed(spec.Text("ipFamilies", index));
  if (family) return families.push_back(*family);
  spec.Refuse("ipFamilies", "expected IPv4 or IPv6", index);
}

void ReadSpecField(Message& spec, kube::Service& service) {
  switch (spec.field()) {
    case 1:
      service.ports.push_back(ReadPort(Message(spec, "ports", service.ports.size())));
      break;
    case 2: {
      const Entry label = ReadEntry(spec, "selector");
      service.selector.Set(kube::Symbol(label.key), kube::Symbol(label.value));
      break;
    }
    case 3:
      service.cluster_ip = spec.Symbol("clusterIP");
      break;
    case 4:
      service.external_name = spec.Text("type") == "ExternalName";
      break;
    case 13:
      service.publish_not_ready_addresses = spec.Bool("publishNotReadyAddresses");
      break;
    case 19:
      ReadFamily(spec, service.ip_families.size(), service.ip_families);
      break;
    case 23:
      service.traffic_distribution = spec.Symbol("trafficDistribution");
      break;
    default:
      break;
  }
}

}  // namespace

void Read(Message& root, kube::Service& service) {
  while (root.Next()) {
    if (root.field() == 1) {
      for (Message metadata(root, "metadata"); metadata.Next();) ReadMetaField(metadata, {}, service.meta);
    } else if (root.field() == 2) {
      for (Message spec(root, "spec"); spec.Next();) ReadSpecField(spec, service);
    }
  }
  const kube::Symbol* const tolerate = service.meta.annotations.Find(kTolerateUnready);
  if (tolerate != nullptr && *tolerate == "true") service.publish_not_ready_addresses = true;
}

}  // namespace k8sm::kube_proto
