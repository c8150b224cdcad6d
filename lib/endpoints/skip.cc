#include "lib/endpoints/skip.h"

namespace k8sm::endpoints {

std::string_view ToString(SkipReason reason) {
  switch (reason) {
    case SkipReason::kNoContainerPort:
      return "no_container_port";
    case SkipReason::kNoHostPort:
      return "no_host_port";
    case SkipReason::kBadPortAnnotation:
      return "bad_port_annotation";
    case SkipReason::kNoHostIp:
      return "no_host_ip";
    case SkipReason::kNoPodIp:
      return "no_pod_ip";
    case SkipReason::kIpFamilyMismatch:
      return "ip_family_mismatch";
    case SkipReason::kUnusableHostIp:
      return "unusable_host_ip";
    case SkipReason::kUnusablePodIp:
      return "unusable_pod_ip";
    case SkipReason::kNodeNotFound:
      return "node_not_found";
    case SkipReason::kHostPortConflict:
      return "host_port_conflict";
  }
  return "unknown";
}

std::string PortLabel(const kube::ServicePort& port) {
  return port.name.get().empty() ? std::to_string(port.port) : std::string(port.name.get());
}

}  // namespace k8sm::endpoints
