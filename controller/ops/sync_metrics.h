// The metrics of one sync loop and its queue.

#ifndef K8SM_CONTROLLER_OPS_SYNC_METRICS_H_
#define K8SM_CONTROLLER_OPS_SYNC_METRICS_H_

#include "controller/reconcile/sync_loop.h"
#include "controller/reconcile/sync_observer.h"
#include "lib/metrics/registry.h"

#include <array>
#include <functional>
#include <string>

namespace k8sm::controller {

// Registers workqueue_* and endpoint_slice_controller_syncs, named as in Kubernetes' endpoint controllers,
// and k8sm_sync_duration_seconds. All series exist from the start with value 0.
class SyncMetrics final : public SyncObserver {
 public:
  // `queue` is the label `name` of workqueue_* ("endpoint"). `loop` is called for every page and returns the
  // loop, or null if there is none yet. The registry must not generate a page after this object is destroyed.
  SyncMetrics(metrics::Registry& registry, const std::string& queue, std::function<const SyncLoop*()> loop);

  // Implements QueueObserver: counts additions and retries, and observes in seconds how long a key waited in
  // the queue and how long its sync took.
  void OnAdded() override { adds_.Increment(); }
  void OnTaken(Duration waited) override;
  void OnDone(Duration worked) override;
  void OnRetry() override { retries_.Increment(); }
  // Implements SyncObserver: counts the sync by its outcome ("success", "stale", "error") and observes its
  // duration.
  void OnSynced(SyncOutcome outcome, Duration took) override;

 private:
  prometheus::Counter& adds_;
  prometheus::Counter& retries_;
  prometheus::Histogram& queue_duration_;
  prometheus::Histogram& work_duration_;
  prometheus::Histogram& sync_duration_;
  std::array<prometheus::Counter*, 3> outcomes_;  // by SyncOutcome
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_SYNC_METRICS_H_
