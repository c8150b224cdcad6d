#include "controller/reconcile/endpoints_controller.h"

#include "lib/client/api_path.h"

#include <chrono>
#include <iostream>
#include <utility>

namespace k8sm::controller {

using kube::Endpoints;
using kube::ObjectKey;
using kube::Service;

EndpointsController::EndpointsController(asio::any_io_executor executor, const Options& options,
                                         client::ApiClient& client, ClusterCache& cache,
                                         events::EventSink events, TaskGroup::FailureHandler on_failure)
    : options_(options),
      cache_(cache),
      api_writer_(client, client::kEndpoints, cache.endpoints()),
      dry_run_writer_(cache.endpoints(), std::cout),
      reconciler_(options.mode, {cache.services(), cache.endpoints(), cache.pods_by_label()},
                  options.dry_run ? static_cast<ObjectWriter<Endpoints>&>(dry_run_writer_) : api_writer_,
                  options.annotate_container_ports, std::move(events)),
      loop_(
          std::move(executor), SyncLoopOptionsFor(options, "endpoints"),
          [this](ObjectKey key) { return Sync(std::move(key)); }, std::move(on_failure)),
      trigger_(
          cache,
          [this](const ObjectKey& key, std::chrono::milliseconds delay) { loop_.AddAfter(key, delay); },
          options.endpoint_updates_batch_period) {
  RememberDeletions();
}

// From the beginning, while another process leads too: what that one has not come to do is left to us. As
// long as nothing is synced here, the Endpoints' end is what a deletion is forgotten at.
void EndpointsController::RememberDeletions() {
  cache_.services().AddListener([this](const Service* before, const Service* after) {
    if (after != nullptr) return;
    const ObjectKey key = before->meta.Key();
    if (following_ || cache_.endpoints().Find(key) != nullptr) reconciler_.NoteDeleted(key);
  });
  cache_.endpoints().AddListener([this](const Endpoints* before, const Endpoints* after) {
    if (after == nullptr && !following_) reconciler_.ForgetDeleted(before->meta.Key());
  });
}

void EndpointsController::QueueEverything() {
  for (const ObjectKey& key : trigger_.Everything()) loop_.Add(key);
}

Awaitable<Result<SyncResult>> EndpointsController::Sync(ObjectKey key) {
  const auto doubt = cache_.Doubt(std::chrono::steady_clock::now());
  if (doubt.count() > 0) co_return SyncResult{.requeue_after = doubt};
  const auto settled = co_await api_writer_.Settle(key);
  if (!settled) co_return settled.error();
  co_return co_await reconciler_.Sync(std::move(key));
}

void EndpointsController::FollowChanges() {
  following_ = true;
  trigger_.Follow();
}

}  // namespace k8sm::controller
