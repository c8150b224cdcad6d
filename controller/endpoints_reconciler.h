// Brings one service's Endpoints to what its pods make of them.

#ifndef K8SM_CONTROLLER_ENDPOINTS_RECONCILER_H_
#define K8SM_CONTROLLER_ENDPOINTS_RECONCILER_H_

#include "controller/endpoints_writer.h"
#include "controller/skip_log.h"
#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/trigger_time.h"
#include "lib/informer/label_index.h"
#include "lib/informer/store.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <unordered_set>

namespace k8sm::controller {

// What it reads: the caches, nothing else. They have to outlive the reconciler.
struct Caches {
  const informer::Store<kube::Service>& services;
  const informer::Store<kube::Endpoints>& endpoints;
  const informer::LabelIndex& pods;
};

class EndpointsReconciler {
 public:
  EndpointsReconciler(endpoints::AddressMode mode, Caches caches, EndpointsWriter& writer,
                      bool annotate_container_ports = false);

  // Reads the caches, plans, and writes what differs: one request or none. Errors are those of the writer; to
  // try again is up to the caller. Never two at a time for one key.
  Awaitable<Result<void>> Sync(kube::ObjectKey key);

  // A service was seen to be deleted: its Endpoints go at the next sync even if they bear no controller's
  // mark.
  void NoteDeleted(const kube::ObjectKey& service) { deleted_.insert(service); }

 private:
  Awaitable<Result<void>> Clean(kube::ObjectKey key);
  void LogSkips(const kube::ObjectKey& key, const endpoints::EndpointsPlan& plan);

  const endpoints::AddressMode mode_;
  const Caches caches_;
  EndpointsWriter& writer_;
  const bool annotate_container_ports_;
  SkipLog skip_log_;
  endpoints::TriggerTimeTracker trigger_times_;
  std::unordered_set<kube::ObjectKey, kube::ObjectKeyHash> deleted_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_ENDPOINTS_RECONCILER_H_
