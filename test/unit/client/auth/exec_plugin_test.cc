#include "lib/client/auth/exec_plugin.h"

#include "test/support/catch.h"
#include "test/support/certificates.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::CertificateAndKey;
using test::TestAuthority;
using End = ChildResult::End;

ExecPlugin Plugin() {
  return {.place = "FILE: user \"u\": exec",
          .command = "plug",
          .args = {"secret"},
          .env = {{"K8SM_TEST", "first"}, {"K8SM_TEST", "second"}, {"KUBERNETES_EXEC_INFO", "mine"}},
          .api_version = "v",
          .exec_info = "{}",
          .install_hint = "install\nit"};
}

ChildResult Printed(const std::string& status) {
  return {End::kExited, 0, R"({"kind":"ExecCredential","apiVersion":"v","status":)" + status + "}"};
}

std::string Escaped(std::string pem) {
  for (std::size_t at = 0; (at = pem.find('\n', at)) != std::string::npos;) pem.replace(at, 1, "\\n");
  return pem;
}

std::string Pair(const std::string& cert, const std::string& key) {
  return R"({"clientCertificateData":")" + Escaped(cert) + R"(","clientKeyData":")" + Escaped(key) + R"("})";
}

TEST_CASE("a plugin inherits the environment, overridden by its own variables and KUBERNETES_EXEC_INFO") {
  ::setenv("K8SM_TEST", "inherited", 1);
  ::setenv("K8SM_TEST_OTHER", "kept", 1);
  const ChildCommand command = CommandOf(Plugin());
  ::unsetenv("K8SM_TEST");
  ::unsetenv("K8SM_TEST_OTHER");
  CHECK(command.file == "plug");
  CHECK((command.args == std::vector<std::string>{"secret"}));
  const auto count = [&command](const std::string& variable) {
    return std::count(command.environment.begin(), command.environment.end(), variable);
  };
  CHECK(count("K8SM_TEST=second") == 1);
  CHECK(count("K8SM_TEST=inherited") == 0);
  CHECK(count("K8SM_TEST_OTHER=kept") == 1);
  CHECK(count("KUBERNETES_EXEC_INFO={}") == 1);
  CHECK(count("KUBERNETES_EXEC_INFO=mine") == 0);
}

TEST_CASE("CredentialOf reads a token or a client certificate with its key") {
  CHECK(CredentialOf(Plugin(), Printed(R"({"token":"t"})")).value().token == "t");
  const CertificateAndKey pair = TestAuthority("a").Issue("b", "");
  CHECK(CredentialOf(Plugin(), Printed(Pair(pair.cert_pem, pair.key_pem))).value().client_key ==
        pair.key_pem);
}

TEST_CASE("CredentialOf accepts the forms of JSON and YAML that client-go accepts") {
  for (const std::string output : {
           "apiVersion: v\nkind: ExecCredential\nstatus:\n  token: tok\n",
           "apiVersion: v\nstatus: {token: tok}\n",
           "{apiVersion: v, status: {token: tok}}",
           R"({"apiVersion":"v","status":{"token":"tok"}})",
           "\xef\xbb\xbf"
           R"({"apiVersion":"v","kind":"ExecCredential","status":{"token":"tok"}})",
           "\xef\xbb\xbf"
           "apiVersion: v\nkind: ExecCredential\nstatus:\n  token: tok\n",
       }) {
    CAPTURE(output);
    const auto credential = CredentialOf(Plugin(), {End::kExited, 0, output});
    REQUIRE(credential.has_value());
    CHECK(credential->token == "tok");
  }
  CHECK(CredentialOf(Plugin(), {End::kExited, 0, "apiVersion: v\nkind: Pod\n"})
            .error()
            .message.ends_with("ExecCredential: .kind: expected \"ExecCredential\", got \"Pod\""));
}

TEST_CASE("a plugin that gives no usable credential is an error that repeats nothing of its output") {
  const CertificateAndKey pair = TestAuthority("a").Issue("b", "");
  const CertificateAndKey other = TestAuthority("a").Issue("b", "");
  const CertificateAndKey unusable = TestAuthority("a").IssueWith("b", {.key = "secp256k1"});
  const std::vector<std::pair<ChildResult, std::string>> cases = {
      {{End::kNotStarted, ENOENT}, "cannot be started: No such file or directory; install\\nit"},
      {{End::kNotStarted, EACCES}, "cannot be started: Permission denied; install\\nit"},
      {{End::kNotStarted, EAGAIN}, "cannot be started: Resource temporarily unavailable"},
      {{End::kExited, 3, "secret"}, "exited with code 3"},
      {{End::kKilled, 9}, "was killed by signal 9"},
      {{End::kTimedOut}, "took too long and was killed"},
      {{End::kTooMuchOutput}, "printed too much and was killed"},
      {{End::kExited, 0, "secret"},
       "printed no credential: ExecCredential: invalid JSON (Invalid value) at byte 0"},
      {Printed("{}"),
       "printed no credential: ExecCredential: .status: holds neither a token nor a client certificate"},
      {Printed(R"({"token":"sec\r\nret"})"),
       "printed no credential: status.token holds characters that are not allowed in a token"},
      {Printed(Pair("secret", pair.key_pem)),
       "printed no credential: status.clientCertificateData holds no PEM certificate"},
      {Printed(Pair(unusable.cert_pem, unusable.key_pem)),
       "printed no credential: status.clientCertificateData has a key of a kind that TLS cannot use; issue "
       "it "
       "with RSA, ECDSA (P-256, P-384, P-521) or Ed25519"},
      {Printed(Pair(pair.cert_pem, "secret")),
       "printed no credential: status.clientKeyData holds no PEM private key"},
      {Printed(Pair(pair.cert_pem, other.key_pem)),
       "printed no credential: status.clientKeyData is not the key of the client certificate"},
  };
  for (const auto& [result, message] : cases) {
    CAPTURE(message);
    const auto credential = CredentialOf(Plugin(), result);
    REQUIRE(credential.has_error());
    CHECK(credential.error().code == Errc::kUnavailable);
    CHECK(credential.error().message == "FILE: user \"u\": exec: \"plug\" " + message);
  }
}

TEST_CASE("CallOf gives the code and status under which client-go counts a plugin's run") {
  const auto call = [](ChildResult result) {
    const ExecCall counted = CallOf(result);
    return std::pair(counted.code, std::string(counted.status));
  };
  CHECK(call({End::kExited, 0}) == std::pair(0, std::string("no_error")));
  CHECK(call({End::kExited, 3}) == std::pair(3, std::string("plugin_execution_error")));
  CHECK(call({End::kKilled, 9}) == std::pair(-1, std::string("plugin_execution_error")));
  CHECK(call({End::kTimedOut, 9}) == std::pair(-1, std::string("plugin_execution_error")));
  CHECK(call({End::kNotStarted, ENOENT}) == std::pair(1, std::string("plugin_not_found_error")));
  CHECK(call({End::kNotStarted, EMFILE}) == std::pair(1, std::string("client_internal_error")));
}

}  // namespace
}  // namespace k8sm::client
