#include "lib/kube_json/decode.h"

#include <utility>

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kPortAnnotations = "k8s.mesosphere.io/port";
constexpr const char* kMirrorAnnotation = "kubernetes.io/config.mirror";

kube::PodPhase ReadPhase(const Field& field) {
  const std::string_view phase = field.String();
  if (phase.empty() || phase == "Pending") return kube::PodPhase::kPending;
  if (phase == "Running") return kube::PodPhase::kRunning;
  if (phase == "Succeeded") return kube::PodPhase::kSucceeded;
  if (phase == "Failed") return kube::PodPhase::kFailed;
  return kube::PodPhase::kUnknown;
}

void ReadContainerPorts(const Field& container, bool sidecar, CompactVector<kube::ContainerPort>& ports) {
  const kube::Symbol name = container.Member("name").Symbol();
  const Field declared = container.Member("ports");
  declared.ForEach([&](const Field& field) {
    kube::ContainerPort port;
    port.container = name;
    port.name = field.Member("name").Symbol();
    port.container_port = field.Member("containerPort").Int();
    port.host_port = field.Member("hostPort").Int();
    port.protocol = field.Member("protocol").Protocol();
    port.host_ip = field.Member("hostIP").Symbol();
    port.sidecar = sidecar;
    ports.push_back(std::move(port));
  });
}

void ReadSpec(const Field& spec, kube::Pod& pod) {
  pod.node_name = spec.Member("nodeName").Symbol();
  pod.hostname = spec.Member("hostname").Symbol();
  pod.subdomain = spec.Member("subdomain").Symbol();
  pod.host_network = spec.Member("hostNetwork").Bool();
  pod.node_selector = spec.Member("nodeSelector").Labels();
  const Field containers = spec.Member("containers");
  containers.ForEach([&](const Field& container) { ReadContainerPorts(container, false, pod.ports); });
  const Field init_containers = spec.Member("initContainers");
  init_containers.ForEach([&](const Field& container) {
    if (container.Member("restartPolicy").String() == "Always")
      ReadContainerPorts(container, true, pod.ports);
  });
}

// Reads the addresses of a list [{"ip":"10.0.0.1"},…].
kube::IpList ReadIps(const Field& list) {
  kube::IpList ips;
  list.ForEach([&](const Field& entry) {
    kube::Symbol ip = entry.Member("ip").Symbol();
    if (!ip.get().empty()) ips.push_back(std::move(ip));
  });
  return ips;
}

void ReadStatus(const Field& status, kube::Pod& pod) {
  pod.phase = ReadPhase(status.Member("phase"));
  const Field conditions = status.Member("conditions");
  bool is_known = false;  // the first of several counts (GetPodConditionFromList, k8s.io/endpointslice/util)
  conditions.ForEach([&](const Field& condition) {
    if (condition.Member("type").String() != "Ready" || std::exchange(is_known, true)) return;
    pod.ready = condition.Member("status").String() == "True";
    pod.ready_transition = condition.Member("lastTransitionTime").Timestamp();
  });
  pod.host_ip = status.Member("hostIP").Symbol();
  pod.host_ips = ReadIps(status.Member("hostIPs"));
  pod.pod_ips = ReadIps(status.Member("podIPs"));
  kube::Symbol pod_ip = status.Member("podIP").Symbol();
  if (pod.pod_ips.empty() && !pod_ip.get().empty()) pod.pod_ips.push_back(std::move(pod_ip));
}

void ReadAnnotations(const Field& annotations, kube::Pod& pod) {
  if (auto roles = annotations.Member(kube::kRolesAnnotation).OptionalSymbol())
    pod.meta.annotations.Set(kube::Symbol(kube::kRolesAnnotation), *std::move(roles));
  pod.mirror = annotations.Member(kMirrorAnnotation).present();
}

}  // namespace

void Read(const Field& root, kube::Pod& pod) {
  pod.meta = ReadMeta(root, kPortAnnotations);
  const Field metadata = root.Member("metadata");
  ReadAnnotations(metadata.Member("annotations"), pod);
  ReadSpec(root.Member("spec"), pod);
  ReadStatus(root.Member("status"), pod);
}

}  // namespace k8sm::kube_json
