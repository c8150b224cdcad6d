// Builds a RestConfig from the flags -kubeconfig and -master.

#ifndef K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_H_
#define K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_H_

#include "lib/base/error.h"
#include "lib/client/config/in_cluster.h"
#include "lib/client/config/proxy.h"
#include "lib/client/config/rest_config.h"

#include <string>

namespace k8sm::client {

// Follows BuildConfigFromFlags of k8s.io/client-go/tools/clientcmd:
// - with a kubeconfig, uses the context named `context`, or its current context if that is empty; `master`
//   replaces the cluster's server, if it is given, and clears its tls-server-name;
// - with `master` alone, uses that server without credentials and with the system's root certificates;
// - with neither, uses the service account of this pod.
// A server without a scheme is contacted over https if certificates are configured, else over http. The proxy
// is the cluster's proxy-url, else taken from the environment; it is logged. Reads all referenced files,
// including certificates and tokens. Blocks: call it before the loop runs.
//
// Errors: kInvalidConfig, with a one-line message that names the file and the field and contains no secret. A
// setting of the cluster or user in use that this client does not support is an error, too.
Result<RestConfig> LoadRestConfig(const std::string& kubeconfig_path, const std::string& master,
                                  const ServiceAccount& service_account = ServiceAccountOfThisPod(),
                                  const ProxyEnvironment& proxies = ProxyEnvironmentOfThisProcess(),
                                  const std::string& context = {});

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_H_
