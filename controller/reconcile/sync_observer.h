// Who wants to know how syncs go.

#ifndef K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_
#define K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_

#include "lib/workqueue/queue_observer.h"

#include <chrono>

namespace k8sm::controller {

enum class SyncOutcome {
  kSuccess,
  kStale,  // the cache was behind: a conflict, or an object that is there or gone already
  kError,
};

// Told of what passes through a loop's queue and of each sync that ends; not of those that a stop cancels.
class SyncObserver : public workqueue::QueueObserver {
 public:
  virtual void OnSynced(SyncOutcome outcome, std::chrono::steady_clock::duration took) = 0;

 protected:
  ~SyncObserver() = default;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_SYNC_OBSERVER_H_
