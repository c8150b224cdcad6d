// Which option each flag changes, that it changes no other, and the limits of its value.

#include "controller/program/flags.h"
#include "lib/base/error.h"
#include "test/support/catch.h"

#include <gflags/gflags.h>

#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace k8sm::controller {
namespace {

using Flags = std::vector<std::pair<std::string, std::string>>;
// Each option by its name.
using Fields = std::map<std::string, std::string>;

Fields FieldsOf(const Options& o) {
  const auto number = [](auto value) { return std::to_string(value); };
  const auto of_enum = [](auto value) { return std::to_string(static_cast<int>(value)); };
  std::string paths;
  for (const std::string& path : o.always_allow_paths) paths += path + " ";
  return {{"mode", of_enum(o.mode)},
          {"endpoint_slices", of_enum(o.endpoint_slices)},
          {"max_endpoints_per_slice", number(o.max_endpoints_per_slice)},
          {"annotate_container_ports", number(o.annotate_container_ports)},
          {"kubeconfig", o.kubeconfig},
          {"context", o.context},
          {"master", o.master},
          {"ns", o.ns},
          {"concurrent_endpoint_syncs", number(o.concurrent_endpoint_syncs)},
          {"endpoint_updates_batch_period", number(o.endpoint_updates_batch_period.count())},
          {"min_resync_period", number(o.min_resync_period.count())},
          {"kube_api_qps", number(o.kube_api_qps)},
          {"kube_api_burst", number(o.kube_api_burst)},
          {"kube_api_content_type", of_enum(o.kube_api_content_type)},
          {"disable_compression", number(o.disable_compression)},
          {"address", o.address},
          {"port", number(o.port)},
          {"tls_cert_file", o.tls_cert_file},
          {"tls_private_key_file", o.tls_private_key_file},
          {"client_ca_file", o.client_ca_file},
          {"always_allow", number(o.always_allow)},
          {"always_allow_paths", paths},
          {"leader_elect", number(o.leader_elect)},
          {"resource_lock", of_enum(o.resource_lock)},
          {"lease_duration", number(o.election.lease_duration.count())},
          {"renew_deadline", number(o.election.renew_deadline.count())},
          {"retry_period", number(o.election.retry_period.count())},
          {"lease_name", o.election.lease_name},
          {"lease_namespace", o.election.lease_namespace},
          {"port_space", number(o.port_space.has_value())},
          {"port_space_of_all_namespaces", number(o.port_space && o.port_space->all_namespaces)},
          {"port_space_wildcard", number(o.port_space && o.port_space->rules.wildcard)},
          {"once", number(o.once)},
          {"dry_run", number(o.dry_run)},
          {"output", of_enum(o.output)},
          {"fail_on_skips", number(o.fail_on_skips)},
          {"check_permissions", number(o.check_permissions)}};
}

Result<Options> Parse(const Flags& flags) {
  const gflags::FlagSaver saver;
  for (const auto& [name, value] : flags)
    REQUIRE_FALSE(gflags::SetCommandLineOption(name.c_str(), value.c_str()).empty());
  return OptionsFromFlags();
}

TEST_CASE("each flag changes its own option and no other") {
  struct Case {
    Flags flags;
    Fields changed;
  };
  const Flags dry_once = {{"once", "true"}, {"dry_run", "true"}};
  const Flags master = {{"mesos_master", "m1"}};
  const std::vector<Case> cases = {
      {{}, {}},
      {{{"host_port_endpoints", "false"}},
       {{"mode", std::to_string(static_cast<int>(endpoints::AddressMode::kPodIp))}}},
      {{{"endpoint_slices", "auto"}}, {}},
      {{{"endpoint_slices", "on"}}, {{"endpoint_slices", "1"}}},
      {{{"endpoint_slices", "off"}}, {{"endpoint_slices", "2"}}},
      {{{"max_endpoints_per_slice", "7"}}, {{"max_endpoints_per_slice", "7"}}},
      {{{"annotate_container_ports", "true"}}, {{"annotate_container_ports", "1"}}},
      {{{"kubeconfig", "k"}}, {{"kubeconfig", "k"}}},
      {{{"kubeconfig", "k"}, {"context", "c"}}, {{"kubeconfig", "k"}, {"context", "c"}}},
      {{{"master", "http://m"}}, {{"master", "http://m"}}},
      {{{"namespace", "shop"}}, {{"ns", "shop"}}},
      {{{"concurrent_endpoint_syncs", "6"}}, {{"concurrent_endpoint_syncs", "6"}}},
      {{{"endpoint_updates_batch_period", "2s"}}, {{"endpoint_updates_batch_period", "2000"}}},
      {{{"min_resync_period", "3s"}}, {{"min_resync_period", "3000"}}},
      {{{"kube_api_qps", "4"}}, {{"kube_api_qps", std::to_string(4.0)}}},
      {{{"kube_api_burst", "5"}}, {{"kube_api_burst", "5"}}},
      {{{"kube_api_content_type", "application/json"}},
       {{"kube_api_content_type", std::to_string(static_cast<int>(client::Encoding::kJson))}}},
      {{{"disable_compression", "false"}}, {{"disable_compression", "0"}}},
      {{{"address", "10.0.0.1"}}, {{"address", "10.0.0.1"}}},
      {{{"port", "1"}}, {{"port", "1"}}},
      {{{"tls_cert_file", "c"}, {"tls_private_key_file", "k"}},
       {{"tls_cert_file", "c"}, {"tls_private_key_file", "k"}}},
      {{{"client_ca_file", "a"}}, {{"client_ca_file", "a"}}},
      {{{"authorization_mode", "AlwaysAllow"}}, {{"always_allow", "1"}}},
      {{{"authorization_always_allow_paths", ""}}, {{"always_allow_paths", ""}}},
      {{{"authorization_always_allow_paths", "/a,/b/*"}}, {{"always_allow_paths", "/a /b/* "}}},
      {{{"leader_elect", "false"}}, {{"leader_elect", "0"}}},
      {{{"leader_elect_lease_duration", "16s"}}, {{"lease_duration", "16000"}}},
      {{{"leader_elect_renew_deadline", "9s"}}, {{"renew_deadline", "9000"}}},
      {{{"leader_elect_retry_period", "3s"}}, {{"retry_period", "3000"}}},
      {{{"leader_elect_resource_lock", "leases"}}, {{"resource_lock", "1"}}},
      {{{"leader_elect_resource_lock", "endpoints"}}, {{"resource_lock", "2"}}},
      {{{"leader_elect_resource_name", "lock"}}, {{"lease_name", "lock"}}},
      {{{"leader_elect_resource_namespace", "here"}}, {{"lease_namespace", "here"}}},
      {master, {{"port_space", "1"}, {"port_space_of_all_namespaces", "1"}, {"port_space_wildcard", "1"}}},
      {{master[0], {"namespace", "shop"}},
       {{"port_space", "1"}, {"ns", "shop"}, {"port_space_wildcard", "1"}}},
      {{master[0], {"host_port_endpoints", "false"}},
       {{"port_space", "1"},
        {"port_space_of_all_namespaces", "1"},
        {"mode", std::to_string(static_cast<int>(endpoints::AddressMode::kPodIp))}}},
      {{{"once", "true"}}, {{"once", "1"}}},
      {{{"dry_run", "true"}}, {{"dry_run", "1"}}},
      {dry_once, {{"once", "1"}, {"dry_run", "1"}}},
      {{dry_once[0], dry_once[1], {"output", "json"}},
       {{"once", "1"}, {"dry_run", "1"}, {"output", std::to_string(static_cast<int>(ReportFormat::kJson))}}},
      {{{"once", "true"}, {"fail_on_skips", "true"}}, {{"once", "1"}, {"fail_on_skips", "1"}}},
      {{{"check_permissions", "true"}}, {{"check_permissions", "1"}}},
  };
  const auto defaults = Parse({});
  REQUIRE(defaults.has_value());
  for (const auto& [flags, changed] : cases) {
    CAPTURE(flags);
    Fields expected = FieldsOf(*defaults);
    for (const auto& [name, value] : changed) expected.at(name) = value;
    const auto options = Parse(flags);
    REQUIRE(options.has_value());
    CHECK(FieldsOf(*options) == expected);
  }
}

std::string Repeated(std::size_t count, char c = 'a') {
  return std::string(count, c);
}

// An object name of this length, made of labels of 63 characters and the remainder.
std::string NameOfLabels(std::size_t length) {
  std::string name;
  while (name.size() + 64 < length) name += Repeated(63) + ".";
  return name + Repeated(length - name.size());
}

TEST_CASE("values at the limits are accepted") {
  const Flags edges = {{"max_endpoints_per_slice", "1"},
                       {"max_endpoints_per_slice", "1000"},
                       {"concurrent_endpoint_syncs", "1"},
                       {"kube_api_burst", "1"},
                       {"port", "65535"},
                       {"namespace", "a"},
                       {"namespace", "0"},
                       {"namespace", "z-9"},
                       {"namespace", "9-z"},
                       {"namespace", Repeated(63)},
                       {"min_resync_period", "0"},
                       {"leader_elect_lease_duration", "24h"},
                       {"leader_elect_lease_duration", "10001ms"},
                       {"leader_elect_renew_deadline", "2401ms"},
                       {"leader_elect_retry_period", "1ms"},
                       {"leader_elect_resource_name", NameOfLabels(253)},
                       {"leader_elect_resource_name", "a.b-c.0"},
                       {"leader_elect_resource_namespace", Repeated(63)},
                       {"address", "::"}};
  for (const auto& [name, value] : edges) {
    CAPTURE(name, value);
    const auto options = Parse({{name, value}});
    CHECK((options ? "" : options.error().message).empty());
  }
}

TEST_CASE("values beyond the limits are refused in a sentence that says what is allowed") {
  const std::string no_namespace = "\" is not a valid namespace name";
  std::vector<std::pair<std::pair<std::string, std::string>, std::string>> cases = {
      {{"endpoint_slices", "maybe"}, "\"maybe\" is not auto, on or off"},
      {{"max_endpoints_per_slice", "0"}, "has to be from 1 to 1000"},
      {{"max_endpoints_per_slice", "1001"}, "has to be from 1 to 1000"},
      {{"concurrent_endpoint_syncs", "0"}, "has to be 1 or more"},
      {{"kube_api_burst", "0"}, "has to be 1 or more"},
      {{"kube_api_qps", "-0.1"}, "has to be 0 or more"},
      {{"port", "65536"}, "has to be from 0 to 65535"},
      {{"leader_elect_lease_duration", "0s"}, "has to be more than 0"},
      {{"leader_elect_lease_duration", "86400001ms"}, "has to be at most 24h"},
      {{"leader_elect_lease_duration", "10s"}, "has to be more than -leader_elect_renew_deadline"},
      {{"leader_elect_retry_period", "0s"}, "has to be more than 0"},
      {{"leader_elect_renew_deadline", "2400ms"}, "has to be more than 1.2 times -leader_elect_retry_period"},
      {{"leader_elect_resource_name", NameOfLabels(254)},
       "\"" + NameOfLabels(254) + "\" is not a valid object name"},
      {{"kube_api_content_type", "yaml"},
       "\"yaml\" is neither application/vnd.kubernetes.protobuf nor application/json"},
      {{"tls_cert_file", "c"}, "needs -tls_private_key_file too"},
      {{"tls_private_key_file", "k"}, "needs -tls_cert_file too"},
      {{"authorization_always_allow_paths", "/a,b"}, "\"b\" does not begin with /"},
      {{"address", "here"}, "\"here\" is not an IP address"}};
  for (const std::string name : {"-a", "a-", "a_b", "A", "`a", "{a", "/a", ":a", "a.b"})
    cases.push_back({{"namespace", name}, "\"" + name + no_namespace});
  cases.push_back({{"namespace", Repeated(64)}, "\"" + Repeated(64) + no_namespace});
  for (const auto& [flag, message] : cases) {
    CAPTURE(flag.first, flag.second);
    const auto options = Parse({flag});
    REQUIRE(options.has_error());
    CHECK(options.error().code == Errc::kInvalidConfig);
    CHECK(options.error().message == "-" + flag.first + ": " + message);
  }
  for (const std::string name :
       {"endpoint_updates_batch_period", "min_resync_period", "leader_elect_lease_duration",
        "leader_elect_renew_deadline", "leader_elect_retry_period", "mesos_poll_period"}) {
    const auto options = Parse({{name, "soon"}});
    REQUIRE(options.has_error());
    CHECK(options.error().message.starts_with("-" + name + ": "));
    CHECK(options.error().message.find("soon") != std::string::npos);
  }
  for (const Flags& alone :
       {Flags{{"output", "json"}, {"once", "true"}}, Flags{{"output", "json"}, {"dry_run", "true"}}}) {
    const auto options = Parse(alone);
    REQUIRE(options.has_error());
    CHECK(options.error().message == "-output: json needs -once and -dry_run");
  }
}

// The answer to a command line, or its error.
std::string AnswerTo(std::vector<std::string> arguments) {
  const gflags::FlagSaver saver;
  arguments.insert(arguments.begin(), "k8sm-controller-manager");
  std::vector<char*> pointers;
  for (std::string& each : arguments) pointers.push_back(each.data());
  pointers.push_back(nullptr);
  const auto parsed = ParseCommandLine(static_cast<int>(arguments.size()), pointers.data());
  if (!parsed) return parsed.error().message;
  const auto* answer = std::get_if<Answer>(&*parsed);
  return answer == nullptr ? "options" : answer->text;
}

TEST_CASE("every flag by which gflags can be asked for help prints the same help text") {
  const std::string help = HelpText(DescribeFlags());
  for (const char* flag : {"-h", "--h", "-help", "--help", "--helpfull", "--helppackage", "--helpshort",
                           "--helpxml", "--helpmatch=flags", "--helpon=flags"}) {
    CAPTURE(flag);
    CHECK(AnswerTo({flag}) == help);
    CHECK(AnswerTo({"-port=-1", flag, "stray"}) == help);
  }
}

TEST_CASE("--version prints one line, and arguments that are not flags are refused") {
  const std::string version = AnswerTo({"--version"});
  CHECK(version.starts_with("k8sm-controller-manager 0."));
  CHECK(version.find('\n') == version.size() - 1);
  CHECK(AnswerTo({"stray", "-port=1"}) == "unexpected argument \"stray\"; -help lists the flags");
  CHECK(AnswerTo({"-host_port_endpoints", "false"}) ==
        "unexpected argument \"false\"; the value of a boolean flag follows a \"=\": "
        "-host_port_endpoints=false");
  CHECK(AnswerTo({"-port=-1"}) == "-port: has to be from 0 to 65535");
}

TEST_CASE("the log has the defaults of a Kubernetes component: stderr, and no year in the prefix") {
  const gflags::FlagSaver saver;
  std::map<std::string, std::string> defaults;
  for (const FlagGroup& group : DescribeFlags()) {
    for (const FlagText& flag : group.flags) defaults[flag.name] = flag.default_value;
  }
  CHECK(defaults.at("logtostderr") == "true");
  gflags::CommandLineFlagInfo year;
  REQUIRE(gflags::GetCommandLineFlagInfo("log_year_in_prefix", &year));
  CHECK(year.default_value == "false");
}

}  // namespace
}  // namespace k8sm::controller
