// Determines the address and port at which a pod serves a service port.

#ifndef K8SM_LIB_ENDPOINTS_PLACE_H_
#define K8SM_LIB_ENDPOINTS_PLACE_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstdint>
#include <variant>

namespace k8sm::endpoints {

// An address and port at which a pod serves a service port.
struct Place {
  kube::Symbol ip;                  // in canonical form
  std::int32_t port = 0;            // 0 for a headless service without ports, which lists addresses only
  std::int32_t container_port = 0;  // container port behind `port`
  bool declared = true;             // ResolvedPort::declared
};

// Returns the pod's place in one address family for a service port, or the obstacle. A null port stands for a
// headless service without ports and gives the address alone.
//
// In pod-IP mode this is the pod's address and the targetPort: a number is used as it is, declared or not; a
// name is looked up in the container ports (podutil.FindPort, k8s.io/kubernetes/pkg/api/v1/pod).
//
// In host-port mode it tries the container ports that match the targetPort in manifest order and returns the
// first one that can be published in the family. If there is none, it returns the obstacle of the port that
// got furthest. With hostNetwork, a numeric targetPort that no container declares is used as the host port.
std::variant<Place, Obstacle> ResolvePlace(const kube::Pod& pod, const kube::ServicePort* port,
                                           kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PLACE_H_
