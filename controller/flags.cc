#include "controller/flags.h"

#include "lib/base/duration.h"
#include "lib/base/version.h"

#include <boost/asio/ip/address.hpp>
#include <gflags/gflags.h>
#include <glog/logging.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

// gflags takes -host_port_endpoints and --host-port-endpoints for the same.
DEFINE_bool(
    host_port_endpoints, true,
    "Publish services at HostIP:HostPort, for clusters whose pod IPs are private to their Mesos slave. "
    "false: at PodIP:ContainerPort, as vanilla Kubernetes does. Keep it equal to the scheduler's flag of "
    "this name.");
DEFINE_string(
    endpoint_slices, "auto",
    "Write EndpointSlices beside Endpoints, which kube-proxy reads alone since Kubernetes 1.22: on, off, "
    "or auto: where the API server serves discovery.k8s.io/v1.");
DEFINE_int32(max_endpoints_per_slice, 100,
             "Endpoints in one slice at the most, from 1 to 1000. Fewer: smaller updates, more objects.");
DEFINE_bool(
    annotate_container_ports, false,
    "With host_port_endpoints: tell the container port behind each host port in an annotation of the "
    "Endpoints, k8s.mesosphere.io/containerPort_<PROTO>_<ip>_<hostPort>, as the endpoint controller of "
    "Kubernetes-Mesos did.");
DEFINE_string(kubeconfig, "", "The kubeconfig file that tells where the API server is and who we are.");
DEFINE_string(master, "", "The URL of the API server; overrides the kubeconfig's.");
DEFINE_string(namespace, "", "The one namespace to look after; empty: all of them.");
DEFINE_double(kube_api_qps, 100, "Requests a second to the API server; 0: no limit.");
DEFINE_int32(kube_api_burst, 200, "Requests that may go out at once before kube_api_qps limits them.");
DEFINE_int32(concurrent_endpoint_syncs, 5,
             "Services whose Endpoints, and as many whose EndpointSlices, are written at a time.");
DEFINE_string(
    endpoint_updates_batch_period, "0s",
    "How long to collect changes of pods before their services are synced. Longer: fewer writes, later "
    "endpoints. Changes of services never wait.");
DEFINE_string(min_resync_period, "12h",
              "Every service is synced again without cause after this time, or up to twice of it; 0: never.");
DEFINE_string(
    address, "127.0.0.1",
    "The IP address that /healthz, /livez, /readyz, /metrics and /debug are served at, to whoever can reach "
    "it.");
DEFINE_int32(port, 10252, "The port that they are served at; 0: they are not.");
DEFINE_string(
    tls_cert_file, "",
    "A PEM file with the certificate, and those of the authorities between it and the root, to serve them "
    "over HTTPS instead of HTTP; read again whenever it changes.");
DEFINE_string(tls_private_key_file, "", "The PEM file with the key of the certificate in tls_cert_file.");
DEFINE_bool(once, false, "Sync everything that is there, then exit: 0 if all was written, else 1.");
DEFINE_bool(
    dry_run, false,
    "Write nothing; print each change that would be made. With -once: a report of what this mode would "
    "change in a live cluster.");

DECLARE_bool(help);
DECLARE_bool(version);

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

struct FlagGroup {
  std::string_view title;
  std::vector<const char*> flags;
};

const std::vector<FlagGroup>& FlagGroups() {
  static const std::vector<FlagGroup> groups = {
      {"What is published",
       {"host_port_endpoints", "endpoint_slices", "max_endpoints_per_slice", "annotate_container_ports",
        "namespace"}},
      {"The API server", {"kubeconfig", "master", "kube_api_qps", "kube_api_burst"}},
      {"Syncing", {"concurrent_endpoint_syncs", "endpoint_updates_batch_period", "min_resync_period"}},
      {"Trying out", {"once", "dry_run"}},
      {"Health, metrics and /debug", {"address", "port", "tls_cert_file", "tls_private_key_file"}},
      {"The log (glog; these and its other flags)",
       {"v", "vmodule", "logtostderr", "log_dir", "minloglevel"}},
  };
  return groups;
}

// Breaks a text into lines of at most `width` characters, each after `indent` blanks.
std::string Wrap(std::string_view text, std::size_t indent, std::size_t width) {
  std::string wrapped;
  while (!text.empty()) {
    std::size_t length = text.size();
    if (length > width) {
      length = text.rfind(' ', width);
      if (length == std::string_view::npos) length = std::min(text.find(' '), text.size());
    }
    wrapped.append(indent, ' ').append(text.substr(0, length)).append("\n");
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return wrapped;
}

std::string HelpText() {
  std::string text =
      "k8sm-controller-manager keeps the Endpoints of a Kubernetes cluster on Mesos true: it watches "
      "Services and\n"
      "Pods and publishes HostIP:HostPort (or PodIP:ContainerPort).\n\n"
      "Flags may be written with one dash or two, with _ or with -. Durations: 500ms, 10s, 1m30s, 12h.\n";
  for (const FlagGroup& group : FlagGroups()) {
    text.append("\n").append(group.title).append(":\n");
    for (const char* name : group.flags) {
      gflags::CommandLineFlagInfo info;
      if (!gflags::GetCommandLineFlagInfo(name, &info)) continue;
      const std::string value = info.type == "string" ? "\"" + info.default_value + "\"" : info.default_value;
      text.append("  -").append(name).append(" (").append(info.type).append(", default ").append(value) +=
          ")\n";
      text += Wrap(info.description, 6, 100);
    }
  }
  return text;
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
  return Invalid("endpoint_slices", "\"" + FLAGS_endpoint_slices + "\" is none of auto, on and off");
}

// A DNS label, as the names of namespaces are (RFC 1123).
bool IsNamespaceName(std::string_view name) {
  const auto is_alphanumeric = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 63 && is_alphanumeric(name.front()) &&
         is_alphanumeric(name.back()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return is_alphanumeric(c) || c == '-'; });
}

Result<void> CheckRanges() {
  if (!FLAGS_namespace.empty() && !IsNamespaceName(FLAGS_namespace)) {
    return Invalid("namespace", "\"" + FLAGS_namespace + "\" is no namespace's name");
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
  boost::system::error_code error;
  boost::asio::ip::make_address(FLAGS_address, error);
  if (error) return Invalid("address", "\"" + FLAGS_address + "\" is no IP address");
  return {};
}

}  // namespace

Result<Options> OptionsFromFlags() {
  if (const auto checked = CheckRanges(); !checked) return checked.error();
  const auto batch_period =
      DurationFlag("endpoint_updates_batch_period", FLAGS_endpoint_updates_batch_period);
  if (!batch_period) return batch_period.error();
  const auto resync_period = DurationFlag("min_resync_period", FLAGS_min_resync_period);
  if (!resync_period) return resync_period.error();

  const auto endpoint_slices = EndpointSlicesFlag();
  if (!endpoint_slices) return endpoint_slices.error();

  Options options;
  options.mode =
      FLAGS_host_port_endpoints ? endpoints::AddressMode::kHostPort : endpoints::AddressMode::kPodIp;
  options.endpoint_slices = *endpoint_slices;
  options.max_endpoints_per_slice = static_cast<std::size_t>(FLAGS_max_endpoints_per_slice);
  options.annotate_container_ports = FLAGS_annotate_container_ports;
  options.kubeconfig = FLAGS_kubeconfig;
  options.master = FLAGS_master;
  options.ns = FLAGS_namespace;
  options.concurrent_endpoint_syncs = static_cast<std::size_t>(FLAGS_concurrent_endpoint_syncs);
  options.endpoint_updates_batch_period = *batch_period;
  options.min_resync_period = *resync_period;
  options.kube_api_qps = FLAGS_kube_api_qps;
  options.kube_api_burst = FLAGS_kube_api_burst;
  options.address = FLAGS_address;
  options.port = static_cast<std::uint16_t>(FLAGS_port);
  options.tls_cert_file = FLAGS_tls_cert_file;
  options.tls_private_key_file = FLAGS_tls_private_key_file;
  options.once = FLAGS_once;
  options.dry_run = FLAGS_dry_run;
  return options;
}

Result<std::variant<Options, Answer>> ParseCommandLine(int argc, char** argv) {
  // glog logs to files by default; a component that runs in a container or under systemd logs to stderr.
  gflags::SetCommandLineOptionWithMode("logtostderr", "true", gflags::SET_FLAGS_DEFAULT);
  gflags::ParseCommandLineNonHelpFlags(&argc, &argv, true);
  if (FLAGS_help) return Answer{HelpText()};
  if (FLAGS_version) return Answer{"k8sm-controller-manager " + std::string(kVersion) + "\n"};
  if (argc > 1) {
    return Error{.code = Errc::kInvalidConfig,
                 .message = "unexpected argument \"" + std::string(argv[1]) + "\""};
  }
  auto options = OptionsFromFlags();
  if (!options) return options.error();
  google::InitGoogleLogging(argv[0]);
  return *std::move(options);
}

}  // namespace k8sm::controller
