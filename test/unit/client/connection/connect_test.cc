#include "lib/client/connection/connect.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"

#include <boost/asio/post.hpp>

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

// A listener that accepts nothing and whose queue is full, so that the kernel answers no further connection.
class Hole {
 public:
  explicit Hole(asio::io_context& io) : acceptor_(io) {
    acceptor_.open(tcp::v4());
    acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    acceptor_.listen(0);
    for (int i = 0; i < 4; ++i) {
      tcp::socket socket(io, tcp::v4());
      // Asio's own connect() would wait.
      socket.native_non_blocking(true);
      const tcp::endpoint to = address();
      ::connect(socket.native_handle(), to.data(), static_cast<socklen_t>(to.size()));
      sockets_.push_back(std::move(socket));
    }
  }
  tcp::endpoint address() const { return acceptor_.local_endpoint(); }

 private:
  tcp::acceptor acceptor_;
  std::vector<tcp::socket> sockets_;
};

Awaitable<void> Store(asio::any_io_executor executor, std::vector<tcp::endpoint> addresses,
                      steady_clock::time_point deadline, std::optional<Result<Connected>>& result) {
  result = co_await ConnectToAny(std::move(executor), std::move(addresses), deadline);
}

struct Fixture {
  Result<Connected> Connect(std::vector<tcp::endpoint> addresses,
                            steady_clock::duration patience = seconds(30)) {
    std::optional<Result<Connected>> result;
    TaskGroup tasks(io.get_executor(), [](std::string_view, std::string_view what) { FAIL_CHECK(what); });
    tasks.Spawn("connect",
                Store(io.get_executor(), std::move(addresses), steady_clock::now() + patience, result));
    io.restart();
    while (!tasks.empty()) io.run_one();
    return *std::move(result);
  }
  // The address of a port on which nobody listens.
  tcp::endpoint Closed() { return tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint(); }

  asio::io_context io;
  tcp::acceptor server{io, {asio::ip::address_v4::loopback(), 0}};
  Hole hole{io};
};

TEST_CASE("ConnectToAny takes the first address if it answers") {
  Fixture f;
  const auto connected = f.Connect({f.server.local_endpoint(), f.hole.address()});
  REQUIRE(connected.has_value());
  CHECK(connected->address == f.server.local_endpoint());
  CHECK(connected->socket.remote_endpoint() == f.server.local_endpoint());
  CHECK(connected->passed_over.empty());
}

TEST_CASE("an address that does not answer is passed over after 250 ms, long before its deadline") {
  Fixture f;
  const auto begin = steady_clock::now();
  const auto connected = f.Connect({f.hole.address(), f.server.local_endpoint()});
  REQUIRE(connected.has_value());
  CHECK(connected->address == f.server.local_endpoint());
  CHECK(connected->passed_over == "connect to " + Describe(f.hole.address()) + ": no answer");
  CHECK(steady_clock::now() - begin >= milliseconds(250));
  CHECK(steady_clock::now() - begin < seconds(10));
}

TEST_CASE("an address that refuses is passed over at once") {
  Fixture f;
  const tcp::endpoint closed = f.Closed();
  const auto connected = f.Connect({closed, closed, f.server.local_endpoint()});
  REQUIRE(connected.has_value());
  const std::string refused = "connect to " + Describe(closed) + ": Connection refused";
  CHECK(connected->passed_over == refused + "; " + refused);
  // Waiting for each of them would take 250 ms.
  std::vector<tcp::endpoint> many(40, closed);
  many.push_back(f.server.local_endpoint());
  CHECK(f.Connect(many, seconds(9)).has_value());
}

TEST_CASE("if no address answers, the error is the last failure") {
  Fixture f;
  const tcp::endpoint closed = f.Closed();
  const auto refused = f.Connect({closed}, std::chrono::hours(10));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == Errc::kUnavailable);
  CHECK(refused.error().message == "connect to " + Describe(closed) + ": Connection refused");
  const auto both = f.Connect({closed, closed}, std::chrono::hours(10));
  REQUIRE(both.has_error());
  CHECK(both.error().message.ends_with(": Connection refused (the last of 2 addresses)"));
  const auto silent = f.Connect({f.hole.address()}, milliseconds(50));
  REQUIRE(silent.has_error());
  CHECK(silent.error().code == Errc::kTimeout);
  CHECK(silent.error().message == "connect to " + Describe(f.hole.address()) + ": timed out");
  CHECK(f.Connect({f.server.local_endpoint()}, seconds(-1)).error().code == Errc::kTimeout);
}

std::ptrdiff_t OpenFiles() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

TEST_CASE("all other attempts end once one has succeeded") {
  Fixture f;
  const std::ptrdiff_t before = OpenFiles();
  auto connected = f.Connect({f.hole.address(), f.hole.address(), f.server.local_endpoint()});
  REQUIRE(connected.has_value());
  f.io.poll();
  CHECK(OpenFiles() == before + 1);
}

TEST_CASE("ConnectToAny can be cancelled") {
  Fixture f;
  std::optional<Result<Connected>> result;
  TaskGroup tasks(f.io.get_executor(), [](std::string_view, std::string_view what) { FAIL_CHECK(what); });
  tasks.Spawn("connect", Store(f.io.get_executor(), {f.hole.address(), f.hole.address()},
                               steady_clock::time_point::max(), result));
  asio::post(f.io, [&tasks] { tasks.Cancel(); });
  f.io.run();
  REQUIRE(result.has_value());
  CHECK(result->error().code == Errc::kCanceled);
}

}  // namespace
}  // namespace k8sm::client
