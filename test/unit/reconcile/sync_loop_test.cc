#include "controller/reconcile/sync_loop.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::seconds;
using std::chrono::steady_clock;

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

void Fail(std::string_view name, std::string_view what) {
  FAIL_CHECK(std::string(name) + ": " + std::string(what));
}

class Listener final : public SyncObserver {
 public:
  void OnAdded() override { ++added; }
  void OnTaken(Duration) override { ++taken; }
  void OnDone(Duration) override { ++done; }
  void OnRetry() override { ++retried; }
  void OnSynced(SyncOutcome outcome, Duration) override { ++outcomes[static_cast<std::size_t>(outcome)]; }

  int added = 0;
  int taken = 0;
  int done = 0;
  int retried = 0;
  std::vector<int> outcomes = {0, 0, 0};
};

// The first sync of a key ends as its name says, each further one succeeds.
class Loop {
 public:
  Loop()
      : loop_(
            context_.get_executor(), {}, [this](ObjectKey key) { return Sync(std::move(key)); }, Fail),
        tasks_(context_.get_executor(), Fail) {
    loop_.SetObserver(&listener);
  }
  ~Loop() {
    tasks_.Cancel();
    context_.restart();
    context_.run();
  }

  SyncLoop& loop() { return loop_; }
  void Start() { tasks_.Spawn("loop", loop_.Run()); }
  void RunUntilIdle() {
    context_.restart();
    context_.poll();
    while (!loop_.Idle() && context_.run_one_for(seconds(30)) > 0) {
    }
  }

  // Runs all handlers that are ready.
  void Turn() {
    context_.restart();
    context_.poll();
  }

  Listener listener;

 private:
  Awaitable<Result<SyncResult>> Sync(ObjectKey key) {
    if (loop_.queue().NumRequeues(key) > 0) co_return SyncResult{};
    const std::string_view name = key.name.get();
    if (name == "conflict") co_return Error{.code = Errc::kConflict, .message = "changed"};
    if (name == "refused") co_return Error{.code = Errc::kForbidden, .message = "no"};
    if (name == "late") co_return Error{.code = Errc::kNotLeading, .message = "not sent"};
    if (name == "going") {
      co_return Error{.code = Errc::kForbidden, .message = "going", .cause = "NamespaceTerminating"};
    }
    co_return SyncResult{};
  }

  asio::io_context context_;
  SyncLoop loop_;
  TaskGroup tasks_;
};

TEST_CASE("the observer is notified of the outcome of each sync") {
  Loop test;
  for (const char* name : {"well", "going", "conflict", "refused"}) test.loop().Add(Key(name));
  test.Start();
  test.RunUntilIdle();
  // Two are retried and succeed.
  CHECK(test.listener.outcomes == std::vector<int>{4, 1, 1});
  CHECK(test.listener.added == 6);
  CHECK(test.listener.taken == 6);
  CHECK(test.listener.done == 6);
  CHECK(test.listener.retried == 2);
}

TEST_CASE("a service is failing from its first refusal until a sync succeeds, and a conflict is no failure") {
  Loop test;
  for (const char* name : {"well", "going", "conflict", "late", "refused"}) test.loop().Add(Key(name));
  test.Start();
  test.Turn();
  CHECK(test.loop().failing().size() == 1);
  const SyncFailure* failure = test.loop().failing().Find(Key("refused"));
  REQUIRE(failure != nullptr);
  CHECK(failure->error == "forbidden: no");
  test.RunUntilIdle();
  CHECK(test.loop().failing().size() == 0);
}

TEST_CASE("a key whose write had to wait for the lease is retried without a line") {
  const test::LogCapture log;
  Loop test;
  test.loop().Add(Key("late"));
  test.Start();
  test.RunUntilIdle();
  CHECK(test.listener.retried == 1);
  CHECK(test.listener.taken == 2);
  // The first try does not count as an outcome.
  CHECK(test.listener.outcomes == std::vector<int>{1, 0, 0});
  CHECK(log.lines().empty());
}

TEST_CASE("a loop is overdue since the first key that it has not taken, whatever is added later") {
  Loop test;
  test.Start();
  test.Turn();
  test.loop().Add(Key("first"));
  const auto later = steady_clock::now() + seconds(100);
  const auto overdue = test.loop().Overdue(later);
  REQUIRE(overdue.has_value());
  const auto added = steady_clock::now();
  while (steady_clock::now() == added) {
  }
  test.loop().Add(Key("second"));
  CHECK(test.loop().Overdue(later) == overdue);
}

TEST_CASE("a running loop is overdue if it does not take a key that is due") {
  Loop test;
  const auto later = steady_clock::now() + seconds(100);
  test.loop().Add(Key("early"));
  // The loop is not running yet, like that of a standby.
  CHECK_FALSE(test.loop().Overdue(later).has_value());
  test.Start();
  test.RunUntilIdle();
  test.Turn();
  CHECK_FALSE(test.loop().Overdue(later).has_value());
  test.loop().Add(Key("late"));
  REQUIRE(test.loop().Overdue(later).has_value());
  CHECK(*test.loop().Overdue(later) > seconds(60));
  test.RunUntilIdle();
  test.Turn();
  CHECK_FALSE(test.loop().Overdue(later).has_value());
  // A delayed key is due when its time has come and not before.
  test.loop().AddAfter(Key("delayed"), seconds(90));
  test.Turn();
  CHECK_FALSE(test.loop().Overdue(later - seconds(50)).has_value());
  REQUIRE(test.loop().Overdue(later).has_value());
  CHECK(*test.loop().Overdue(later) < seconds(11));
}

}  // namespace
}  // namespace k8sm::controller
