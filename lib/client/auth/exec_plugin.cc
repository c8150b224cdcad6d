#include "lib/client/auth/exec_plugin.h"

#include "lib/base/printable.h"
#include "lib/client/config/credential_file.h"
#include "lib/client/config/pem.h"
#include "lib/client/config/yaml.h"

#include <cerrno>
#include <map>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace k8sm::client {
namespace {

constexpr std::size_t kMaxHint = 500;

bool IsMissing(int error) {
  return error == ENOENT || error == ENOTDIR || error == EACCES;
}

std::string WhyNotStarted(const ExecPlugin& plugin, int error) {
  std::string why = "cannot be started: " + std::generic_category().message(error);
  if (IsMissing(error) && !plugin.install_hint.empty())
    why += "; " + Printable(plugin.install_hint, kMaxHint);
  return why;
}

// Empty if the plugin exited with 0.
std::string WhyFailed(const ExecPlugin& plugin, const ChildResult& result) {
  using End = ChildResult::End;
  switch (result.end) {
    case End::kNotStarted:
      return WhyNotStarted(plugin, result.code);
    case End::kExited:
      return result.code == 0 ? "" : "exited with code " + std::to_string(result.code);
    case End::kKilled:
      return "was killed by signal " + std::to_string(result.code);
    case End::kTimedOut:
      return "took too long and was killed";
    case End::kTooMuchOutput:
      return "printed too much and was killed";
  }
  return "";
}

// Empty if the credential is valid.
std::string WhyNoCredential(const kube_json::ExecCredential& credential) {
  if (const std::string why = WhyNoToken(credential.token); !why.empty()) return "status.token " + why;
  if (credential.client_certificate.empty()) return "";
  if (const std::string why = WhyNoCertificates(credential.client_certificate); !why.empty())
    return "status.clientCertificateData " + why;
  if (const std::string why = WhyUnusable(credential.client_certificate); !why.empty())
    return "status.clientCertificateData " + why;
  if (const std::string why = WhyNoPrivateKey(credential.client_key); !why.empty())
    return "status.clientKeyData " + why;
  const std::string why = WhyNoPair(credential.client_certificate, credential.client_key);
  return why.empty() ? "" : "status.clientKeyData " + why;
}

// Accepts YAML and a byte order mark, as client-go does.
Result<kube_json::ExecCredential> Decode(std::string_view output, const std::string& api_version) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (output.starts_with(kByteOrderMark)) output.remove_prefix(kByteOrderMark.size());
  auto credential = kube_json::DecodeExecCredential(output, api_version);
  if (credential) return credential;
  const auto yaml = ParseYaml(std::string(output));
  if (!yaml || (*yaml)->kind != YamlValue::Kind::kMap) return credential;
  const auto json = ToJson(**yaml);
  return json ? kube_json::DecodeExecCredential(*json, api_version) : credential;
}

}  // namespace

ChildCommand CommandOf(const ExecPlugin& plugin) {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string::npos) variables[text.substr(0, equals)] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : plugin.env) variables[name] = value;
  variables["KUBERNETES_EXEC_INFO"] = plugin.exec_info;

  ChildCommand command{.file = plugin.command, .args = plugin.args};
  for (const auto& [name, value] : variables) command.environment.push_back(name + "=" + value);
  return command;
}

ExecCall CallOf(const ChildResult& result) {
  using End = ChildResult::End;
  if (result.end == End::kNotStarted)
    return {1, IsMissing(result.code) ? "plugin_not_found_error" : "client_internal_error"};
  if (result.end != End::kExited) return {-1, "plugin_execution_error"};
  return {result.code, result.code == 0 ? "no_error" : "plugin_execution_error"};
}

Result<kube_json::ExecCredential> CredentialOf(const ExecPlugin& plugin, const ChildResult& result) {
  std::string why = WhyFailed(plugin, result);
  if (why.empty()) {
    auto credential = Decode(result.output, plugin.api_version);
    why = credential ? WhyNoCredential(*credential) : credential.error().message;
    if (why.empty()) return credential;
    why = "printed no credential: " + why;
  }
  return Error{.code = Errc::kUnavailable,
               .message = plugin.place + ": " + Quoted(plugin.command) + " " + why};
}

}  // namespace k8sm::client
