#include "controller/cluster/service_trigger.h"

#include "lib/kube/endpoints.h"
#include "lib/kube/service.h"

#include <set>
#include <utility>

namespace k8sm::controller {

using kube::Endpoints;
using kube::EndpointSlice;
using kube::Node;
using kube::ObjectKey;
using kube::ObjectMeta;
using kube::Pod;
using kube::Service;

ServiceTrigger::ServiceTrigger(ClusterCache& cache, Queue queue, std::chrono::milliseconds batch_period)
    : cache_(cache), queue_(std::move(queue)), batch_period_(batch_period) {}

void ServiceTrigger::Follow() {
  cache_.services().AddListener([this](const Service* before, const Service* after) {
    QueueNow((after != nullptr ? after : before)->meta.Key());
  });
  cache_.pods().AddListener([this](const Pod* before, const Pod* after) { OnPod(before, after); });
  cache_.endpoints().AddWatchListener([this](const Endpoints* before, const Endpoints* after) {
    QueueNow((after != nullptr ? after : before)->meta.Key());
  });
  cache_.slices().AddWatchListener(
      [this](const EndpointSlice* before, const EndpointSlice* after) { OnSlice(before, after); });
  cache_.nodes().AddListener([this](const Node* before, const Node* after) { OnNode(before, after); });
  FollowUnreadable();
}

void ServiceTrigger::FollowUnreadable() {
  const auto queue = [this](const ObjectMeta& meta, bool) { QueueNow(meta.Key()); };
  cache_.services().AddUnreadableListener(queue);
  cache_.endpoints().AddUnreadableListener(queue);
  cache_.slices().AddUnreadableListener([this](const ObjectMeta& meta, bool) {
    if (const auto service = kube::ServiceOf(meta)) QueueNow(*service);
  });
}

std::vector<ObjectKey> ServiceTrigger::Everything() const {
  std::set<ObjectKey> keys;
  cache_.services().ForEach([&](const Service& service) { keys.insert(service.meta.Key()); });
  cache_.endpoints().ForEach([&](const Endpoints& endpoints) { keys.insert(endpoints.meta.Key()); });
  cache_.slices().ForEach([&](const EndpointSlice& slice) {
    if (const auto service = kube::ServiceOf(slice.meta)) keys.insert(*service);
  });
  return {keys.begin(), keys.end()};
}

void ServiceTrigger::OnPod(const Pod* before, const Pod* after) const {
  std::vector<ObjectKey> touched;
  if (before != nullptr && after != nullptr) {
    if (kube::SameForEndpoints(*before, *after)) return;
    cache_.services_by_selector().ServicesFor(*after, touched);
    // If the labels changed, services that selected the pod before must be synced too.
    if (before->meta.labels != after->meta.labels)
      cache_.services_by_selector().ServicesFor(*before, touched);
  } else {
    cache_.services_by_selector().ServicesFor(before != nullptr ? *before : *after, touched);
  }
  for (const ObjectKey& service : touched) queue_(service, batch_period_);
}

void ServiceTrigger::OnSlice(const EndpointSlice* before, const EndpointSlice* after) const {
  for (const EndpointSlice* slice : {before, after}) {
    if (slice == nullptr) continue;
    if (const auto service = kube::ServiceOf(slice->meta)) QueueNow(*service);
  }
}

void ServiceTrigger::OnNode(const Node* before, const Node* after) const {
  const bool stays = before != nullptr && after != nullptr;
  if (stays && before->zone == after->zone) return;
  std::vector<ObjectKey> touched;
  const Node& node = after != nullptr ? *after : *before;
  for (const Pod* pod : cache_.pods_by_node().PodsOn(node.meta.name))
    cache_.services_by_selector().ServicesFor(*pod, touched);
  for (const ObjectKey& service : touched) QueueNow(service);
}

}  // namespace k8sm::controller
