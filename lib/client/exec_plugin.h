// What a credential plugin is started with, and what its end means. Pure, but for our own environment.

#ifndef K8SM_LIB_CLIENT_EXEC_PLUGIN_H_
#define K8SM_LIB_CLIENT_EXEC_PLUGIN_H_

#include "lib/base/error.h"
#include "lib/client/child_process.h"
#include "lib/client/rest_config.h"
#include "lib/kube_json/exec_credential.h"

#include <string_view>

namespace k8sm::client {

// With our environment, the plugin's own variables and KUBERNETES_EXEC_INFO, of which the later beat the
// earlier.
ChildCommand CommandOf(const ExecPlugin& plugin);

// How rest_client_exec_plugin_call_total counts a run
// (k8s.io/client-go/plugin/pkg/client/auth/exec/metrics.go).
struct ExecCall {
  int code = 0;
  std::string_view status;  // no_error, plugin_execution_error, plugin_not_found_error, client_internal_error
};
ExecCall CallOf(const ChildResult& result);

// The credential, with a token that may stand in a header and a certificate that goes with its key.
// kUnavailable for anything else: the message names the plugin's place in its kubeconfig and its command, and
// holds nothing of its arguments and its output.
Result<kube_json::ExecCredential> CredentialOf(const ExecPlugin& plugin, const ChildResult& result);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_EXEC_PLUGIN_H_
