// Client configuration for a process that runs in a pod of the cluster.

#ifndef K8SM_LIB_CLIENT_CONFIG_IN_CLUSTER_H_
#define K8SM_LIB_CLIENT_CONFIG_IN_CLUSTER_H_

#include "lib/base/error.h"
#include "lib/client/config/rest_config.h"

#include <string>

namespace k8sm::client {

// What the kubelet provides to a pod.
struct ServiceAccount {
  std::string host;       // KUBERNETES_SERVICE_HOST
  std::string port;       // KUBERNETES_SERVICE_PORT
  std::string directory;  // directory with the files token and ca.crt

  // Whether this process runs in a pod, i.e. host and port are set.
  bool in_cluster() const { return !host.empty() && !port.empty(); }
};

// Reads the environment of this process.
ServiceAccount ServiceAccountOfThisPod();

// Returns the namespace of the pod that this process runs in; empty if it runs in none or that cannot be
// read.
std::string NamespaceOfThisPod(const ServiceAccount& account);

// Fails with kInvalidConfig if the token cannot be read or a value is malformed. If the CA file is missing,
// logs a warning and uses the system's root certificates. REQUIRES: account.in_cluster().
Result<RestConfig> InClusterConfig(const ServiceAccount& account);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_IN_CLUSTER_H_
