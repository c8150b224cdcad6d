// Command line of a credential plugin, and interpretation of its result. No I/O apart from reading this
// process's environment.

#ifndef K8SM_LIB_CLIENT_AUTH_EXEC_PLUGIN_H_
#define K8SM_LIB_CLIENT_AUTH_EXEC_PLUGIN_H_

#include "lib/base/error.h"
#include "lib/client/auth/child_process.h"
#include "lib/client/config/rest_config.h"
#include "lib/kube_json/exec_credential.h"

#include <string_view>

namespace k8sm::client {

// Returns the command with its environment: that of this process, then the plugin's configured variables,
// then KUBERNETES_EXEC_INFO; later values override earlier ones.
ChildCommand CommandOf(const ExecPlugin& plugin);

// Labels of a run in rest_client_exec_plugin_call_total
// (k8s.io/client-go/plugin/pkg/client/auth/exec/metrics.go).
struct ExecCall {
  int code = 0;
  std::string_view status;  // no_error, plugin_execution_error, plugin_not_found_error, client_internal_error
};
// Returns the labels for a result.
ExecCall CallOf(const ChildResult& result);

// Returns the credential, after checking that the token is valid in a header and that certificate and key
// match. Fails with kUnavailable otherwise. The message names the plugin's place in the kubeconfig and its
// command, but never its arguments or output.
Result<kube_json::ExecCredential> CredentialOf(const ExecPlugin& plugin, const ChildResult& result);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_EXEC_PLUGIN_H_
