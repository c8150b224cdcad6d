#include "lib/kube_json/exec_credential.h"

#include "lib/base/printable.h"
#include "lib/kube_json/field.h"
#include "lib/kube_json/parse.h"
#include "lib/kube_json/write.h"

namespace k8sm::kube_json {
namespace {

constexpr std::string_view kKind = "ExecCredential";

void Expect(const Field& field, std::string_view wanted) {
  const std::string_view got = field.String();
  if (got == wanted) return;
  field.Refuse("expected \"" + std::string(wanted) + "\", got " +
               (field.present() ? Quoted(got, 100) : "nothing"));
}

ExecCredential ReadStatus(const Field& status) {
  ExecCredential credential;
  credential.token = status.Member("token").String();
  const Field certificate = status.Member("clientCertificateData");
  credential.client_certificate = certificate.String();
  const Field key = status.Member("clientKeyData");
  credential.client_key = key.String();
  const Field expiration = status.Member("expirationTimestamp");
  credential.expiration = kube::ParseTimestamp(expiration.String());
  if (!expiration.String().empty() && !credential.expiration) expiration.Refuse("is not a time");
  if (credential.client_certificate.empty() != credential.client_key.empty()) {
    (credential.client_key.empty() ? key : certificate)
        .Refuse("missing, though the other one of the pair is set");
  } else if (credential.token.empty() && credential.client_key.empty()) {
    status.Refuse("holds neither a token nor a client certificate");
  }
  return credential;
}

}  // namespace

Result<ExecCredential> DecodeExecCredential(std::string_view json, std::string_view api_version) {
  const auto tree = Parse(json, Excerpts::kNone);
  Problem problem = tree.has_error() ? tree.error().message : "";
  ExecCredential credential;
  if (problem.empty()) {
    const Field root(**tree, problem);
    // client-go accepts an object without kind.
    if (root.Member("kind").present()) Expect(root.Member("kind"), kKind);
    Expect(root.Member("apiVersion"), api_version);
    const Field status = root.Member("status");
    if (!status.present()) status.Refuse("missing");
    if (problem.empty()) credential = ReadStatus(status);
  }
  if (!problem.empty())
    return Error{.code = Errc::kMalformed, .message = std::string(kKind).append(": ").append(problem)};
  return credential;
}

std::string EncodeExecInfo(std::string_view api_version, const std::optional<ExecCluster>& cluster) {
  Buffer buffer;
  JsonWriter writer(buffer);
  writer.StartObject();
  WriteHead(writer, api_version, kKind);
  WriteKey(writer, "spec");
  writer.StartObject();
  if (cluster) {
    WriteKey(writer, "cluster");
    writer.StartObject();
    WriteMember(writer, "server", cluster->server);
    WriteUnlessEmpty(writer, "tls-server-name", cluster->tls_server_name);
    if (cluster->insecure_skip_tls_verify) WriteBool(writer, "insecure-skip-tls-verify", true);
    WriteUnlessEmpty(writer, "certificate-authority-data", cluster->certificate_authority_data);
    WriteUnlessEmpty(writer, "proxy-url", cluster->proxy_url);
    if (cluster->disable_compression) WriteBool(writer, "disable-compression", true);
    if (!cluster->config.empty()) {
      WriteKey(writer, "config");
      writer.RawValue(cluster->config.data(), cluster->config.size(), rapidjson::kObjectType);
    }
    writer.EndObject();
  }
  WriteBool(writer, "interactive", false);
  writer.EndObject();
  writer.EndObject();
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace k8sm::kube_json
