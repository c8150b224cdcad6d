// From a service's port to the port that a pod is reached at.

#ifndef K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
#define K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <cstdint>
#include <variant>

namespace k8sm::endpoints {

struct ResolvedPort {
  std::int32_t number = 0;  // 1 to 65535: annotations are checked here, what is declared by the API server
  std::int32_t container_port = 0;  // what is behind it; in pod-IP mode the number itself
  // The container port whose own host address binds it, where its declared hostPort is used and it names one
  // address; else null. Points into the pod.
  const kube::ContainerPort* bound = nullptr;
};

// In pod-IP mode a numeric targetPort as it is, declared or not, and a named one as the container port of
// that name and protocol (podutil.FindPort, k8s.io/kubernetes/pkg/api/v1/pod).
//
// In host-port mode the container port that the targetPort names, by name or by number and with its protocol;
// then its host port, the first of
//   1. the annotation k8s.mesosphere.io/portName_<PROTO>_<name>, for a named targetPort,
//   2. the annotation k8s.mesosphere.io/port_<PROTO>_<containerPort>,
//   3. with hostNetwork, the container port itself (a numeric targetPort even if no container declares it),
//   4. the declared hostPort.
// The annotations are what the k8sm scheduler writes when it maps a port that declares hostPort 0; one that
// is there and is no number from 1 to 65535 is an obstacle, not a reason to look further.
std::variant<ResolvedPort, Obstacle> ResolvePort(const kube::Pod& pod, const kube::ServicePort& port,
                                                 AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
