#include "controller/ops/sync_metrics.h"

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/unit/ops/metric_lines.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::milliseconds;
using std::chrono::seconds;

void Fail(std::string_view name, std::string_view what) {
  FAIL_CHECK(std::string(name) + ": " + std::string(what));
}

struct Fixture {
  std::string Value(const std::string& sample) const { return ValueOf(registry, sample); }

  metrics::Registry registry;
  const SyncLoop* loop = nullptr;
  SyncMetrics metrics{registry, "endpoint", [this] { return loop; }};
};

TEST_CASE("every metric of the queue is 0 before there is a loop", "[sync_metrics]") {
  const Fixture f;
  for (const char* name :
       {"workqueue_adds_total", "workqueue_retries_total", "workqueue_depth",
        "workqueue_queue_duration_seconds_count", "workqueue_work_duration_seconds_count",
        "workqueue_unfinished_work_seconds", "workqueue_longest_running_processor_seconds"}) {
    CHECK(f.Value(std::string(name) + "{name=\"endpoint\"}") == "0");
  }
  CHECK(f.Value("k8sm_sync_duration_seconds_count") == "0");
  for (const std::string result : {"success", "stale", "error"})
    CHECK(f.Value("endpoint_slice_controller_syncs{result=\"" + result + "\"}") == "0");
}

TEST_CASE("each event of the queue is counted by its own metric", "[sync_metrics]") {
  Fixture f;
  for (int i = 0; i < 4; ++i) f.metrics.OnAdded();
  for (int i = 0; i < 3; ++i) f.metrics.OnRetry();
  for (int i = 0; i < 2; ++i) f.metrics.OnTaken(milliseconds(500));
  f.metrics.OnDone(seconds(2));
  CHECK(f.Value("workqueue_adds_total{name=\"endpoint\"}") == "4");
  CHECK(f.Value("workqueue_retries_total{name=\"endpoint\"}") == "3");
  CHECK(f.Value("workqueue_queue_duration_seconds_count{name=\"endpoint\"}") == "2");
  CHECK(f.Value("workqueue_queue_duration_seconds_sum{name=\"endpoint\"}") == "1");
  CHECK(f.Value("workqueue_work_duration_seconds_count{name=\"endpoint\"}") == "1");
  CHECK(f.Value("workqueue_work_duration_seconds_sum{name=\"endpoint\"}") == "2");
}

TEST_CASE("each sync is counted by its outcome and with its duration", "[sync_metrics]") {
  Fixture f;
  f.metrics.OnSynced(SyncOutcome::kSuccess, milliseconds(500));
  for (int i = 0; i < 2; ++i) f.metrics.OnSynced(SyncOutcome::kStale, milliseconds(500));
  for (int i = 0; i < 3; ++i) f.metrics.OnSynced(SyncOutcome::kError, milliseconds(500));
  CHECK(f.Value("endpoint_slice_controller_syncs{result=\"success\"}") == "1");
  CHECK(f.Value("endpoint_slice_controller_syncs{result=\"stale\"}") == "2");
  CHECK(f.Value("endpoint_slice_controller_syncs{result=\"error\"}") == "3");
  CHECK(f.Value("k8sm_sync_duration_seconds_count") == "6");
  CHECK(f.Value("k8sm_sync_duration_seconds_sum") == "3");
}

TEST_CASE("the depth counts a key that is added again while it is synced", "[sync_metrics]") {
  asio::io_context io;
  Notifier never(io.get_executor());
  SyncLoop loop(
      io.get_executor(), {},
      [&never](ObjectKey) -> Awaitable<Result<SyncResult>> {
        return [](Notifier& wait) -> Awaitable<Result<SyncResult>> {
          co_await wait.Wait();
          co_return SyncResult{};
        }(never);
      },
      Fail);
  TaskGroup tasks(io.get_executor(), Fail);
  tasks.Spawn("loop", loop.Run());
  Fixture f;
  f.loop = &loop;
  const ObjectKey web{Symbol("shop"), Symbol("web")};
  loop.Add(web);
  CHECK(f.Value("workqueue_depth{name=\"endpoint\"}") == "1");
  io.poll();
  CHECK(f.Value("workqueue_depth{name=\"endpoint\"}") == "0");
  CHECK(f.Value("workqueue_unfinished_work_seconds{name=\"endpoint\"}") != "0");
  CHECK(f.Value("workqueue_longest_running_processor_seconds{name=\"endpoint\"}") != "0");
  loop.Add(web);
  CHECK(f.Value("workqueue_depth{name=\"endpoint\"}") == "1");
  tasks.Cancel();
  io.poll();
  never.Notify();
  io.restart();
  io.run();
}

Awaitable<Result<SyncResult>> WaitForEnd(Notifier& end) {
  co_await end.Wait();
  co_return SyncResult{};
}

TEST_CASE("the durations of concurrent syncs are summed, and the longest is that of one", "[sync_metrics]") {
  using std::chrono::steady_clock;
  asio::io_context io;
  Notifier end(io.get_executor());
  SyncLoop loop(
      io.get_executor(), {.concurrency = 10}, [&end](ObjectKey) { return WaitForEnd(end); }, Fail);
  TaskGroup tasks(io.get_executor(), Fail);
  tasks.Spawn("loop", loop.Run());
  Fixture f;
  f.loop = &loop;
  const auto begin = steady_clock::now();
  for (int i = 0; i < 10; ++i) loop.Add({Symbol("shop"), Symbol(std::to_string(i))});
  io.poll();
  CHECK(loop.queue().processing() == 10);
  // They run for longer than it took to start them.
  const auto started = steady_clock::now();
  while (steady_clock::now() < started + (started - begin)) {
  }
  const std::string page = f.registry.Text();
  const std::chrono::duration<double> elapsed = steady_clock::now() - begin;
  const double longest =
      std::stod(ValueOf(page, "workqueue_longest_running_processor_seconds{name=\"endpoint\"}"));
  const double total = std::stod(ValueOf(page, "workqueue_unfinished_work_seconds{name=\"endpoint\"}"));
  CHECK(longest > 0);
  CHECK(longest <= elapsed.count());
  CHECK(total >= 5 * longest);
  tasks.Cancel();
  io.poll();
  end.Notify();
  io.restart();
  io.run();
}

}  // namespace
}  // namespace k8sm::controller
