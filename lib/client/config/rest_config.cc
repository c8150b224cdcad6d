#include "lib/client/config/rest_config.h"

#include "lib/base/host_port.h"
#include "lib/base/version.h"

namespace k8sm::client {

std::string DefaultUserAgent() {
  return "k8sm-controller-manager/" + std::string(kVersion);
}

std::string RestConfig::Authority() const {
  const bool is_default = port == (secure() ? 443 : 80);
  return is_default ? BracketedHost(host) : HostPort(host, port);
}

std::string RestConfig::Url() const {
  return scheme + "://" + Authority() + path_prefix;
}

}  // namespace k8sm::client
