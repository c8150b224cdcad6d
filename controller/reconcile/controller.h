// A loop from changes in the caches to writes of one kind of object.

#ifndef K8SM_CONTROLLER_RECONCILE_CONTROLLER_H_
#define K8SM_CONTROLLER_RECONCILE_CONTROLLER_H_

#include "controller/program/options.h"
#include "controller/reconcile/sync_loop.h"

#include <chrono>
#include <string>

namespace k8sm::controller {

class Controller {
 public:
  virtual ~Controller() = default;

  // Queues every service, and what may be left of one, by name, so that a dry run's report can be compared
  // with another. REQUIRES: the caches are synced.
  virtual void QueueEverything() = 0;

  // From now on queues the services that a change in the caches touches. Call it once.
  virtual void FollowChanges() = 0;

  // Tells what has lasted too long by `now`, and what was held back. To be called every few seconds.
  virtual void Tick(std::chrono::steady_clock::time_point now) = 0;

  // What it would have written so far, in a line. REQUIRES: it runs dry.
  virtual std::string DryRunSummary() const = 0;

  // What runs it.
  virtual SyncLoop& loop() = 0;
};

// How a controller of `what` ("endpoints") runs its loop.
SyncLoopOptions SyncLoopOptionsFor(const Options& options, std::string what);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_CONTROLLER_H_
