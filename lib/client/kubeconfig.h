// From -kubeconfig and -master to a RestConfig.

#ifndef K8SM_LIB_CLIENT_KUBECONFIG_H_
#define K8SM_LIB_CLIENT_KUBECONFIG_H_

#include "lib/base/error.h"
#include "lib/client/in_cluster.h"
#include "lib/client/proxy.h"
#include "lib/client/rest_config.h"

#include <string>

namespace k8sm::client {

// Follows k8s.io/client-go/tools/clientcmd's BuildConfigFromFlags:
// - with a kubeconfig, its current context; `master`, where given, replaces the cluster's server and drops
//   its tls-server-name;
// - with `master` alone, that server, without credentials and with the system's roots;
// - with neither, the service account of the pod we run in.
// A server without a scheme is spoken to over https where certificates are configured, else over http. A
// proxy comes from the cluster's proxy-url, or else from the environment; it is told in the log. Reads every
// file that is named, certificates and tokens included. Blocks: call it before the loop runs.
//
// Errors: kInvalidConfig, in one line that names the file and the field and holds no secret. What a
// kubeconfig may say of the cluster and the user in use but this client cannot do is an error too.
Result<RestConfig> LoadRestConfig(const std::string& kubeconfig_path, const std::string& master,
                                  const ServiceAccount& service_account = ServiceAccountOfThisPod(),
                                  const ProxyEnvironment& proxies = ProxyEnvironmentOfThisProcess());

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_KUBECONFIG_H_
