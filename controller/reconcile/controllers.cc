#include "controller/reconcile/controllers.h"

#include "lib/async/notifier.h"
#include "lib/base/failure_log.h"

#include <glog/logging.h>

#include <algorithm>
#include <iostream>
#include <random>
#include <utility>

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Between two looks at what lasts.
constexpr std::chrono::seconds kTick{5};

// Uniform in [shortest, 2 * shortest].
milliseconds ResyncDelay(milliseconds shortest) {
  static std::minstd_rand random(std::random_device{}());
  return shortest +
         milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, shortest.count())(random));
}

}  // namespace

Controllers::Controllers(asio::any_io_executor executor, const Options& options, client::ApiClient& client,
                         ClusterCache& cache, events::EventSink events, TaskGroup::FailureHandler on_failure)
    : executor_(std::move(executor)),
      options_(options),
      client_(client),
      cache_(cache),
      events_(std::move(events)),
      on_failure_(std::move(on_failure)) {
  auto endpoints =
      std::make_unique<EndpointsController>(executor_, options_, client_, cache_, events_, on_failure_);
  endpoints_ = endpoints.get();
  controllers_.push_back(std::move(endpoints));
}

void Controllers::AddSlices() {
  auto slices =
      std::make_unique<SlicesController>(executor_, options_, client_, cache_, events_, on_failure_);
  slices_ = slices.get();
  controllers_.push_back(std::move(slices));
}

void Controllers::Start(TaskGroup& tasks) {
  for (const auto& controller : controllers_) {
    controller->QueueEverything();
    controller->FollowChanges();
    tasks.Spawn("sync loop", controller->loop().Run());
  }
  following_ = true;
  tasks.Spawn("ticks", TickLoop());
  if (options_.min_resync_period.count() > 0) tasks.Spawn("resync", ResyncLoop());
}

Awaitable<void> Controllers::ResyncLoop() {
  for (;;) {
    co_await SleepFor(ResyncDelay(options_.min_resync_period));
    VLOG(2) << "syncing every service again";
    for (const auto& controller : controllers_) controller->QueueEverything();
  }
}

Awaitable<void> Controllers::TickLoop() {
  for (;;) {
    co_await SleepFor(kTick);
    for (const auto& controller : controllers_) controller->Tick(steady_clock::now());
  }
}

Awaitable<void> Controllers::WaitUntilTried() {
  for (const auto& controller : controllers_) co_await controller->loop().WaitUntilTried();
}

Awaitable<void> Controllers::SyncOnce(TaskGroup& tasks) {
  for (const auto& controller : controllers_) {
    controller->QueueEverything();
    tasks.Spawn("sync loop", controller->loop().Run());
    co_await controller->loop().WaitUntilIdle();
    // Nobody will look later.
    controller->Tick(steady_clock::now() + LineBudget::kMinute);
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

Awaitable<bool> Controllers::Drain(steady_clock::time_point deadline) {
  bool all = true;
  for (const auto& controller : controllers_) {
    const bool ended = co_await controller->loop().Drain(deadline);
    all = all && ended;
  }
  co_return all;
}

}  // namespace k8sm::controller
