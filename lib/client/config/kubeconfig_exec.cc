#include "lib/client/config/base64.h"
#include "lib/client/config/kubeconfig_user.h"
#include "lib/kube_json/exec_credential.h"

#include <array>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

constexpr std::string_view kV1 = "client.authentication.k8s.io/v1";
constexpr std::string_view kV1Beta1 = "client.authentication.k8s.io/v1beta1";

// Name of the cluster extension that is passed to the plugin as its `config`.
constexpr std::string_view kExtension = "client.authentication.k8s.io/exec";

Result<void> ReadCommand(const KubeconfigEntry& exec, ExecPlugin& plugin) {
  auto command = exec.Text("command");
  if (!command) return command.error();
  if (command->empty()) return exec.Invalid("command", "is not set");
  // A command without a slash is looked up in PATH.
  if (command->find('/') != std::string::npos) command = exec.Path("command");
  plugin.command = std::move(*command);
  auto args = exec.Texts("args");
  if (!args) return args.error();
  plugin.args = std::move(*args);
  auto hint = exec.Text("installHint");
  if (!hint) return hint.error();
  plugin.install_hint = std::move(*hint);
  return {};
}

Result<void> ReadEnvironment(const KubeconfigEntry& exec, ExecPlugin& plugin) {
  const auto variables = exec.Maps("env");
  if (!variables) return variables.error();
  for (const KubeconfigEntry& variable : *variables) {
    auto name = variable.Text("name");
    if (!name) return name.error();
    if (name->empty()) return variable.Invalid("name", "is not set");
    if (name->find('=') != std::string::npos) return variable.Invalid("name", "is not a variable name");
    auto value = variable.Text("value");
    if (!value) return value.error();
    plugin.env.emplace_back(std::move(*name), std::move(*value));
  }
  return {};
}

Result<void> ReadApiVersion(const KubeconfigEntry& exec, ExecPlugin& plugin) {
  auto version = exec.Text("apiVersion");
  if (!version) return version.error();
  if (version->empty()) return exec.Invalid("apiVersion", "is not set");
  if (*version != kV1 && *version != kV1Beta1) {
    return exec.Invalid("apiVersion", "is neither " + std::string(kV1) + " nor " + std::string(kV1Beta1));
  }
  plugin.api_version = std::move(*version);
  return {};
}

Result<void> CheckInteractiveMode(const KubeconfigEntry& exec, const ExecPlugin& plugin, bool in_use) {
  const auto mode = exec.Text("interactiveMode");
  if (!mode) return mode.error();
  // v1beta1 defaults to IfAvailable.
  if (mode->empty() && plugin.api_version == kV1Beta1) return {};
  if (mode->empty()) return exec.Invalid("interactiveMode", "is not set; say Never or IfAvailable");
  if (*mode == "Always" && in_use)
    return exec.Invalid("interactiveMode", "is Always, but a daemon cannot prompt");
  if (*mode != "Never" && *mode != "IfAvailable" && *mode != "Always")
    return exec.Invalid("interactiveMode", "is not Never, IfAvailable or Always");
  return {};
}

Result<std::string> ReadExtension(const KubeconfigEntry& cluster) {
  const auto extensions = cluster.Maps("extensions");
  if (!extensions) return extensions.error();
  for (const KubeconfigEntry& extension : *extensions) {
    const auto name = extension.Text("name");
    if (!name) return name.error();
    if (*name == kExtension) return extension.Json("extension");
  }
  return std::string();
}

Result<kube_json::ExecCluster> DescribeCluster(const std::optional<KubeconfigEntry>& cluster,
                                               const RestConfig& config) {
  kube_json::ExecCluster described{.server = config.Url(),
                                   .tls_server_name = config.tls_server_name,
                                   .insecure_skip_tls_verify = config.insecure_skip_tls_verify,
                                   .certificate_authority_data = EncodeBase64(config.ca_pem),
                                   .disable_compression = config.disable_compression};
  if (!cluster) return described;
  auto proxy_url = cluster->Text("proxy-url");
  if (!proxy_url) return proxy_url.error();
  described.proxy_url = std::move(*proxy_url);
  auto extension = ReadExtension(*cluster);
  if (!extension) return extension.error();
  described.config = std::move(*extension);
  return described;
}

Result<ExecPlugin> ReadPlugin(const KubeconfigEntry& exec, const std::optional<KubeconfigEntry>& cluster,
                              const RestConfig& config, bool in_use) {
  ExecPlugin plugin{.place = exec.Where()};
  if (auto read = ReadCommand(exec, plugin); !read) return read.error();
  if (auto read = ReadEnvironment(exec, plugin); !read) return read.error();
  if (auto read = ReadApiVersion(exec, plugin); !read) return read.error();
  if (auto fine = CheckInteractiveMode(exec, plugin, in_use); !fine) return fine.error();
  const auto provide_cluster = exec.Flag("provideClusterInfo");
  if (!provide_cluster) return provide_cluster.error();
  std::optional<kube_json::ExecCluster> told;
  if (*provide_cluster) {
    auto described = DescribeCluster(cluster, config);
    if (!described) return described.error();
    told = std::move(*described);
  }
  plugin.exec_info = kube_json::EncodeExecInfo(plugin.api_version, told);
  return plugin;
}

}  // namespace

Result<void> ReadUserPlugin(const KubeconfigEntry& user, const std::optional<KubeconfigEntry>& cluster,
                            RestConfig& config) {
  const auto exec = user.Map("exec");
  if (!exec) return exec.error();
  if (user.Has("auth-provider")) {
    return user.Invalid("auth-provider", *exec ? "is set together with exec; use exec alone"
                                               : "is not supported; use a credential plugin with exec");
  }
  if (!*exec) return {};
  const bool in_use = config.secure() && config.token.empty() && config.username.empty() &&
                      config.password.empty() && config.client_cert_pem.empty();
  auto plugin = ReadPlugin(**exec, cluster, config, in_use);
  if (!plugin) return plugin.error();
  if (in_use) config.exec = std::move(*plugin);
  return {};
}

}  // namespace k8sm::client
