// Keeps the Endpoints of all services true.

#ifndef K8SM_CONTROLLER_RECONCILE_ENDPOINTS_CONTROLLER_H_
#define K8SM_CONTROLLER_RECONCILE_ENDPOINTS_CONTROLLER_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/cluster/service_trigger.h"
#include "controller/program/options.h"
#include "controller/reconcile/api_writer.h"
#include "controller/reconcile/controller.h"
#include "controller/reconcile/dry_run_endpoints_writer.h"
#include "controller/reconcile/endpoints_reconciler.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/report/skip_log.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/events/event_sink.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstdint>
#include <string>

namespace k8sm::controller {

// Client and cache have to outlive it.
class EndpointsController : public Controller {
 public:
  EndpointsController(asio::any_io_executor executor, const Options& options, client::ApiClient& client,
                      ClusterCache& cache, events::EventSink events, TaskGroup::FailureHandler on_failure);

  void QueueEverything() override;
  void FollowChanges() override;
  void Tick(std::chrono::steady_clock::time_point now) override { reconciler_.Tick(now); }
  std::string DryRunSummary() const override { return dry_run_writer_.Summary(); }
  SyncLoop& loop() override { return loop_; }

  // What is not published at present.
  const SkipLog& skips() const { return reconciler_.skips(); }
  std::uint64_t foreign_writes() const { return reconciler_.foreign_writes(); }

 private:
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);
  void RememberDeletions();

  const Options& options_;
  ClusterCache& cache_;
  ApiWriter<kube::Endpoints> api_writer_;
  DryRunEndpointsWriter dry_run_writer_;
  EndpointsReconciler reconciler_;
  SyncLoop loop_;
  ServiceTrigger trigger_;
  bool following_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINTS_CONTROLLER_H_
