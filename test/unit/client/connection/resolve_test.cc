#include "lib/client/connection/resolve.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"

#include <string>

namespace k8sm::client {
namespace {

using std::chrono::steady_clock;

TEST_CASE("an IP address resolves to itself even after the deadline") {
  asio::io_context io;
  for (const std::string host : {"10.0.0.1", "fd00::1"}) {
    const auto addresses = Run(io, Resolve(io.get_executor(), host, 6443, steady_clock::time_point()));
    REQUIRE(addresses.has_value());
    REQUIRE(addresses->size() == 1);
    CHECK(addresses->front().address().to_string() == host);
    CHECK(addresses->front().port() == 6443);
  }
}

TEST_CASE("an invalid host name is unavailable, and the error names it") {
  asio::io_context io;
  const std::string name(100, 'a');
  const auto addresses = Run(io, Resolve(io.get_executor(), name, 80, steady_clock::time_point::max()));
  REQUIRE(addresses.has_error());
  CHECK(addresses.error().code == Errc::kUnavailable);
  CHECK(addresses.error().message.starts_with("resolve " + name + ": "));
}

TEST_CASE("resolving a name times out at the deadline, and a late answer is ignored") {
  asio::io_context io;
  const auto addresses = Run(io, Resolve(io.get_executor(), "localhost", 80, steady_clock::time_point()));
  REQUIRE(addresses.has_error());
  CHECK(addresses.error().code == Errc::kTimeout);
  CHECK(addresses.error().message == "resolve localhost: timed out");
  io.restart();
  io.run();
}

Awaitable<void> Store(asio::any_io_executor executor, Result<std::vector<asio::ip::tcp::endpoint>>& result) {
  result = co_await Resolve(executor, "localhost", 80, steady_clock::time_point::max());
}

TEST_CASE("resolving a name can be cancelled") {
  asio::io_context io;
  TaskGroup tasks(io.get_executor(), [](std::string_view, std::string_view) { FAIL(); });
  Result<std::vector<asio::ip::tcp::endpoint>> result;
  tasks.Spawn("resolve", Store(io.get_executor(), result));
  io.run_one();
  tasks.Cancel();
  while (!tasks.empty()) io.run_one();
  REQUIRE(result.has_error());
  CHECK(result.error().code == Errc::kCanceled);
}

}  // namespace
}  // namespace k8sm::client
