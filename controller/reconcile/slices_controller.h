// Keeps the EndpointSlices of all services true.

#ifndef K8SM_CONTROLLER_RECONCILE_SLICES_CONTROLLER_H_
#define K8SM_CONTROLLER_RECONCILE_SLICES_CONTROLLER_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/cluster/service_trigger.h"
#include "controller/program/options.h"
#include "controller/reconcile/api_writer.h"
#include "controller/reconcile/controller.h"
#include "controller/reconcile/dry_run_slices_writer.h"
#include "controller/reconcile/slices_reconciler.h"
#include "controller/reconcile/sync_loop.h"
#include "lib/async/task_group.h"
#include "lib/client/api_client.h"
#include "lib/events/event_sink.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace k8sm::controller {

// Client and cache have to outlive it.
class SlicesController : public Controller {
 public:
  SlicesController(asio::any_io_executor executor, const Options& options, client::ApiClient& client,
                   ClusterCache& cache, events::EventSink events, TaskGroup::FailureHandler on_failure);

  void QueueEverything() override;
  void FollowChanges() override;
  void Tick(std::chrono::steady_clock::time_point now) override { reconciler_.Tick(now); }
  std::string DryRunSummary() const override { return dry_run_writer_.Summary(); }
  SyncLoop& loop() override { return loop_; }

  // Of its plans and writes; that of its syncs is the loop's.
  void SetObserver(SlicesObserver* observer) { reconciler_.SetObserver(observer); }
  std::uint64_t foreign_writes() const { return reconciler_.foreign_writes(); }

 private:
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);

  const Options& options_;
  ClusterCache& cache_;
  ApiWriter<kube::EndpointSlice> api_writer_;
  DryRunSlicesWriter dry_run_writer_;
  SlicesReconciler reconciler_;
  SyncLoop loop_;
  ServiceTrigger trigger_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SLICES_CONTROLLER_H_
