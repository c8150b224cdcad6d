#include "lib/client/config/base64.h"
#include "lib/client/config/kubeconfig.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::CertificateAndKey;
using test::TempDirectory;
using test::TestAuthority;
// Loads a kubeconfig whose cluster has these fields besides its server, and whose user has these, in YAML's
// flow style.
Result<RestConfig> Load(const TempDirectory& directory, const std::string& user,
                        const std::string& cluster = "") {
  const std::string text =
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
      "clusters: [{name: k, cluster: {server: 'https://one:6443/p', " +
      cluster + "}}]\nusers: [{name: u, user: {" + user + "}}]\n";
  return LoadRestConfig(directory.Write("config", text), "", {}, {});
}

const std::string kV1 = "apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never";

TEST_CASE("an exec plugin is read with its arguments, variables and install hint") {
  const TempDirectory directory;
  const auto config =
      Load(directory,
           "exec: {command: plug, args: [a, \"1\", null], env: [{name: NAME, value: v}, {name: E}], "
           "installHint: hint, " +
               kV1 + "}");
  REQUIRE(config.has_value());
  REQUIRE(config->exec.has_value());
  CHECK(config->exec->place == directory.path() + "/config: user \"u\": exec");
  CHECK(config->exec->command == "plug");
  CHECK((config->exec->args == std::vector<std::string>{"a", "1", ""}));
  CHECK((config->exec->env == std::vector<std::pair<std::string, std::string>>{{"NAME", "v"}, {"E", ""}}));
  CHECK(config->exec->install_hint == "hint");
  CHECK(
      config->exec->exec_info ==
      R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}})");
}

TEST_CASE("a plugin's command is relative to the kubeconfig if it has a slash") {
  const TempDirectory directory;
  const auto command = [&directory](const std::string& text) {
    return Load(directory, "exec: {command: " + text + ", " + kV1 + "}").value().exec->command;
  };
  CHECK(command("plug") == "plug");
  CHECK(command("./plug") == directory.path() + "/./plug");
  CHECK(command("bin/plug") == directory.path() + "/bin/plug");
  CHECK(command("/bin/plug") == "/bin/plug");
}

TEST_CASE("a plugin with provideClusterInfo gets the settings of the cluster") {
  const TempDirectory directory;
  const std::string ca = TestAuthority("a").cert_pem();
  directory.Write("ca.pem", ca);
  const auto config =
      Load(directory,
           "exec: {command: plug, provideClusterInfo: true, apiVersion: "
           "client.authentication.k8s.io/v1beta1}",
           "certificate-authority: ca.pem, tls-server-name: name, proxy-url: 'http://p', "
           "disable-compression: true, extensions: [{name: other, extension: 1}, "
           "{name: client.authentication.k8s.io/exec, extension: {audience: 'a', list: [1]}}]");
  REQUIRE(config.has_value());
  CHECK(config->exec->exec_info ==
        R"({"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","spec":{"cluster":{)"
        R"("server":"https://one:6443/p","tls-server-name":"name","certificate-authority-data":")" +
            EncodeBase64(ca) +
            R"(","proxy-url":"http://p","disable-compression":true,"config":{"audience":"a","list":[1]}},)"
            R"("interactive":false}})");
}

TEST_CASE("a plugin is not used if there are other credentials, but still has to be valid") {
  const TempDirectory directory;
  const CertificateAndKey pair = TestAuthority("authority").Issue("client", "");
  const std::string exec =
      ", exec: {command: plug, interactiveMode: Always, apiVersion: client.authentication.k8s.io/v1}";
  for (const std::string& other : {std::string("token: a"), std::string("username: a"),
                                   "client-certificate-data: " + EncodeBase64(pair.cert_pem) +
                                       ", client-key-data: " + EncodeBase64(pair.key_pem)}) {
    CAPTURE(other);
    const auto config = Load(directory, other + exec);
    REQUIRE(config.has_value());
    CHECK_FALSE(config->exec.has_value());
  }
  CHECK(Load(directory, "token: a, exec: {command: plug}").has_error());
}

TEST_CASE("an invalid exec plugin is reported with its field and without its values") {
  const std::string v1 = ", apiVersion: client.authentication.k8s.io/v1";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"exec: x", "exec: is not a map"},
      {"exec: {}", "exec: command: is not set"},
      {"exec: {command: [secret]}", "exec: command: is not text"},
      {"exec: {command: x, args: secret}", "exec: args: is not a list"},
      {"exec: {command: x, args: [{a: secret}]}", "exec: args[0]: is not text"},
      {"exec: {command: x, args: [--port, 8080]}", "exec: args[1]: is a number; put it in quotes"},
      {"exec: {command: x, args: [--flag, yes]}", "exec: args[1]: is a boolean; put it in quotes"},
      {"exec: {command: x, env: [null]}", "exec: env[0]: name: is not set"},
      {"exec: {command: x, env: {a: secret}}", "exec: env: is not a list"},
      {"exec: {command: x, env: [secret]}", "exec: env[0]: is not a map"},
      {"exec: {command: x, env: [{name: a, value: b}, {value: secret}]}", "exec: env[1]: name: is not set"},
      {"exec: {command: x, env: [{name: a=secret}]}", "exec: env[0]: name: is not a variable name"},
      {"exec: {command: x}", "exec: apiVersion: is not set"},
      {"exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}",
       "exec: apiVersion: is neither client.authentication.k8s.io/v1 nor "
       "client.authentication.k8s.io/v1beta1"},
      {"exec: {command: x" + v1 + "}", "exec: interactiveMode: is not set; say Never or IfAvailable"},
      {"exec: {command: x, interactiveMode: Always" + v1 + "}",
       "exec: interactiveMode: is Always, but a daemon cannot prompt"},
      {"exec: {command: x, interactiveMode: secret" + v1 + "}",
       "exec: interactiveMode: is not Never, IfAvailable or Always"},
      {"exec: {command: x, provideClusterInfo: maybe, interactiveMode: Never" + v1 + "}",
       "exec: provideClusterInfo: is neither true nor false"},
      {"exec: {command: x, installHint: [secret], interactiveMode: Never" + v1 + "}",
       "exec: installHint: is not text"},
  };
  const TempDirectory directory;
  for (const auto& [fields, message] : cases) {
    CAPTURE(fields);
    const auto config = Load(directory, fields);
    REQUIRE(config.has_error());
    CHECK(config.error().code == Errc::kInvalidConfig);
    CHECK(config.error().message == directory.path() + "/config: user \"u\": " + message);
  }
}

}  // namespace
}  // namespace k8sm::client
