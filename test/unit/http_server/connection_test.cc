#include "lib/http_server/connection.h"

#include "test/support/catch.h"
#include "test/unit/http_server/fake_stream.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;
using Calls = std::vector<std::string>;

struct Fixture {
  // Runs the coroutine to its end and returns its result.
  bool Run(Awaitable<bool> task) {
    bool result = false;
    asio::co_spawn(io, std::move(task), [&result](std::exception_ptr, bool value) { result = value; });
    io.restart();
    io.run();
    return result;
  }

  static Limits WithWriteTime() {
    Limits limits;
    limits.write_time = milliseconds(77);
    return limits;
  }

  asio::io_context io;
  FakeClient client;
  Connection connection{io.get_executor(), std::make_unique<FakeStream>(io.get_executor(), client),
                        WithWriteTime()};
};

TEST_CASE("ReadMore appends what arrives to the input and fails at the end of the stream") {
  Fixture f;
  f.client.sends = {"one", "two"};
  CHECK(f.Run(f.connection.ReadMore(milliseconds(5))));
  CHECK(f.Run(f.connection.ReadMore(milliseconds(6))));
  CHECK(f.connection.input() == "onetwo");
  CHECK_FALSE(f.Run(f.connection.ReadMore(milliseconds(7))));
  CHECK(f.connection.input() == "onetwo");
  CHECK(f.client.calls ==
        Calls{"expires in 5 ms", "read", "expires in 6 ms", "read", "expires in 7 ms", "read"});
}

TEST_CASE("Write allows the client write_time for each 256 KiB") {
  Fixture f;
  CHECK(f.Run(f.connection.Write(std::string((512 << 10) + 1, 'x'))));
  CHECK(f.client.calls == Calls{"expires in 77 ms", "write 262144", "expires in 77 ms", "write 262144",
                                "expires in 77 ms", "write 1"});
  CHECK(f.client.got.size() == (512 << 10) + 1);
}

TEST_CASE("Write stops when the client takes no more") {
  Fixture f;
  f.client.takes_what_is_sent = false;
  const std::string bytes(512 << 10, 'x');
  CHECK_FALSE(f.Run(f.connection.Write(bytes)));
  CHECK(f.client.calls == Calls{"expires in 77 ms", "write 262144"});
}

TEST_CASE("Close closes the stream and notifies wake()") {
  Fixture f;
  bool woken = false;
  asio::co_spawn(f.io, f.connection.wake().Wait(), [&woken](std::exception_ptr) { woken = true; });
  f.io.poll();
  CHECK_FALSE(f.connection.closed());
  CHECK_FALSE(woken);
  f.connection.Close();
  CHECK(f.connection.closed());
  CHECK(f.client.calls == Calls{"close"});
  f.io.restart();
  f.io.poll();
  CHECK(woken);
}

}  // namespace
}  // namespace k8sm::http_server
