#include "lib/kube_json/exec_credential.h"

#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::kube_json {
namespace {

constexpr const char* kV1 = "client.authentication.k8s.io/v1";

std::string WithStatus(const std::string& status) {
  return std::string(R"({"kind":"ExecCredential","apiVersion":")") + kV1 + R"(","status":)" + status + "}";
}

TEST_CASE("an ExecCredential is decoded with its token, certificate, key and expiration") {
  const auto credential = DecodeExecCredential(
      WithStatus(R"({"token":"t","clientCertificateData":"c","clientKeyData":"k","more":[1],)"
                 R"("expirationTimestamp":"1970-01-01T01:00:00+00:00"})"),
      kV1);
  REQUIRE(credential.has_value());
  CHECK(credential->token == "t");
  CHECK(credential->client_certificate == "c");
  CHECK(credential->client_key == "k");
  CHECK(credential->expiration == kube::Timestamp(std::chrono::hours(1)));
}

TEST_CASE("an ExecCredential may hold a token or a certificate, and may have no expiration") {
  const auto token = DecodeExecCredential(WithStatus(R"({"token":"t","expirationTimestamp":null})"), kV1);
  REQUIRE(token.has_value());
  CHECK(token->client_key.empty());
  CHECK_FALSE(token->expiration.has_value());
  const auto pair = WithStatus(R"({"clientCertificateData":"c","clientKeyData":"k"})");
  CHECK(DecodeExecCredential(pair, kV1).value().token.empty());
}

TEST_CASE("a malformed ExecCredential is refused with the field's path, and its secrets are not quoted") {
  const std::string kind = R"({"kind":"ExecCredential","apiVersion":")";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "invalid JSON (The document is empty) at byte 0"},
      {"secret", "invalid JSON (Invalid value) at byte 0"},
      {"{\"token\":\"secret", "invalid JSON (Missing a closing quotation mark in string) at byte 16"},
      {"{\"secret\":\"\xff\"}", "invalid UTF-8 at byte 11"},
      {std::string(100'000, '['), "more than 1000 levels of nesting at byte 1000"},
      {"[\"secret\"]", "expected an object, got a list"},
      {"{}", ".apiVersion: expected \"client.authentication.k8s.io/v1\", got nothing"},
      {R"({"kind":"Pod"})", ".kind: expected \"ExecCredential\", got \"Pod\""},
      {R"({"kind":"ExecCredential"})",
       ".apiVersion: expected \"client.authentication.k8s.io/v1\", got nothing"},
      {kind + R"(client.authentication.k8s.io/v1beta1","status":{"token":"secret"}})",
       ".apiVersion: expected \"client.authentication.k8s.io/v1\", got "
       "\"client.authentication.k8s.io/v1beta1\""},
      {kind + kV1 + "\"}", ".status: missing"},
      {WithStatus("null"), ".status: missing"},
      {WithStatus("\"secret\""), ".status: expected an object, got a string"},
      {WithStatus("{}"), ".status: holds neither a token nor a client certificate"},
      {WithStatus(R"({"token":["secret"]})"), ".status.token: expected a string, got a list"},
      {WithStatus(R"({"token":"secret","expirationTimestamp":"secret"})"),
       ".status.expirationTimestamp: is not a time"},
      {WithStatus(R"({"token":"secret","expirationTimestamp":5})"),
       ".status.expirationTimestamp: expected a string, got an integer"},
      {WithStatus(R"({"clientCertificateData":"secret"})"),
       ".status.clientKeyData: missing, though the other one of the pair is set"},
      {WithStatus(R"({"token":"secret","clientKeyData":"secret"})"),
       ".status.clientCertificateData: missing, though the other one of the pair is set"},
  };
  for (const auto& [json, message] : cases) {
    CAPTURE(json.substr(0, 100));
    const auto credential = DecodeExecCredential(json, kV1);
    REQUIRE(credential.has_error());
    CHECK(credential.error().code == Errc::kMalformed);
    CHECK(credential.error().message == "ExecCredential: " + message);
  }
}

TEST_CASE("the input of an exec plugin says that it is not interactive") {
  CHECK(EncodeExecInfo(kV1, std::nullopt) ==
        R"({"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",)"
        R"("spec":{"interactive":false}})");
}

TEST_CASE("the input of an exec plugin describes the cluster") {
  CHECK(EncodeExecInfo("v", ExecCluster{.server = "https://a"}) ==
        R"({"apiVersion":"v","kind":"ExecCredential",)"
        R"("spec":{"cluster":{"server":"https://a"},"interactive":false}})");
  const ExecCluster whole{.server = "https://a",
                          .tls_server_name = "b",
                          .insecure_skip_tls_verify = true,
                          .certificate_authority_data = "Yw==",
                          .proxy_url = "http://d",
                          .disable_compression = true,
                          .config = R"({"audience":"\u0001e"})"};
  CHECK(EncodeExecInfo("v", whole) ==
        R"({"apiVersion":"v","kind":"ExecCredential","spec":{"cluster":{"server":"https://a",)"
        R"("tls-server-name":"b","insecure-skip-tls-verify":true,"certificate-authority-data":"Yw==",)"
        R"("proxy-url":"http://d","disable-compression":true,"config":{"audience":"\u0001e"}},)"
        R"("interactive":false}})");
}

}  // namespace
}  // namespace k8sm::kube_json
