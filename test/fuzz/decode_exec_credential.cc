// Fuzzes the output of a credential plugin.

#include "lib/kube_json/exec_credential.h"
#include "test/fuzz/fuzz.h"

namespace k8sm::fuzz {

void Try(std::string_view text) {
  for (const char* version : {"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"}) {
    const auto credential = kube_json::DecodeExecCredential(text, version);
    ExpectFitForTheLog(credential);
    if (!credential) continue;
    Expect(credential->client_certificate.empty() == credential->client_key.empty(),
           "a certificate comes with its key");
    Expect(!credential->token.empty() || !credential->client_key.empty(), "a credential holds something");
  }
}

}  // namespace k8sm::fuzz
