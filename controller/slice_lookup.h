// Looking at the slices that a service has, beside the watch.

#ifndef K8SM_CONTROLLER_SLICE_LOOKUP_H_
#define K8SM_CONTROLLER_SLICE_LOOKUP_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/object_meta.h"

#include <vector>

namespace k8sm::controller {

// The slices whose label names the service, as the API server has them now. Errors of ApiClient::Do;
// kMalformed for a slice that can't be read. The client has to outlive the call.
Awaitable<Result<std::vector<kube::EndpointSlice>>> ListSlicesOf(client::ApiClient& client,
                                                                 kube::ObjectKey service);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_SLICE_LOOKUP_H_
