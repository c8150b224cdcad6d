// Input and output of kubeconfig credential plugins (client.authentication.k8s.io, v1 and v1beta1).

#ifndef K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_
#define K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_

#include "lib/base/error.h"
#include "lib/kube/timestamp.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// The status of an ExecCredential. Contains secrets: never log it.
struct ExecCredential {
  std::string token;
  // PEM; both are set or neither.
  std::string client_certificate;
  std::string client_key;
  std::optional<kube::Timestamp> expiration;
};

// Decodes a plugin's output. Fails with kMalformed, naming the field but quoting nothing of the status,
// unless it is an ExecCredential of this apiVersion (or without kind) with a token, or a certificate and its
// key, or both.
Result<ExecCredential> DecodeExecCredential(std::string_view json, std::string_view api_version);

// Cluster information for plugins that request it (provideClusterInfo). Empty members are omitted.
struct ExecCluster {
  std::string server;
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string certificate_authority_data;  // base64
  std::string proxy_url;
  bool disable_compression = false;
  std::string config;  // JSON
};

// Encodes the ExecCredential passed in KUBERNETES_EXEC_INFO: not interactive, and with `cluster` if it is
// set. REQUIRES: cluster->config is JSON or empty.
std::string EncodeExecInfo(std::string_view api_version, const std::optional<ExecCluster>& cluster);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_
