// Endpoints: defaults, the canonical packing of subsets, validation.

#ifndef K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_
#define K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_

#include "test/apiserver/strategy.h"

namespace k8sm::apiserver {

extern const Strategy kEndpointsStrategy;

// Rewrites `subsets` so that each port is listed with exactly the addresses that serve it, ports with the
// same addresses share a subset, an address (told apart by ip and targetRef.uid) appears once in it, not
// ready before ready, and all is sorted: by ip and uid, ports by name, number and protocol. The real server
// sorts ports and subsets by a hash instead; nobody may depend on either order.
void RepackSubsets(Json& endpoints, JsonAllocator& allocator);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_ENDPOINTS_STRATEGY_H_
