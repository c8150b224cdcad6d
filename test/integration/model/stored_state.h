// What an API server holds of a cluster, decoded.

#ifndef K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_
#define K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_

#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "test/apiserver/api_server.h"

#include <map>
#include <string>
#include <vector>

namespace k8sm::test {

struct StoredState {
  std::map<kube::ObjectKey, kube::Service> services;
  std::map<kube::ObjectKey, kube::Pod> pods;
  std::map<kube::ObjectKey, kube::Endpoints> endpoints;

  // The pods that the service's selector matches. They live as long as the state.
  std::vector<const kube::Pod*> PodsOf(const kube::Service& service) const;
};

// Of one namespace, or of all where `ns` is empty. Throws std::runtime_error for an object that can't be
// decoded.
StoredState ReadState(const apiserver::ApiServer& server, const std::string& ns);

}  // namespace k8sm::test

#endif  // K8SM_TEST_INTEGRATION_MODEL_STORED_STATE_H_
