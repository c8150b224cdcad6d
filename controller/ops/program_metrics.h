// The metrics registry of the program and everything registered in it.

#ifndef K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_
#define K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/ops/health_checks.h"
#include "controller/ops/programming_metrics.h"
#include "controller/ops/slices_metrics.h"
#include "controller/ops/sync_metrics.h"
#include "controller/reconcile/endpoint_controller.h"
#include "lib/endpoints/address_mode.h"
#include "lib/events/recorder_machine.h"
#include "lib/http_server/router.h"
#include "lib/metrics/registry.h"
#include "lib/metrics/request_metrics.h"

#include <cstdint>
#include <functional>
#include <string>

namespace k8sm::controller {

// Must be constructed before and destroyed after what it observes, since it receives their callbacks. Each
// page is read from the observed objects, so no page may be generated after one of them is destroyed.
class ProgramMetrics {
 public:
  // `host` is the host in the API server's URL, a label of the request metrics.
  explicit ProgramMetrics(std::string host);

  // Register the metrics of the argument. Call each at most once.
  void Observe(const ClusterCache& cache);
  // In a dry run, no writes are counted, and no time until a change was written.
  void Observe(EndpointController& controller, bool dry_run = false);
  void Observe(const HealthChecks& checks);
  // Registers the metrics of the leader election on the lease named `lease`. The functions are called for
  // every page.
  void ObserveElection(const std::string& lease, std::function<bool()> leading,
                       std::function<std::uint64_t()> slow_paths);

  // Registers k8sm_mode, 1 for the mode of this process. `lease` is the name of its lease; empty without
  // leader election.
  void ObserveMode(endpoints::AddressMode mode, const std::string& lease);
  // Registers k8sm_events_total, the events of syncs by what became of them. The function is called for every
  // page.
  void ObserveEvents(std::function<events::RecorderMachine::Stats()> stats);

  // Counts and times the requests of API clients.
  // Valid while this object lives.
  metrics::RequestMetrics& requests() { return requests_; }

  metrics::Registry& registry() { return registry_; }
  const metrics::Registry& registry() const { return registry_; }

 private:
  metrics::Registry registry_;
  metrics::RequestMetrics requests_;
  EndpointController* controller_ = nullptr;  // null before Observe()
  SyncMetrics syncs_;
  SlicesMetrics slices_metrics_;
  ProgrammingMetrics programming_;
};

// Adds /metrics, and /metrics/slis, which has only the metrics of the health checks, as in Kubernetes
// components.
void AddMetricsPages(const ProgramMetrics& metrics, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_
