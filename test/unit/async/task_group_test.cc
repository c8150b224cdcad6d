#include "lib/async/task_group.h"

#include "lib/async/notifier.h"
#include "lib/async/token.h"
#include "test/support/catch.h"

#include <boost/asio/io_context.hpp>

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

struct Fixture {
  asio::io_context io;
  std::string failed;
  TaskGroup tasks{io.get_executor(),
                  [this](std::string_view name, std::string_view) { failed += std::string(name) + " "; }};
};

TEST_CASE("a task that is cancelled before its turn does not run, and ends without a failure") {
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

TEST_CASE("a task that waits is cancelled, and none is started afterwards") {
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
  CHECK_FALSE(ran);
  CHECK(f.tasks.empty());
  CHECK(f.failed.empty());
}

}  // namespace
}  // namespace k8sm
