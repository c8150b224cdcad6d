// Reconciles the Endpoints and EndpointSlices of one service at a time.

#ifndef K8SM_CONTROLLER_RECONCILE_RECONCILER_H_
#define K8SM_CONTROLLER_RECONCILE_RECONCILER_H_

#include "controller/reconcile/endpoints_step.h"
#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/slices_step.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/report/empty_services.h"
#include "controller/report/missing_nodes.h"
#include "controller/report/skip_log.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/slice_plan.h"
#include "lib/endpoints/trigger_time.h"
#include "lib/endpoints/verdicts.h"
#include "lib/events/event_sink.h"
#include "lib/informer/label_index.h"
#include "lib/informer/selector_index.h"
#include "lib/informer/slice_index.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/kube/timestamp.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {

// The caches that the reconciler reads. They must outlive it.
struct ReconcilerCaches {
  const informer::Store<kube::Service>& services;
  const informer::SelectorIndex& services_by_selector;
  const informer::LabelIndex& pods;
  const informer::Store<kube::Endpoints>& endpoints;
  const informer::SliceIndex& slices;
  const informer::Store<kube::Node>& nodes;
  // Whether slices exist that this controller manages for the service and that cannot be decoded.
  std::function<bool(const kube::ObjectKey& service)> has_unreadable_slices;
  // Asks the API server, not the caches, whether a service exists (ServiceExists()).
  std::function<Awaitable<Result<bool>>(kube::ObjectKey service)> service_exists;
};

// What is published and in which form.
struct ReconcilerOptions {
  // Whether endpoints are hostIP:hostPort or podIP:containerPort.
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  // What the API server stores of Endpoints, and how many addresses.
  endpoints::EndpointsLimits endpoints;
  // Maximum number of endpoints in a slice, from 1 to 1000.
  std::size_t max_endpoints_per_slice = 100;
  // Only tests need another value.
  std::chrono::milliseconds missing_node_settle_time = MissingNodes::kSettleTime;
};

// A sync selects the service's pods and judges them once; the plans for both kinds, the skip log and the
// events all derive from these verdicts. Endpoints and EndpointSlices are written at the same time, and an
// error for one kind does not stop the other, unless the other has not begun and no write can succeed
// (IsOfAllWrites). What is left of a service that is gone is deleted one kind after the other.
class Reconciler {
 public:
  // Runs a coroutine beside the sync that needs it. If one of the two is cancelled, so must be the other
  // (SyncLoop::Spawn).
  using Spawn = std::function<void(std::string name, Awaitable<void> task)>;

  // Writes Endpoints only, until EnableSlices(). `events` may be called during Sync() and Tick().
  Reconciler(const ReconcilerOptions& options, const ReconcilerCaches& caches, Writers writers,
             const events::EventSink& events, Spawn spawn);

  // Starts to plan and write EndpointSlices. REQUIRES: the caches of slices and nodes are synced.
  void EnableSlices() {
    with_slices_ = true;
    missing_nodes_ = MissingNodes();
  }
  bool with_slices() const { return with_slices_; }

  // Starts to look for nodes that do not exist while published pods are bound to them. For use while slices
  // are not written: with them, such pods are skipped. REQUIRES: the cache of nodes is synced.
  void LookForMissingNodes() { looks_for_missing_nodes_ = true; }

  // Called with the time of the change that objects of a kind publish, when all of them have been written.
  // Changes without a time, e.g. of labels, are not reported (endpoints::TriggerTimeTracker).
  using PublishedHook = std::function<void(endpoints::Published, kube::Timestamp trigger)>;
  // Replaces the hook; it is called during Sync().
  void SetPublishedHook(PublishedHook hook) { on_published_ = std::move(hook); }

  // Sets where a host port that is free is asked for: "31009 is free on 3 of 3 agents", or nothing. Skips for
  // want of a host port name it.
  void SetFreePort(std::function<std::string()> free_port) { free_port_ = std::move(free_port); }

  // Sets where it is asked why the nodes that are planned with may be outdated
  // (ClusterCache::NodesTrouble()). Skips for want of a node say so.
  void SetNodesTrouble(std::function<std::optional<std::string>()> nodes_trouble) {
    nodes_trouble_ = std::move(nodes_trouble);
  }

  // Syncs one service:
  //   1. Determines the outcome of earlier writes that got no response.
  //   2. If the service is gone, deletes its Endpoints and slices. Unless its deletion was seen, the API
  //      server is asked first, since the cache of services may be behind. If it selects no pods, deletes its
  //      slices and leaves its Endpoints. If it cannot be decoded, goes on with its last readable version, or
  //      does nothing if there is none.
  //   3. Otherwise judges its pods, plans, reports skips, and writes the objects that differ from the plan.
  //
  // Sends no request if everything is up to date. Never two syncs at a time for one key. Does not retry.
  // Errors are those of the writers; if both kinds fail, that of Endpoints. The result asks for a requeue if
  // a write is held back. Cancellation ends the sync with kCanceled; a request in flight may still be carried
  // out.
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);

  // Logs skips that have lasted too long by `now`, selectors that look mistyped, and lines that a rate limit
  // held back. Call every few seconds.
  void Tick(std::chrono::steady_clock::time_point now);

  // Logs which nodes are missing. Call every few seconds; see MissingNodes::Tick() for `nodes_followed`.
  void TellMissingNodes(std::optional<std::chrono::steady_clock::time_point> nodes_followed,
                        std::chrono::steady_clock::time_point now);

  // Call when the API server has gone back to an older state: that its objects differ from what was written
  // is then nobody's rewrite.
  void OnWentBack();

  // For metrics, /debug and tests.
  const SkipLog& skips() const { return skips_; }
  const EmptyServices& empty_services() const { return empty_services_; }
  const MissingNodes& missing_nodes() const { return missing_nodes_; }
  EndpointsStep& endpoints_step() { return endpoints_; }
  SlicesStep& slices_step() { return slices_; }
  const EndpointsStep& endpoints_step() const { return endpoints_; }
  const SlicesStep& slices_step() const { return slices_; }

  // The number of entries in the per-service tables; 0 once all services are gone.
  std::size_t size() const;

 private:
  // Whether the service's slices can be planned at present.
  bool PlansSlices(const kube::ObjectKey& key) const;

  // The writes for one service.
  struct Plans {
    std::optional<kube::Endpoints> endpoints;
    endpoints::SlicePlan slices;
  };

  // Whether the outcome of earlier writes is known, for each kind. A kind with an error must not be written.
  struct Settled {
    Result<void> endpoints;
    Result<void> slices;
  };

  // The outcome of a write that another coroutine waits for.
  struct Outcome;

  Awaitable<Settled> Settle(kube::ObjectKey key);
  Plans Plan(const kube::Service& service);
  void Report(const endpoints::Verdicts& verdicts, const endpoints::EndpointsPlan& plan);
  void AddHints(std::vector<endpoints::Skip>& skips) const;
  void Tell(const SkipNews& news);
  NoPods WhyNoPods(const kube::ObjectKey& service) const;
  Awaitable<Result<SyncResult>> Write(kube::ObjectMeta service, Plans plans, Settled settled);
  Awaitable<Result<SyncResult>> WriteBoth(kube::ObjectMeta service, Plans plans, Settled settled);
  Awaitable<Result<SyncResult>> WriteEndpoints(kube::ObjectKey key, std::optional<kube::Endpoints> plan,
                                               Result<void> settled);
  Awaitable<Result<SyncResult>> WriteSlices(kube::ObjectMeta service, endpoints::SlicePlan plan,
                                            Result<void> settled);
  Awaitable<void> WriteSlicesTo(std::shared_ptr<Outcome> outcome, kube::ObjectMeta service,
                                endpoints::SlicePlan plan, Result<void> settled);
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey key, Settled settled);
  Awaitable<Result<SyncResult>> CleanSlices(kube::ObjectKey key, const Settled& settled);
  void SettleTime(const kube::ObjectKey& key, endpoints::Published kind, bool written);
  void Forget(const kube::ObjectKey& key);

  const ReconcilerOptions options_;
  const ReconcilerCaches caches_;
  const events::EventSink events_;
  const Spawn spawn_;
  EndpointsStep endpoints_;
  SlicesStep slices_;
  SkipLog skips_;
  EmptyServices empty_services_;
  MissingNodes missing_nodes_;
  endpoints::TriggerTimeTracker trigger_times_;
  std::function<std::string()> free_port_;                     // may be empty
  std::function<std::optional<std::string>()> nodes_trouble_;  // may be empty
  PublishedHook on_published_;                                 // may be empty
  bool with_slices_ = false;
  bool looks_for_missing_nodes_ = false;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_RECONCILER_H_
