#include "lib/client/rest_config.h"

#include "lib/base/version.h"

namespace k8sm::client {

std::string DefaultUserAgent() {
  return "k8sm-controller-manager/" + std::string(kVersion);
}

std::string RestConfig::Authority() const {
  std::string text = host.find(':') == std::string::npos ? host : "[" + host + "]";
  if (port != (secure() ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

std::string RestConfig::Url() const {
  return scheme + "://" + Authority() + path_prefix;
}

}  // namespace k8sm::client
