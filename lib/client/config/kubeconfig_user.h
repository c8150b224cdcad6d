// Reads the user entry of a kubeconfig.

#ifndef K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_USER_H_
#define K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_USER_H_

#include "lib/base/error.h"
#include "lib/client/config/kubeconfig_file.h"
#include "lib/client/config/rest_config.h"

#include <optional>

namespace k8sm::client {

// Sets the certificate, token, user name, password and impersonation in `config`, by the rules of
// k8s.io/client-go/tools/clientcmd. Errors are those of KubeconfigEntry.
Result<void> ReadUser(const KubeconfigEntry& user, RestConfig& config);

// Sets the plugin in `config`, unless the user has other credentials or the server does not use https. Call
// it last, because the plugin may receive the server's data; `cluster`, if any, contains the cluster's
// extensions. Fails with kInvalidConfig also if the plugin requires interactive input.
Result<void> ReadUserPlugin(const KubeconfigEntry& user, const std::optional<KubeconfigEntry>& cluster,
                            RestConfig& config);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_KUBECONFIG_USER_H_
