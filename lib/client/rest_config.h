// Where the API server is and how to show it who we are: all that a client needs to know to connect.

#ifndef K8SM_LIB_CLIENT_REST_CONFIG_H_
#define K8SM_LIB_CLIENT_REST_CONFIG_H_

#include "lib/client/proxy.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {

// "k8sm-controller-manager/1.2.3"
std::string DefaultUserAgent();

// Whom to act as (Impersonate-* headers), where the credentials' own user may; nobody where `user` is empty.
struct Impersonation {
  std::string user;
  std::string uid;
  std::vector<std::string> groups;
  std::vector<std::pair<std::string, std::vector<std::string>>> extra;
};

// A program that prints credentials.
struct ExecPlugin {
  std::string place;    // where it is configured, for errors: "FILE: user "NAME": exec"
  std::string command;  // a path, or without a slash a name to look up in PATH
  std::vector<std::string> args;
  // Added to our own environment, or in place of it.
  std::vector<std::pair<std::string, std::string>> env;
  std::string api_version;  // client.authentication.k8s.io/v1 or v1beta1
  std::string exec_info;    // what KUBERNETES_EXEC_INFO says
  std::string install_hint;
};

// Where things are and what they held when the config was made: what comes from a file is read anew while the
// client runs, and the contents here are what it begins with. Holds secrets: never log it as a whole, Url()
// is for that.
struct RestConfig {
  std::string scheme = "https";  // "http" or "https"
  std::string host;              // a name or an IP address, IPv6 without brackets
  std::uint16_t port = 443;
  std::string path_prefix;  // "" or "/prefix", percent-encoded, without a slash at its end

  std::optional<Proxy> proxy;

  // TLS; without meaning over http. PEM blocks, and the files that they come from, if they do.
  std::string ca_pem;  // empty: the system's roots
  std::string ca_file;
  std::string client_cert_pem;
  std::string client_cert_file;
  std::string client_key_pem;
  std::string client_key_file;
  std::string tls_server_name;  // what the certificate has to be valid for; empty: `host`
  bool insecure_skip_tls_verify = false;

  // Where the credentials are configured, for errors: "FILE: user "NAME""; empty: nowhere.
  std::string user;
  // At most one of a token (with the file that it comes from, if it does), a user name with a password, and a
  // plugin, which may bring a client certificate too; used over https alone.
  std::string token;
  std::string token_file;
  std::string username;
  std::string password;
  std::optional<ExecPlugin> exec;

  Impersonation impersonate;
  // Never ask for compressed answers, whatever ClientOptions says.
  bool disable_compression = false;

  std::string user_agent = DefaultUserAgent();

  bool secure() const { return scheme == "https"; }
  // host:port as it stands in a URL, IPv6 in brackets; without the port where it is the scheme's own.
  std::string Authority() const;
  // For the log: "https://10.0.0.1:6443/prefix".
  std::string Url() const;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_REST_CONFIG_H_
