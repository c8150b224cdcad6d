// From a service's port to the ports that a pod is reached at.

#ifndef K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
#define K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_

#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <cstdint>
#include <variant>

namespace k8sm::endpoints {

struct ResolvedPort {
  std::int32_t number = 0;  // 1 to 65535: annotations are checked here, what is declared by the API server
  std::int32_t container_port = 0;  // the port behind `number`; in pod-IP mode the same
  // The declaration whose hostPort `number` is and whose hostIP says where it is bound; null where the port
  // comes from elsewhere, or the declaration names no hostIP. Points into the pod.
  const kube::ContainerPort* bound = nullptr;
  // False of a host-network pod's port that no container declares: the pod may not listen there at all.
  bool declared = true;
};

// Whether the service's targetPort names this container port, by name or by number, with its protocol.
bool IsTarget(const kube::ContainerPort& declared, const kube::ServicePort& port);

// The host port behind a declared container port, the first of
//   1. the annotation k8s.mesosphere.io/portName_<PROTO>_<name>, for a named targetPort,
//   2. the annotation k8s.mesosphere.io/port_<PROTO>_<containerPort>,
//   3. with hostNetwork, the container port itself,
//   4. the declared hostPort.
// The annotations are what the k8sm scheduler writes when it maps a port that declares hostPort 0. One that
// is no number from 1 to 65535 is an obstacle, not a reason to look further. REQUIRES: IsTarget(declared,
// port).
std::variant<ResolvedPort, Obstacle> ResolveHostPort(const kube::Pod& pod, const kube::ServicePort& port,
                                                     const kube::ContainerPort& declared);

// The obstacle where no container declares the targetPort. Its sentence names the declaration that was
// probably meant: the same port with another protocol, or the targetPort as a hostPort.
Obstacle NoContainerPort(const kube::Pod& pod, const kube::ServicePort& port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
