// Brings one service's EndpointSlices to what its pods make of them.

#ifndef K8SM_CONTROLLER_RECONCILE_SLICES_RECONCILER_H_
#define K8SM_CONTROLLER_RECONCILE_SLICES_RECONCILER_H_

#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/rewrite_guard.h"
#include "controller/reconcile/slices_observer.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/report/coexistence.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/slice_plan.h"
#include "lib/endpoints/trigger_time.h"
#include "lib/events/event_sink.h"
#include "lib/informer/label_index.h"
#include "lib/informer/slice_index.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>

namespace k8sm::controller {

// What it reads: the caches, nothing else. They have to outlive the reconciler.
struct SlicesCaches {
  const informer::Store<kube::Service>& services;
  const informer::LabelIndex& pods;
  const informer::SliceIndex& slices;
  const informer::Store<kube::Node>& nodes;
};

class SlicesReconciler {
 public:
  SlicesReconciler(endpoints::AddressMode mode, std::size_t max_endpoints_per_slice, SlicesCaches caches,
                   ObjectWriter<kube::EndpointSlice>& writer, events::EventSink events);

  // Has somebody told of all plans and writes from now on. The observer has to outlive the reconciler's use.
  void SetObserver(SlicesObserver* observer) { observer_ = observer; }

  // Reads the caches, plans, and writes what differs, slice by slice: what is new first, what is old last,
  // and that only where all else went well. Errors are those of the writer; to try again is up to the caller.
  // Never two at a time for one key.
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);

  // Sums up the warnings that were held back, once a minute. To be called every few seconds.
  void Tick(std::chrono::steady_clock::time_point now);

  // A node has appeared: should it go, that is worth a word again.
  void NoteNode(const std::string& name) { missing_nodes_.erase(name); }

  // How often others have rewritten what we had written.
  std::uint64_t foreign_writes() const { return rewrite_guard_.rewrites(); }

 private:
  Awaitable<Result<SyncResult>> Write(kube::ObjectKey key, endpoints::SlicePlan plan);
  Awaitable<Result<void>> Send(endpoints::SlicePlan plan);
  void Tell(SliceOperation operation);
  void LogForeign(const kube::ObjectKey& key, const kube::Service* service);
  void TellFailure(const kube::ObjectKey& key, const Error& error);
  void LogMissingNodes(const kube::ObjectKey& key, const endpoints::SlicePlan& plan);

  const endpoints::AddressMode mode_;
  const std::size_t max_endpoints_;
  const SlicesCaches caches_;
  ObjectWriter<kube::EndpointSlice>& writer_;
  const events::EventSink events_;
  RewriteGuard rewrite_guard_;
  ForeignSliceLog foreign_log_;
  endpoints::TriggerTimeTracker trigger_times_;
  std::set<std::string> missing_nodes_;  // that were told of
  SlicesObserver* observer_ = nullptr;   // null: nobody listens
  LineBudget rewrite_lines_{kLines};
  LineBudget foreign_lines_{kLines};
  LineBudget missing_node_lines_{kLines};

  static constexpr std::size_t kLines = 10;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SLICES_RECONCILER_H_
