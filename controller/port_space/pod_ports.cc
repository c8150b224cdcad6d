#include "controller/port_space/pod_ports.h"

#include <charconv>
#include <string>
#include <string_view>
#include <tuple>

namespace k8sm::controller {
namespace {

using ports::Port;

constexpr std::string_view kMappingLabel = "k8s.mesosphere.io/portMapping";
constexpr std::string_view kPortAnnotation = "k8s.mesosphere.io/port_";
constexpr std::string_view kPortNameAnnotation = "k8s.mesosphere.io/portName_";

Port ToPort(std::int32_t number) {
  return number > 0 && number <= static_cast<std::int32_t>(ports::kMaxPort) ? static_cast<Port>(number)
                                                                            : Port{0};
}

Port ReadAnnotation(const kube::Pod& pod, std::string_view prefix, kube::Protocol protocol,
                    std::string_view rest) {
  std::string key(prefix);
  key.append(ToString(protocol)).append("_").append(rest);
  const kube::Symbol* value = pod.meta.annotations.Find(key);
  if (value == nullptr) return 0;
  const std::string_view text = value->get();
  std::int32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? ToPort(number) : Port{0};
}

// The port that the scheduler has mapped the container port to; 0: none.
Port MappedPort(const kube::Pod& pod, const kube::ContainerPort& port) {
  if (pod.meta.annotations.empty()) return 0;
  Port mapped = 0;
  if (!port.name.empty()) mapped = ReadAnnotation(pod, kPortNameAnnotation, port.protocol, port.name.get());
  if (mapped != 0) return mapped;
  return ReadAnnotation(pod, kPortAnnotation, port.protocol, std::to_string(port.container_port));
}

// A declared port is mapped to itself. Then the annotation may be about another port: its key is a container
// port, and one container port may have several host ports.
Port HeldPort(const kube::Pod& pod, const kube::ContainerPort& port) {
  if (const Port declared = ToPort(port.host_port); declared != 0) return declared;
  if (const Port mapped = MappedPort(pod, port); mapped != 0) return mapped;
  return pod.host_network ? ToPort(port.container_port) : Port{0};
}

auto PortsOf(const kube::Pod& pod) {
  return std::tie(pod.meta.uid, pod.meta.labels, pod.meta.annotations, pod.node_name, pod.host_network,
                  pod.ports, pod.node_selector, pod.mirror);
}

}  // namespace

bool IsAlive(const kube::Pod& pod) {
  return pod.phase != kube::PodPhase::kSucceeded && pod.phase != kube::PodPhase::kFailed;
}

ports::PodSpec SpecOf(const kube::Pod& pod) {
  ports::PodSpec spec;
  for (const kube::ContainerPort& port : pod.ports) {
    if (!port.sidecar) spec.ports.push_back({ToPort(port.container_port), ToPort(port.host_port)});
  }
  spec.host_network = pod.host_network;
  if (const kube::Symbol* roles = pod.meta.annotations.Find(kube::kRolesAnnotation)) spec.roles = *roles;
  if (const kube::Symbol* mapping = pod.meta.labels.Find(kMappingLabel)) spec.port_mapping = *mapping;
  spec.node = pod.node_name;
  spec.selector = pod.node_selector;
  return spec;
}

ports::Holder HolderOf(const kube::Pod& pod) {
  ports::Holder holder{.ns = pod.meta.ns,
                       .name = pod.meta.name,
                       .uid = pod.meta.uid,
                       .node = pod.node_name,
                       .leaving = pod.meta.deletion_timestamp.has_value(),
                       .mirror = pod.mirror,
                       .claims = {}};
  for (const kube::ContainerPort& port : pod.ports) {
    if (const Port held = HeldPort(pod, port); held != 0)
      holder.claims.push_back({port.host_ip, held, port.protocol, !port.sidecar});
  }
  return holder;
}

bool SameForPorts(const kube::Pod& a, const kube::Pod& b) {
  return IsAlive(a) == IsAlive(b) &&
         a.meta.deletion_timestamp.has_value() == b.meta.deletion_timestamp.has_value() &&
         PortsOf(a) == PortsOf(b);
}

}  // namespace k8sm::controller
