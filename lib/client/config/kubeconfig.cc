#include "lib/client/config/kubeconfig.h"

#include "lib/client/config/kubeconfig_file.h"
#include "lib/client/config/kubeconfig_user.h"
#include "lib/client/config/pem.h"
#include "lib/client/config/server_url.h"

#include <glog/logging.h>

#include <optional>
#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

Result<void> ReadAuthorities(const KubeconfigEntry& cluster, RestConfig& config) {
  const auto insecure = cluster.Flag("insecure-skip-tls-verify");
  if (!insecure) return insecure.error();
  config.insecure_skip_tls_verify = *insecure;

  auto ca = cluster.FileOrData("certificate-authority");
  if (!ca) return ca.error();
  if (ca->bytes.empty()) return {};
  if (*insecure)
    return cluster.Invalid("insecure-skip-tls-verify",
                           "is set together with " + ca->field + "; use one of them");
  if (const std::string why = WhyNoAuthorities(ca->bytes); !why.empty())
    return cluster.Invalid(ca->field, why);
  if (const std::string broken = BrokenAuthorities(ca->bytes); !broken.empty())
    LOG(WARNING) << cluster.Invalid(ca->field, broken).message << "; trusting the others";
  config.ca_pem = std::move(ca->bytes);
  config.ca_file = std::move(ca->path);
  return {};
}

Result<void> ReadCluster(const KubeconfigEntry& cluster, RestConfig& config) {
  if (auto read = ReadAuthorities(cluster, config); !read) return read;
  const auto disable_compression = cluster.Flag("disable-compression");
  if (!disable_compression) return disable_compression.error();
  config.disable_compression = *disable_compression;
  const auto proxy_url = cluster.Text("proxy-url");
  if (!proxy_url) return proxy_url.error();
  if (proxy_url->empty()) return {};
  auto proxy = ParseProxyUrl(*proxy_url);
  if (!proxy) return cluster.Invalid("proxy-url", proxy.error().message);
  config.proxy = std::move(*proxy);
  return {};
}

// The scheme of a server given without one, as in k8s.io/client-go/rest's defaultServerUrlFor().
std::string_view DefaultScheme(const RestConfig& config) {
  const bool tls =
      !config.ca_pem.empty() || !config.client_cert_pem.empty() || config.insecure_skip_tls_verify;
  return tls ? "https" : "http";
}

Result<void> ReadServer(const Kubeconfig& file, const std::string& path, RestConfig& config) {
  if (file.context.empty()) return Invalid(path + ": current-context: is not set");
  if (!file.cluster) return Invalid(file.context + ": cluster: is not set");
  auto tls_server_name = file.cluster->Text("tls-server-name");
  if (!tls_server_name) return tls_server_name.error();
  config.tls_server_name = std::move(*tls_server_name);
  const auto server = file.cluster->Text("server");
  if (!server) return server.error();
  if (server->empty()) return file.cluster->Invalid("server", "is not set");
  auto parsed = ParseServerUrl(*server, DefaultScheme(config), config);
  if (!parsed) return file.cluster->Invalid("server", parsed.error().message);
  return {};
}

Result<void> UseMaster(const std::string& master, RestConfig& config) {
  auto parsed = ParseServerUrl(master, DefaultScheme(config), config);
  if (!parsed) return Invalid("-master: " + parsed.error().message);
  return {};
}

Result<RestConfig> FromKubeconfig(const std::string& path, const std::string& master,
                                  const std::string& context) {
  const auto file = ReadKubeconfig(path, context);
  if (!file) return file.error();
  RestConfig config;
  if (file->cluster) {
    if (auto read = ReadCluster(*file->cluster, config); !read) return read.error();
  }
  if (file->user) {
    config.user = file->user->Where();
    if (auto read = ReadUser(*file->user, config); !read) return read.error();
  }
  auto server = master.empty() ? ReadServer(*file, path, config) : UseMaster(master, config);
  if (!server) return server.error();
  if (file->user) {
    if (auto read = ReadUserPlugin(*file->user, file->cluster, config); !read) return read.error();
  }
  return config;
}

Result<RestConfig> FromMaster(const std::string& master) {
  RestConfig config;
  auto server = UseMaster(master, config);
  if (!server) return server.error();
  return config;
}

Result<RestConfig> Locate(const std::string& kubeconfig_path, const std::string& master,
                          const ServiceAccount& service_account, const std::string& context) {
  if (!kubeconfig_path.empty()) return FromKubeconfig(kubeconfig_path, master, context);
  if (!master.empty()) return FromMaster(master);
  if (service_account.in_cluster()) return InClusterConfig(service_account);
  return Invalid(
      "no API server given: set -kubeconfig or -master (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT "
      "are not set, so this is not running in a cluster)");
}

}  // namespace

Result<RestConfig> LoadRestConfig(const std::string& kubeconfig_path, const std::string& master,
                                  const ServiceAccount& service_account, const ProxyEnvironment& proxies,
                                  const std::string& context) {
  auto config = Locate(kubeconfig_path, master, service_account, context);
  if (!config) return config;
  const char* source = "proxy-url";
  if (!config->proxy) {
    auto proxy = ProxyFromEnvironment(proxies, config->scheme, config->host, config->port);
    if (!proxy) return proxy.error();
    config->proxy = std::move(*proxy);
    source = config->secure() ? "HTTPS_PROXY" : "HTTP_PROXY";
  }
  if (config->proxy) {
    LOG(INFO) << config->Url() << " is reached through the proxy " << config->proxy->Url() << " (" << source
              << (config->proxy->authorization.empty() ? ")" : ", with a password)");
  }
  return config;
}

}  // namespace k8sm::client
