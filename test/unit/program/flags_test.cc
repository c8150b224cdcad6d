#include "controller/program/flags.h"

#include "test/support/catch.h"

#include <gflags/gflags.h>

#include <filesystem>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

TEST_CASE("without flags, the options have their documented defaults") {
  const gflags::FlagSaver saver;
  const auto options = OptionsFromFlags();
  REQUIRE(options.has_value());
  CHECK(options->mode == endpoints::AddressMode::kHostPort);
  CHECK_FALSE(options->annotate_container_ports);
  CHECK(options->ns.empty());
  CHECK(options->concurrent_endpoint_syncs == 5);
  CHECK(options->endpoint_updates_batch_period == milliseconds(0));
  CHECK(options->min_resync_period == std::chrono::hours(12));
  CHECK(options->kube_api_qps == 100);
  CHECK(options->kube_api_burst == 200);
  CHECK(options->disable_compression);
  CHECK(options->address == "127.0.0.1");
  CHECK(options->port == 10252);
  CHECK(options->tls_cert_file.empty());
  CHECK(options->client_ca_file.empty());
  CHECK_FALSE(options->always_allow);
  CHECK(options->always_allow_paths == std::vector<std::string>{"/healthz", "/readyz", "/livez"});
  CHECK(options->leader_elect);
  CHECK(options->resource_lock == ResourceLock::kAuto);
  CHECK(options->election.lease_duration == std::chrono::seconds(15));
  CHECK(options->election.renew_deadline == std::chrono::seconds(10));
  CHECK(options->election.retry_period == std::chrono::seconds(2));
  CHECK(options->election.lease_name == "k8sm-controller-manager");
  CHECK(options->election.lease_namespace == "kube-system");
  CHECK_FALSE(options->once);
  CHECK_FALSE(options->dry_run);
}

TEST_CASE("OptionsFromFlags turns flags into options") {
  const gflags::FlagSaver saver;
  gflags::SetCommandLineOption("host_port_endpoints", "false");
  gflags::SetCommandLineOption("annotate_container_ports", "true");
  gflags::SetCommandLineOption("namespace", "shop");
  gflags::SetCommandLineOption("endpoint_updates_batch_period", "1m30s");
  gflags::SetCommandLineOption("kube_api_qps", "0");
  gflags::SetCommandLineOption("kube_api_content_type", "application/json");
  gflags::SetCommandLineOption("disable_compression", "false");
  gflags::SetCommandLineOption("address", "::1");
  gflags::SetCommandLineOption("port", "0");
  gflags::SetCommandLineOption("tls_cert_file", "tls.crt");
  gflags::SetCommandLineOption("tls_private_key_file", "tls.key");
  gflags::SetCommandLineOption("client_ca_file", "ca.crt");
  gflags::SetCommandLineOption("authorization_mode", "AlwaysAllow");
  gflags::SetCommandLineOption("authorization_always_allow_paths", "/livez,/debug/*");
  const auto options = OptionsFromFlags();
  REQUIRE(options.has_value());
  CHECK(options->mode == endpoints::AddressMode::kPodIp);
  CHECK(options->annotate_container_ports);
  CHECK(options->ns == "shop");
  CHECK(options->client_ca_file == "ca.crt");
  CHECK(options->always_allow);
  CHECK(options->always_allow_paths == std::vector<std::string>{"/livez", "/debug/*"});
  CHECK(options->endpoint_updates_batch_period == std::chrono::seconds(90));
  CHECK(options->kube_api_qps == 0);
  CHECK(options->kube_api_content_type == client::Encoding::kJson);
  CHECK_FALSE(options->disable_compression);
  CHECK(options->address == "::1");
  CHECK(options->port == 0);
  CHECK(options->tls_cert_file == "tls.crt");
  CHECK(options->tls_private_key_file == "tls.key");
}

TEST_CASE("-leader_elect_resource_lock is auto, leases or endpoints") {
  const std::pair<const char*, ResourceLock> cases[] = {{"auto", ResourceLock::kAuto},
                                                        {"leases", ResourceLock::kLeases},
                                                        {"endpoints", ResourceLock::kEndpoints}};
  for (const auto& [text, lock] : cases) {
    const gflags::FlagSaver saver;
    gflags::SetCommandLineOption("leader_elect_resource_lock", text);
    const auto options = OptionsFromFlags();
    REQUIRE(options.has_value());
    CHECK(options->resource_lock == lock);
  }
}

TEST_CASE("an invalid value is refused with the name of its flag") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"namespace", "Shop"},
      {"namespace", "a/b"},
      {"concurrent_endpoint_syncs", "0"},
      {"endpoint_updates_batch_period", "10"},
      {"min_resync_period", "-1h"},
      {"kube_api_qps", "-1"},
      {"kube_api_qps", "nan"},
      {"kube_api_burst", "0"},
      {"kube_api_content_type", "application/yaml"},
      {"address", "localhost"},
      {"leader_elect_lease_duration", "0s"},
      {"leader_elect_lease_duration", "10s"},
      {"leader_elect_lease_duration", "25h"},
      {"leader_elect_lease_duration", "soon"},
      {"leader_elect_renew_deadline", "0s"},
      {"leader_elect_renew_deadline", "2400ms"},
      {"leader_elect_retry_period", "0s"},
      {"leader_elect_resource_lock", "configmaps"},
      {"leader_elect_resource_lock", ""},
      {"leader_elect_resource_name", ""},
      {"leader_elect_resource_name", "a..b"},
      {"leader_elect_resource_name", "a/b"},
      {"leader_elect_resource_namespace", "kube.system"},
      {"port", "65536"},
      {"port", "-1"},
      {"tls_cert_file", "tls.crt"},
      {"tls_private_key_file", "tls.key"},
      {"authorization_mode", "RBAC"},
      {"authorization_mode", ""},
      {"authorization_always_allow_paths", "/healthz,metrics"},
  };
  for (const auto& [flag, value] : cases) {
    const gflags::FlagSaver saver;
    CAPTURE(flag, value);
    REQUIRE_FALSE(gflags::SetCommandLineOption(flag.c_str(), value.c_str()).empty());
    const auto options = OptionsFromFlags();
    REQUIRE(options.has_error());
    CHECK(options.error().code == Errc::kInvalidConfig);
    CHECK(options.error().message.starts_with("-" + flag + ": "));
  }
}

TEST_CASE("FlagErrors prefixes each gflags error with the program's name, and says how to list the flags") {
  CHECK(FlagErrors("").empty());
  CHECK(
      FlagErrors("ERROR: unknown command line flag 'a'\nERROR: illegal value 'b' specified for int32 flag "
                 "'port'\n") ==
      "k8sm-controller-manager: unknown command line flag 'a'; -help lists the flags\n"
      "k8sm-controller-manager: illegal value 'b' specified for int32 flag 'port'; -help lists the flags\n");
}

TEST_CASE("FlagErrors keeps lines of gflags that are no errors, and drops blank ones") {
  CHECK(FlagErrors("a note\n\nERROR: x") ==
        "k8sm-controller-manager: a note; -help lists the flags\n"
        "k8sm-controller-manager: x; -help lists the flags\n");
}

TEST_CASE("flags that need other flags are refused without them") {
  const std::vector<std::tuple<std::string, std::string, std::string>> cases = {
      {"context", "prod", "-context: needs -kubeconfig"},
      {"output", "json", "-output: json needs -once and -dry_run"},
      {"output", "yaml", "-output: \"yaml\" is neither text nor json"},
      {"fail_on_skips", "true", "-fail_on_skips: needs -once"}};
  for (const auto& [flag, value, message] : cases) {
    const gflags::FlagSaver saver;
    gflags::SetCommandLineOption(flag.c_str(), value.c_str());
    const auto options = OptionsFromFlags();
    REQUIRE(options.has_error());
    CHECK(options.error().code == Errc::kInvalidConfig);
    CHECK(options.error().message == message);
  }
}

TEST_CASE("-log_dir must exist unless the log goes to stderr") {
  const gflags::FlagSaver saver;
  const auto set = [](const char* flag, const std::string& value) {
    REQUIRE_FALSE(gflags::SetCommandLineOption(flag, value.c_str()).empty());
  };
  set("log_dir", "/nonexistent/logs");
  set("logtostderr", "true");
  CHECK(OptionsFromFlags().has_value());
  set("logtostderr", "false");
  const auto options = OptionsFromFlags();
  REQUIRE(options.has_error());
  CHECK(options.error().code == Errc::kInvalidConfig);
  CHECK(options.error().message == "-log_dir: \"/nonexistent/logs\" is not a directory");
  set("log_dir", std::filesystem::temp_directory_path());
  CHECK(OptionsFromFlags().has_value());
}

TEST_CASE("-once, -dry_run, -fail_on_skips, -output and -context can be combined") {
  const gflags::FlagSaver saver;
  for (const char* flag : {"once", "dry_run", "fail_on_skips"}) gflags::SetCommandLineOption(flag, "true");
  gflags::SetCommandLineOption("output", "json");
  gflags::SetCommandLineOption("kubeconfig", "/config");
  gflags::SetCommandLineOption("context", "prod");
  const auto options = OptionsFromFlags();
  REQUIRE(options.has_value());
  CHECK(options->output == ReportFormat::kJson);
  CHECK(options->fail_on_skips);
  CHECK(options->context == "prod");
}

TEST_CASE("the durations of the election are not checked against each other with -leader_elect=false") {
  const gflags::FlagSaver saver;
  gflags::SetCommandLineOption("leader_elect", "false");
  gflags::SetCommandLineOption("leader_elect_lease_duration", "1s");
  CHECK(OptionsFromFlags().has_value());
}

}  // namespace
}  // namespace k8sm::controller
