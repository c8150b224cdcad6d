// What is said to a credential plugin of a kubeconfig, and what it answers (client.authentication.k8s.io, v1
// and v1beta1).

#ifndef K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_
#define K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_

#include "lib/base/error.h"
#include "lib/kube/timestamp.h"

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::kube_json {

// The status of an ExecCredential. Holds secrets: never log it.
struct ExecCredential {
  std::string token;
  // PEM; both or neither.
  std::string client_certificate;
  std::string client_key;
  std::optional<kube::Timestamp> expiration;
};

// What a plugin has printed. kMalformed, naming the field and repeating nothing of the status, unless it is
// an ExecCredential of this apiVersion (or names no kind) that holds a token, or a certificate with its key,
// or all three.
Result<ExecCredential> DecodeExecCredential(std::string_view json, std::string_view api_version);

// The cluster that a plugin is told of when it asks for it; members that are empty are left out.
struct ExecCluster {
  std::string server;
  std::string tls_server_name;
  bool insecure_skip_tls_verify = false;
  std::string certificate_authority_data;  // base64
  std::string proxy_url;
  bool disable_compression = false;
  std::string config;  // JSON
};

// The ExecCredential that a plugin finds in KUBERNETES_EXEC_INFO: it can't ask anybody, and talks to
// `cluster`, if that is told. REQUIRES: cluster->config is JSON or empty.
std::string EncodeExecInfo(std::string_view api_version, const std::optional<ExecCluster>& cluster);

}  // namespace k8sm::kube_json

#endif  // K8SM_LIB_KUBE_JSON_EXEC_CREDENTIAL_H_
