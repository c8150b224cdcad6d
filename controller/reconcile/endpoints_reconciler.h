// Brings one service's Endpoints to what its pods make of them.

#ifndef K8SM_CONTROLLER_RECONCILE_ENDPOINTS_RECONCILER_H_
#define K8SM_CONTROLLER_RECONCILE_ENDPOINTS_RECONCILER_H_

#include "controller/reconcile/object_writer.h"
#include "controller/reconcile/rewrite_guard.h"
#include "controller/reconcile/sync_loop.h"
#include "controller/report/skip_log.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/base/failure_log.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/trigger_time.h"
#include "lib/events/event_sink.h"
#include "lib/informer/label_index.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <chrono>
#include <cstdint>
#include <unordered_set>

namespace k8sm::controller {

// What it reads: the caches, nothing else. They have to outlive the reconciler.
struct EndpointsCaches {
  const informer::Store<kube::Service>& services;
  const informer::Store<kube::Endpoints>& endpoints;
  const informer::LabelIndex& pods;
};

class EndpointsReconciler {
 public:
  EndpointsReconciler(endpoints::AddressMode mode, EndpointsCaches caches,
                      ObjectWriter<kube::Endpoints>& writer, bool annotate_container_ports,
                      events::EventSink events);

  // Reads the caches, plans, and writes what differs: one request or none. Errors are those of the writer; to
  // try again is up to the caller. Never two at a time for one key. What is skipped is told to the log, and
  // in events.
  Awaitable<Result<SyncResult>> Sync(kube::ObjectKey key);

  // Tells of the skips that have lasted too long by `now`, and what was held back. To be called every few
  // seconds.
  void Tick(std::chrono::steady_clock::time_point now);

  // What is skipped at present.
  const SkipLog& skips() const { return skip_log_; }

  // How often others have rewritten what we had written.
  std::uint64_t foreign_writes() const { return rewrite_guard_.rewrites(); }

  // A service was seen to be deleted: its Endpoints go at the next sync even if they bear no controller's
  // mark.
  void NoteDeleted(const kube::ObjectKey& service) { deleted_.insert(service); }
  // Its Endpoints have gone without us.
  void ForgetDeleted(const kube::ObjectKey& service) { deleted_.erase(service); }

 private:
  Awaitable<Result<SyncResult>> Clean(kube::ObjectKey key);
  Awaitable<Result<SyncResult>> Write(kube::ObjectKey key, kube::Endpoints wanted);
  void Forget(const kube::ObjectKey& key);
  void Tell(const SkipNews& news);

  const endpoints::AddressMode mode_;
  const EndpointsCaches caches_;
  ObjectWriter<kube::Endpoints>& writer_;
  const bool annotate_container_ports_;
  const events::EventSink events_;
  SkipLog skip_log_;
  RewriteGuard rewrite_guard_;
  LineBudget rewrite_lines_{10};
  endpoints::TriggerTimeTracker trigger_times_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> deleted_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_ENDPOINTS_RECONCILER_H_
