// The objects stored in an API server, decoded.

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

  // Return null if there is no such object.
  const kube::Service* FindService(const kube::ObjectKey& key) const;
  const kube::Endpoints* FindEndpoints(const kube::ObjectKey& key) const;
  const kube::Node* FindNode(const kube::Symbol& name) const;

  // Returns the slices whose label names the service, sorted by name, whether or not the service exists.
  std::vector<const kube::EndpointSlice*> SlicesOf(const kube::ObjectKey& service) const;

  // Returns the pods that match the service's selector. Valid while the state lives.
  std::vector<const kube::Pod*> PodsOf(const kube::Service& service) const;
};

// Reads one namespace, or all if `ns` is empty, and the nodes. Throws std::runtime_error if an object cannot
// be decoded.
StoredState ReadState(const apiserver::ApiServer& server, const std::string& ns);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_
