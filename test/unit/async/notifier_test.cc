#include "lib/async/notifier.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace k8sm {
namespace {

using TimePoint = Notifier::TimePoint;
using std::chrono::hours;
using std::chrono::steady_clock;

constexpr TimePoint kPast{};
constexpr TimePoint kNever = TimePoint::max();

// The result of WaitUntil in one coroutine; empty while it waits.
using Outcome = std::optional<bool>;

Awaitable<void> WaitAndTell(Notifier& notifier, TimePoint deadline, Outcome& outcome) {
  outcome = co_await notifier.WaitUntil(deadline);
}

struct Fixture {
  asio::io_context context;
  Notifier notifier{context.get_executor()};
  TaskGroup tasks{context.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); }};

  void Wait(TimePoint deadline, Outcome& outcome) {
    tasks.Spawn("wait", WaitAndTell(notifier, deadline, outcome));
  }
  // Runs what is ready to run.
  void Poll() {
    context.restart();
    context.poll();
  }
  ~Fixture() {
    tasks.Cancel();
    Poll();
    CHECK(tasks.empty());
  }
};

TEST_CASE("Notify wakes all waiters, whatever their deadlines") {
  Fixture f;
  Outcome never, later;
  f.Wait(kNever, never);
  f.Wait(steady_clock::now() + hours(1), later);
  f.Poll();
  CHECK_FALSE(never);
  CHECK_FALSE(later);
  f.notifier.Notify();
  f.Poll();
  CHECK(never == true);
  CHECK(later == true);
}

TEST_CASE("a deadline ends only its own wait") {
  Fixture f;
  Outcome before, past, after;
  f.Wait(kNever, before);
  f.Wait(kPast, past);
  f.Wait(steady_clock::now() + hours(1), after);
  f.Poll();
  CHECK(past == false);
  CHECK_FALSE(before);
  CHECK_FALSE(after);
  f.notifier.Notify();
  f.Poll();
  CHECK(before == true);
  CHECK(after == true);
}

TEST_CASE("a later wait without a deadline does not postpone the deadline of an earlier one") {
  Fixture f;
  Outcome past, never;
  f.Wait(kPast, past);
  f.Wait(kNever, never);
  f.Poll();
  CHECK(past == false);
  CHECK_FALSE(never);
}

Awaitable<void> NotifyAfter(Notifier& other, TimePoint deadline, Notifier& notifier) {
  co_await other.WaitUntil(deadline);
  notifier.Notify();
}

TEST_CASE("WaitUntil reports a notification that comes after the deadline but before the waiter resumes") {
  Fixture f;
  Notifier other(f.context.get_executor());
  Outcome outcome;
  // Both timers have expired when the io_context checks them, this one first.
  f.tasks.Spawn("notify", NotifyAfter(other, kPast, f.notifier));
  f.Wait(kPast + std::chrono::seconds(1), outcome);
  f.Poll();
  CHECK(outcome == true);
}

TEST_CASE("a notification that nobody waits for is lost") {
  Fixture f;
  f.notifier.Notify();
  Outcome outcome;
  f.Wait(kNever, outcome);
  f.Poll();
  CHECK_FALSE(outcome);
}

Awaitable<void> WaitTwice(Notifier& notifier, int& woken) {
  for (;;) {
    co_await notifier.Wait();
    ++woken;
  }
}

TEST_CASE("notifications before a waiter resumes wake it once") {
  Fixture f;
  int woken = 0;
  f.tasks.Spawn("wait", WaitTwice(f.notifier, woken));
  f.Poll();
  f.notifier.Notify();
  f.notifier.Notify();
  f.Poll();
  CHECK(woken == 1);
  f.notifier.Notify();
  f.Poll();
  CHECK(woken == 2);
}

TEST_CASE("a cancelled wait reports a notification, and the other waiters keep waiting") {
  Fixture f;
  Outcome cancelled, other;
  {
    TaskGroup group(f.context.get_executor(), [](std::string_view, std::string_view) {});
    group.Spawn("wait", WaitAndTell(f.notifier, kNever, cancelled));
    f.Wait(kNever, other);
    f.Poll();
    group.Cancel();
    f.Poll();
    CHECK(group.empty());
  }
  CHECK(cancelled == true);
  CHECK_FALSE(other);
  f.notifier.Notify();
  f.Poll();
  CHECK(other == true);
}

// At the end of the program, waiting coroutines are destroyed with the io_context, after the notifier.
TEST_CASE("a notifier may be destroyed before the coroutines that wait on it if these never resume") {
  Outcome outcome;
  auto context = std::make_unique<asio::io_context>();
  auto notifier = std::make_unique<Notifier>(context->get_executor());
  TaskGroup tasks(context->get_executor(), [](std::string_view, std::string_view) {});
  tasks.Spawn("wait", WaitAndTell(*notifier, kNever, outcome));
  context->poll();
  notifier.reset();
  context.reset();
  CHECK_FALSE(outcome);
}

Awaitable<void> WaitForEither(Notifier& one, Notifier& other, int& woken) {
  for (;;) {
    co_await Notifier::WaitForEither(one, other);
    ++woken;
  }
}

TEST_CASE("WaitForEither returns after a notification of either, and once if both are notified") {
  Fixture f;
  Notifier other(f.context.get_executor());
  int woken = 0;
  f.tasks.Spawn("wait", WaitForEither(f.notifier, other, woken));
  f.Poll();
  CHECK(woken == 0);
  f.notifier.Notify();
  f.Poll();
  CHECK(woken == 1);
  other.Notify();
  f.Poll();
  CHECK(woken == 2);
  f.notifier.Notify();
  other.Notify();
  f.Poll();
  CHECK(woken == 3);
}

TEST_CASE("a cancelled WaitForEither leaves nothing in either notifier") {
  Fixture f;
  Notifier other(f.context.get_executor());
  int woken = 0;
  f.tasks.Spawn("wait", WaitForEither(f.notifier, other, woken));
  f.Poll();
  f.tasks.Cancel();
  f.Poll();
  CHECK(f.tasks.empty());
  f.notifier.Notify();
  other.Notify();
}

}  // namespace
}  // namespace k8sm
