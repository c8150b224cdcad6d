// Which services a change in the cluster makes worth another sync.

#ifndef K8SM_CONTROLLER_CLUSTER_SERVICE_TRIGGER_H_
#define K8SM_CONTROLLER_CLUSTER_SERVICE_TRIGGER_H_

#include "controller/cluster/cluster_cache.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/node.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/pod.h"

#include <chrono>
#include <functional>
#include <vector>

namespace k8sm::controller {

// Turns changes in the caches into keys of services:
//
//   Service         the service
//   Pod             those that select it, before or after; none where the change does not matter to endpoints
//   Endpoints       the service of that name
//   EndpointSlice   those that its label names, before and after
//   Node            those that select a pod on it, where the node comes, goes or moves to another zone
//
// and likewise where a Service, Endpoints or slice can't be read any more, or can again. What our own writes
// have changed in the caches needs no sync.
class ServiceTrigger {
 public:
  // Takes a key that is to be synced after the delay. A key may come any number of times.
  using Queue = std::function<void(const kube::ObjectKey& service, std::chrono::milliseconds delay)>;

  // `batch_period`: the delay where pods have changed; otherwise there is none. The trigger and what `queue`
  // refers to have to live as long as the cache changes.
  ServiceTrigger(ClusterCache& cache, Queue queue, std::chrono::milliseconds batch_period);
  ServiceTrigger(const ServiceTrigger&) = delete;
  ServiceTrigger& operator=(const ServiceTrigger&) = delete;

  // From now on queues what changes touch. Call it once.
  void Follow();

  // Every service, and what may be left of one in Endpoints and slices, sorted by name.
  std::vector<kube::ObjectKey> Everything() const;

 private:
  void FollowUnreadable();
  void QueueNow(const kube::ObjectKey& service) const { queue_(service, std::chrono::milliseconds(0)); }
  void OnPod(const kube::Pod* before, const kube::Pod* after) const;
  void OnSlice(const kube::EndpointSlice* before, const kube::EndpointSlice* after) const;
  void OnNode(const kube::Node* before, const kube::Node* after) const;

  ClusterCache& cache_;
  const Queue queue_;
  const std::chrono::milliseconds batch_period_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_CLUSTER_SERVICE_TRIGGER_H_
