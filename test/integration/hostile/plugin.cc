#include "test/integration/hostile/plugin.h"

#include <filesystem>

namespace k8sm::test {
namespace {

std::string Print(const std::string& token) {
  return R"(echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":")" +
         token + R"("}}')";
}

}  // namespace

Plugin::Plugin(const std::string& ca_pem) {
  directory_.Write("ca.crt", ca_pem);
}

std::string Plugin::WriteKubeconfig(std::uint16_t proxy_port) const {
  return directory_.Write(
      "config",
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
      "clusters: [{name: k, cluster: {server: 'https://replaced', certificate-authority: ca.crt,\n"
      "  proxy-url: 'http://127.0.0.1:" +
          std::to_string(proxy_port) +
          "'}}]\n"
          "users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin,\n"
          "  interactiveMode: Never}}}]\n");
}

void Plugin::BeHonest(const std::string& token) const {
  Write(Print(token));
}

void Plugin::Misbehave(Dice& dice, bool may_stall) const {
  switch (dice.Below(may_stall ? 6 : 5)) {
    case 0:
      return Write("exit 3");
    case 1:
      return Write(Print("a-lie"));
    case 2:
      return Write(R"(echo '{"kind":')");
    case 3:
      return Write("yes '{' | head -c 3000000");
    case 4:
      return Write("kill -9 $$");
    default:
      return Write("exec tail -f /dev/null");
  }
}

void Plugin::Write(const std::string& commands) const {
  const std::string path = directory_.Write("plugin.new", "#!/bin/sh\n" + commands + "\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  std::filesystem::rename(path, directory_.path() + "/plugin");
}

}  // namespace k8sm::test
