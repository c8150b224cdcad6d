// What a kubeconfig says of the user.

#ifndef K8SM_LIB_CLIENT_KUBECONFIG_USER_H_
#define K8SM_LIB_CLIENT_KUBECONFIG_USER_H_

#include "lib/base/error.h"
#include "lib/client/kubeconfig_file.h"
#include "lib/client/rest_config.h"

#include <optional>

namespace k8sm::client {

// Sets the config's certificate, token, user name and password, and whom to act as, by the rules of
// k8s.io/client-go/tools/clientcmd. kInvalidConfig as KubeconfigEntry's.
Result<void> ReadUser(const KubeconfigEntry& user, RestConfig& config);

// Sets the config's plugin, unless the user has other credentials or the server is not one of https. The last
// of all, since the plugin may be told of the server; `cluster` is where the cluster's extensions stand, if
// there is one. kInvalidConfig also where the plugin needs a person to talk to.
Result<void> ReadUserPlugin(const KubeconfigEntry& user, const std::optional<KubeconfigEntry>& cluster,
                            RestConfig& config);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_KUBECONFIG_USER_H_
