// Maps a port of a service to a pod's host port.

#ifndef K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
#define K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_

#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"

#include <cstdint>
#include <variant>

namespace k8sm::endpoints {

// The host port behind a container port.
struct ResolvedPort {
  std::int32_t number = 0;  // 1 to 65535: annotations are checked here, declarations by the API server
  std::int32_t container_port = 0;  // the port behind `number`; equal to it in pod-IP mode
  // The container port whose hostPort is `number` and whose hostIP binds it to an address; null if the port
  // was resolved otherwise or the declaration has no hostIP. Points into the pod.
  const kube::ContainerPort* bound = nullptr;
  // False if no container of a host-network pod declares the port, so the pod may not listen on it at all.
  bool declared = true;
};

// Whether the service's targetPort matches this container port by name or number, and by protocol.
bool IsTarget(const kube::ContainerPort& declared, const kube::ServicePort& port);

// Returns the host port behind a declared container port, the first of
//   1. the annotation k8s.mesosphere.io/portName_<PROTO>_<name>, for a named targetPort,
//   2. the annotation k8s.mesosphere.io/port_<PROTO>_<containerPort>,
//   3. with hostNetwork, the container port itself,
//   4. the declared hostPort.
// The k8sm scheduler writes the annotations when it assigns a port that declares hostPort 0. An annotation
// that is not a number from 1 to 65535 is an obstacle; the later sources are not tried. REQUIRES:
// IsTarget(declared, port).
std::variant<ResolvedPort, Obstacle> ResolveHostPort(const kube::Pod& pod, const kube::ServicePort& port,
                                                     const kube::ContainerPort& declared);

// Returns the obstacle for a targetPort that no container declares. Its sentence suggests the declaration
// that was probably meant: the same port with another protocol, or the targetPort as a hostPort; else it
// names the ports that the pod declares.
Obstacle NoContainerPort(const kube::Pod& pod, const kube::ServicePort& port);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PORT_RESOLVER_H_
