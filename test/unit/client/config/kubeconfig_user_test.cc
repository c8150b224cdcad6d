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

// Loads a kubeconfig whose user has these fields, in YAML's flow style.
Result<RestConfig> Load(const TempDirectory& directory, const std::string& fields) {
  const std::string text =
      "current-context: c\ncontexts: [{name: c, context: {cluster: k, user: u}}]\n"
      "clusters: [{name: k, cluster: {server: 'https://one'}}]\nusers: [{name: u, user: {" +
      fields + "}}]\n";
  return LoadRestConfig(directory.Write("config", text), "", {}, {});
}

TEST_CASE("a user has a token, a user name and password, or no credentials") {
  const TempDirectory directory;
  CHECK(Load(directory, "token: abc").value().token == "abc");
  CHECK(Load(directory, "token: '12345'").value().token == "12345");
  const auto basic = Load(directory, "username: admin, password: 'pass word'");
  REQUIRE(basic.has_value());
  CHECK(basic->username == "admin");
  CHECK(basic->password == "pass word");
  CHECK(Load(directory, "").value().token.empty());
}

TEST_CASE("tokenFile takes precedence over token and is relative to the kubeconfig") {
  const TempDirectory directory;
  directory.Write("token", "from-file\n");
  const auto config = Load(directory, "token: abc, tokenFile: token");
  REQUIRE(config.has_value());
  CHECK(config->token == "from-file");
  CHECK(config->token_file == directory.path() + "/token");
  CHECK(Load(directory, "tokenFile: token, username: a").error().message ==
        directory.path() +
            "/config: user \"u\": tokenFile: is set together with username or password; use one of them");
}

TEST_CASE("a token is read as kubectl reads it") {
  const TempDirectory directory;
  CHECK(Load(directory, "token: first, token: last").value().token == "last");
  CHECK(Load(directory, "token: !!binary dG9rLWJpbmFyeQ==").value().token == "tok-binary");
  CHECK(Load(directory, "<<: {token: merged}").value().token == "merged");
  CHECK(Load(directory, "<<: [{token: merged}, {token: not}]").value().token == "merged");
  CHECK(Load(directory, "token: !!str 1").value().token == "1");
  CHECK(Load(directory, "token: null").value().token.empty());
}

TEST_CASE("a client certificate comes from a file, and its key from a file or data") {
  const TempDirectory directory;
  const CertificateAndKey pair = TestAuthority("authority").Issue("client", "");
  directory.Write("cert.pem", pair.cert_pem);
  directory.Write("key.pem", pair.key_pem);
  const std::string key_data = "client-key-data: " + EncodeBase64(pair.key_pem);
  for (const std::string& key : {std::string("client-key: key.pem"), key_data}) {
    const auto config = Load(directory, "client-certificate: cert.pem, " + key);
    REQUIRE(config.has_value());
    CHECK(config->client_cert_pem == pair.cert_pem);
    CHECK(config->client_key_pem == pair.key_pem);
    CHECK(config->client_cert_file == directory.path() + "/cert.pem");
    CHECK(config->client_key_file == (key == key_data ? "" : directory.path() + "/key.pem"));
  }
}

TEST_CASE("an invalid user is reported with its field and without secrets") {
  const CertificateAndKey pair = TestAuthority("authority").Issue("client", "");
  const std::string cert = "client-certificate-data: " + EncodeBase64(pair.cert_pem);
  const std::string key = "client-key-data: " + EncodeBase64(pair.key_pem);
  const std::string other = "client-key-data: " + EncodeBase64(TestAuthority("a").Issue("b", "").key_pem);
  const std::string encrypted =
      "client-key-data: " +
      EncodeBase64("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----");
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"auth-provider: {name: gcp}", "auth-provider: is not supported; use a credential plugin with exec"},
      {"exec: {command: x}, auth-provider: {name: gcp}",
       "auth-provider: is set together with exec; use exec alone"},
      {"as-uid: '1'", "as-uid: is set without as"},
      {"as-groups: [secret]", "as-groups: is set without as"},
      {"as-user-extra: {a: [secret]}", "as-user-extra: is set without as"},
      {"as: \"a\\nb\"", "as: holds characters that are not allowed in a header"},
      {"as: a, as-uid: \"\\r\"", "as-uid: holds characters that are not allowed in a header"},
      {"as: a, as-groups: [\"\\0\"]", "as-groups: holds characters that are not allowed in a header"},
      {"as: a, as-groups: b", "as-groups: is not a list"},
      {"as: a, as-groups: [null, [b]]", "as-groups[1]: is not text"},
      {"as: a, as-user-extra: [b]", "as-user-extra: is not a map"},
      {"as: a, as-user-extra: {k: v}", "as-user-extra: k: is not a list"},
      {"as: a, as-user-extra: {k: [\"\\n\"]}",
       "as-user-extra: k: holds characters that are not allowed in a header"},
      {"token: secret, username: admin", "token: is set together with username or password; use one of them"},
      {"token: secret, password: secret",
       "token: is set together with username or password; use one of them"},
      {"token: [secret]", "token: is not text"},
      {"token: 12345", "token: is a number; put it in quotes"},
      {"token: yes", "token: is a boolean; put it in quotes"},
      {"token: \"secret\\r\\nX: y\"", "token: holds characters that are not allowed in a token"},
      {"token: \"secret\\x7f\"", "token: holds characters that are not allowed in a token"},
      {"tokenFile: /nowhere/token", "tokenFile: /nowhere/token: No such file or directory"},
      {cert, "client-certificate-data: has no client-key or client-key-data beside it"},
      {key, "client-key-data: has no client-certificate or client-certificate-data beside it"},
      {"client-key: /nowhere/key, " + cert, "client-key: /nowhere/key: No such file or directory"},
      {cert + ", client-key-data: c2VjcmV0", "client-key-data: holds no PEM private key"},
      {cert + ", " + encrypted, "client-key-data: is encrypted, which is not supported"},
      {cert + ", " + other, "client-key-data: is not the key of the client certificate"},
      {key + ", client-certificate-data: c2VjcmV0", "client-certificate-data: holds no PEM certificate"},
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

TEST_CASE("a client certificate that TLS cannot use is refused with its field") {
  const TempDirectory directory;
  const auto refusal = [&directory](const test::CertificateOptions& options) {
    const CertificateAndKey pair = TestAuthority("authority").IssueWith("client", options);
    directory.Write("cert.pem", pair.cert_pem);
    directory.Write("key.pem", pair.key_pem);
    const auto config = Load(directory, "client-certificate: cert.pem, client-key: key.pem");
    return config ? "" : config.error().message;
  };
  const std::string prefix = directory.path() + "/config: user \"u\": client-certificate: ";
  CHECK(refusal({.key = "secp256k1"}) == prefix +
                                             "has a key of a kind that TLS cannot use; issue it with RSA, "
                                             "ECDSA (P-256, P-384, P-521) or Ed25519");
  CHECK(refusal({.key = "P-224"}).starts_with(prefix + "has a key of a kind that TLS cannot use"));
  CHECK(refusal({.key = "RSA-512"}).starts_with(prefix + "is too weak for TLS (ee key too small); issue it"));
  // OpenSSL 3.5 accepts it.
  const std::string sha1 = refusal({.digest = "SHA1"});
  CAPTURE(sha1);
  CHECK((sha1.empty() || sha1.starts_with(prefix + "is too weak for TLS (")));
  CHECK(refusal({.key = "RSA-1024"}).empty());
  CHECK(refusal({.key = "P-384"}).empty());
  CHECK(refusal({.key = "P-521"}).empty());
}

TEST_CASE("the impersonation fields of a user are read") {
  const TempDirectory directory;
  const auto config =
      Load(directory, "token: abc, as: jane, as-uid: '7', as-groups: [a, b], as-user-extra: {k: [v, w]}");
  REQUIRE(config.has_value());
  CHECK(config->impersonate.user == "jane");
  CHECK(config->impersonate.uid == "7");
  CHECK((config->impersonate.groups == std::vector<std::string>{"a", "b"}));
  REQUIRE(config->impersonate.extra.size() == 1);
  CHECK(config->impersonate.extra[0].first == "k");
  CHECK((config->impersonate.extra[0].second == std::vector<std::string>{"v", "w"}));
}

TEST_CASE("a user that is not in use is not validated") {
  const TempDirectory directory;
  CHECK(Load(directory, "}}, {name: other, user: {exec: {command: x}").has_value());
}

}  // namespace
}  // namespace k8sm::client
