// Field numbers are those of k8s.io/api/core/v1/generated.proto.

#include "lib/kube_proto/decode.h"

#include <string_view>
#include <utility>

namespace k8sm::kube_proto {
namespace {

constexpr std::string_view kPortAnnotations = "k8s.mesosphere.io/port";
constexpr std::string_view kMirrorAnnotation = "kubernetes.io/config.mirror";

kube::PodPhase ReadPhase(std::string_view phase) {
  if (phase.empty() || phase == "Pending") return kube::PodPhase::kPending;
  if (phase == "Running") return kube::PodPhase::kRunning;
  if (phase == "Succeeded") return kube::PodPhase::kSucceeded;
  if (phase == "Failed") return kube::PodPhase::kFailed;
  return kube::PodPhase::kUnknown;
}

kube::ContainerPort ReadContainerPort(Message& field) {
  kube::ContainerPort port;
  while (field.Next()) {
    switch (field.field()) {
      case 1:
        port.name = field.Symbol("name");
        break;
      case 2:
        port.host_port = field.Int("hostPort");
        break;
      case 3:
        port.container_port = field.Int("containerPort");
        break;
      case 4:
        port.protocol = field.Protocol("protocol");
        break;
      case 5:
        port.host_ip = field.Symbol("hostIP");
        break;
      default:
        break;
    }
  }
  return port;
}

constexpr std::uint32_t kRestartPolicy = 24;

// Whether an init container is a sidecar. The field may follow the ports, which are read only if it is.
bool IsSidecar(const Message& container) {
  Problem ignored;
  bool sidecar = false;
  for (Message ahead(container.rest(), ignored); ahead.Next();)
    if (ahead.field() == kRestartPolicy) sidecar = ahead.Text("restartPolicy") == "Always";
  return sidecar;
}

// Appends the ports of a container, whose name may follow them.
void ReadContainer(Message& container, CompactVector<kube::ContainerPort>& ports) {
  const std::size_t before = ports.size();
  std::string_view name;
  while (container.Next()) {
    if (container.field() == 1) name = container.Text("name");
    if (container.field() != 6) continue;
    Message port(container, "ports", ports.size() - before);
    ports.push_back(ReadContainerPort(port));
  }
  if (ports.size() == before) return;
  const kube::Symbol container_name(name);
  for (std::size_t i = before; i < ports.size(); ++i) ports[i].container = container_name;
}

void ReadMetadataField(Message& metadata, kube::Pod& pod) {
  if (metadata.field() != kAnnotations) {
    ReadMetaField(metadata, kPortAnnotations, pod.meta);
    return;
  }
  const Entry annotation = ReadAnnotation(metadata);
  KeepAnnotation(annotation, kPortAnnotations, pod.meta);
  if (annotation.key == kube::kRolesAnnotation) KeepAnnotation(annotation, {}, pod.meta);
  if (annotation.key == kMirrorAnnotation) pod.mirror = true;
}

// What is put together when the whole pod has been read.
struct Parts {
  std::size_t containers = 0;
  std::size_t init_containers = 0;
  CompactVector<kube::ContainerPort> sidecar_ports;
  std::string_view host_ip;
  std::string_view pod_ip;
  bool has_ready_condition = false;
};

void ReadSpecField(Message& spec, kube::Pod& pod, Parts& parts) {
  switch (spec.field()) {
    case 2: {
      Message container(spec, "containers", parts.containers++);
      ReadContainer(container, pod.ports);
      break;
    }
    case 7: {
      const Entry label = ReadEntry(spec, "nodeSelector");
      pod.node_selector.Set(kube::Symbol(label.key), kube::Symbol(label.value));
      break;
    }
    case 10:
      pod.node_name = spec.Symbol("nodeName");
      break;
    case 11:
      pod.host_network = spec.Bool("hostNetwork");
      break;
    case 16:
      pod.hostname = spec.Symbol("hostname");
      break;
    case 17:
      pod.subdomain = spec.Symbol("subdomain");
      break;
    case 20: {
      Message container(spec, "initContainers", parts.init_containers++);
      if (IsSidecar(container)) ReadContainer(container, parts.sidecar_ports);
      break;
    }
    default:
      break;
  }
}

void ReadCondition(Message condition, kube::Pod& pod, Parts& parts) {
  bool is_ready = false;
  bool is_true = false;
  std::optional<kube::Timestamp> transition;
  while (condition.Next()) {
    if (condition.field() == 1) {
      // Servers write it first, and the rest of the other conditions is not needed.
      if (condition.Text("type") != "Ready") return;
      is_ready = true;
    }
    if (condition.field() == 2) is_true = condition.Text("status") == "True";
    if (condition.field() == 4) transition = condition.Timestamp("lastTransitionTime");
  }
  // The first of several counts (GetPodConditionFromList, k8s.io/endpointslice/util).
  if (!is_ready || std::exchange(parts.has_ready_condition, true)) return;
  pod.ready = is_true;
  pod.ready_transition = transition;
}

void ReadIp(Message entry, kube::IpList& ips) {
  kube::Symbol ip;
  while (entry.Next()) {
    if (entry.field() == 1) ip = entry.Symbol("ip");
  }
  if (!ip.empty()) ips.push_back(std::move(ip));
}

void ReadStatusField(Message& status, kube::Pod& pod, Parts& parts) {
  switch (status.field()) {
    case 1:
      pod.phase = ReadPhase(status.Text("phase"));
      break;
    case 2:
      ReadCondition(Message(status, "conditions"), pod, parts);
      break;
    case 5:
      parts.host_ip = status.Text("hostIP");
      break;
    case 6:
      parts.pod_ip = status.Text("podIP");
      break;
    case 12:
      ReadIp(Message(status, "podIPs"), pod.pod_ips);
      break;
    case 16:
      ReadIp(Message(status, "hostIPs"), pod.host_ips);
      break;
    default:
      break;
  }
}

}  // namespace

void Read(Message& root, kube::Pod& pod) {
  Parts parts;
  while (root.Next()) {
    switch (root.field()) {
      case 1:
        for (Message metadata(root, "metadata"); metadata.Next();) ReadMetadataField(metadata, pod);
        break;
      case 2:
        for (Message spec(root, "spec"); spec.Next();) ReadSpecField(spec, pod, parts);
        break;
      case 3:
        for (Message status(root, "status"); status.Next();) ReadStatusField(status, pod, parts);
        break;
      default:
        break;
    }
  }
  for (kube::ContainerPort& port : parts.sidecar_ports) {
    port.sidecar = true;
    pod.ports.push_back(std::move(port));
  }
  // Usually the first of hostIPs, which need not be looked up again then.
  const bool listed = !pod.host_ips.empty() && pod.host_ips.front().get() == parts.host_ip;
  pod.host_ip = listed ? pod.host_ips.front() : kube::Symbol(parts.host_ip);
  if (pod.pod_ips.empty() && !parts.pod_ip.empty()) pod.pod_ips.push_back(kube::Symbol(parts.pod_ip));
}

}  // namespace k8sm::kube_proto
