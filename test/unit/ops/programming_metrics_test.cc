#include "controller/ops/programming_metrics.h"

#include "test/support/catch.h"
#include "test/unit/ops/metric_lines.h"

#include <chrono>
#include <string>

namespace k8sm::controller {
namespace {

using endpoints::Published;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr kube::Timestamp kChange{seconds(1'700'000'000)};
const std::string kName = "k8sm_network_programming_duration_seconds_";

TEST_CASE("endpoints and endpointslices have latencies of their own", "[programming_metrics]") {
  metrics::Registry registry;
  ProgrammingMetrics metrics(registry);
  CHECK(ValueOf(registry, kName + "count{resource=\"endpoints\"}") == "0");
  metrics.OnPublished(Published::kSlices, kChange, kChange + milliseconds(1500));
  CHECK(ValueOf(registry, kName + "count{resource=\"endpoints\"}") == "0");
  CHECK(ValueOf(registry, kName + "sum{resource=\"endpointslices\"}") == "1.5");
  CHECK(ValueOf(registry, kName + "bucket{resource=\"endpointslices\",le=\"1\"}") == "0");
  CHECK(ValueOf(registry, kName + "bucket{resource=\"endpointslices\",le=\"2\"}") == "1");
}

TEST_CASE("a change by a clock that is ahead counts as a latency of 0", "[programming_metrics]") {
  metrics::Registry registry;
  ProgrammingMetrics metrics(registry);
  metrics.OnPublished(Published::kEndpoints, kChange, kChange - seconds(5));
  CHECK(ValueOf(registry, kName + "count{resource=\"endpoints\"}") == "1");
  CHECK(ValueOf(registry, kName + "sum{resource=\"endpoints\"}") == "0");
}

TEST_CASE("the buckets are those of kube-proxy", "[programming_metrics]") {
  metrics::Registry registry;
  const ProgrammingMetrics metrics(registry);
  for (const char* bound : {"0.25", "0.5", "1", "59", "60", "65", "115", "120", "150", "300", "+Inf"}) {
    CAPTURE(bound);
    CHECK(ValueOf(registry, kName + "bucket{resource=\"endpoints\",le=\"" + bound + "\"}") == "0");
  }
  CHECK(ValueOf(registry, kName + "bucket{resource=\"endpoints\",le=\"61\"}") == "none");
}

}  // namespace
}  // namespace k8sm::controller
