// Services: defaults, addresses and validation.

#ifndef K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_
#define K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_

#include "test/apiserver/service_allocator.h"
#include "test/apiserver/strategy.h"

namespace k8sm::apiserver {

extern const Strategy kServiceStrategy;

// Allocates what the service's type needs: IP families, cluster IPs and node ports. Explicit values are kept;
// those an update leaves out are taken from `old` (nullptr for a new service). Called last, with an otherwise
// complete service. Reserves nothing.
void AssignServiceAddresses(Json& service, const Json* old, const ServiceAllocator& allocator,
                            JsonAllocator& memory);

// Checks that the addresses of the service are free, or its own.
void ValidateServiceAddresses(const Json& service, const Json* old, const ServiceAllocator& allocator,
                              FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_
