// Maps changes of cached objects to the services that have to be synced.

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

// Turns changes in the caches into service keys:
//
//   Service         the service itself
//   Pod             services that select the pod before or after the change; none if the change does not
//                   affect endpoints
//   Endpoints       the service of the same name
//   EndpointSlice   services named by the slice's label before and after the change
//   Node            services that select a pod on the node, when the node is added, is deleted or changes its
//                   zone
//
// A Service, Endpoints or slice that becomes undecodable, or decodable again, counts as changed. Changes by
// this process's own requests (Store::AddWatchListener) are ignored.
class ServiceTrigger {
 public:
  // Receives a key to be synced after `delay`. The same key may be passed any number of times.
  using Queue = std::function<void(const kube::ObjectKey& service, std::chrono::milliseconds delay)>;

  // `batch_period` is the delay for pod changes; all other changes are queued without delay. The trigger and
  // everything `queue` refers to must live for as long as the cache changes.
  ServiceTrigger(ClusterCache& cache, Queue queue, std::chrono::milliseconds batch_period);
  ServiceTrigger(const ServiceTrigger&) = delete;
  ServiceTrigger& operator=(const ServiceTrigger&) = delete;

  // Starts to observe the caches. Call once.
  void Follow();

  // Returns the keys of all services, and of all Endpoints and EndpointSlices, whose service may be gone,
  // sorted by name.
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
