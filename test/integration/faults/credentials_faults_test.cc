// A server with TLS and authentication, with the same faults as without, and with credentials that expire.

#include "test/apiserver/api_server.h"
#include "test/integration/faults/fault_world.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"

#include <filesystem>
#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using Strings = std::vector<std::string>;

apiserver::Tokens Good(const std::string& token) {
  return {{token, {.name = "k8sm", .groups = {}}}};
}

// A server with a certificate that accepts the token "token-1", and a kubeconfig for it.
struct Guarded {
  // `user`: the user entry of the kubeconfig in YAML's flow style. A file "token" is next to the kubeconfig.
  explicit Guarded(const std::string& user) {
    directory.Write("ca.crt", authority.cert_pem());
    directory.Write("token", "token-1");
    kubeconfig = directory.Write(
        "config",
        "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
        "clusters: [{name: k, cluster: {server: 'https://replaced', certificate-authority: ca.crt}}]\n"
        "users: [{name: u, user: {" +
            user + "}}]\n");
  }

  apiserver::ApiServerOptions Server() const {
    const CertificateAndKey pair = authority.Issue("server", "IP:127.0.0.1");
    apiserver::ApiServerOptions options;
    options.tls.cert_pem = pair.cert_pem;
    options.tls.key_pem = pair.key_pem;
    options.tokens = Good("token-1");
    return options;
  }

  TestAuthority authority{"authority"};
  TempDirectory directory;
  std::string kubeconfig;
};

// The token in use expires, and requests are refused until there is another one.
void ReplaceToken(const Guarded& guarded) {
  FaultWorld cluster(guarded.Server(), guarded.kubeconfig);
  cluster.Break("[]");
  cluster.world().server().SetTokens(Good("token-2"));
  cluster.Change();
  REQUIRE(cluster.world().RunUntil([&] { return cluster.world().log().Count("unauthorized: ") > 0; }));
  guarded.directory.Write("token", "token-2");
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
  CHECK(cluster.world().log().Count("token-1") == 0);
  CHECK(cluster.world().log().Count("token-2") == 0);
}

TEST_CASE("the controller authenticates again once its token file is replaced") {
  ReplaceToken(Guarded("tokenFile: token"));
}

TEST_CASE("a credential plugin is called again when its token is refused") {
  const Guarded guarded(
      "exec: {apiVersion: client.authentication.k8s.io/v1, command: ./plugin, interactiveMode: Never}");
  const std::string plugin = guarded.directory.Write(
      "plugin",
      "#!/bin/sh\n"
      R"(echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"'$(cat )" +
          guarded.directory.path() + R"(/token)'"}}')" + "\n");
  std::filesystem::permissions(plugin, std::filesystem::perms::owner_all);
  ReplaceToken(guarded);
}

TEST_CASE("faults inside TLS are recovered from as without TLS") {
  for (const std::string effect :
       {R"("cut")", R"("cut","afterBytes":300)", R"("reset","afterBytes":300)", R"("stall","afterBytes":300)",
        R"("garbage","afterBytes":300)", R"("truncate")", R"("trickle","bytes":50)", R"("endlessHeader")"}) {
    CAPTURE(effect);
    const Guarded guarded("tokenFile: token");
    FaultWorld cluster(guarded.Server(), guarded.kubeconfig);
    cluster.BreakConnections(R"([{"verb":"watch","resource":"pods","times":1,"effect":)" + effect +
                             R"(},{"verb":"update","resource":"endpoints","times":1,"effect":)" + effect +
                             "}]");
    cluster.Change();
    REQUIRE(cluster.Hit());
    cluster.Change();
    CHECK(cluster.Healed() == Strings{});
  }
}

}  // namespace
}  // namespace k8sm::test
