// Where the API server is and how to show it who we are: all that a client needs to know to connect.

#ifndef K8SM_LIB_CLIENT_REST_CONFIG_H_
#define K8SM_LIB_CLIENT_REST_CONFIG_H_

#include <cstdint>
#include <string>

namespace k8sm::client {

// "k8sm-controller-manager/1.2.3"
std::string DefaultUserAgent();

// Holds secrets: never log it as a whole, Url() is for that.
struct RestConfig {
  std::string scheme = "https";  // "http" or "https"
  std::string host;              // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  // "" or "/prefix", percent-encoded, without a slash at its end

  // TLS; without meaning over http. PEM blocks, not file names.
  std::string ca_pem;  // empty: the system's roots
  std::string client_cert_pem;
  std::string client_key_pem;
  std::string tls_server_name;  // what the certificate has to be valid for; empty: `host`
  bool insecure_skip_tls_verify = false;

  // Either a token or a user name and password, or neither; sent over https alone.
  std::string token;
  std::string username;
  std::string password;

  std::string user_agent = DefaultUserAgent();

  bool secure() const { return scheme == "https"; }
  // host:port as it stands in a URL, IPv6 in brackets; without the port where it is the scheme's own.
  std::string Authority() const;
  // For the log: "https://10.0.0.1:6443/prefix".
  std::string Url() const;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REST_CONFIG_H_
