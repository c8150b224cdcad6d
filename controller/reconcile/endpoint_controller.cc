#include "controller/reconcile/endpoint_controller.h"

#include "controller/reconcile/dry_run_json.h"
#include "controller/reconcile/lookup.h"
#include "lib/async/notifier.h"
#include "lib/base/failure_log.h"
#include "lib/client/api_path.h"

#include <boost/asio/post.hpp>
#include <glog/logging.h>

#include <chrono>
#include <iostream>
#include <random>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Endpoints;
using kube::ObjectKey;
using kube::Service;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// How often -once tries a service. Conflicts with other writers are resolved by then.
constexpr std::size_t kOnceTries = 8;

// Returns a delay distributed uniformly in [shortest, 2 * shortest].
milliseconds ResyncDelay(milliseconds shortest) {
  static std::minstd_rand random(std::random_device{}());
  return shortest +
         milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, shortest.count())(random));
}

SyncLoopOptions LoopOptions(const ControllerOptions& options) {
  SyncLoopOptions loop_options{.concurrency = options.concurrency};
  if (options.once) loop_options.max_tries = kOnceTries;
  // What is printed of a service stays together, and there is nothing to wait for.
  if (options.dry_run) loop_options.concurrency = 1;
  return loop_options;
}

ReconcilerCaches CachesOf(const ClusterCache& cache, client::ApiClient& client) {
  return {.services = cache.services(),
          .services_by_selector = cache.services_by_selector(),
          .pods = cache.pods_by_label(),
          .endpoints = cache.endpoints(),
          .slices = cache.slices_by_service(),
          .nodes = cache.nodes(),
          .has_unreadable_slices = [&cache](const ObjectKey& key) { return cache.HasUnreadableSlices(key); },
          .service_exists = [&client](ObjectKey key) { return ServiceExists(client, std::move(key)); }};
}

}  // namespace

EndpointController::EndpointController(asio::any_io_executor executor, const ControllerOptions& options,
                                       client::ApiClient& client, ClusterCache& cache,
                                       const events::EventSink& events, TaskGroup::FailureHandler on_failure)
    : options_(options),
      cache_(cache),
      endpoints_writer_(client, client::kEndpoints, cache.endpoints()),
      slices_writer_(client, client::kEndpointSlices, cache.slices()),
      dry_run_(cache.endpoints(), cache.slices(), std::cout, options.dry_run_format),
      reconciler_(
          options_.reconciler, CachesOf(cache, client),
          options.dry_run ? dry_run_.writers() : Writers{endpoints_writer_, slices_writer_}, events,
          [this](std::string name, Awaitable<void> task) { loop_.Spawn(std::move(name), std::move(task)); }),
      loop_(
          std::move(executor), LoopOptions(options), [this](ObjectKey key) { return Sync(std::move(key)); },
          std::move(on_failure)),
      trigger_(
          cache, [this](const ObjectKey& key, milliseconds delay) { loop_.AddAfter(key, delay); },
          options.batch_period) {
  RememberDeletions();
  reconciler_.SetNodesTrouble([&cache] { return cache.NodesTrouble(steady_clock::now()); });
}

// Observed on standbys too: a new leader must delete the Endpoints whose Services were deleted while its
// predecessor was failing. Until this process syncs, the deletion of the Endpoints ends the record.
void EndpointController::RememberDeletions() {
  EndpointsStep& step = reconciler_.endpoints_step();
  cache_.services().AddListener([this, &step](const Service* before, const Service* after) {
    if (after != nullptr) return;
    const ObjectKey key = before->meta.Key();
    if (following_since_ || cache_.endpoints().Find(key) != nullptr) step.NoteDeleted(key);
  });
  cache_.endpoints().AddListener([this, &step](const Endpoints* before, const Endpoints* after) {
    if (after == nullptr && !following_since_) step.ForgetDeleted(before->meta.Key());
  });
}

void EndpointController::SetStoredFields(bool node_names, bool app_protocols) {
  reconciler_.endpoints_step().SetStoredFields(node_names, app_protocols);
}

void EndpointController::AddSlices() {
  reconciler_.EnableSlices();
  if (following_since_) QueueEverything();
}

// The services that were planned before the nodes were known are planned again.
void EndpointController::ReportMissingNodes() {
  if (reconciler_.with_slices()) return;
  reconciler_.LookForMissingNodes();
  if (following_since_ && IsAnyNodeMissing()) QueueEverything();
}

bool EndpointController::IsAnyNodeMissing() const {
  bool any = false;
  cache_.pods_by_node().ForEachNode([&](const kube::Symbol& node, const auto&) {
    any = any || cache_.nodes().Find({kube::Symbol(), node}) == nullptr;
  });
  return any;
}

void EndpointController::QueueEverything() {
  for (const ObjectKey& key : trigger_.Everything()) loop_.Add(key);
}

void EndpointController::NoteLeftovers() {
  EndpointsStep& step = reconciler_.endpoints_step();
  cache_.endpoints().ForEach([&](const Endpoints& endpoints) {
    const ObjectKey key = endpoints.meta.Key();
    if (cache_.services().Find(key) == nullptr) step.NoteLeftover(key);
  });
}

void EndpointController::Start(TaskGroup& tasks) {
  NoteLeftovers();
  following_since_ = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  QueueEverything();
  trigger_.Follow();
  tasks.Spawn("sync loop", loop_.Run());
  tasks.Spawn("ticks", TickLoop());
  if (options_.min_resync_period.count() > 0) tasks.Spawn("resync", ResyncLoop());
}

Awaitable<void> EndpointController::SyncOnce(TaskGroup& tasks) {
  NoteLeftovers();
  QueueEverything();
  tasks.Spawn("sync loop", loop_.Run());
  co_await loop_.WaitUntilIdle();
  // No later Tick() will report what the rate limit holds back, or examine selectors, a few at a time.
  const auto later = steady_clock::now() + LineBudget::kMinute;
  do {
    reconciler_.Tick(later);
    co_await asio::post(asio::use_awaitable);
  } while (reconciler_.empty_services().AnyDue(later));
  // What the ticks themselves have held back is reported after their minute.
  reconciler_.Tick(later + LineBudget::kMinute);
  reached_all_ = true;
}

std::string EndpointController::DryRunReport() const {
  if (options_.dry_run_format == ReportFormat::kText) return dry_run_.Summary(reconciler_.with_slices());
  std::vector<std::string> skipped;
  std::vector<std::string> empty;
  for (const ObjectKey& service : trigger_.Everything()) {
    for (const CurrentSkip& each : reconciler_.skips().SkipsOf(service))
      skipped.push_back(SkipJson(service, each.skip));
    if (const auto why = reconciler_.empty_services().Explain(service))
      empty.push_back(EmptyServiceJson(service, ToString(why->reason), why->sentence));
  }
  return dry_run_.Json(reconciler_.with_slices(), skipped, empty);
}

Awaitable<Result<SyncResult>> EndpointController::Sync(ObjectKey key) {
  if (const auto went_back = cache_.WentBack(); went_back != went_back_) {
    went_back_ = went_back;
    reconciler_.OnWentBack();
  }
  const auto pause = cache_.WritePause(steady_clock::now());
  if (pause.count() > 0) co_return SyncResult{.requeue_after = pause};
  co_return co_await reconciler_.Sync(std::move(key));
}

Awaitable<void> EndpointController::ResyncLoop() {
  for (;;) {
    co_await SleepFor(ResyncDelay(options_.min_resync_period));
    VLOG(2) << "syncing every service again";
    QueueEverything();
  }
}

Awaitable<void> EndpointController::TickLoop() {
  for (;;) {
    co_await SleepFor(options_.tick);
    const auto now = steady_clock::now();
    reconciler_.Tick(now);
    reconciler_.TellMissingNodes(cache_.NodesFollowed(now), now);
  }
}

}  // namespace k8sm::controller
