// The address of an API server, as -master and kubeconfig's `server` give it.

#ifndef K8SM_LIB_CLIENT_SERVER_URL_H_
#define K8SM_LIB_CLIENT_SERVER_URL_H_

#include "lib/base/error.h"
#include "lib/client/rest_config.h"

#include <string>
#include <string_view>

namespace k8sm::client {

// Sets scheme, host, port and path_prefix from "https://[fd00::1]:6443/prefix", "host:8080" or "host". Where
// the text names no scheme, `default_scheme` it is. As for client-go, a user name with a password in it
// replaces the config's token (over https; over http it is refused), and a query or fragment is ignored.
// kInvalidConfig, with a message to be prefixed with where the text stood and which repeats nothing of it.
Result<void> ParseServerUrl(const std::string& text, std::string_view default_scheme, RestConfig& config);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_SERVER_URL_H_
