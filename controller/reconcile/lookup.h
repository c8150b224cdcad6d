// Looking at what the API server holds of a service, beside the watch.

#ifndef K8SM_CONTROLLER_RECONCILE_LOOKUP_H_
#define K8SM_CONTROLLER_RECONCILE_LOOKUP_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <vector>

namespace k8sm::controller {

// What of one kind the server holds of a service and we may have written.
template <class T>
struct Found {
  std::vector<T> objects;
  // They exist too, but can't be read: as much of their metadata as can be.
  std::vector<kube::ObjectMeta> unreadable;
};

// The objects of a service as the API server has them now: its Endpoints, or those EndpointSlices that are
// ours and whose label names it. Errors of ApiClient::Do but kNotFound; kMalformed for an answer that does
// not even name an object. The client has to outlive the call.
template <class T>
Awaitable<Result<Found<T>>> LookUp(client::ApiClient& client, kube::ObjectKey service);

template <>
Awaitable<Result<Found<kube::Endpoints>>> LookUp(client::ApiClient& client, kube::ObjectKey service);
template <>
Awaitable<Result<Found<kube::EndpointSlice>>> LookUp(client::ApiClient& client, kube::ObjectKey service);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_LOOKUP_H_
