// Receives the outcome and duration of each sync.

#ifndef K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_
#define K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_

#include "lib/workqueue/queue_observer.h"

#include <chrono>

namespace k8sm::controller {

// The outcomes that endpoint_slice_controller_syncs counts.
enum class SyncOutcome {
  kSuccess,
  kStale,  // the cache was behind: kConflict, kAlreadyExists or kNotFound
  kError,
};

// Notified of the keys that pass through the loop's queue, and of each sync that ends, except those that are
// cancelled at shutdown or for a lost lease. Called on the loop's thread; must not block or throw.
class SyncObserver : public workqueue::QueueObserver {
 public:
  virtual void OnSynced(SyncOutcome outcome, std::chrono::steady_clock::duration took) = 0;

 protected:
  ~SyncObserver() = default;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_
