// All that /metrics tells, put together.

#ifndef K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_
#define K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/ops/health_checks.h"
#include "controller/ops/slices_metrics.h"
#include "controller/ops/sync_metrics.h"
#include "controller/reconcile/endpoint_controller.h"
#include "lib/http_server/router.h"
#include "lib/metrics/registry.h"
#include "lib/metrics/request_metrics.h"

#include <cstdint>
#include <functional>
#include <string>

namespace k8sm::controller {

// Make it first and destroy it last: what it observes tells it of events as long as it works. It reads what
// it was given for each page, so pages end before that goes.
class ProgramMetrics {
 public:
  // `host` is the API server's, as in its URL.
  explicit ProgramMetrics(std::string host);

  void Observe(const ClusterCache& cache);
  void Observe(EndpointController& controller);
  void Observe(const HealthChecks& checks);
  // `lease` is the name of the lease that the election is about.
  void ObserveElection(const std::string& lease, std::function<bool()> leading,
                       std::function<std::uint64_t()> slow_paths);

  // For clients of the API server.
  metrics::RequestMetrics& requests() { return requests_; }

  const metrics::Registry& registry() const { return registry_; }

 private:
  metrics::Registry registry_;
  metrics::RequestMetrics requests_;
  EndpointController* controller_ = nullptr;  // null before Observe()
  SyncMetrics syncs_;
  SlicesMetrics slices_metrics_;
};

// Adds /metrics, and /metrics/slis with those of the health checks alone, where Kubernetes' own components
// have them.
void AddMetricsPages(const ProgramMetrics& metrics, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_PROGRAM_METRICS_H_
