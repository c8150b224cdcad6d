// Fuzzes untrusted kubeconfigs. File names in them refer to this machine's files.

#include "lib/client/config/credential_file.h"
#include "lib/client/config/kubeconfig.h"
#include "test/fuzz/fuzz.h"
#include "test/fuzz/json.h"
#include "test/support/temp_directory.h"

#include <glog/logging.h>

#include <string>

namespace k8sm::fuzz {
namespace {

void ExpectUsable(const client::RestConfig& config) {
  Expect(config.scheme == "http" || config.scheme == "https", "a server is spoken to over http or https");
  Expect(!config.host.empty() && config.port != 0, "a server has an address");
  Expect(config.Authority().find_first_of("\r\n ") == std::string::npos, "a server's name fits a header");
  Expect(config.path_prefix.find_first_of("\r\n ") == std::string::npos, "a path fits a request");
  Expect(client::WhyNoToken(config.token).empty(), "a token fits a header");
  Expect(config.client_cert_pem.empty() == config.client_key_pem.empty(), "a certificate comes with its key");
  if (config.exec) Expect(IsJson(config.exec->exec_info), "what a plugin is told is JSON");
}

}  // namespace

void Try(std::string_view text) {
  static const test::TempDirectory directory;
  FLAGS_minloglevel = google::GLOG_FATAL;
  const std::string path = directory.Write("kubeconfig", std::string(text));
  for (const char* master : {"", "https://other:6443"}) {
    const auto config = client::LoadRestConfig(path, master, {}, {});
    ExpectFitForTheLog(config);
    if (config) ExpectUsable(*config);
  }
}

}  // namespace k8sm::fuzz
