#include "controller/reconcile/slices_controller.h"

#include "controller/cluster/triggers.h"
#include "lib/client/api_path.h"

#include <chrono>
#include <iostream>
#include <set>
#include <utility>

namespace k8sm::controller {

using kube::EndpointSlice;
using kube::Node;
using kube::ObjectKey;
using kube::Service;

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
          [this](ObjectKey key) { return Sync(std::move(key)); }, std::move(on_failure)) {}

void SlicesController::QueueEverything() {
  std::set<ObjectKey> keys;
  cache_.services().ForEach([&](const Service& service) { keys.insert(service.meta.Key()); });
  cache_.slices().ForEach([&](const EndpointSlice& slice) {
    if (const auto service = kube::ServiceOf(slice)) keys.insert(*service);
  });
  for (const ObjectKey& key : keys) loop_.Add(key);
}

void SlicesController::FollowChanges() {
  QueueOnChange(cache_, loop_, options_.endpoint_updates_batch_period);
  cache_.slices().AddListener(
      [this](const EndpointSlice* before, const EndpointSlice* after) { OnSlice(before, after); });
  cache_.nodes().AddListener([this](const Node* before, const Node* after) { OnNode(before, after); });
}

Awaitable<Result<SyncResult>> SlicesController::Sync(ObjectKey key) {
  const auto doubt = cache_.Doubt(std::chrono::steady_clock::now());
  if (doubt.count() > 0) co_return SyncResult{.requeue_after = doubt};
  const auto settled = co_await api_writer_.Settle(key);
  if (!settled) co_return settled.error();
  co_return co_await reconciler_.Sync(std::move(key));
}

void SlicesController::OnSlice(const EndpointSlice* before, const EndpointSlice* after) {
  // What we have written needs no second look; what others write does.
  if (api_writer_.applying()) return;
  for (const EndpointSlice* slice : {before, after}) {
    if (slice == nullptr) continue;
    if (const auto service = kube::ServiceOf(*slice)) loop_.Add(*service);
  }
}

void SlicesController::OnNode(const Node* before, const Node* after) {
  const bool stays = before != nullptr && after != nullptr;
  if (stays && before->zone == after->zone) return;
  const Node& node = after != nullptr ? *after : *before;
  if (after != nullptr) reconciler_.NoteNode(node.meta.name.get());
  for (const ObjectKey& key : ServicesTouchedBy(node, cache_.pods_by_node(), cache_.services_by_selector())) {
    loop_.Add(key);
  }
}

}  // namespace k8sm::controller
