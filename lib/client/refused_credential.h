// What to say of credentials that the API server does not accept.

#ifndef K8SM_LIB_CLIENT_REFUSED_CREDENTIAL_H_
#define K8SM_LIB_CLIENT_REFUSED_CREDENTIAL_H_

#include <optional>
#include <string>
#include <string_view>

namespace k8sm::client {

// What requests show at present; empty: not that.
struct ShownCredentials {
  std::string user;    // where it is configured: "FILE: user "NAME""
  std::string plugin;  // where the plugin is that has given token and certificate
  std::string token;
  std::string token_file;
  bool basic = false;
  std::string client_cert_pem;
  bool over_http = false;  // where none of them is sent
};

// "it does not accept the client certificate of FILE: user "u", which has expired at 2026-11-28T01:00:00Z".
// Repeats no secret.
std::string DescribeRefused(const ShownCredentials& shown);

// "2026-11-28T01:00:00Z", when a JWT has expired; empty where it has not, or where the token is none.
std::string WhenTokenExpired(std::string_view token);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REFUSED_CREDENTIAL_H_
