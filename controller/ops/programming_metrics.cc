#include "controller/ops/programming_metrics.h"

#include <algorithm>
#include <cstddef>

namespace k8sm::controller {
namespace {

using endpoints::Published;
using metrics::Registry;

// As in pkg/proxy/metrics of Kubernetes 1.36: fine at first, then every second, 5 s and 30 s.
Registry::Buckets Buckets() {
  Registry::Buckets buckets = {0.25, 0.5};
  for (int second = 1; second < 60; ++second) buckets.push_back(second);
  for (int second = 60; second < 120; second += 5) buckets.push_back(second);
  for (int second = 120; second <= 300; second += 30) buckets.push_back(second);
  return buckets;
}

}  // namespace

ProgrammingMetrics::ProgrammingMetrics(Registry& registry) {
  const auto of = [&](const char* resource) {
    return &registry.Histogram(
        "k8sm_network_programming_duration_seconds",
        "Time from the change of a pod or service until what it changes is written, in seconds.", Buckets(),
        {{"resource", resource}});
  };
  durations_ = {of("endpoints"), of("endpointslices")};
}

void ProgrammingMetrics::OnPublished(Published kind, kube::Timestamp trigger,
                                     std::chrono::system_clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - trigger).count();
  durations_[static_cast<std::size_t>(kind)]->Observe(std::max(seconds, 0.0));
}

}  // namespace k8sm::controller
