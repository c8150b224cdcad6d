#include "controller/program/part_options.h"

#include "lib/base/failure_log.h"
#include "lib/leader/identity.h"

#include <glog/logging.h>

#include <chrono>
#include <cstddef>
#include <string_view>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Limits of the questions who may use the ops port. Prometheus gives up after 10 s.
constexpr int kReviewsPerSecond = 20;
constexpr std::size_t kMaxReviewBytes = 64 << 10;
constexpr milliseconds kReviewTime{8'000};

// The annotation of the lock that says in which mode the leader publishes.
constexpr const char* kModeAnnotation = "k8s.mesosphere.io/endpoint-mode";

void CountRequests(ProgramMetrics& metrics, client::ClientOptions& client_options) {
  client_options.observer = &metrics.requests();
  client_options.on_exec_plugin_call = [&metrics](int code, std::string_view call_status) {
    metrics.requests().OnExecPluginCall(code, call_status);
  };
}

}  // namespace

client::ClientOptions ClientOptionsFor(const Options& options, ProgramMetrics& metrics,
                                       const leader::LeaderElector* elector) {
  client::ClientOptions client_options;
  client_options.qps = options.kube_api_qps;
  client_options.burst = options.kube_api_burst;
  client_options.max_idle_connections = 2 * options.concurrent_endpoint_syncs;
  client_options.disable_compression = options.disable_compression;
  client_options.attempt_timeout = options.attempt_timeout;
  client_options.retry_pause = options.retry_pause;
  // Usually deprecation warnings, e.g. of Endpoints since Kubernetes 1.33. They need no action now, so they
  // are logged as info and rate-limited.
  client_options.on_warning = [budget = LineBudget(10)](std::string_view text) mutable {
    const auto more = budget.Take(steady_clock::now());
    if (more) LOG(INFO) << "the API server warns: " << text << *more;
  };
  CountRequests(metrics, client_options);
  if (elector != nullptr) client_options.write_until = [elector] { return elector->SureUntil(); };
  return client_options;
}

OpsPortOptions OpsPortOptionsFor(const Options& options) {
  return {.address = options.address,
          .port = options.port,
          .tls_cert_file = options.tls_cert_file,
          .tls_private_key_file = options.tls_private_key_file,
          .client_ca_file = options.client_ca_file};
}

bool ServesOps(const Options& options) {
  return options.port != 0 && !options.once;
}

bool GuardsOps(const Options& options) {
  return ServesOps(options) && !IsLoopback(options.address) && !options.always_allow;
}

std::vector<std::string> OpsWarningsFor(const Options& options) {
  std::vector<std::string> warnings;
  if (!ServesOps(options)) return warnings;
  const bool on_loopback = IsLoopback(options.address);
  if (!on_loopback && options.always_allow) {
    warnings.push_back("-authorization_mode=AlwaysAllow: everyone who can reach " + options.address +
                       " may read the names and addresses of all services and pods, and set the log's "
                       "verbosity");
  }
  if (on_loopback && !options.client_ca_file.empty()) {
    warnings.push_back(
        "-client_ca_file has no effect on a loopback address: clients are not authenticated there");
  }
  return warnings;
}

bool Elects(const Options& options) {
  return options.leader_elect && !options.dry_run;
}

leader::ElectionOptions ElectionOptionsFor(const Options& options) {
  leader::ElectionOptions election = options.election;
  if (election.identity.empty()) election.identity = leader::NewIdentity();
  election.annotation_key = kModeAnnotation;
  election.annotation_value = ToString(options.mode);
  return election;
}

Result<void> CheckServer(const Options& options, const client::ServerCapabilities& server) {
  if (options.endpoint_slices != EndpointSlices::kOn || server.slices) return {};
  return Error{.code = Errc::kInvalidConfig,
               .message = "-endpoint_slices is on, and the API server does not serve discovery.k8s.io/v1"};
}

leader::LockKind LockKindFor(const Options& options, const client::ServerCapabilities& server) {
  const bool on_lease = options.resource_lock == ResourceLock::kAuto
                            ? server.leases
                            : options.resource_lock == ResourceLock::kLeases;
  return on_lease ? leader::LockKind::kLeases : leader::LockKind::kEndpoints;
}

bool WritesSlices(const Options& options, const client::ServerCapabilities& server) {
  return options.endpoint_slices != EndpointSlices::kOff && server.slices;
}

informer::ReadOptions ReadOptionsFor(const Options& options, const client::ServerCapabilities& server) {
  return {.streams_lists = server.streaming_lists,
          .encoding = server.protobuf ? options.kube_api_content_type : client::Encoding::kJson,
          .metadata_only = server.metadata_only};
}

client::ClientOptions ElectionClientOptionsFor(ProgramMetrics& metrics) {
  client::ClientOptions client_options;
  CountRequests(metrics, client_options);
  return client_options;
}

client::ClientOptions ReviewClientOptionsFor(const Options& options, ProgramMetrics& metrics) {
  client::ClientOptions client_options = ClientOptionsFor(options, metrics, nullptr);
  client_options.qps = kReviewsPerSecond;
  client_options.burst = kReviewsPerSecond;
  client_options.max_response_bytes = kMaxReviewBytes;
  client_options.request_timeout = kReviewTime;
  return client_options;
}

ControllerOptions ControllerOptionsFor(const Options& options) {
  ControllerOptions controller;
  controller.reconciler.mode = options.mode;
  controller.reconciler.endpoints.annotate_container_ports = options.annotate_container_ports;
  controller.reconciler.max_endpoints_per_slice = options.max_endpoints_per_slice;
  controller.reconciler.missing_node_settle_time = options.missing_node_settle_time;
  controller.tick = options.report_tick;
  controller.concurrency = options.concurrent_endpoint_syncs;
  controller.batch_period = options.endpoint_updates_batch_period;
  controller.min_resync_period = options.min_resync_period;
  controller.once = options.once;
  controller.dry_run = options.dry_run;
  controller.dry_run_format = options.output;
  return controller;
}

}  // namespace k8sm::controller
