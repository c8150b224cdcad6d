#include "controller/program/flags.h"

#include "controller/program/manual.h"
#include "controller/program/port_flags.h"
#include "lib/base/duration.h"
#include "lib/base/printable.h"
#include "lib/base/split_list.h"
#include "lib/base/version.h"
#include "lib/client/config/in_cluster.h"
#include "lib/client/message/encoding.h"

#include <boost/asio/ip/address.hpp>
#include <gflags/gflags.h>
#include <glog/logging.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

// gflags takes -host_port_endpoints and --host-port-endpoints for the same.
DEFINE_bool(
    host_port_endpoints, true,
    "Publish services at HostIP:HostPort, for clusters whose pod IPs are private to their Mesos slave. "
    "false: at PodIP:ContainerPort, as vanilla Kubernetes does. Set it to the value of the scheduler's flag "
    "of this name.");
DEFINE_string(endpoint_slices, "auto",
              "Write EndpointSlices (kube-proxy 1.22 and later reads nothing else): on, off, or auto: if the "
              "API server serves discovery.k8s.io/v1.");
DEFINE_int32(max_endpoints_per_slice, 100,
             "Maximum number of endpoints in a slice, from 1 to 1000. Fewer: smaller updates, more objects.");
DEFINE_bool(
    annotate_container_ports, false,
    "With host_port_endpoints: record the container port behind each host port in an annotation of the "
    "Endpoints, k8s.mesosphere.io/containerPort_<PROTO>_<ip>_<hostPort>, as the endpoint controller of "
    "Kubernetes-Mesos did.");
DEFINE_string(kubeconfig, "", "Path of a kubeconfig file: API server address and credentials.");
DEFINE_string(context, "", "The context of the kubeconfig to use; empty: its current context.");
DEFINE_string(master, "", "The URL of the API server; overrides the kubeconfig's.");
DEFINE_string(namespace, "", "Manage the services of this namespace only; empty: of all namespaces.");
DEFINE_double(kube_api_qps, 100, "Requests per second to the API server; 0: no limit.");
DEFINE_int32(kube_api_burst, 200, "Requests allowed in a burst above kube_api_qps.");
DEFINE_string(
    kube_api_content_type, "application/vnd.kubernetes.protobuf",
    "Encoding in which objects are listed and watched: application/vnd.kubernetes.protobuf, or "
    "application/json, which costs more CPU time on both sides. Writes are JSON. An API server that does not "
    "know protobuf sends JSON either way.");
DEFINE_bool(
    disable_compression, true,
    "Never request compressed responses from the API server. false: request them for reads and lists, but "
    "not for watches; this costs CPU time on both sides and saves bandwidth.");
DEFINE_int32(concurrent_endpoint_syncs, 5,
             "Number of services that are synced (Endpoints and EndpointSlices) at the same time.");
DEFINE_string(
    endpoint_updates_batch_period, "0s",
    "How long to collect changes of pods before their services are synced. Longer: fewer writes, later "
    "endpoints. Changes of services are never delayed.");
DEFINE_string(min_resync_period, "12h", "Full resync, every 1 to 2 times this period; 0: never.");
DEFINE_string(
    address, "127.0.0.1",
    "The IP address to serve /healthz, /livez, /readyz, /metrics and /debug on. On a loopback address, over "
    "HTTP and to every process of this machine; on any other, over HTTPS and, but for health, to those "
    "that the API server authorizes (authorization_mode).");
DEFINE_int32(port, 10252, "The port to serve them on; 0: do not serve them.");
DEFINE_string(
    tls_cert_file, "",
    "A PEM file with the certificate, and those of the authorities between it and the root, to serve them "
    "over HTTPS with; reloaded when it changes. Empty: HTTP on a loopback address; on any other, a "
    "certificate that is generated at start and signed by itself.");
DEFINE_string(tls_private_key_file, "", "The PEM file with the key of the certificate in tls_cert_file.");
DEFINE_string(
    client_ca_file, "",
    "A PEM file with authorities of client certificates; reloaded when it changes. A client off loopback "
    "whose certificate one of them has issued is the user of its common name, in the groups of its "
    "organizations. Without effect on a loopback address.");
DEFINE_string(authorization_mode, "Webhook",
              "Who may use the port on an address other than loopback. Webhook: clients that the API server "
              "authenticates (TokenReview, or client_ca_file) and authorizes for the path and verb "
              "(SubjectAccessReview; the verb of a PUT is put). AlwaysAllow: everyone who can reach it.");
DEFINE_string(authorization_always_allow_paths, "/healthz,/readyz,/livez",
              "Paths that everyone may use, separated by commas; one that ends in /* is a prefix.");
DEFINE_bool(
    leader_elect, true,
    "Write only while this process leads, so that several may run and one of them writes. Applies to -once "
    "too, which waits for the lease for half a minute; never to -dry_run. false: for a single process.");
DEFINE_string(leader_elect_lease_duration, "15s",
              "How long a standby waits after the leader's last renewal before it takes over.");
DEFINE_string(leader_elect_renew_deadline, "10s",
              "A leader that could not renew for this long stops writing and exits with 1.");
DEFINE_string(leader_elect_retry_period, "2s",
              "Time between two renewals; a standby checks the lease two to four times as often.");
DEFINE_string(
    leader_elect_resource_lock, "auto",
    "The object that the election is held on: leases, endpoints (an Endpoints object with an annotation, for "
    "API servers before 1.14), or auto: leases if the API server serves them. The same for all replicas.");
DEFINE_string(leader_elect_resource_name, "k8sm-controller-manager",
              "The name of the object that the election is held on.");
DEFINE_string(
    leader_elect_resource_namespace, "",
    "The namespace of that object; empty: that of the pod that this process runs in, or kube-system if "
    "it runs in none.");
DEFINE_bool(once, false, "Sync everything once, then exit: 0 if everything was written, else 1.");
DEFINE_bool(
    dry_run, false,
    "Write nothing; print each change that would be made. With -once: a report of what this mode would "
    "change in a live cluster.");

DEFINE_string(
    output, "text",
    "The format of the report of -once -dry_run: text, or json: one object with all changes, skipped pods, "
    "and services without endpoints.");
DEFINE_bool(
    fail_on_skips, false,
    "With -once: exit with 3 if everything else went well, but pods are skipped, or the selector of a "
    "service without pods looks mistyped. For pipelines.");
DEFINE_bool(
    check_permissions, false,
    "Ask the API server which of the permissions are granted that the other flags need, print a table, and "
    "exit: 0 if all are that are needed, else 1; the others are optional. Writes nothing.");

DEFINE_bool(h, false, "The same as -help.");

DECLARE_bool(help);
DECLARE_bool(helpfull);
DECLARE_bool(helppackage);
DECLARE_bool(helpshort);
DECLARE_bool(helpxml);
DECLARE_string(helpmatch);
DECLARE_string(helpon);
DECLARE_bool(version);

namespace GFLAGS_NAMESPACE {
// Called where gflags rejects the command line. Exported, but not declared in its headers.
extern void (*gflags_exitfunc)(int code);
}  // namespace GFLAGS_NAMESPACE

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

struct FlagNames {
  std::string_view title;
  std::vector<const char*> flags;
};

const std::vector<FlagNames>& FlagGroups() {
  static const std::vector<FlagNames> groups = {
      {"What is published",
       {"host_port_endpoints", "endpoint_slices", "max_endpoints_per_slice", "annotate_container_ports",
        "namespace"}},
      {"The API server",
       {"kubeconfig", "context", "master", "kube_api_qps", "kube_api_burst", "kube_api_content_type",
        "disable_compression"}},
      {"Syncing", {"concurrent_endpoint_syncs", "endpoint_updates_batch_period", "min_resync_period"}},
      {"Running several (leader election)",
       {"leader_elect", "leader_elect_lease_duration", "leader_elect_renew_deadline",
        "leader_elect_retry_period", "leader_elect_resource_lock", "leader_elect_resource_name",
        "leader_elect_resource_namespace"}},
      {"Trying out", {"check_permissions", "once", "dry_run", "output", "fail_on_skips"}},
      {"Health, metrics and /debug",
       {"address", "port", "tls_cert_file", "tls_private_key_file", "client_ca_file", "authorization_mode",
        "authorization_always_allow_paths"}},
      {"Host ports that Mesos agents offer",
       {"mesos_master", "mesos_credentials_file", "mesos_ca_file", "mesos_insecure_credentials",
        "mesos_poll_period", "mesos_framework_roles", "mesos_default_pod_roles", "port_low_percent",
        "port_reserve"}},
      {"The log (glog; these and its other flags)",
       {"v", "vmodule", "logtostderr", "log_dir", "minloglevel"}},
  };
  return groups;
}

// glog logs to files by default; a component that runs in a container or under systemd logs to stderr.
// Without the year, lines have the form of klog ("I1128 07:10:25.123456"), which log collectors parse.
void LogAsKubernetesDoes() {
  gflags::SetCommandLineOptionWithMode("logtostderr", "true", gflags::SET_FLAGS_DEFAULT);
  gflags::SetCommandLineOptionWithMode("log_year_in_prefix", "false", gflags::SET_FLAGS_DEFAULT);
}

// gflags accepts many forms; there is one help text.
bool AsksForHelp() {
  return FLAGS_h || FLAGS_help || FLAGS_helpfull || FLAGS_helppackage || FLAGS_helpshort || FLAGS_helpxml ||
         !FLAGS_helpmatch.empty() || !FLAGS_helpon.empty();
}

// Parses the flags. gflags prints errors itself, without the name of the program, and ends the process: what
// it prints is collected, and printed as other errors of the command line are.
void ParseFlags(int& argc, char**& argv) {
  static char* text = nullptr;
  static std::size_t size = 0;
  static std::FILE* const terminal = stderr;
  std::FILE* const collected = open_memstream(&text, &size);
  if (collected != nullptr) stderr = collected;
  GFLAGS_NAMESPACE::gflags_exitfunc = [](int) {
    std::fflush(stderr);
    stderr = terminal;
    std::cerr << FlagErrors(text != nullptr ? text : "");
    std::exit(kUsageExitCode);
  };
  gflags::ParseCommandLineNonHelpFlags(&argc, &argv, true);
  stderr = terminal;
  if (collected == nullptr) return;
  std::fclose(collected);
  std::cerr << std::string_view(text, size);
  std::free(std::exchange(text, nullptr));
}

Error Invalid(std::string_view flag, const std::string& why) {
  return {.code = Errc::kInvalidConfig, .message = "-" + std::string(flag) + ": " + why};
}

Result<milliseconds> DurationFlag(std::string_view name, const std::string& text) {
  const auto duration = ParseDuration(text);
  if (!duration) return Invalid(name, duration.error().message);
  return *duration;
}

Result<EndpointSlices> EndpointSlicesFlag() {
  if (FLAGS_endpoint_slices == "auto") return EndpointSlices::kAuto;
  if (FLAGS_endpoint_slices == "on") return EndpointSlices::kOn;
  if (FLAGS_endpoint_slices == "off") return EndpointSlices::kOff;
  return Invalid("endpoint_slices", Quoted(FLAGS_endpoint_slices) + " is not auto, on or off");
}

Result<ReportFormat> OutputFlag() {
  if (FLAGS_output == "text") return ReportFormat::kText;
  if (FLAGS_output != "json") return Invalid("output", Quoted(FLAGS_output) + " is neither text nor json");
  if (!FLAGS_once || !FLAGS_dry_run) return Invalid("output", "json needs -once and -dry_run");
  return ReportFormat::kJson;
}

Result<ResourceLock> ResourceLockFlag() {
  if (FLAGS_leader_elect_resource_lock == "auto") return ResourceLock::kAuto;
  if (FLAGS_leader_elect_resource_lock == "leases") return ResourceLock::kLeases;
  if (FLAGS_leader_elect_resource_lock == "endpoints") return ResourceLock::kEndpoints;
  return Invalid("leader_elect_resource_lock",
                 "\"" + FLAGS_leader_elect_resource_lock + "\" is not auto, leases or endpoints");
}

Result<client::Encoding> ContentTypeFlag() {
  if (FLAGS_kube_api_content_type == client::kProtobufType) return client::Encoding::kProtobuf;
  if (FLAGS_kube_api_content_type == client::kJsonType) return client::Encoding::kJson;
  return Invalid("kube_api_content_type", Quoted(FLAGS_kube_api_content_type) + " is neither " +
                                              std::string(client::kProtobufType) + " nor " +
                                              std::string(client::kJsonType));
}

// A DNS label, as the names of namespaces are (RFC 1123).
bool IsNamespaceName(std::string_view name) {
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_alphanumeric(c) || c == '-'; });
}

// Names of objects are DNS subdomains: labels with dots between.
bool IsObjectName(std::string_view name) {
  if (name.size() > 253) return false;
  for (;;) {
    const std::size_t dot = name.find('.');
    if (!IsNamespaceName(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

// What client-go's leader election asks of its durations. A retry period may be drawn out by a factor of 1.2.
Result<void> CheckElection(const leader::ElectionOptions& election) {
  if (election.lease_duration.count() <= 0)
    return Invalid("leader_elect_lease_duration", "has to be more than 0");
  if (election.lease_duration > std::chrono::hours(24)) {
    return Invalid("leader_elect_lease_duration", "has to be at most 24h");
  }
  if (election.retry_period.count() <= 0)
    return Invalid("leader_elect_retry_period", "has to be more than 0");
  if (election.renew_deadline * 10 <= election.retry_period * 12) {
    return Invalid("leader_elect_renew_deadline", "has to be more than 1.2 times -leader_elect_retry_period");
  }
  if (election.lease_duration <= election.renew_deadline) {
    return Invalid("leader_elect_lease_duration", "has to be more than -leader_elect_renew_deadline");
  }
  if (!IsObjectName(election.lease_name)) {
    return Invalid("leader_elect_resource_name", Quoted(election.lease_name) + " is not a valid object name");
  }
  if (!IsNamespaceName(election.lease_namespace)) {
    return Invalid("leader_elect_resource_namespace",
                   Quoted(election.lease_namespace) + " is not a valid namespace name");
  }
  return {};
}

Result<leader::ElectionOptions> ElectionFromFlags() {
  leader::ElectionOptions election;
  const auto lease_duration = DurationFlag("leader_elect_lease_duration", FLAGS_leader_elect_lease_duration);
  if (!lease_duration) return lease_duration.error();
  const auto renew_deadline = DurationFlag("leader_elect_renew_deadline", FLAGS_leader_elect_renew_deadline);
  if (!renew_deadline) return renew_deadline.error();
  const auto retry_period = DurationFlag("leader_elect_retry_period", FLAGS_leader_elect_retry_period);
  if (!retry_period) return retry_period.error();
  election.lease_duration = *lease_duration;
  election.renew_deadline = *renew_deadline;
  election.retry_period = *retry_period;
  election.lease_name = FLAGS_leader_elect_resource_name;
  election.lease_namespace = FLAGS_leader_elect_resource_namespace;
  if (election.lease_namespace.empty())
    election.lease_namespace = client::NamespaceOfThisPod(client::ServiceAccountOfThisPod());
  if (election.lease_namespace.empty()) election.lease_namespace = "kube-system";
  if (!FLAGS_leader_elect) return election;
  if (const auto checked = CheckElection(election); !checked) return checked.error();
  return election;
}

// glog itself says nothing if it cannot create its files there.
Result<void> CheckLogDirectory() {
  if (FLAGS_logtostderr || FLAGS_log_dir.empty()) return {};
  std::error_code error;
  if (!std::filesystem::is_directory(FLAGS_log_dir, error))
    return Invalid("log_dir", Quoted(FLAGS_log_dir) + " is not a directory");
  if (::access(FLAGS_log_dir.c_str(), W_OK | X_OK) != 0)
    return Invalid("log_dir", Quoted(FLAGS_log_dir) + ": no permission to create files there");
  return {};
}

Result<void> CheckRanges() {
  if (!FLAGS_namespace.empty() && !IsNamespaceName(FLAGS_namespace)) {
    return Invalid("namespace", Quoted(FLAGS_namespace) + " is not a valid namespace name");
  }
  if (FLAGS_max_endpoints_per_slice < 1 || FLAGS_max_endpoints_per_slice > 1000) {
    return Invalid("max_endpoints_per_slice", "has to be from 1 to 1000");
  }
  if (FLAGS_concurrent_endpoint_syncs < 1) return Invalid("concurrent_endpoint_syncs", "has to be 1 or more");
  if (!(FLAGS_kube_api_qps >= 0)) return Invalid("kube_api_qps", "has to be 0 or more");
  if (FLAGS_kube_api_burst < 1) return Invalid("kube_api_burst", "has to be 1 or more");
  if (FLAGS_port < 0 || FLAGS_port > 65535) return Invalid("port", "has to be from 0 to 65535");
  if (!FLAGS_tls_cert_file.empty() && FLAGS_tls_private_key_file.empty()) {
    return Invalid("tls_cert_file", "needs -tls_private_key_file too");
  }
  if (FLAGS_tls_cert_file.empty() && !FLAGS_tls_private_key_file.empty()) {
    return Invalid("tls_private_key_file", "needs -tls_cert_file too");
  }
  if (!FLAGS_context.empty() && FLAGS_kubeconfig.empty()) return Invalid("context", "needs -kubeconfig");
  if (FLAGS_fail_on_skips && !FLAGS_once) return Invalid("fail_on_skips", "needs -once");
  if (FLAGS_authorization_mode != "Webhook" && FLAGS_authorization_mode != "AlwaysAllow") {
    return Invalid("authorization_mode",
                   Quoted(FLAGS_authorization_mode) + " is neither Webhook nor AlwaysAllow");
  }
  for (const std::string& path : SplitList(FLAGS_authorization_always_allow_paths)) {
    if (!path.starts_with('/')) {
      return Invalid("authorization_always_allow_paths", Quoted(path) + " does not begin with /");
    }
  }
  boost::system::error_code error;
  boost::asio::ip::make_address(FLAGS_address, error);
  if (error) return Invalid("address", Quoted(FLAGS_address) + " is not an IP address");
  return {};
}

Error UnexpectedArgument(std::string_view argument) {
  const bool is_value = argument == "true" || argument == "false";
  return {.code = Errc::kInvalidConfig,
          .message = "unexpected argument " + Quoted(argument) +
                     (is_value ? "; the value of a boolean flag follows a \"=\": -host_port_endpoints=false"
                               : "; -help lists the flags")};
}

}  // namespace

std::vector<FlagGroup> DescribeFlags() {
  LogAsKubernetesDoes();
  std::vector<FlagGroup> groups;
  for (const FlagNames& names : FlagGroups()) {
    FlagGroup& group = groups.emplace_back(FlagGroup{std::string(names.title), {}});
    for (const char* name : names.flags) {
      gflags::CommandLineFlagInfo info;
      if (!gflags::GetCommandLineFlagInfo(name, &info)) continue;
      group.flags.push_back({info.name, info.type, info.default_value, info.description});
    }
  }
  return groups;
}

std::string FlagErrors(std::string_view printed) {
  constexpr std::string_view kPrefix = "ERROR: ";
  std::string text;
  while (!printed.empty()) {
    const std::size_t end = std::min(printed.find('\n'), printed.size());
    std::string_view line = printed.substr(0, end);
    printed.remove_prefix(std::min(end + 1, printed.size()));
    if (line.starts_with(kPrefix)) line.remove_prefix(kPrefix.size());
    if (!line.empty())
      text.append("k8sm-controller-manager: ").append(line).append("; -help lists the flags\n");
  }
  return text;
}

Result<Options> OptionsFromFlags() {
  if (const auto checked = CheckRanges(); !checked) return checked.error();
  if (const auto checked = CheckLogDirectory(); !checked) return checked.error();
  const auto batch_period =
      DurationFlag("endpoint_updates_batch_period", FLAGS_endpoint_updates_batch_period);
  if (!batch_period) return batch_period.error();
  const auto resync_period = DurationFlag("min_resync_period", FLAGS_min_resync_period);
  if (!resync_period) return resync_period.error();

  const auto endpoint_slices = EndpointSlicesFlag();
  if (!endpoint_slices) return endpoint_slices.error();
  const auto output = OutputFlag();
  if (!output) return output.error();
  const auto resource_lock = ResourceLockFlag();
  if (!resource_lock) return resource_lock.error();
  const auto content_type = ContentTypeFlag();
  if (!content_type) return content_type.error();
  auto election = ElectionFromFlags();
  if (!election) return election.error();
  auto port_space = PortSpaceFromFlags(FLAGS_host_port_endpoints);
  if (!port_space) return port_space.error();

  Options options;
  options.mode =
      FLAGS_host_port_endpoints ? endpoints::AddressMode::kHostPort : endpoints::AddressMode::kPodIp;
  options.endpoint_slices = *endpoint_slices;
  options.max_endpoints_per_slice = static_cast<std::size_t>(FLAGS_max_endpoints_per_slice);
  options.annotate_container_ports = FLAGS_annotate_container_ports;
  options.kubeconfig = FLAGS_kubeconfig;
  options.context = FLAGS_context;
  options.master = FLAGS_master;
  options.ns = FLAGS_namespace;
  options.concurrent_endpoint_syncs = static_cast<std::size_t>(FLAGS_concurrent_endpoint_syncs);
  options.endpoint_updates_batch_period = *batch_period;
  options.min_resync_period = *resync_period;
  options.kube_api_qps = FLAGS_kube_api_qps;
  options.kube_api_burst = FLAGS_kube_api_burst;
  options.kube_api_content_type = *content_type;
  options.disable_compression = FLAGS_disable_compression;
  options.address = FLAGS_address;
  options.port = static_cast<std::uint16_t>(FLAGS_port);
  options.tls_cert_file = FLAGS_tls_cert_file;
  options.tls_private_key_file = FLAGS_tls_private_key_file;
  options.client_ca_file = FLAGS_client_ca_file;
  options.always_allow = FLAGS_authorization_mode == "AlwaysAllow";
  options.always_allow_paths = SplitList(FLAGS_authorization_always_allow_paths);
  options.leader_elect = FLAGS_leader_elect;
  options.resource_lock = *resource_lock;
  options.election = *std::move(election);
  options.port_space = *std::move(port_space);
  if (options.port_space) options.port_space->all_namespaces = options.ns.empty();
  options.once = FLAGS_once;
  options.dry_run = FLAGS_dry_run;
  options.output = *output;
  options.fail_on_skips = FLAGS_fail_on_skips;
  options.check_permissions = FLAGS_check_permissions;
  return options;
}

Result<std::variant<Options, Answer>> ParseCommandLine(int argc, char** argv) {
  LogAsKubernetesDoes();
  ParseFlags(argc, argv);
  if (AsksForHelp()) return Answer{HelpText(DescribeFlags())};
  if (FLAGS_version) return Answer{"k8sm-controller-manager " + std::string(kVersion) + "\n"};
  if (argc > 1) return UnexpectedArgument(argv[1]);
  auto options = OptionsFromFlags();
  if (!options) return options.error();
  google::InitGoogleLogging(argv[0]);
  return *std::move(options);
}

}  // namespace k8sm::controller
