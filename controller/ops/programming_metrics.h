// How long a change takes until it is published.

#ifndef K8SM_CONTROLLER_OPS_PROGRAMMING_METRICS_H_
#define K8SM_CONTROLLER_OPS_PROGRAMMING_METRICS_H_

#include "lib/endpoints/trigger_time.h"
#include "lib/kube/timestamp.h"
#include "lib/metrics/registry.h"

#include <array>
#include <chrono>

namespace k8sm::controller {

// Registers k8sm_network_programming_duration_seconds by `resource`: the part of the SLI "network programming
// latency" (kubernetes/community, sig-scalability/slos) that ends when the objects are written. Its buckets
// are those of kubeproxy_network_programming_duration_seconds, which measures from the same trigger time to
// the rules on a node. The API's times are whole seconds, so an observation is up to a second too long.
class ProgrammingMetrics {
 public:
  // All series exist from the start with value 0.
  explicit ProgrammingMetrics(metrics::Registry& registry);

  // Observes that objects of that kind were written at `now` for a change at `trigger`. A trigger in the
  // future, i.e. of a clock that is ahead, counts as 0 s.
  void OnPublished(endpoints::Published kind, kube::Timestamp trigger,
                   std::chrono::system_clock::time_point now);

 private:
  std::array<prometheus::Histogram*, 2> durations_;  // by endpoints::Published
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_PROGRAMMING_METRICS_H_
