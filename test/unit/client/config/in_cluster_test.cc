#include "lib/client/config/in_cluster.h"

#include "lib/client/config/kubeconfig.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/log_capture.h"
#include "test/support/temp_directory.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

using test::TempDirectory;
using test::TestAuthority;

TEST_CASE("without flags a pod uses its service account") {
  const TempDirectory directory;
  const std::string ca = TestAuthority("authority").cert_pem();
  directory.Write("token", " secret\n");
  directory.Write("ca.crt", ca);
  const auto config = LoadRestConfig("", "", {"10.96.0.1", "443", directory.path()}, {});
  REQUIRE(config.has_value());
  CHECK(config->Url() == "https://10.96.0.1");
  CHECK(config->token == "secret");
  CHECK(config->token_file == directory.path() + "/token");
  CHECK(config->ca_pem == ca);
  CHECK(config->ca_file == directory.path() + "/ca.crt");
  CHECK_FALSE(config->insecure_skip_tls_verify);
}

TEST_CASE("InClusterConfig puts an IPv6 host in brackets in its URL") {
  const TempDirectory directory;
  directory.Write("token", "secret");
  const auto config = InClusterConfig({"fd00::1", "6443", directory.path()});
  REQUIRE(config.has_value());
  CHECK(config->host == "fd00::1");
  CHECK(config->Url() == "https://[fd00::1]:6443");
}

TEST_CASE("NamespaceOfThisPod gives the namespace of a pod, and is empty outside a cluster") {
  const TempDirectory directory;
  const ServiceAccount pod{"10.96.0.1", "443", directory.path()};
  CHECK(NamespaceOfThisPod(pod).empty());
  directory.Write("namespace", "mesos-system\n");
  CHECK(NamespaceOfThisPod(pod) == "mesos-system");
  CHECK(NamespaceOfThisPod({"", "", directory.path()}).empty());
  directory.Write("namespace", " \n");
  CHECK(NamespaceOfThisPod(pod).empty());
}

TEST_CASE("a pod without the cluster's CA trusts the system's CAs, with a warning") {
  const TempDirectory directory;
  directory.Write("token", "secret");
  const test::LogCapture log;
  const auto config = InClusterConfig({"kubernetes", "443", directory.path()});
  REQUIRE(config.has_value());
  CHECK(config->ca_pem.empty());
  CHECK(config->ca_file.empty());
  CHECK(log.Count(
            "W trusting the system's certificate authorities, since those of the cluster cannot be read: " +
            directory.path() + "/ca.crt: No such file or directory") == 1);
}

TEST_CASE("a broken certificate among the CAs of the service account is a warning") {
  const TempDirectory directory;
  directory.Write("token", "secret");
  const std::string ca = TestAuthority("authority").cert_pem() +
                         "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  directory.Write("ca.crt", ca);
  const test::LogCapture log;
  CHECK(InClusterConfig({"kubernetes", "443", directory.path()}).value().ca_pem == ca);
  CHECK(log.lines() ==
        std::vector<std::string>{"W " + directory.path() +
                                 "/ca.crt: certificate 2 of 2 does not parse; trusting the others"});
}

TEST_CASE("an unusable service account is an error that says what is wrong with it") {
  const TempDirectory directory;
  const auto message = [&directory](const std::string& port) {
    const auto config = InClusterConfig({"kubernetes", port, directory.path()});
    REQUIRE(config.has_error());
    CHECK(config.error().code == Errc::kInvalidConfig);
    return config.error().message;
  };
  CHECK(message("443") ==
        "the service account's token: " + directory.path() + "/token: No such file or directory");
  directory.Write("token", "\n");
  CHECK(message("443") == "the service account's token: " + directory.path() + "/token: is empty");
  directory.Write("token", "secret\nmore");
  CHECK(message("443").find("secret") == std::string::npos);
  directory.Write("token", "secret");
  directory.Write("ca.crt", "garbage");
  CHECK(message("443") == directory.path() + "/ca.crt: holds no PEM certificate");
  CHECK(
      message("x").starts_with("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT: https://kubernetes:x "));
}

TEST_CASE("without flags and outside a cluster the error names -kubeconfig and -master") {
  for (const ServiceAccount& account :
       {ServiceAccount{}, ServiceAccount{.host = "h"}, ServiceAccount{.port = "1"}}) {
    const auto config = LoadRestConfig("", "", account, {});
    REQUIRE(config.has_error());
    CHECK(config.error().code == Errc::kInvalidConfig);
    CHECK(config.error().message.starts_with("no API server given: set -kubeconfig or -master ("));
  }
}

}  // namespace
}  // namespace k8sm::client
