#include "controller/ops/sync_metrics.h"

#include <chrono>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using metrics::Labels;
using metrics::Registry;
using metrics::Sample;
using std::chrono::steady_clock;

const Registry::Buckets kSyncBuckets = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,   0.5,   1,      2.5,   5,    10,    30};

double Seconds(steady_clock::duration time) {
  return std::chrono::duration<double>(time).count();
}

// The buckets of component-base/metrics/prometheus/workqueue in Kubernetes 1.36.
Registry::Buckets QueueBuckets() {
  return metrics::ExponentialBuckets(1e-8, 10, 10);
}

// Reads one value of the loop; 0 while there is no loop.
Registry::Read Read(std::function<const SyncLoop*()> loop, Labels labels,
                    std::function<double(const SyncLoop&)> value) {
  return [loop = std::move(loop), labels = std::move(labels), value = std::move(value)] {
    const SyncLoop* now = loop();
    return std::vector<Sample>{{now == nullptr ? 0 : value(*now), labels}};
  };
}

}  // namespace

SyncMetrics::SyncMetrics(Registry& registry, const std::string& queue, std::function<const SyncLoop*()> loop)
    : adds_(registry.Counter("workqueue_adds_total", "Keys that were put into the work queue.",
                             {{"name", queue}})),
      retries_(registry.Counter("workqueue_retries_total",
                                "Keys that were put into the work queue again after a failure.",
                                {{"name", queue}})),
      queue_duration_(registry.Histogram("workqueue_queue_duration_seconds",
                                         "How long a key that is due waits in the work queue, in seconds.",
                                         QueueBuckets(), {{"name", queue}})),
      work_duration_(registry.Histogram("workqueue_work_duration_seconds",
                                        "How long processing a key from the work queue takes, in seconds.",
                                        QueueBuckets(), {{"name", queue}})),
      sync_duration_(registry.Histogram(
          "k8sm_sync_duration_seconds",
          "How long a service's sync takes, in seconds, with the requests that it sends.", kSyncBuckets)) {
  const auto outcome = [&](const char* result) {
    return &registry.Counter("endpoint_slice_controller_syncs", "Syncs of services by their result.",
                             {{"result", result}});
  };
  outcomes_ = {outcome("success"), outcome("stale"), outcome("error")};
  const Labels labels{{"name", queue}};
  registry.ReadGauge(
      "workqueue_depth", "Keys that wait in the work queue.",
      Read(loop, labels, [](const SyncLoop& now) { return static_cast<double>(now.queue().asked()); }));
  registry.ReadGauge("workqueue_unfinished_work_seconds",
                     "Seconds that all syncs in progress have been running, together.",
                     Read(loop, labels, [](const SyncLoop& now) {
                       return Seconds(now.queue().UnfinishedWork(steady_clock::now()).total);
                     }));
  registry.ReadGauge("workqueue_longest_running_processor_seconds",
                     "Seconds that the longest-running sync has been running.",
                     Read(loop, labels, [](const SyncLoop& now) {
                       return Seconds(now.queue().UnfinishedWork(steady_clock::now()).longest);
                     }));
}

void SyncMetrics::OnTaken(Duration waited) {
  queue_duration_.Observe(Seconds(waited));
}

void SyncMetrics::OnDone(Duration worked) {
  work_duration_.Observe(Seconds(worked));
}

void SyncMetrics::OnSynced(SyncOutcome outcome, Duration took) {
  sync_duration_.Observe(Seconds(took));
  outcomes_[static_cast<std::size_t>(outcome)]->Increment();
}

}  // namespace k8sm::controller
