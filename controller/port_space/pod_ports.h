// Which host ports a cached pod requests and holds.

#ifndef K8SM_CONTROLLER_PORT_SPACE_POD_PORTS_H_
#define K8SM_CONTROLLER_PORT_SPACE_POD_PORTS_H_

#include "lib/kube/pod.h"
#include "lib/ports/demand.h"
#include "lib/ports/snapshot.h"

namespace k8sm::controller {

// Whether the pod has not ended, so that it waits for ports or holds them.
bool IsAlive(const kube::Pod& pod);

// Returns what the k8sm scheduler reads of the pod. Numbers that are no ports are taken for 0.
ports::PodSpec SpecOf(const kube::Pod& pod);

// Returns the host ports of the pod: those that the scheduler mapped (annotations), else the declared ones,
// else, with hostNetwork, the container ports. Without claims if there are none.
ports::Holder HolderOf(const kube::Pod& pod);

// Whether both states of a pod request and hold the same ports in the same place.
bool SameForPorts(const kube::Pod& a, const kube::Pod& b);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_POD_PORTS_H_
