// The controllers of all kinds of objects that are written, run together.

#ifndef K8SM_CONTROLLER_RECONCILE_CONTROLLERS_H_
#define K8SM_CONTROLLER_RECONCILE_CONTROLLERS_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/program/options.h"
#include "controller/reconcile/controller.h"
#include "controller/reconcile/endpoints_controller.h"
#include "controller/reconcile/slices_controller.h"
#include "controller/report/skip_log.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/client/api_client.h"
#include "lib/events/event_sink.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

namespace k8sm::controller {

// Options, client and cache have to outlive it.
class Controllers {
 public:
  // That of Endpoints alone.
  Controllers(asio::any_io_executor executor, const Options& options, client::ApiClient& client,
              ClusterCache& cache, events::EventSink events, TaskGroup::FailureHandler on_failure);

  // That of EndpointSlices too.
  void AddSlices();

  // Queues everything, and from now on what changes touch, and syncs it in tasks of `tasks`, which end by
  // cancellation. REQUIRES: the caches are synced. Once, and not with SyncOnce().
  void Start(TaskGroup& tasks);

  // Syncs everything that is there, one controller after the other, so that a dry run's report has the same
  // order each time.
  Awaitable<void> SyncOnce(TaskGroup& tasks);

  // Returns when every service has been synced or tried. REQUIRES: started.
  Awaitable<void> WaitUntilTried();

  EndpointsController& endpoints() { return *endpoints_; }
  SlicesController* slices() { return slices_; }  // null before AddSlices()
  const SlicesController* slices() const { return slices_; }

  // What is not published at present.
  const SkipLog& skips() const { return endpoints_->skips(); }

  // Whether everything is queued and synced, and each change since.
  bool Idle() const;
  // Whether SyncOnce() has reached everything.
  bool reached_all() const { return reached_ == controllers_.size(); }
  // Services and leftovers that were given up.
  std::size_t failed() const;
  // Tells stdout what a dry run would have written.
  void PrintSummaries() const;

  // Lets the syncs under way end until `deadline`, then cancels them. Returns whether all have ended by
  // themselves. REQUIRES: the tasks have ended.
  Awaitable<bool> Drain(std::chrono::steady_clock::time_point deadline);

 private:
  Awaitable<void> ResyncLoop();
  Awaitable<void> TickLoop();

  asio::any_io_executor executor_;
  const Options& options_;
  client::ApiClient& client_;
  ClusterCache& cache_;
  events::EventSink events_;
  TaskGroup::FailureHandler on_failure_;
  std::vector<std::unique_ptr<Controller>> controllers_;
  EndpointsController* endpoints_ = nullptr;  // among them
  SlicesController* slices_ = nullptr;        // likewise; null: there is none
  bool following_ = false;
  std::size_t reached_ = 0;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_CONTROLLERS_H_
