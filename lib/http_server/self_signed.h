// A certificate of the server's own, for servers that are given none.

#ifndef K8SM_LIB_HTTP_SERVER_SELF_SIGNED_H_
#define K8SM_LIB_HTTP_SERVER_SELF_SIGNED_H_

#include "lib/base/error.h"

#include <string>
#include <vector>

namespace k8sm::http_server {

// A certificate and its key in PEM. Contains a secret: never log it.
struct KeyPair {
  std::string cert_pem;
  std::string key_pem;
};

// Generates a key (P-256) and a certificate that it signs itself, valid for ten years from an hour ago, since
// clocks differ. It names the host, localhost and the IP addresses; what is no name or address is left out.
// Clients that are not given the certificate cannot verify whom they talk to; what they send is encrypted all
// the same. Fails with kInvalidConfig if OpenSSL does.
Result<KeyPair> MakeSelfSigned(const std::string& host_name, const std::vector<std::string>& ip_addresses);

}  // namespace k8sm::http_server

#endif  // K8SM_LIB_HTTP_SERVER_SELF_SIGNED_H_
