// Services: defaults, addresses and validation.

#ifndef K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_
#define K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_

#include "test/apiserver/service_allocator.h"
#include "test/apiserver/strategy.h"

namespace k8sm::apiserver {

extern const Strategy kServiceStrategy;

// Gives the service what its type asks for: families, cluster IPs and node ports; what it names itself is
// kept, what an update leaves out is taken from `old` (nullptr for a new service). Called with a service that
// is otherwise complete; reserves nothing.
void AssignServiceAddresses(Json& service, const Json* old, const ServiceAllocator& allocator,
                            JsonAllocator& memory);

// Whether the addresses that the service names are free, or its own.
void ValidateServiceAddresses(const Json& service, const Json* old, const ServiceAllocator& allocator,
                              FieldErrors& errors);

}  // namespace k8sm::apiserver

#endif  // K8SM_TEST_APISERVER_SERVICE_STRATEGY_H_
