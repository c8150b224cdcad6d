#include "lib/client/config/in_cluster.h"

#include "lib/base/host_port.h"
#include "lib/client/config/credential_file.h"
#include "lib/client/config/pem.h"
#include "lib/client/config/server_url.h"

#include <glog/logging.h>

#include <cstdlib>
#include <utility>

namespace k8sm::client {
namespace {

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

}  // namespace

ServiceAccount ServiceAccountOfThisPod() {
  return {.host = Environment("KUBERNETES_SERVICE_HOST"),
          .port = Environment("KUBERNETES_SERVICE_PORT"),
          .directory = "/var/run/secrets/kubernetes.io/serviceaccount"};
}

std::string NamespaceOfThisPod(const ServiceAccount& account) {
  if (!account.in_cluster()) return "";
  const auto text = ReadFile(account.directory + "/namespace");
  if (!text) return "";
  const std::size_t end = text->find_last_not_of(" \t\r\n");
  return end == std::string::npos ? "" : text->substr(0, end + 1);
}

Result<RestConfig> InClusterConfig(const ServiceAccount& account) {
  RestConfig config;
  const std::string url = "https://" + BracketedHost(account.host) + ":" + account.port;
  if (auto parsed = ParseServerUrl(url, "https", config); !parsed)
    return Invalid("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT: " + url + " " +
                   parsed.error().message);

  config.token_file = account.directory + "/token";
  auto token = ReadTokenFile(config.token_file);
  if (!token) return Invalid("the service account's token: " + token.error().message);
  config.token = std::move(*token);

  const std::string ca_path = account.directory + "/ca.crt";
  auto ca = ReadFile(ca_path);
  if (!ca) {
    LOG(WARNING)
        << "trusting the system's certificate authorities, since those of the cluster cannot be read: "
        << ca.error().message;
    return config;
  }
  if (const std::string why = WhyNoAuthorities(*ca); !why.empty()) return Invalid(ca_path + ": " + why);
  if (const std::string broken = BrokenAuthorities(*ca); !broken.empty())
    LOG(WARNING) << ca_path << ": " << broken << "; trusting the others";
  config.ca_pem = std::move(*ca);
  config.ca_file = ca_path;
  return config;
}

}  // namespace k8sm::client
