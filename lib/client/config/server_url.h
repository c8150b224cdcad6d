// Parses the address of an API server in -master and in kubeconfig's `server`.

#ifndef K8SM_LIB_CLIENT_CONFIG_SERVER_URL_H_
#define K8SM_LIB_CLIENT_CONFIG_SERVER_URL_H_

#include "lib/base/error.h"
#include "lib/client/config/rest_config.h"

#include <string>
#include <string_view>

namespace k8sm::client {

// Sets scheme, host, port and path_prefix of `config` from "https://[fd00::1]:6443/prefix", "host:8080" or
// "host". `default_scheme` is used if the text has no scheme. As in client-go, a user name and password in
// the URL replace the config's token (over https; over http they are an error), and query and fragment are
// ignored. Fails with kInvalidConfig; the caller must prefix the message with the text's origin. The message
// does not quote the text.
Result<void> ParseServerUrl(const std::string& text, std::string_view default_scheme, RestConfig& config);

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CONFIG_SERVER_URL_H_
