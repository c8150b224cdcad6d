// Observes a work queue, for metrics.

#ifndef K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_
#define K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_

#include <chrono>

namespace k8sm::workqueue {

// Called synchronously on each event; must not call the queue. The events are those that client-go's work
// queue counts (k8s.io/client-go/util/workqueue/metrics.go), so that the metrics are comparable, with one
// exception: client-go also counts a delay without a failure as a retry.
class QueueObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // A key was added that was not queued before.
  virtual void OnAdded() = 0;
  // A key was returned by Get(); `waited` is the time since it was added and due.
  virtual void OnTaken(Duration waited) = 0;
  // Processing of a key ended after `worked`.
  virtual void OnDone(Duration worked) = 0;
  // A key was requeued after a failure.
  virtual void OnRetry() = 0;

 protected:
  ~QueueObserver() = default;
};

}  // namespace k8sm::workqueue

#endif  // K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_
