// How long a client is waited for, and how much of what it sends is read.

#include "lib/http_server/session.h"

#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/unit/http_server/fake_stream.h"

#include <boost/asio/io_context.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Calls = std::vector<std::string>;

constexpr char kGet[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr char kLastGet[] = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

Awaitable<void> SayHello(Exchange& exchange) {
  Response response{.headers = {}, .body = "hello"};
  co_await exchange.Send(std::move(response));
}

// Limits whose times all differ.
Limits SomeLimits() {
  Limits limits;
  limits.request_time = milliseconds(1'001);
  limits.write_time = milliseconds(2'002);
  limits.idle_time = milliseconds(3'003);
  return limits;
}

struct Fixture {
  // Serves the client until the session ends.
  void Serve(Handler handler = SayHello) {
    connection = std::make_shared<Connection>(
        io.get_executor(), std::make_unique<FakeStream>(io.get_executor(), client), limits);
    SessionHooks hooks{.make_room = []() -> Awaitable<void> { co_return; },
                       .on_answered = [this] { ++answered; }};
    const Refusal refusal = [](unsigned status, const std::string&) { return PlainError(status); };
    Session session(connection, handler, refusal, std::move(hooks), tasks);
    tasks.Spawn("session", session.Run());
    io.restart();
    while (!tasks.empty()) io.run_one();
  }
  std::size_t Count(const std::string& part) const {
    std::size_t count = 0;
    for (std::size_t at = 0; (at = client.got.find(part, at)) != std::string::npos; ++at) ++count;
    return count;
  }

  asio::io_context io;
  TaskGroup tasks{io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL_CHECK(std::string(what)); }};
  FakeClient client;
  Limits limits = SomeLimits();
  ConnectionPtr connection;
  int answered = 0;
};

TEST_CASE("each wait for a client has the timeout that is meant for it") {
  Fixture f;
  f.client.sends = {kGet, kLastGet};
  f.Serve();
  const std::string size = std::to_string(f.client.got.find("HTTP/1.1", 1));
  CHECK(f.client.calls.at(0) == "expires in 1001 ms");
  CHECK(f.client.calls.at(1) == "handshake");
  CHECK(f.client.calls.at(2) == "expires in 3003 ms");
  CHECK(f.client.calls.at(3) == "read");
  CHECK(f.client.calls.at(4) == "expires in 2002 ms");
  CHECK(f.client.calls.at(5) == "write " + size);
  CHECK(f.client.calls.at(6) == "expires in 3003 ms");
  CHECK(f.client.calls.at(7) == "read");
  CHECK(f.client.calls.at(8) == "expires in 2002 ms");
  // The client gets a second to close its side.
  CHECK(f.client.calls.at(10) == "expires in 1000 ms");
  CHECK(f.client.calls.at(11) == "finish");
  CHECK(f.client.calls.back() == "read");
}

TEST_CASE("nothing is read from a client whose handshake fails") {
  Fixture f;
  f.client.shakes_hands = false;
  f.client.sends = {kGet};
  f.Serve();
  CHECK(f.client.calls == Calls{"expires in 1001 ms", "handshake"});
}

TEST_CASE("a client that has to connect again gets its response, and its next request is not answered") {
  Fixture f;
  f.client.sends = {kGet, kGet};
  f.Serve([&f](Exchange& exchange) {
    f.client.outdated = true;
    return SayHello(exchange);
  });
  CHECK(f.Count("hello") == 1);
  CHECK(f.Count("HTTP/1.1") == 1);
  CHECK(std::count(f.client.calls.begin(), f.client.calls.end(), "finish") == 1);
}

TEST_CASE("request_time covers the whole request and does not start again with each read") {
  Fixture f;
  const std::string request = kLastGet;
  f.client.sends = {request.substr(0, 5), request.substr(5, 5), request.substr(10)};
  auto next = steady_clock::now();
  f.client.before_each_read = [&next] {
    next = steady_clock::now() + milliseconds(3);
    while (steady_clock::now() < next) {
    }
  };
  f.Serve();
  std::vector<int> times;
  for (std::size_t i = 0; i + 1 < f.client.calls.size(); ++i) {
    if (f.client.calls[i + 1] == "read") times.push_back(std::stoi(f.client.calls[i].substr(11)));
  }
  REQUIRE(times.size() > 3);
  CHECK(times[0] == 3'003);
  CHECK(times[1] <= 1'001);
  CHECK(times[2] < times[1]);
  CHECK(f.Count("hello") == 1);
}

TEST_CASE("a request whose request_time is over is not read further") {
  Fixture f;
  f.limits.request_time = milliseconds(0);
  f.client.sends = {"GET /", " HTTP/1.1\r\nHost: a\r\n\r\n"};
  f.Serve();
  CHECK(f.Count("HTTP/1.1") == 0);
  CHECK(f.answered == 0);
}

TEST_CASE("100 Continue is sent once, however the body arrives") {
  Fixture f;
  f.client.sends = {
      "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\n",
      "a", "b", "c"};
  f.Serve();
  CHECK(f.Count("100 Continue") == 1);
  CHECK(f.Count("hello") == 1);
}

TEST_CASE("the session ends if 100 Continue cannot be sent") {
  Fixture f;
  f.client.takes_what_is_sent = false;
  f.client.sends = {"PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n", "abc"};
  f.Serve();
  CHECK(f.Count("HTTP/1.1 ") == 1);
}

TEST_CASE("on_answered is called for each response but the one that closes the connection") {
  Fixture f;
  f.client.sends = {std::string(kGet) + kGet, kLastGet, kGet};
  f.Serve();
  CHECK(f.Count("hello") == 3);
  CHECK(f.answered == 2);
}

TEST_CASE("what a client sends after its last response is read and dropped up to a limit") {
  Fixture f;
  f.client.sends = {kLastGet};
  for (int i = 0; i < 1'000; ++i) f.client.sends.emplace_back(1'000, 'x');
  f.Serve();
  CHECK(f.client.read_bytes > 60'000);
  CHECK(f.client.read_bytes < 80'000);
  CHECK(f.connection->input().size() <= 1'000);
}

TEST_CASE("a client that keeps sending after its last response is read for at most a second") {
  Fixture f;
  f.client.sends = {kLastGet};
  for (int i = 0; i < 1'000; ++i) f.client.sends.emplace_back("x");
  // The first read after the answer takes more than the second that the client has.
  f.client.before_each_read = [&f] {
    if (f.client.got.empty() || f.client.sends.size() < 1'000) return;
    const auto later = steady_clock::now() + milliseconds(1'100);
    while (steady_clock::now() < later) {
    }
  };
  f.Serve();
  CHECK(f.client.sends.size() == 999);
}

}  // namespace
}  // namespace k8sm::http_server
