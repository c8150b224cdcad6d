#include "lib/kube_json/decode.h"

#include <utility>

namespace k8sm::kube_json {
namespace {

// The predecessor of spec.publishNotReadyAddresses, before Kubernetes 1.9
// (TolerateUnreadyEndpointsAnnotation, k8s.io/kubernetes/pkg/controller/endpoint).
constexpr const char* kTolerateUnready = "service.alpha.kubernetes.io/tolerate-unready-endpoints";

// Reads an IntOrString. Absent, 0 or empty means the service's own port.
std::variant<std::int32_t, kube::Symbol> ReadTargetPort(const Field& field, std::int32_t port) {
  if (field.IsString()) {
    kube::Symbol name = field.Symbol();
    if (!name.get().empty()) return name;
    return port;
  }
  if (field.present() && !field.value().IsNumber()) {
    field.Refuse("expected an integer or a string");
    return port;
  }
  const std::int32_t number = field.Int();
  return number != 0 ? number : port;
}

kube::ServicePort ReadPort(const Field& field) {
  kube::ServicePort port;
  port.name = field.Member("name").Symbol();
  port.protocol = field.Member("protocol").Protocol();
  port.port = field.Member("port").Int();
  port.target_port = ReadTargetPort(field.Member("targetPort"), port.port);
  port.app_protocol = field.Member("appProtocol").OptionalSymbol();
  port.node_port = field.Member("nodePort").Int();
  return port;
}

std::optional<kube::IpFamily> ReadFamily(const Field& field) {
  const auto family = kube::IpFamilyNamed(field.String());
  if (!family) field.Refuse("expected IPv4 or IPv6");
  return family;
}

}  // namespace

void Read(const Field& root, kube::Service& service) {
  service.meta = ReadMeta(root);
  const Field spec = root.Member("spec");
  service.external_name = spec.Member("type").String() == "ExternalName";
  service.cluster_ip = spec.Member("clusterIP").Symbol();
  const Field families = spec.Member("ipFamilies");
  families.ForEach([&](const Field& field) {
    if (const auto family = ReadFamily(field)) service.ip_families.push_back(*family);
  });
  service.selector = spec.Member("selector").Labels();
  const Field ports = spec.Member("ports");
  ports.ForEach([&](const Field& field) { service.ports.push_back(ReadPort(field)); });
  const Field metadata = root.Member("metadata");
  const Field annotations = metadata.Member("annotations");
  service.publish_not_ready_addresses = spec.Member("publishNotReadyAddresses").Bool() ||
                                        annotations.Member(kTolerateUnready).String() == "true";
  service.traffic_distribution = spec.Member("trafficDistribution").Symbol();
}

}  // namespace k8sm::kube_json
