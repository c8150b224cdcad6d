// Which addresses a service routes to.

#ifndef K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
#define K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_

#include <cstdint>
#include <string_view>

namespace k8sm::endpoints {

enum class AddressMode : std::uint8_t {
  kHostPort,  // HostIP:HostPort, where pod IPs are private to their Mesos agent
  kPodIp,     // PodIP:ContainerPort, as in upstream Kubernetes
};

// The name in metrics and in the annotation of the lease: "host_port", "pod_ip".
inline std::string_view ToString(AddressMode mode) {
  return mode == AddressMode::kHostPort ? "host_port" : "pod_ip";
}

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
