// The validated settings of the program.

#ifndef K8SM_CONTROLLER_PROGRAM_OPTIONS_H_
#define K8SM_CONTROLLER_PROGRAM_OPTIONS_H_

#include "controller/port_space/port_space_options.h"
#include "controller/reconcile/report_format.h"
#include "lib/client/message/encoding.h"
#include "lib/endpoints/address_mode.h"
#include "lib/informer/reflector_timing.h"
#include "lib/leader/election_options.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// When EndpointSlices are written.
enum class EndpointSlices {
  kAuto,  // if the API server serves them
  kOn,    // always; an error if the API server does not serve them
  kOff,
};

// The kind of the lock object of the leader election.
enum class ResourceLock {
  kAuto,  // a Lease if the API server serves them, else Endpoints
  kLeases,
  kEndpoints,
};

// The defaults are those of the flags.
struct Options {
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  EndpointSlices endpoint_slices = EndpointSlices::kAuto;
  // Maximum number of endpoints in a slice, from 1 to 1000, which is the API server's limit.
  std::size_t max_endpoints_per_slice = 100;
  // Annotate Endpoints with the container ports behind their host ports. No effect in pod-IP mode.
  bool annotate_container_ports = false;

  // The kubeconfig file and the URL of the API server. If both are empty, the in-cluster service account is
  // used. An empty `context` is the current context of the kubeconfig.
  std::string kubeconfig;
  std::string context;
  std::string master;
  // The namespace to watch; empty: all namespaces.
  std::string ns;

  // Maximum number of concurrent syncs.
  std::size_t concurrent_endpoint_syncs = 5;
  // Delay between a pod change and the sync of its services, during which further changes are batched; 0:
  // none.
  std::chrono::milliseconds endpoint_updates_batch_period{0};
  // Every service is synced again after a period chosen uniformly from [this, 2 * this], even if nothing
  // changed; 0: never.
  std::chrono::milliseconds min_resync_period{std::chrono::hours(12)};

  // Client-side rate limit, in requests a second, and its burst. A rate of 0 disables it.
  double kube_api_qps = 100;
  int kube_api_burst = 200;
  // The encoding that lists and watches ask for.
  client::Encoding kube_api_content_type = client::Encoding::kProtobuf;
  // Timeouts of lists and watches. There are no flags for them.
  informer::ReflectorTiming reflector_timing;
  // Interval of reports that depend on time, and how long a missing node settles (MissingNodes). There are no
  // flags for them.
  std::chrono::milliseconds report_tick{5'000};
  std::chrono::milliseconds missing_node_settle_time{10'000};
  // Timeout of one attempt of a request, and the delay before a read is retried (client_options.h). There are
  // no flags for them.
  std::chrono::milliseconds attempt_timeout{15'000};
  std::chrono::milliseconds retry_pause{1'000};
  // How long a run with `once` waits for caches whose lists fail, and for the lease. Longer than an abandoned
  // lease takes to expire. There is no flag for it.
  std::chrono::milliseconds once_patience{30'000};
  // Do not ask the API server for compressed responses.
  bool disable_compression = true;

  // Where health, metrics and debug pages are served; port 0: nowhere.
  std::string address = "127.0.0.1";
  std::uint16_t port = 10252;
  // PEM files of the certificate and key to serve HTTPS with. Both or neither; see OpsPortOptions.
  std::string tls_cert_file;
  std::string tls_private_key_file;
  // PEM file with the CAs of client certificates; empty: none are requested.
  std::string client_ca_file;
  // Off loopback: whether clients are admitted without asking the API server, and the paths that are open to
  // everyone in any case (IsOpenPath()).
  bool always_allow = false;
  std::vector<std::string> always_allow_paths = {"/healthz", "/readyz", "/livez"};

  // Write only while this process holds the lease that `election` names. No effect on dry runs.
  bool leader_elect = true;
  ResourceLock resource_lock = ResourceLock::kAuto;
  // Lease name, durations and identity. An empty identity is replaced by a generated one.
  leader::ElectionOptions election;

  // Watch the host ports of Mesos agents; nullopt: do not. No effect with `once`.
  std::optional<PortSpaceOptions> port_space;

  // Sync every service once and exit.
  bool once = false;
  // Print what would be written, write nothing. kJson: only with `once`.
  bool dry_run = false;
  ReportFormat output = ReportFormat::kText;
  // With `once`: exit with 3 if pods are skipped and nothing else failed.
  bool fail_on_skips = false;
  // Only print which permissions are granted.
  bool check_permissions = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_OPTIONS_H_
