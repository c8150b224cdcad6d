// The controller: from changes in the caches to writes of Endpoints and EndpointSlices.

#ifndef K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_
#define K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/cluster/service_trigger.h"
#include "controller/reconcile/api_writer.h"
#include "controller/reconcile/dry_run.h"
#include "controller/reconcile/reconciler.h"
#include "controller/reconcile/sync_loop.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/events/event_sink.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <string>

namespace k8sm::controller {

struct ControllerOptions {
  ReconcilerOptions reconciler;
  // Services that are synced at a time; one that writes nothing takes none of them.
  std::size_t concurrency = 5;
  // How long to wait for further changes of pods before a service is synced for one; 0: not at all.
  std::chrono::milliseconds batch_period{0};
  // Every service is synced at least once in a time chosen uniformly from [this, 2 * this]; 0: never without
  // cause.
  std::chrono::milliseconds min_resync_period{std::chrono::hours(12)};
  // Give up a service after eight tries.
  bool once = false;
  // Write nothing, print what would be written to stdout.
  bool dry_run = false;
};

// One queue of services, one sync for both kinds. Client and cache have to outlive it.
class EndpointController {
 public:
  EndpointController(asio::any_io_executor executor, const ControllerOptions& options,
                     client::ApiClient& client, ClusterCache& cache, const events::EventSink& events,
                     TaskGroup::FailureHandler on_failure);

  // What the API server stores of Endpoints. Before the first sync.
  void SetStoredFields(bool node_names, bool app_protocols);

  // From now on EndpointSlices are written too; queues every service again where it has been started.
  // REQUIRES: the caches of slices and nodes are synced.
  void AddSlices();

  // Queues every service, and from now on what changes touch, and syncs them in tasks of `tasks`, which end
  // by cancellation. REQUIRES: the caches of services, pods and Endpoints are synced. Once, and not with
  // SyncOnce().
  void Start(TaskGroup& tasks);

  // Syncs everything that is there, by name, until each service is synced or given up.
  Awaitable<void> SyncOnce(TaskGroup& tasks);

  // Returns when every service has been synced or tried. REQUIRES: started.
  Awaitable<void> WaitUntilTried() { co_await loop_.WaitUntilTried(); }

  // Whether every service is synced, and each change since.
  bool Idle() const { return following_ && loop_.Idle(); }
  // Whether SyncOnce() has come to its end.
  bool reached_all() const { return reached_all_; }
  // Services that were given up.
  std::size_t failed() const { return loop_.failed(); }
  // What a dry run would have written.
  std::string DryRunSummary() const { return dry_run_.Summary(reconciler_.with_slices()); }

  // Lets the syncs under way end until `deadline`, then cancels them. Returns whether all have ended by
  // themselves. REQUIRES: the tasks have ended.
  Awaitable<bool> Drain(std::chrono::steady_clock::time_point deadline) {
    co_return co_await loop_.Drain(deadline);
  }

  SyncLoop& loop() { return loop_; }
  const SyncLoop& loop() const { return loop_; }
  Reconciler& reconciler() { return reconciler_; }
  const Reconciler& reconciler() const { return reconciler_; }

 private:
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);
  void QueueEverything();
  void RememberDeletions();
  Awaitable<void> ResyncLoop();
  Awaitable<void> TickLoop();

  const ControllerOptions options_;
  ClusterCache& cache_;
  ApiWriter<kube::Endpoints> endpoints_writer_;
  ApiWriter<kube::EndpointSlice> slices_writer_;
  DryRun dry_run_;
  Reconciler reconciler_;
  SyncLoop loop_;
  ServiceTrigger trigger_;
  bool following_ = false;
  bool reached_all_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_
