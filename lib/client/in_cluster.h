// The configuration of a client that runs as a pod of the cluster.

#ifndef K8SM_LIB_CLIENT_IN_CLUSTER_H_
#define K8SM_LIB_CLIENT_IN_CLUSTER_H_

#include "lib/base/error.h"
#include "lib/client/rest_config.h"

#include <string>

namespace k8sm::client {

// What the kubelet gives a pod.
struct ServiceAccount {
  std::string host;       // KUBERNETES_SERVICE_HOST
  std::string port;       // KUBERNETES_SERVICE_PORT
  std::string directory;  // holds the files token and ca.crt

  bool in_cluster() const { return !host.empty() && !port.empty(); }
};

// From this process's environment.
ServiceAccount ServiceAccountOfThisPod();

// kInvalidConfig where the token cannot be read or a value is malformed. A missing CA is logged, and the
// system's roots are trusted instead. REQUIRES: account.in_cluster().
Result<RestConfig> InClusterConfig(const ServiceAccount& account);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_IN_CLUSTER_H_
