// Reads the objects of one service from the API server, bypassing the caches.

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

// The objects of one kind that the server holds for a service.
template <class T>
struct Found {
  // Decoded objects, in the order of the server's response.
  std::vector<T> objects;
  // Objects that exist but cannot be decoded: as much of their metadata as can be.
  std::vector<kube::ObjectMeta> unreadable;
};

// Gets the service's Endpoints, or lists the EndpointSlices that this controller manages and whose label
// names the service. An object that does not exist is an empty result, not kNotFound. Other errors are those
// of ApiClient::Do; kMalformed if the answer does not even name an object. `client` must outlive the call.
template <class T>
Awaitable<Result<Found<T>>> LookUp(client::ApiClient& client, kube::ObjectKey service);

template <>
Awaitable<Result<Found<kube::Endpoints>>> LookUp(client::ApiClient& client, kube::ObjectKey service);
template <>
Awaitable<Result<Found<kube::EndpointSlice>>> LookUp(client::ApiClient& client, kube::ObjectKey service);

// Asks the API server whether the service exists. Kubernetes 1.1 cannot select services by name; there the
// result is always false. Errors are those of ApiClient::Do. `client` must outlive the call.
Awaitable<Result<bool>> ServiceExists(client::ApiClient& client, kube::ObjectKey service);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_LOOKUP_H_
