#include "controller/controllers.h"

#include "controller/endpoints_controller.h"
#include "controller/slices_controller.h"
#include "lib/async/notifier.h"

#include <glog/logging.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;

// Uniform in [shortest, 2 * shortest].
milliseconds ResyncDelay(milliseconds shortest) {
  static std::minstd_rand random(std::random_device{}());
  return shortest +
         milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, shortest.count())(random));
}

}  // namespace

Controllers::Controllers(asio::any_io_executor executor, const Options& options, client::ApiClient& client,
                         ClusterCache& cache, TaskGroup::FailureHandler on_failure)
    : executor_(std::move(executor)),
      options_(options),
      client_(client),
      cache_(cache),
      on_failure_(std::move(on_failure)) {
  controllers_.push_back(
      std::make_unique<EndpointsController>(executor_, options_, client_, cache_, on_failure_));
}

void Controllers::AddSlices() {
  controllers_.push_back(
      std::make_unique<SlicesController>(executor_, options_, client_, cache_, on_failure_));
}

void Controllers::Start(TaskGroup& tasks) {
  for (const auto& controller : controllers_) {
    controller->QueueEverything();
    controller->FollowChanges();
    tasks.Spawn("sync loop", controller->loop().Run());
  }
  following_ = true;
  if (options_.min_resync_period.count() > 0) tasks.Spawn("resync", ResyncLoop());
}

Awaitable<void> Controllers::ResyncLoop() {
  for (;;) {
    co_await SleepFor(ResyncDelay(options_.min_resync_period));
    VLOG(2) << "syncing every service again";
    for (const auto& controller : controllers_) controller->QueueEverything();
  }
}

Awaitable<void> Controllers::SyncOnce(TaskGroup& tasks) {
  for (const auto& controller : controllers_) {
    controller->QueueEverything();
    tasks.Spawn("sync loop", controller->loop().Run());
    co_await controller->loop().WaitUntilIdle();
    ++reached_;
  }
}

bool Controllers::Idle() const {
  return following_ &&
         std::ranges::all_of(controllers_, [](const auto& each) { return each->loop().Idle(); });
}

std::size_t Controllers::failed() const {
  std::size_t failed = 0;
  for (const auto& controller : controllers_) failed += controller->loop().failed();
  return failed;
}

void Controllers::PrintSummaries() const {
  for (const auto& controller : controllers_) std::cout << controller->DryRunSummary() << std::endl;
}

Awaitable<bool> Controllers::Drain(std::chrono::steady_clock::time_point deadline) {
  bool all = true;
  for (const auto& controller : controllers_) {
    const bool ended = co_await controller->loop().Drain(deadline);
    all = all && ended;
  }
  co_return all;
}

}  // namespace k8sm::controller
