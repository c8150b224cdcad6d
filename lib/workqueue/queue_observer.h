// Receives what passes through a work queue.

#ifndef K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_
#define K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_

#include <chrono>

namespace k8sm::workqueue {

// Called at each event while it happens; must not call the queue. The occasions are those at which
// client-go's work queue counts (k8s.io/client-go/util/workqueue/metrics.go), so that its metrics mean the
// same here, but for OnRetry: there a delay without a failure counts as a retry too.
class QueueObserver {
 public:
  using Duration = std::chrono::steady_clock::duration;

  // A key is asked for that was not before.
  virtual void OnAdded() = 0;
  // A key is given out that was asked for, and due, so long ago.
  virtual void OnTaken(Duration waited) = 0;
  // A key's processing has ended.
  virtual void OnDone(Duration worked) = 0;
  // A key is to be tried again after a failure.
  virtual void OnRetry() = 0;

 protected:
  ~QueueObserver() = default;
};

}  // namespace k8sm::workqueue

#endif  // K8SM_LIB_WORKQUEUE_QUEUE_OBSERVER_H_
