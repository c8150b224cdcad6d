#include "lib/client/connection/resolve.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/client/run.h"

#include <string>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::steady_clock;
using Addresses = Result<std::vector<asio::ip::tcp::endpoint>>;

constexpr steady_clock::time_point kPassed = steady_clock::time_point();
constexpr steady_clock::time_point kNever = steady_clock::time_point::max();

Addresses Resolve(asio::io_context& io, HostResolver& resolver, steady_clock::time_point deadline) {
  return Run(io, resolver.Resolve(deadline));
}

TEST_CASE("an IP address resolves to itself even after the deadline") {
  asio::io_context io;
  for (const std::string host : {"10.0.0.1", "fd00::1"}) {
    HostResolver resolver(io.get_executor(), host, 6443);
    const auto addresses = Resolve(io, resolver, kPassed);
    REQUIRE(addresses.has_value());
    REQUIRE(addresses->size() == 1);
    CHECK(addresses->front().address().to_string() == host);
    CHECK(addresses->front().port() == 6443);
  }
}

TEST_CASE("an invalid host name is unavailable, and the error names it") {
  asio::io_context io;
  const std::string name(100, 'a');
  HostResolver resolver(io.get_executor(), name, 80);
  const auto addresses = Resolve(io, resolver, kNever);
  REQUIRE(addresses.has_error());
  CHECK(addresses.error().code == Errc::kUnavailable);
  CHECK(addresses.error().message.starts_with("resolve " + name + ": "));
}

TEST_CASE("resolving a name times out at the deadline, and its late result serves later calls") {
  test::LogCapture log;
  asio::io_context io;
  HostResolver resolver(io.get_executor(), "localhost", 80);
  const auto late = Resolve(io, resolver, kPassed);
  REQUIRE(late.has_error());
  CHECK(late.error().code == Errc::kTimeout);
  CHECK(late.error().message == "resolve localhost: timed out");
  CHECK(log.lines().empty());
  // The lookup goes on.
  io.restart();
  io.run();
  const std::string line = "W cannot resolve localhost: timed out; using the addresses found before";
  // A lookup that has ended before its deadline is looked at is none that timed out.
  for (int attempt = 0; attempt < 1'000 && log.Count(line) == 0; ++attempt) {
    const auto known = Resolve(io, resolver, kPassed);
    REQUIRE(known.has_value());
    CHECK(known->front().port() == 80);
  }
  CHECK(log.Count(line) == 1);
  CHECK(Resolve(io, resolver, kNever).has_value());
}

Awaitable<void> Store(HostResolver& resolver, std::vector<Addresses>& results) {
  auto addresses = co_await resolver.Resolve(kNever);
  results.push_back(std::move(addresses));
}

TEST_CASE("calls at the same time get the result of one lookup, and each can be cancelled alone") {
  asio::io_context io;
  const auto fail = [](std::string_view, std::string_view) { FAIL(); };
  TaskGroup staying(io.get_executor(), fail);
  TaskGroup leaving(io.get_executor(), fail);
  HostResolver resolver(io.get_executor(), "localhost", 80);
  std::vector<Addresses> results;
  std::vector<Addresses> cancelled;
  leaving.Spawn("resolve", Store(resolver, cancelled));
  for (int i = 0; i < 2; ++i) staying.Spawn("resolve", Store(resolver, results));
  io.poll();
  leaving.Cancel();
  while (!staying.empty() || !leaving.empty()) io.run_one();
  REQUIRE(results.size() == 2);
  CHECK(results[0].value() == results[1].value());
  // The lookup may have been faster.
  for (const Addresses& each : cancelled) CHECK((each || each.error().code == Errc::kCanceled));
}

}  // namespace
}  // namespace k8sm::client
