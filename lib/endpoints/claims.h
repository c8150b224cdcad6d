// Which pods of a service are reached where: the step that Endpoints and slices have in common.

#ifndef K8SM_LIB_ENDPOINTS_CLAIMS_H_
#define K8SM_LIB_ENDPOINTS_CLAIMS_H_

#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <cstdint>
#include <span>
#include <vector>

namespace k8sm::endpoints {

// One pod's claim to serve one port of a service.
struct Claim {
  const kube::Pod* pod = nullptr;
  const kube::ServicePort* service_port = nullptr;  // null: a headless service without ports
  kube::Symbol ip;
  std::int32_t port = 0;            // 0 where there is no service port
  std::int32_t container_port = 0;  // the container port behind it: ResolvedPort::container_port
};

struct Claims {
  std::vector<Claim> granted;  // ordered by pod name, then as the service orders its ports
  std::vector<Skip> skips;     // ordered by pod name
};

// The family of a service's Endpoints: its first; where the API server does not tell, that of its cluster IP;
// else IPv4.
kube::IpFamily PrimaryFamily(const kube::Service& service);

// Whether a pod is out of every service: it has ended (phase Succeeded or Failed).
bool HasEnded(const kube::Pod& pod);

// What each of the pods serves of each of the service's ports. The pods are taken as they come: who is
// selected and who counts (ended, leaving) is the caller's choice. In host-port mode two pods that claim the
// same address, port and protocol can't both be there: the claim goes to the one that is ready, else to the
// older, else to the first by name. The result does not depend on the order of the pods, and points into them
// and into the service.
Claims ResolveClaims(const kube::Service& service, std::span<const kube::Pod* const> pods,
                     kube::IpFamily family, AddressMode mode);

}  // namespace k8sm::endpoints

#endif  // K8SM_LIB_ENDPOINTS_CLAIMS_H_
