#include "controller/reconcile/slices_controller.h"

#include "lib/client/api_path.h"

#include <chrono>
#include <iostream>
#include <utility>

namespace k8sm::controller {

using kube::EndpointSlice;
using kube::Node;
using kube::ObjectKey;

SlicesController::SlicesController(asio::any_io_executor executor, const Options& options,
                                   client::ApiClient& client, ClusterCache& cache, events::EventSink events,
                                   TaskGroup::FailureHandler on_failure)
    : options_(options),
      cache_(cache),
      api_writer_(client, client::kEndpointSlices, cache.slices()),
      dry_run_writer_(cache.slices(), std::cout),
      reconciler_(options.mode, options.max_endpoints_per_slice,
                  {cache.services(), cache.pods_by_label(), cache.slices_by_service(), cache.nodes()},
                  options.dry_run ? static_cast<ObjectWriter<EndpointSlice>&>(dry_run_writer_) : api_writer_,
                  std::move(events)),
      loop_(
          std::move(executor), SyncLoopOptionsFor(options, "endpointslices"),
          [this](ObjectKey key) { return Sync(std::move(key)); }, std::move(on_failure)),
      trigger_(
          cache,
          [this](const ObjectKey& key, std::chrono::milliseconds delay) { loop_.AddAfter(key, delay); },
          options.endpoint_updates_batch_period) {}

void SlicesController::QueueEverything() {
  for (const ObjectKey& key : trigger_.Everything()) loop_.Add(key);
}

void SlicesController::FollowChanges() {
  trigger_.Follow();
  cache_.nodes().AddListener([this](const Node*, const Node* after) {
    if (after != nullptr) reconciler_.NoteNode(after->meta.name.get());
  });
}

Awaitable<Result<SyncResult>> SlicesController::Sync(ObjectKey key) {
  const auto doubt = cache_.Doubt(std::chrono::steady_clock::now());
  if (doubt.count() > 0) co_return SyncResult{.requeue_after = doubt};
  const auto settled = co_await api_writer_.Settle(key);
  if (!settled) co_return settled.error();
  co_return co_await reconciler_.Sync(std::move(key));
}

}  // namespace k8sm::controller
