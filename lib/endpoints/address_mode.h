// Where a service ends.

#ifndef K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
#define K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_

#include <cstdint>

namespace k8sm::endpoints {

enum class AddressMode : std::uint8_t {
  kHostPort,  // at HostIP:HostPort: pod IPs are private to their Mesos slave
  kPodIp,     // at PodIP:ContainerPort, as in vanilla Kubernetes
};

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ADDRESS_MODE_H_
