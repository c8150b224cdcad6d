// Determines the address at which a pod is reached.

#ifndef K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_
#define K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"

#include <variant>

namespace k8sm::endpoints {

// Returns the pod's address of the given family in canonical form, or the obstacle. In pod-IP mode this is
// the first of status.podIPs of that family. In host-port mode it is the hostIP of `bound`
// (ResolvedPort::bound, may be null); if `bound` is null or names all addresses of the family ("0.0.0.0",
// "::"), it is the first of status.hostIPs of the family, else status.hostIP if that is of the family.
std::variant<kube::Symbol, Obstacle> ResolveAddress(const kube::Pod& pod, const kube::ContainerPort* bound,
                                                    kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_
