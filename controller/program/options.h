// What the command line asks for, checked.

#ifndef K8SM_CONTROLLER_PROGRAM_OPTIONS_H_
#define K8SM_CONTROLLER_PROGRAM_OPTIONS_H_

#include "lib/endpoints/address_mode.h"
#include "lib/informer/reflector_timing.h"
#include "lib/leader/election_options.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace k8sm::controller {

// Whether EndpointSlices are written.
enum class EndpointSlices {
  kAuto,  // where the API server serves them
  kOn,    // an error where it does not
  kOff,
};

// What the election is held on.
enum class ResourceLock {
  kAuto,  // leases where the API server serves them, else Endpoints
  kLeases,
  kEndpoints,
};

struct Options {
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  EndpointSlices endpoint_slices = EndpointSlices::kAuto;
  // From 1 to 1000, the most that the API server accepts.
  std::size_t max_endpoints_per_slice = 100;
  // Annotate Endpoints with the container ports behind their host ports; nothing to do in pod-IP mode.
  bool annotate_container_ports = false;

  // Where the API server is; both empty: the cluster that the process runs in.
  std::string kubeconfig;
  std::string master;
  // The one namespace to look at; empty: all.
  std::string ns;

  // Writes in flight at a time, of Endpoints and as many of EndpointSlices.
  std::size_t concurrent_endpoint_syncs = 5;
  // How long to wait for further changes of pods before a service is synced for one; 0: not at all.
  std::chrono::milliseconds endpoint_updates_batch_period{0};
  // Every service is synced at least once in a time chosen uniformly from [this, 2 * this]; 0: never without
  // cause.
  std::chrono::milliseconds min_resync_period{std::chrono::hours(12)};

  // Requests a second, and how many at once; 0 requests a second: no limit.
  double kube_api_qps = 100;
  int kube_api_burst = 200;
  // How long to wait for the API server; no flags, for the defaults fit every one.
  informer::ReflectorTiming reflector_timing;
  // For one attempt of a request (client_options.h), and before one for reading is made again.
  std::chrono::milliseconds attempt_timeout{15'000};
  std::chrono::milliseconds retry_pause{1'000};
  // Never ask for compressed answers.
  bool disable_compression = true;

  // Where health, metrics and /debug are served; port 0: nowhere.
  std::string address = "127.0.0.1";
  std::uint16_t port = 10252;
  // Both or neither: HTTPS with this certificate instead of HTTP.
  std::string tls_cert_file;
  std::string tls_private_key_file;

  // Write only while this process holds the lease that `election` names. Without effect on dry runs.
  bool leader_elect = true;
  ResourceLock resource_lock = ResourceLock::kAuto;
  // Without an identity one is made up.
  leader::ElectionOptions election;

  // Sync everything that is there and end.
  bool once = false;
  // Write nothing, print what would be written.
  bool dry_run = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PROGRAM_OPTIONS_H_
