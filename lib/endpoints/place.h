// Where a pod is reached for a port of a service.

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

struct Place {
  kube::Symbol ip;                  // in canonical form
  std::int32_t port = 0;            // 0: a headless service without ports lists the address alone
  std::int32_t container_port = 0;  // the container port behind `port`
  bool declared = true;             // ResolvedPort::declared
};

// The place of the pod in one address family, for a service port (null: the address alone).
//
// In pod-IP mode: the pod's address with a numeric targetPort as it is, declared or not, or with the
// container port of a named one (podutil.FindPort, k8s.io/kubernetes/pkg/api/v1/pod).
//
// In host-port mode all container ports that the targetPort names are tried, in the order of the manifest,
// and the first that can be published in the family counts. Where none can, the obstacle is that of the one
// that came nearest. With hostNetwork a numeric targetPort that no container declares stands for itself.
std::variant<Place, Obstacle> ResolvePlace(const kube::Pod& pod, const kube::ServicePort* port,
                                           kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_PLACE_H_
