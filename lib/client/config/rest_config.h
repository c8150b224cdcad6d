// Address of the API server and credentials: everything that a client needs to connect.

#ifndef K8SM_LIB_CLIENT_CONFIG_REST_CONFIG_H_
#define K8SM_LIB_CLIENT_CONFIG_REST_CONFIG_H_

#include "lib/client/config/proxy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {

// Returns "k8sm-controller-manager/1.2.3".
std::string DefaultUserAgent();

// User to impersonate (Impersonate-* headers); none if `user` is empty.
struct Impersonation {
  std::string user;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

// A credential plugin, i.e. a program that prints credentials.
struct ExecPlugin {
  std::string place;    // where it is configured, for errors: "FILE: user "NAME": exec"
  std::string command;  // a path, or a name without a slash that is looked up in PATH
  std::vector<std::string> args;
  // Added to this process's environment; overrides variables of the same name.
  std::vector<std::pair<std::string, std::string>> env;
  std::string api_version;  // client.authentication.k8s.io/v1 or v1beta1
  std::string exec_info;    // value of KUBERNETES_EXEC_INFO
  std::string install_hint;
};

// File contents are those at the time the config was created; while the client runs, it rereads the files.
// Contains secrets: never log it as a whole, use Url().
struct RestConfig {
  std::string scheme = "https";  // "http" or "https"
  std::string host;              // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  // "" or "/prefix", percent-encoded, without trailing slash

  std::optional<Proxy> proxy;

  // TLS settings, ignored over http: PEM blocks, and the files they were read from, if any.
  std::string ca_pem;  // empty: the system's root certificates
  std::string ca_file;
  std::string client_cert_pem;
  std::string client_cert_file;
  std::string client_key_pem;
  std::string client_key_file;
  std::string tls_server_name;  // name for which the server's certificate must be valid; empty: `host`
  bool insecure_skip_tls_verify = false;

  // Where the credentials are configured, for errors: "FILE: user "NAME""; empty: none.
  std::string user;
  // At most one of: a token (and the file it was read from, if any), a user name with password, and a plugin,
  // which may also provide a client certificate. Used only over https.
  std::string token;
  std::string token_file;
  std::string username;
  std::string password;
  std::optional<ExecPlugin> exec;

  Impersonation impersonate;
  // Never request compressed responses, overriding ClientOptions.
  bool disable_compression = false;

  std::string user_agent = DefaultUserAgent();

  // Whether the scheme is https.
  bool secure() const { return scheme == "https"; }
  // Returns host:port as in a URL: IPv6 in brackets, and without the scheme's default port.
  std::string Authority() const;
  // The URL without credentials, for the log: "https://10.0.0.1:6443/prefix".
  std::string Url() const;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_REST_CONFIG_H_
