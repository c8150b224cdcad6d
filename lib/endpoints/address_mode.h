// Which addresses a service routes to.

#ifndef K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
#define K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_

#include <cstdint>

namespace k8sm::endpoints {

enum class AddressMode : std::uint8_t {
  kHostPort,  // HostIP:HostPort, where pod IPs are private to their Mesos agent
  kPodIp,     // PodIP:ContainerPort, as in upstream Kubernetes
};

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
