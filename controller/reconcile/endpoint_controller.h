// The endpoint controller: syncs services when the caches change, and writes Endpoints and EndpointSlices.

#ifndef K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_
#define K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/cluster/service_trigger.h"
#include "controller/reconcile/api_writer.h"
#include "controller/reconcile/dry_run.h"
#include "controller/reconcile/reconciler.h"
#include "controller/reconcile/report_format.h"
#include "controller/reconcile/sync_loop.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_client.h"
#include "lib/events/event_sink.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/timestamp.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace k8sm::controller {

// The settings of the controller; see also options.h.
struct ControllerOptions {
  ReconcilerOptions reconciler;
  // Maximum number of concurrent syncs. A sync that has nothing to write finishes at once.
  std::size_t concurrency = 5;
  // Delay between a pod change and the sync of its services, during which further changes are batched; 0:
  // none.
  std::chrono::milliseconds batch_period{0};
  // Every service is synced again after a period chosen uniformly from [this, 2 * this], even if nothing
  // changed; 0: never.
  std::chrono::milliseconds min_resync_period{std::chrono::hours(12)};
  // Interval of Reconciler::Tick(). Only tests need another value.
  std::chrono::milliseconds tick{5'000};
  // Give up on a service after eight tries instead of retrying forever.
  bool once = false;
  // Print what would be written to stdout, write nothing.
  bool dry_run = false;
  ReportFormat dry_run_format = ReportFormat::kText;
};

// Owns the queue of services, the reconciler and the writers; one sync handles Endpoints and EndpointSlices
// of a service. `client`, `cache` and whatever `events` refers to must outlive it. `on_failure` is called if
// a sync throws.
class EndpointController {
 public:
  EndpointController(asio::any_io_executor executor, const ControllerOptions& options,
                     client::ApiClient& client, ClusterCache& cache, const events::EventSink& events,
                     TaskGroup::FailureHandler on_failure);

  // Sets which Endpoints fields the API server stores (EndpointsLimits). Call before the first sync.
  void SetStoredFields(bool node_names, bool app_protocols);

  // Starts to report nodes that do not exist while published pods are bound to them, whenever the cache of
  // nodes is current, and until AddSlices(): then such pods are skipped. REQUIRES: that cache is synced.
  void ReportMissingNodes();

  // Starts to write EndpointSlices; queues every service again if Start() has been called. REQUIRES: the
  // caches of slices and nodes are synced.
  void AddSlices();

  // Queues every service, observes the caches, and syncs in tasks of `tasks`, which end by cancellation. Call
  // at most once, and not with SyncOnce(). REQUIRES: the caches of Services, Pods and Endpoints are synced.
  void Start(TaskGroup& tasks);

  // Queues every service and returns when each has been synced or given up. The loop stays in `tasks` and
  // ends by cancellation. REQUIRES: as for Start().
  Awaitable<void> SyncOnce(TaskGroup& tasks);

  // Returns when every service has been tried at least once. REQUIRES: Start() was called.
  Awaitable<void> WaitUntilTried() { co_await loop_.WaitUntilTried(); }

  // Whether Start() was called and no sync is pending, running or waiting for a retry.
  bool Idle() const { return following_since_ && loop_.Idle(); }
  // When Start() was called; nullopt before.
  std::optional<kube::Timestamp> following_since() const { return following_since_; }
  // Whether SyncOnce() has completed.
  bool reached_all() const { return reached_all_; }
  // The number of services that were given up.
  std::size_t failed() const { return loop_.failed(); }
  // Returns what a dry run reports at its end: a summary, or all of it as JSON (DryRun::Json).
  std::string DryRunReport() const;

  // Waits for running syncs until `deadline`, then cancels them. Returns whether all finished by then.
  // REQUIRES: the tasks have ended.
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
  // Notes which Endpoints have no service.
  void NoteLeftovers();
  void RememberDeletions();
  bool IsAnyNodeMissing() const;
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
  std::optional<kube::Timestamp> following_since_;
  std::optional<std::chrono::steady_clock::time_point>
      went_back_;  // ClusterCache::WentBack() at the last sync
  bool reached_all_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINT_CONTROLLER_H_
