// Endpoints: defaults, the canonical form of subsets, validation.

#ifndef K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_
#define K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_

#include "test/apiserver/strategy.h"

namespace k8sm::apiserver {

extern const Strategy kEndpointsStrategy;

// Brings `subsets` into canonical form: each port is listed with exactly the addresses that serve it, ports
// with the same addresses share a subset, an address (identified by ip and targetRef.uid) appears once per
// subset as not ready in preference to ready, and everything is sorted: addresses by ip and uid, ports by
// name, number and protocol. kube-apiserver sorts ports and subsets by a hash; clients must not depend on
// either order.
void RepackSubsets(Json& endpoints, JsonAllocator& allocator);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_
