#include "lib/client/kubeconfig.h"

#include "lib/client/credential_file.h"
#include "lib/client/kubeconfig_file.h"
#include "lib/client/pem.h"
#include "lib/client/server_url.h"

#include <string_view>
#include <utility>

namespace k8sm::client {
namespace {

Error Invalid(std::string message) {
  return {.code = Errc::kInvalidConfig, .message = std::move(message)};
}

Result<void> ReadCluster(const KubeconfigEntry& cluster, RestConfig& config) {
  if (auto fine = cluster.Refuse({"proxy-url"}); !fine) return fine;
  const auto insecure = cluster.Flag("insecure-skip-tls-verify");
  if (!insecure) return insecure.error();
  config.insecure_skip_tls_verify = *insecure;

  auto ca = cluster.FileOrData("certificate-authority");
  if (!ca) return ca.error();
  if (ca->bytes.empty()) return {};
  if (*insecure)
    return cluster.Invalid("insecure-skip-tls-verify", "stands beside " + ca->field + "; use one of them");
  if (const std::string why = WhyNoCertificates(ca->bytes); !why.empty())
    return cluster.Invalid(ca->field, why);
  config.ca_pem = std::move(ca->bytes);
  return {};
}

Result<void> ReadClientCertificate(const KubeconfigEntry& user, RestConfig& config) {
  auto cert = user.FileOrData("client-certificate");
  if (!cert) return cert.error();
  auto key = user.FileOrData("client-key");
  if (!key) return key.error();
  if (cert->bytes.empty() && key->bytes.empty()) return {};
  if (key->bytes.empty()) return user.Invalid(cert->field, "has no client-key or client-key-data beside it");
  if (cert->bytes.empty())
    return user.Invalid(key->field, "has no client-certificate or client-certificate-data beside it");

  if (const std::string why = WhyNoCertificates(cert->bytes); !why.empty())
    return user.Invalid(cert->field, why);
  if (const std::string why = WhyNoPrivateKey(key->bytes); !why.empty()) return user.Invalid(key->field, why);
  if (const std::string why = WhyNoPair(cert->bytes, key->bytes); !why.empty())
    return user.Invalid(key->field, why);
  config.client_cert_pem = std::move(cert->bytes);
  config.client_key_pem = std::move(key->bytes);
  return {};
}

// A tokenFile beats a token.
Result<std::string> ReadToken(const KubeconfigEntry& user) {
  const auto path = user.Path("tokenFile");
  if (!path) return path.error();
  if (!path->empty()) {
    auto token = ReadTokenFile(*path);
    if (!token) return user.Invalid("tokenFile", token.error().message);
    return token;
  }
  auto token = user.Text("token");
  if (!token) return token;
  if (const std::string why = WhyNoToken(*token); !why.empty()) return user.Invalid("token", why);
  return token;
}

Result<void> ReadUser(const KubeconfigEntry& user, RestConfig& config) {
  auto fine = user.Refuse({"exec", "auth-provider", "as", "as-uid", "as-groups", "as-user-extra"});
  if (!fine) return fine;
  if (auto read = ReadClientCertificate(user, config); !read) return read;
  auto token = ReadToken(user);
  if (!token) return token.error();
  auto username = user.Text("username");
  if (!username) return username.error();
  auto password = user.Text("password");
  if (!password) return password.error();
  if (!token->empty() && !(username->empty() && password->empty()))
    return user.Invalid(user.Has("tokenFile") ? "tokenFile" : "token",
                        "stands beside username or password; use one of them");
  config.token = std::move(*token);
  config.username = std::move(*username);
  config.password = std::move(*password);
  return {};
}

// What a server without a scheme is spoken to over, as in k8s.io/client-go/rest's defaultServerUrlFor().
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

Result<RestConfig> FromKubeconfig(const std::string& path, const std::string& master) {
  const auto file = ReadKubeconfig(path);
  if (!file) return file.error();
  RestConfig config;
  if (file->cluster) {
    if (auto read = ReadCluster(*file->cluster, config); !read) return read.error();
  }
  if (file->user) {
    if (auto read = ReadUser(*file->user, config); !read) return read.error();
  }
  auto server = master.empty() ? ReadServer(*file, path, config) : UseMaster(master, config);
  if (!server) return server.error();
  return config;
}

Result<RestConfig> FromMaster(const std::string& master) {
  RestConfig config;
  auto server = UseMaster(master, config);
  if (!server) return server.error();
  return config;
}

}  // namespace

Result<RestConfig> LoadRestConfig(const std::string& kubeconfig_path, const std::string& master,
                                  const ServiceAccount& service_account) {
  if (!kubeconfig_path.empty()) return FromKubeconfig(kubeconfig_path, master);
  if (!master.empty()) return FromMaster(master);
  if (service_account.in_cluster()) return InClusterConfig(service_account);
  return Invalid(
      "no API server given: set -kubeconfig or -master (KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT "
      "are "
      "not set, so this is not running in a cluster)");
}

}  // namespace k8sm::client
