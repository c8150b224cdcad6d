#include "controller/ops_server.h"

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/support/catch.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A test that hangs for so long has failed.
constexpr seconds kPatience{30};
constexpr OpsServerLimits kHasty{.request_time = milliseconds(50)};

// A connection of a client that says what it is told to and nothing else.
class Client {
 public:
  Client(asio::io_context& context, std::uint16_t port) : socket_(context) {
    socket_.connect({asio::ip::address_v4::loopback(), port});
  }

  // Whether all of it could be sent.
  Awaitable<bool> Send(std::string bytes) {
    const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(bytes), kToken);
    co_return !error;
  }

  // All that arrives up to and including `end`, or until the server closes the connection.
  Awaitable<std::string> ReadTo(std::string end) {
    const auto [error, size] =
        co_await asio::async_read_until(socket_, asio::dynamic_buffer(arrived_), end, kToken);
    const std::size_t length = error ? arrived_.size() : size;
    std::string text = arrived_.substr(0, length);
    arrived_.erase(0, length);
    co_return text;
  }

  // All that arrives until the server closes the connection.
  Awaitable<std::string> ReadToClose() {
    co_await asio::async_read(socket_, asio::dynamic_buffer(arrived_), kToken);
    co_return std::exchange(arrived_, "");
  }

 private:
  tcp::socket socket_;
  std::string arrived_;
};

// A server and its clients in one context.
class Fixture {
 public:
  explicit Fixture(OpsServerLimits limits = {})
      : server_(OpsServer::Listen(context_.get_executor(), "127.0.0.1", 0, checks_, limits).value()),
        tasks_(context_.get_executor(), Fail),
        clients_(context_.get_executor(), Fail) {
    tasks_.Spawn("server", server_->Run());
  }
  ~Fixture() { Stop(); }

  HealthChecks& checks() { return checks_; }
  std::uint16_t port() const { return server_->port(); }
  std::unique_ptr<Client> Connect() { return std::make_unique<Client>(context_, port()); }

  // Runs until the coroutine has ended.
  void Run(Awaitable<void> client) {
    clients_.Spawn("client", std::move(client));
    RunUntilEmpty(clients_);
  }

  // Sends the bytes over a connection of their own and returns all that comes back until it is closed.
  std::string Exchange(const std::string& bytes) {
    const auto client = Connect();
    std::string answer;
    Run(SendAndRead(*client, bytes, answer));
    return answer;
  }

  // The answer to a request without a body.
  std::string Ask(const std::string& method, const std::string& target) {
    return Exchange(method + " " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }

  void Stop() {
    tasks_.Cancel();
    RunUntilEmpty(tasks_);
  }

 private:
  static void Fail(std::string_view name, std::string_view what) {
    FAIL_CHECK(std::string(name) + ": " + std::string(what));
  }

  static Awaitable<void> SendAndRead(Client& client, std::string bytes, std::string& answer) {
    co_await client.Send(std::move(bytes));
    answer = co_await client.ReadToClose();
  }

  void RunUntilEmpty(const TaskGroup& group) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    context_.restart();
    while (!group.empty() && context_.run_one_until(deadline) > 0) {
    }
    if (!group.empty()) FAIL_CHECK("the test hangs");
  }

  asio::io_context context_;
  HealthChecks checks_;
  std::unique_ptr<OpsServer> server_;
  TaskGroup tasks_;
  TaskGroup clients_;
};

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string StatusLine(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}

std::string Body(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? "no header" : answer.substr(end + 4);
}

bool HasLine(const std::string& answer, const std::string& line) {
  return answer.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST_CASE("health is served under the paths of Kubernetes") {
  Fixture fixture;
  fixture.checks().Add(HealthEndpoint::kReadyz, {"informer-sync", [] { return "no pods yet"; }});
  struct Case {
    std::string target;
    std::string status;
    std::string body;
  };
  const std::string ok = "200 OK";
  const std::string failed = "500 Internal Server Error";
  const std::string list = "[+]ping ok\n[-]informer-sync failed: reason withheld\n";
  const std::string excluded = "[+]ping ok\n[+]informer-sync excluded: ok\n";
  const std::string warning = "warn: some health checks cannot be excluded: no matches for ";
  const std::vector<Case> cases = {
      {"/healthz", ok, "ok"},
      {"/livez", ok, "ok"},
      {"/livez?verbose", ok, "[+]ping ok\nlivez check passed\n"},
      {"/healthz?verbose=false", ok, "[+]ping ok\nhealthz check passed\n"},
      {"/readyz", failed, list + "readyz check failed\n"},
      {"/readyz?exclude=informer-sync", ok, "ok"},
      {"/readyz?exclude=informer%2dsync&verbose", ok, excluded + "readyz check passed\n"},
      {"/readyz?verbose&exclude=b+c&exclude=a&exclude=informer-sync", ok,
       excluded + warning + "\"a\",\"b c\"\nreadyz check passed\n"},
      {"/readyz/ping", ok, "ok"},
      {"/readyz/informer-sync", failed, "internal server error: reason withheld\n"},
      {"http://a/livez", ok, "ok"},
      {"/livez/informer-sync", "404 Not Found", "404 page not found\n"},
      {"/livez/", "404 Not Found", "404 page not found\n"},
      {"/", "404 Not Found", "404 page not found\n"},
      {"/healthzz", "404 Not Found", "404 page not found\n"},
      {"//livez", "404 Not Found", "404 page not found\n"},
      {"*", "400 Bad Request", "400 Bad Request\n"},
      {"/%zz", "400 Bad Request", "400 Bad Request\n"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.target);
    const std::string answer = fixture.Ask("GET", test.target);
    CHECK(StatusLine(answer) == "HTTP/1.1 " + test.status);
    CHECK(Body(answer) == test.body);
    CHECK(HasLine(answer, "Content-Type: text/plain; charset=utf-8"));
    CHECK(HasLine(answer, "X-Content-Type-Options: nosniff"));
    CHECK(HasLine(answer, "Content-Length: " + std::to_string(test.body.size())));
  }
}

TEST_CASE("HEAD is answered like GET without the body") {
  Fixture fixture;
  const std::string got = fixture.Ask("GET", "/livez?verbose");
  const std::string head = fixture.Ask("HEAD", "/livez?verbose");
  CHECK(Body(head).empty());
  CHECK(head + Body(got) == got);
}

TEST_CASE("other methods are refused with those that are allowed") {
  Fixture fixture;
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    CAPTURE(method);
    const std::string answer = fixture.Ask(method, "/livez");
    CHECK(StatusLine(answer) == "HTTP/1.1 405 Method Not Allowed");
    CHECK(HasLine(answer, "Allow: GET, HEAD"));
    CHECK(StatusLine(fixture.Ask(method, "/elsewhere")) == "HTTP/1.1 404 Not Found");
  }
}

Awaitable<void> AskInTurn(Client& client) {
  for (int i = 0; i < 3; ++i) {
    co_await client.Send(Get("/livez"));
    const std::string answer = co_await client.ReadTo("\r\n\r\nok");
    CHECK(Body(answer) == "ok");
  }
}

TEST_CASE("a connection carries one request after the other") {
  Fixture fixture;
  const auto client = fixture.Connect();
  fixture.Run(AskInTurn(*client));
}

TEST_CASE("requests that arrive together are answered in their order") {
  Fixture fixture;
  const std::string answers = fixture.Exchange(
      Get("/livez?verbose") + Get("/elsewhere") +
      "POST /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
      "GET /readyz?verbose HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Get("/healthz"));
  std::size_t place = 0;
  for (const std::string text :
       {"livez check passed", "404 page not found", "405 Method Not Allowed\n", "readyz check passed"}) {
    CAPTURE(text);
    const auto found = answers.find(text, place);
    REQUIRE(found != std::string::npos);
    place = found;
  }
  CHECK(answers.ends_with("readyz check passed\n"));
}

TEST_CASE("a client of HTTP 1.0 gets one answer unless it asks to go on") {
  Fixture fixture;
  const std::string once = fixture.Exchange("GET /livez HTTP/1.0\r\n\r\n");
  CHECK(StatusLine(once) == "HTTP/1.0 200 OK");
  CHECK(Body(once) == "ok");
  const std::string twice = fixture.Exchange("GET /livez HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" +
                                             std::string("GET /livez HTTP/1.0\r\n\r\n"));
  CHECK(HasLine(twice, "Connection: keep-alive"));
  CHECK(twice.find("HTTP/1.0 200 OK", 1) != std::string::npos);
}

TEST_CASE("what is no request is refused and the connection closed") {
  Fixture fixture;
  const std::vector<std::string> cases = {
      "\x16\x03\x01\x02",
      "hello\r\n\r\n",
      "GET /livez HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET /livez\r\n\r\n",
      "GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "GET /livez HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
  };
  for (const std::string& bytes : cases) {
    CAPTURE(bytes);
    CHECK(StatusLine(fixture.Exchange(bytes)) == "HTTP/1.1 400 Bad Request");
  }
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

TEST_CASE("a flood of header or body is refused") {
  Fixture fixture;
  const std::string head = "GET /livez HTTP/1.1\r\nHost: a\r\n";
  const std::string too_large = "HTTP/1.1 431 Request Header Fields Too Large";
  CHECK(StatusLine(fixture.Exchange(head + "X: " + std::string(40'000, 'x'))) == too_large);
  CHECK(StatusLine(fixture.Exchange("GET /" + std::string(40'000, 'x'))) == too_large);
  std::string fields;
  for (int i = 0; i < 5'000; ++i) fields += "X: y\r\n";
  CHECK(StatusLine(fixture.Exchange(head + fields)) == too_large);
  CHECK(StatusLine(fixture.Exchange(head + "Content-Length: 70000\r\n\r\n")) ==
        "HTTP/1.1 413 Payload Too Large");
  CHECK(StatusLine(fixture.Exchange(head + "Transfer-Encoding: chunked\r\n\r\n20000\r\n")) ==
        "HTTP/1.1 413 Payload Too Large");
}

TEST_CASE("a body within the limit is ignored") {
  Fixture fixture;
  const std::string body(60'000, 'x');
  const std::string answer = fixture.Exchange(
      "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n" + body);
  CHECK(StatusLine(answer) == "HTTP/1.1 200 OK");
}

TEST_CASE("a client that stops in the middle of a request is cut off") {
  Fixture fixture(kHasty);
  for (const std::string bytes : {"G", "GET /livez HTTP/1.1\r\nHost: a\r\n",
                                  "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nh"}) {
    CAPTURE(bytes);
    CHECK(fixture.Exchange(bytes).empty());
  }
}

TEST_CASE("a client that asks for nothing is cut off") {
  Fixture fixture({.idle_time = milliseconds(50)});
  CHECK(fixture.Exchange("").empty());
}

Awaitable<void> SendUntilCutOff(Client& client, std::string bytes) {
  for (bool sent = true; sent;) sent = co_await client.Send(bytes);
}

TEST_CASE("a client that never reads its answers is cut off") {
  Fixture fixture(kHasty);
  fixture.checks().Add(HealthEndpoint::kLivez, {std::string(100'000, 'x'), [] { return std::nullopt; }});
  const auto client = fixture.Connect();
  fixture.Run(SendUntilCutOff(*client, Get("/livez?verbose")));
}

Awaitable<void> ReadToClose(Client& client) {
  const std::string rest = co_await client.ReadToClose();
  CHECK(rest.empty());
}

TEST_CASE("a client too many takes the place of the one that was served longest ago") {
  Fixture fixture({.connections = 3});
  const auto first = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  const auto silent = fixture.Connect();
  const auto third = fixture.Connect();
  fixture.Run(AskInTurn(*third));
  fixture.Run(AskInTurn(*first));

  const auto fourth = fixture.Connect();
  fixture.Run(AskInTurn(*fourth));
  fixture.Run(ReadToClose(*silent));
  const auto fifth = fixture.Connect();
  fixture.Run(AskInTurn(*fifth));
  fixture.Run(ReadToClose(*third));
  fixture.Run(AskInTurn(*first));
}

TEST_CASE("clients that hang cannot keep a probe out") {
  Fixture fixture({.connections = 4});
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 50; ++i) clients.push_back(fixture.Connect());
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

TEST_CASE("a check that throws costs its own connection alone") {
  Fixture fixture({.connections = 1});
  fixture.checks().Add(HealthEndpoint::kReadyz,
                       {"broken", []() -> std::optional<std::string> { throw std::logic_error("a bug"); }});
  CHECK(fixture.Ask("GET", "/readyz").empty());
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

TEST_CASE("a server that is cancelled closes its connections and frees its port") {
  Fixture fixture;
  const auto idle = fixture.Connect();
  fixture.Run(AskInTurn(*idle));
  const auto silent = fixture.Connect();
  fixture.Stop();
  fixture.Run(ReadToClose(*idle));
  asio::io_context context;
  HealthChecks checks;
  CHECK(OpsServer::Listen(context.get_executor(), "127.0.0.1", fixture.port(), checks).has_value());
}

TEST_CASE("a server can be destroyed before the context that it served in") {
  asio::io_context context;
  HealthChecks checks;
  std::optional<TaskGroup> tasks(std::in_place, context.get_executor(), [](auto, auto) {});
  auto server = OpsServer::Listen(context.get_executor(), "127.0.0.1", 0, checks).value();
  tasks->Spawn("server", server->Run());
  Client client(context, server->port());
  context.poll();
  tasks.reset();
  server.reset();
}

TEST_CASE("an address that cannot be listened on is a wrong configuration") {
  asio::io_context context;
  HealthChecks checks;
  const auto first = OpsServer::Listen(context.get_executor(), "127.0.0.1", 0, checks);
  REQUIRE(first.has_value());
  const auto message = [&](const std::string& address, std::uint16_t port) {
    const auto server = OpsServer::Listen(context.get_executor(), address, port, checks);
    REQUIRE(server.has_error());
    CHECK(server.error().code == Errc::kInvalidConfig);
    return server.error().message;
  };
  const std::uint16_t port = (*first)->port();
  CHECK(message("127.0.0.1", port) ==
        "cannot listen on 127.0.0.1:" + std::to_string(port) + " (-address, -port): Address already in use");
  CHECK(message("192.0.2.1", 1).starts_with("cannot listen on 192.0.2.1:1 (-address, -port): "));
  CHECK(message("2001:db8::1", 1).starts_with("cannot listen on [2001:db8::1]:1 (-address, -port): "));
  CHECK(message("nowhere", 1).starts_with("cannot listen on nowhere:1 (-address, -port): "));
}

}  // namespace
}  // namespace k8sm::controller
