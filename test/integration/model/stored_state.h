// What an API server holds of a cluster, decoded.

#ifndef K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_
#define K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_

#include "lib/endpoints/endpoints_plan.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"
#include "test/apiserver/api_server.h"

#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

struct StoredState {
  std::map<kube::ObjectKey, kube::Service> services;
  std::map<kube::ObjectKey, kube::Pod> pods;
  std::map<kube::ObjectKey, kube::Endpoints> endpoints;
  std::map<kube::ObjectKey, kube::EndpointSlice> slices;
  std::map<kube::ObjectKey, kube::Node> nodes;

  // What the server can store of Endpoints, and whether it serves the slices that the controller writes.
  endpoints::EndpointsLimits limits;
  bool has_slices = true;

  // Null where there is none of that name, here and below.
  const kube::Service* FindService(const kube::ObjectKey& key) const;
  const kube::Endpoints* FindEndpoints(const kube::ObjectKey& key) const;
  const kube::Node* FindNode(const kube::Symbol& name) const;

  // The slices whose label names the service, whether there is one or not, by name.
  std::vector<const kube::EndpointSlice*> SlicesOf(const kube::ObjectKey& service) const;

  // The pods that the service's selector matches. They live as long as the state.
  std::vector<const kube::Pod*> PodsOf(const kube::Service& service) const;
};

// Of one namespace, or of all where `ns` is empty; the nodes in any case. Throws std::runtime_error for an
// object that can't be decoded.
StoredState ReadState(const apiserver::ApiServer& server, const std::string& ns);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_
