// The cluster that tests of the reconciler begin with.

#ifndef K8SM_TEST_UNIT_RECONCILE_WEB_CLUSTER_H_
#define K8SM_TEST_UNIT_RECONCILE_WEB_CLUSTER_H_

#include "lib/base/error.h"
#include "lib/kube/pod.h"
#include "lib/kube/service.h"
#include "test/support/builders.h"
#include "test/unit/reconcile/scripted_cluster.h"

#include <string>

namespace k8sm::controller {

inline kube::Pod Ready(const std::string& name, int host_port) {
  return test::MakePod(name).Port({.number = 8080, .host_port = host_port}).Ready();
}

inline const kube::Service kWeb = test::MakeService("web").Port({.target = 8080});

// Host-port mode, slices on, node-1 known, the service web and the pod a at 31080.
struct Cluster : ScriptedCluster {
  explicit Cluster(ReconcilerOptions options = {}) : ScriptedCluster(options) {
    PutNode("node-1");
    Put(kWeb);
    Put(Ready("a", 31080));
    reconciler().EnableSlices();
  }
};

inline Error Refusal(Errc code, int status = 0, const std::string& message = "no") {
  return {.code = code, .message = message, .http_status = status};
}

}  // namespace k8sm::controller

#endif  // K8SM_TEST_UNIT_RECONCILE_WEB_CLUSTER_H_
