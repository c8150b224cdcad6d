// Explains why the API server rejects credentials.

#ifndef K8SM_LIB_CLIENT_AUTH_REFUSED_CREDENTIAL_H_
#define K8SM_LIB_CLIENT_AUTH_REFUSED_CREDENTIAL_H_

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

// The credentials that requests send at present. Empty members are not in use.
struct ShownCredentials {
  std::string user;    // where they are configured: "FILE: user "NAME""
  std::string plugin;  // where the plugin is configured that returned token and certificate
  std::string token;
  std::string token_file;
  bool basic = false;
  std::string client_cert_pem;
  bool over_http = false;  // credentials are not sent over http
};

// Returns "it does not accept the client certificate of FILE: user "u", which has expired at
// 2026-11-28T01:00:00Z". Contains no secret.
std::string DescribeRefused(const ShownCredentials& shown);

// Returns when a JWT expired ("2026-11-28T01:00:00Z"); empty if it has not expired or is not a JWT.
std::string WhenTokenExpired(std::string_view token);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_AUTH_REFUSED_CREDENTIAL_H_
