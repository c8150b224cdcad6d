#include "lib/async/task_group.h"

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "test/support/catch.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>

#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace k8sm {
namespace {

Awaitable<void> Note(bool& ran) {
  ran = true;
  co_return;
}

Awaitable<void> WaitFor(Notifier& notifier) {
  co_await notifier.Wait();
}

Awaitable<void> Throw(std::exception_ptr failure) {
  std::rethrow_exception(failure);
  co_return;
}

// Fails when it is cancelled.
Awaitable<void> FailAfter(Notifier& notifier) {
  co_await notifier.Wait();
  throw std::runtime_error("the wait is over");
}

struct Fixture {
  // Runs what is ready to run.
  void Turn() {
    io.restart();
    io.poll();
  }

  asio::io_context io;
  std::string failed;  // "NAME: WHAT;" for each failure
  TaskGroup tasks{io.get_executor(), [this](std::string_view name, std::string_view what) {
                    failed += std::string(name) + ": " + std::string(what) + ";";
                  }};
};

TEST_CASE("a task that is cancelled before it starts does not run and is not reported as a failure") {
  Fixture f;
  bool ran = false;
  f.tasks.Spawn("early", Note(ran));
  f.tasks.Cancel();
  CHECK(f.tasks.size() == 1);
  f.io.run();
  CHECK_FALSE(ran);
  CHECK(f.tasks.empty());
  CHECK(f.failed.empty());
}

TEST_CASE("Cancel ends waiting tasks but not one that is spawned afterwards") {
  Fixture f;
  Notifier never(f.io.get_executor());
  f.tasks.Spawn("waiting", WaitFor(never));
  f.io.poll();
  CHECK(f.tasks.size() == 1);
  f.tasks.Cancel();
  bool ran = false;
  f.tasks.Spawn("later", Note(ran));
  f.io.restart();
  f.io.run();
  CHECK(ran);
  CHECK(f.tasks.empty());
  CHECK(f.failed.empty());
}

TEST_CASE("a task that throws is reported by its name, and the others go on") {
  Fixture f;
  Notifier never(f.io.get_executor());
  f.tasks.Spawn("waiting", WaitFor(never));
  f.tasks.Spawn("broken", Throw(std::make_exception_ptr(std::runtime_error("a bug"))));
  f.Turn();
  CHECK(f.failed == "broken: a bug;");
  CHECK(f.tasks.size() == 1);
  f.tasks.Cancel();
  f.Turn();
  CHECK(f.failed == "broken: a bug;");
}

TEST_CASE("a system_error is reported as a failure unless it is operation_aborted") {
  Fixture f;
  const auto error_of = [](boost::system::error_code code) {
    return std::make_exception_ptr(boost::system::system_error(code));
  };
  f.tasks.Spawn("cancelled", Throw(error_of(asio::error::operation_aborted)));
  f.Turn();
  CHECK(f.failed.empty());
  f.tasks.Spawn("refused", Throw(error_of(asio::error::connection_refused)));
  f.Turn();
  CHECK(f.failed.starts_with("refused: "));
}

TEST_CASE("an exception that a task throws when it is cancelled is reported as a failure") {
  Fixture f;
  Notifier never(f.io.get_executor());
  f.tasks.Spawn("waiting", FailAfter(never));
  f.Turn();
  f.tasks.Cancel();
  f.Turn();
  CHECK(f.failed == "waiting: the wait is over;");
  CHECK(f.tasks.empty());
}

TEST_CASE("Join and JoinUntil return when the last task has ended") {
  for (const bool has_deadline : {false, true}) {
    CAPTURE(has_deadline);
    Fixture f;
    Notifier first(f.io.get_executor());
    Notifier second(f.io.get_executor());
    f.tasks.Spawn("first", WaitFor(first));
    f.tasks.Spawn("second", WaitFor(second));
    bool joined = false;
    if (has_deadline) {
      asio::co_spawn(f.io, f.tasks.JoinUntil(std::chrono::steady_clock::time_point::max()),
                     [&joined](std::exception_ptr, bool all) { joined = all; });
    } else {
      asio::co_spawn(f.io, f.tasks.Join(), [&joined](std::exception_ptr) { joined = true; });
    }
    f.Turn();
    CHECK_FALSE(joined);
    first.Notify();
    f.Turn();
    CHECK(f.tasks.size() == 1);
    CHECK_FALSE(joined);
    second.Notify();
    f.Turn();
    CHECK(joined);
  }
}

TEST_CASE("JoinUntil reports whether all tasks have ended by the deadline") {
  Fixture f;
  Notifier never(f.io.get_executor());
  const auto join = [&f] {
    std::optional<bool> all;
    asio::co_spawn(f.io, f.tasks.JoinUntil(std::chrono::steady_clock::now()),
                   [&all](std::exception_ptr, bool ended) { all = ended; });
    f.io.restart();
    while (!all) f.io.run_one();
    return *all;
  };
  CHECK(join());
  f.tasks.Spawn("waiting", WaitFor(never));
  CHECK_FALSE(join());
  CHECK(f.tasks.size() == 1);
  f.tasks.Cancel();
  f.Turn();
  CHECK(join());
}

}  // namespace
}  // namespace k8sm
