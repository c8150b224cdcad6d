// From a pod to the address that it is reached at.

#ifndef K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_
#define K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/ports.h"
#include "lib/kube/symbol.h"

#include <variant>

namespace k8sm::endpoints {

// In pod-IP mode the first of status.podIPs of the family. In host-port mode the address that `bound`
// (ResolvedPort::bound, may be null) names; else, and where it names all addresses of the family ("0.0.0.0",
// "::"), the first of status.hostIPs of the family, else status.hostIP if it is of that family. The address
// is in canonical form.
std::variant<kube::Symbol, Obstacle> ResolveAddress(const kube::Pod& pod, const kube::ContainerPort* bound,
                                                    kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_ADDRESS_RESOLVER_H_
