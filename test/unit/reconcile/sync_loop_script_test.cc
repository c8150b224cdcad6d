// What a loop does with the outcome of each sync, how many run at the same time, and how it ends.

#include "controller/reconcile/sync_loop.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

void Fail(std::string_view name, std::string_view what) {
  FAIL_CHECK(std::string(name) + ": " + std::string(what));
}

// An error after which nothing is retried during a test, however slow the machine is.
Error Failure(Errc code, const std::string& cause = "") {
  return {.code = code, .message = "no", .cause = cause, .retry_after = seconds(3600)};
}

class Outcomes final : public SyncObserver {
 public:
  void OnAdded() override {}
  void OnTaken(Duration) override {}
  void OnDone(Duration) override {}
  void OnRetry() override {}
  void OnSynced(SyncOutcome outcome, Duration) override {
    ++count;
    last = outcome;
  }

  int count = 0;
  std::optional<SyncOutcome> last;
};

// A loop whose syncs end as the script says: each key's next outcome, success where none is left.
class ScriptedLoop {
 public:
  explicit ScriptedLoop(SyncLoopOptions options = {})
      : release_(context_.get_executor()),
        loop_(
            context_.get_executor(), std::move(options),
            [this](ObjectKey key) { return Sync(std::move(key)); }, Fail),
        tasks_(context_.get_executor(), Fail) {
    loop_.SetObserver(&outcomes);
    tasks_.Spawn("loop", loop_.Run());
  }
  ~ScriptedLoop() {
    Stop();
    (void)Drain();
  }

  void Script(const std::string& name, Result<SyncResult> outcome) {
    script_[name].push_back(std::move(outcome));
  }
  // Adds the key and runs all handlers that are ready. Retries with a delay have to wait.
  void Sync(const std::string& name) {
    loop_.Add(Key(name));
    Turn();
  }
  void Turn() {
    context_.restart();
    context_.poll();
  }
  // What a sync holds, as a task of its own.
  void Spawn() { loop_.Spawn("part", Hold()); }
  // Lets the held syncs end.
  void Release() {
    hold = false;
    release_.Notify();
    Turn();
  }
  void Stop() {
    tasks_.Cancel();
    Turn();
  }
  // Drains without leaving time to the running syncs.
  bool Drain() {
    std::optional<bool> ended;
    asio::co_spawn(context_, loop_.Drain(steady_clock::now()),
                   [&ended](std::exception_ptr, bool all) { ended = all; });
    context_.restart();
    while (!ended) context_.run_one();
    return *ended;
  }

  SyncLoop& loop() { return loop_; }
  asio::io_context& context() { return context_; }
  int failures(const std::string& name) const { return loop_.queue().NumRequeues(Key(name)); }

  Outcomes outcomes;
  bool hold = false;
  int begun = 0;
  int canceled = 0;

 private:
  Awaitable<void> Hold() {
    while (hold) {
      ++canceled;  // unless it goes on
      co_await release_.Wait();
      --canceled;
    }
  }

  Awaitable<Result<SyncResult>> Sync(ObjectKey key) {
    ++begun;
    co_await Hold();
    auto& outcomes_of_key = script_[std::string(key.name.get())];
    if (outcomes_of_key.empty()) co_return SyncResult{};
    Result<SyncResult> outcome = std::move(outcomes_of_key.front());
    outcomes_of_key.pop_front();
    co_return outcome;
  }

  asio::io_context context_;
  Notifier release_;
  std::map<std::string, std::deque<Result<SyncResult>>> script_;
  SyncLoop loop_;
  TaskGroup tasks_;
};

// ---- Retries

TEST_CASE("a success resets the backoff of a key", "[sync_loop]") {
  ScriptedLoop test;
  for (int i = 0; i < 3; ++i) test.Script("web", Failure(Errc::kServerError));
  for (int i = 1; i <= 3; ++i) {
    test.Sync("web");
    CHECK(test.failures("web") == i);
  }
  test.Sync("web");
  CHECK(test.failures("web") == 0);
  CHECK(test.loop().Idle());
}

TEST_CASE("Retry-After delays the retry of a sync", "[sync_loop]") {
  ScriptedLoop test;
  Error busy = Failure(Errc::kTooManyRequests);
  busy.retry_after = seconds(100);
  test.Script("web", busy);
  const auto before = steady_clock::now();
  test.Sync("web");
  REQUIRE(test.loop().queue().NextDue().has_value());
  CHECK(*test.loop().queue().NextDue() >= before + seconds(100));
}

TEST_CASE("a sync that asks for it is requeued after the given time, which is not a failure", "[sync_loop]") {
  ScriptedLoop test;
  test.Script("web", SyncResult{.requeue_after = seconds(100)});
  const auto before = steady_clock::now();
  test.Sync("web");
  REQUIRE(test.loop().queue().NextDue().has_value());
  CHECK(*test.loop().queue().NextDue() >= before + seconds(100));
  CHECK(test.failures("web") == 0);
}

TEST_CASE("a key whose write needed the lease is requeued with backoff and without a warning",
          "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  // The first retries follow after milliseconds, which a slow machine may take here.
  for (int i = 0; i < 20; ++i) test.Script("web", Failure(Errc::kNotLeading));
  test.Sync("web");
  CHECK(test.failures("web") >= 1);
  CHECK(test.loop().queue().delayed() == 1);
  CHECK(test.outcomes.count == 0);
  CHECK(log.lines().empty());
}

TEST_CASE("a canceled sync is neither retried nor counted", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kCanceled));
  test.Sync("web");
  CHECK(test.loop().Idle());
  CHECK(test.outcomes.count == 0);
  CHECK(log.lines().empty());
}

TEST_CASE("a failing key is given up after max_tries, and starts anew when it is added again",
          "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test({.max_tries = 3});
  for (int i = 0; i < 4; ++i) test.Script("web", Failure(Errc::kForbidden));
  for (int i = 0; i < 2; ++i) test.Sync("web");
  CHECK(test.loop().failed() == 0);
  CHECK_FALSE(test.loop().Idle());
  test.Sync("web");
  CHECK(test.loop().failed() == 1);
  CHECK(test.loop().Idle());
  CHECK(log.Count("given up after 3 tries") == 1);
  test.Sync("web");
  CHECK(test.loop().failed() == 1);
  CHECK(test.failures("web") == 1);
}

// ---- What is logged

TEST_CASE("a failure is warned of at once, and its end is logged", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kForbidden));
  test.Sync("web");
  CHECK(log.Count("W cannot sync service shop/web: forbidden: no; trying again") == 1);
  test.Sync("web");
  CHECK(log.Count("I syncing service shop/web works again") == 1);
}

TEST_CASE("a service deleted after failed syncs is logged as gone, not as working again", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kForbidden));
  test.Script("web", SyncResult{.gone = true});
  test.Sync("web");
  test.Sync("web");
  CHECK(log.Count("I service shop/web, which could not be synced, is gone") == 1);
  CHECK(log.Count("works again") == 0);
}

TEST_CASE("a postponed sync is neither a success nor a failure", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kForbidden));
  test.Script("web", SyncResult{.requeue_after = std::chrono::milliseconds(1)});
  for (int i = 0; i < 2; ++i) test.Sync("web");
  CHECK(log.Count("works again") == 0);
  CHECK(test.loop().failing().size() == 1);
  CHECK(test.failures("web") == 1);
  test.Sync("web");
  CHECK(log.Count("I syncing service shop/web works again") == 1);
  CHECK(test.loop().failing().size() == 0);
  CHECK(test.failures("web") == 0);
}

TEST_CASE("a conflict is not warned of before the eleventh try", "[sync_loop]") {
  for (const Errc race : {Errc::kConflict, Errc::kAlreadyExists, Errc::kNotFound}) {
    const test::LogCapture log;
    ScriptedLoop test;
    for (int i = 0; i < 11; ++i) test.Script("web", Failure(race));
    for (int i = 0; i < 10; ++i) test.Sync("web");
    CHECK(log.lines().empty());
    test.Sync("web");
    CHECK(log.Count("W cannot sync service shop/web") == 1);
  }
}

TEST_CASE("a terminating namespace ends the failures of a key without another line", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kServerError));
  test.Script("web", Failure(Errc::kForbidden, "NamespaceTerminating"));
  test.Sync("web");
  CHECK(log.lines().size() == 1);
  test.Sync("web");
  CHECK(test.failures("web") == 0);
  CHECK(test.loop().Idle());
  // The namespace and the service exist again: nothing is logged as working again.
  test.Sync("web");
  CHECK(log.lines().size() == 1);
}

TEST_CASE("NamespaceTerminating as the cause of another error, or another cause of kForbidden, is a failure",
          "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Script("web", Failure(Errc::kRejected, "NamespaceTerminating"));
  test.Script("db", Failure(Errc::kForbidden, "SomethingElse"));
  for (const char* name : {"web", "db"}) {
    test.Sync(name);
    CHECK(test.failures(name) == 1);
    CHECK(test.loop().failing().Find(Key(name)) != nullptr);
  }
  CHECK(log.lines().size() == 2);
}

TEST_CASE("at most five of many simultaneous failures are logged, and only the ends of those",
          "[sync_loop]") {
  test::LogCapture log;
  ScriptedLoop test;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "web-" + std::to_string(i);
    test.Script(name, Failure(Errc::kForbidden));
    if (i % 2 == 0) test.Script(name, SyncResult{.gone = true});
    test.Sync(name);
  }
  CHECK(log.Count("W cannot sync service shop/web-") == 5);
  CHECK(log.Count("W cannot sync service shop/web-4: forbidden: no; trying again") == 1);
  log.Clear();
  for (const char* name : {"web-6", "web-5"}) test.Sync(name);
  CHECK(log.lines().empty());
  for (const char* name : {"web-4", "web-3"}) test.Sync(name);
  CHECK(log.lines() == std::vector<std::string>{"I service shop/web-4, which could not be synced, is gone",
                                                "I syncing service shop/web-3 works again"});
  CHECK(test.loop().failing().size() == 4);
}

TEST_CASE("a key that is given up is no longer failing, and its later success is not logged", "[sync_loop]") {
  test::LogCapture log;
  ScriptedLoop test({.max_tries = 2});
  for (int i = 0; i < 25; ++i) {
    const std::string name = "web-" + std::to_string(i);
    for (int tries = 0; tries < 2; ++tries) test.Script(name, Failure(Errc::kForbidden));
    test.Sync(name);
    CHECK(test.loop().failing().size() == 1);
    test.Sync(name);
    CHECK(test.loop().failing().size() == 0);
    CHECK(test.failures(name) == 0);
  }
  CHECK(test.loop().failed() == 25);
  CHECK(test.loop().Idle());
  CHECK(log.Count("E cannot sync service shop/web-0: forbidden: no; given up after 2 tries") == 1);
  CHECK(log.Count("; given up after 2 tries") == 20);
  log.Clear();
  test.Script("db", Failure(Errc::kTimeout));
  test.Sync("db");
  test.Sync("web-0");
  CHECK(log.lines() == std::vector<std::string>{"W cannot sync service shop/db: timeout: no; trying again"});
}

TEST_CASE("outcomes are counted by kind, and canceled or disallowed syncs are not counted", "[sync_loop]") {
  const test::LogCapture log;
  const std::vector<std::pair<Error, std::optional<SyncOutcome>>> outcomes = {
      {Failure(Errc::kConflict), SyncOutcome::kStale},
      {Failure(Errc::kAlreadyExists), SyncOutcome::kStale},
      {Failure(Errc::kNotFound), SyncOutcome::kStale},
      {Failure(Errc::kForbidden), SyncOutcome::kError},
      {Failure(Errc::kTimeout), SyncOutcome::kError},
      {Failure(Errc::kForbidden, "NamespaceTerminating"), SyncOutcome::kSuccess},
      {Failure(Errc::kCanceled), std::nullopt},
      {Failure(Errc::kNotLeading), std::nullopt}};
  for (const auto& [error, outcome] : outcomes) {
    CAPTURE(ToString(error));
    ScriptedLoop test;
    test.Script("web", error);
    test.Sync("web");
    CHECK(test.outcomes.count == (outcome ? 1 : 0));
    CHECK(test.outcomes.last == outcome);
  }
}

// ---- Concurrency

TEST_CASE("no more syncs run at the same time than the option allows", "[sync_loop]") {
  ScriptedLoop test({.concurrency = 2});
  test.hold = true;
  for (const char* name : {"a", "b", "c"}) test.Sync(name);
  CHECK(test.begun == 2);
  CHECK(test.loop().queue().processing() == 2);
  CHECK(test.loop().queue().depth() == 1);
  // With all slots busy, it is right to wait.
  test.loop().AddAfter(Key("d"), seconds(50));
  test.Turn();
  CHECK_FALSE(test.loop().Overdue(steady_clock::now() + seconds(100)).has_value());
  test.Release();
  CHECK(test.begun == 3);
  CHECK(test.loop().queue().processing() == 0);
  CHECK(test.loop().Overdue(steady_clock::now() + seconds(100)).has_value());
}

TEST_CASE("many syncs that end at once yield to other handlers in between", "[sync_loop]") {
  ScriptedLoop test;
  test.Turn();
  for (int i = 0; i < 100; ++i) test.loop().Add(Key("web-" + std::to_string(i)));
  int begun = 0;
  asio::post(test.context(), [&] { begun = test.begun; });
  test.Turn();
  CHECK(begun > 0);
  CHECK(begun <= 10);
  CHECK(test.begun == 100);
}

TEST_CASE("a key added during its sync is synced once more afterwards", "[sync_loop]") {
  ScriptedLoop test;
  test.hold = true;
  for (int i = 0; i < 3; ++i) test.Sync("web");
  CHECK(test.begun == 1);
  test.Release();
  CHECK(test.begun == 2);
}

TEST_CASE("WaitUntilTried ends while failed keys still wait for their retry", "[sync_loop]") {
  ScriptedLoop test;
  test.hold = true;
  Error busy = Failure(Errc::kTooManyRequests);
  busy.retry_after = seconds(100);
  test.Script("web", busy);
  test.Sync("web");
  bool tried = false;
  bool idle = false;
  asio::co_spawn(test.context(), test.loop().WaitUntilTried(),
                 [&tried](std::exception_ptr) { tried = true; });
  asio::co_spawn(test.context(), test.loop().WaitUntilIdle(), [&idle](std::exception_ptr) { idle = true; });
  test.Turn();
  CHECK_FALSE(tried);
  test.Release();
  CHECK(tried);
  CHECK_FALSE(idle);
  test.Sync("web");
  CHECK(idle);
}

// ---- The end

TEST_CASE("a stopped loop takes no further key", "[sync_loop]") {
  ScriptedLoop test;
  test.Stop();
  test.Sync("web");
  CHECK(test.begun == 0);
}

TEST_CASE("Drain ends at once if no sync is running", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.Sync("web");
  test.Stop();
  CHECK(test.Drain());
  CHECK(log.lines().empty());
}

TEST_CASE("Drain waits for a sync, or a task of one, that ends in time", "[sync_loop]") {
  const bool is_task = GENERATE(false, true);
  ScriptedLoop test;
  test.hold = true;
  is_task ? test.Spawn() : test.Sync("web");
  test.Turn();
  test.Stop();
  std::optional<bool> ended;
  asio::co_spawn(test.context(), test.loop().Drain(steady_clock::time_point::max()),
                 [&ended](std::exception_ptr, bool all) { ended = all; });
  test.Turn();
  CHECK_FALSE(ended.has_value());
  test.Release();
  CHECK(ended == true);
  CHECK(test.canceled == 0);
}

TEST_CASE("Drain cancels syncs and their tasks still running at the deadline and logs that", "[sync_loop]") {
  const test::LogCapture log;
  ScriptedLoop test;
  test.hold = true;
  for (const char* name : {"a", "b"}) test.Sync(name);
  test.Spawn();
  test.Turn();
  test.Stop();
  CHECK_FALSE(test.Drain());
  CHECK(test.canceled == 3);
  CHECK(log.Count("W abandoning 2 syncs whose requests are not answered") == 1);
  // They have ended: nothing is left to drain.
  CHECK(test.Drain());
}

}  // namespace
}  // namespace k8sm::controller
