#include "controller/ops/ops_server.h"

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/support/catch.h"
#include "test/unit/controller/ops_fixture.h"

#include <boost/asio/io_context.hpp>

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

using std::chrono::milliseconds;

OpsServerOptions Hasty() {
  OpsServerOptions options;
  options.limits.request_time = milliseconds(50);
  return options;
}

OpsServerOptions WithGrace(std::size_t connections, std::chrono::milliseconds grace) {
  OpsServerOptions options;
  options.connections = connections;
  options.grace = grace;
  return options;
}

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
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

TEST_CASE("a page that is put is told the body") {
  Fixture fixture;
  fixture.router().Add("/echo", "PUT",
                       [](const OpsRequest& request) { return OpsPage{.body = request.body, .allow = ""}; });
  const std::string put = "PUT /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\n";
  CHECK(Body(fixture.Exchange(put + "Content-Length: 5\r\n\r\nhello")) == "hello");
  CHECK(Body(fixture.Exchange(put + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")) ==
        "hello");
  const std::string refused = fixture.Ask("GET", "/echo");
  CHECK(StatusLine(refused) == "HTTP/1.1 405 Method Not Allowed");
  CHECK(HasLine(refused, "Allow: PUT"));
}

Awaitable<void> SendBodyWhenTold(Client& client, std::string& told, std::string& answer) {
  co_await client.Send("PUT /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  told = co_await client.ReadTo("\r\n\r\n");
  co_await client.Send("hello");
  answer = co_await client.ReadTo("hello");
}

TEST_CASE("a client that waits to be told to send its body is told") {
  Fixture fixture;
  fixture.router().Add("/echo", "PUT",
                       [](const OpsRequest& request) { return OpsPage{.body = request.body, .allow = ""}; });
  const auto client = fixture.Connect();
  std::string told;
  std::string answer;
  fixture.Run(SendBodyWhenTold(*client, told, answer));
  CHECK(told == "HTTP/1.1 100 Continue\r\n\r\n");
  CHECK(StatusLine(answer) == "HTTP/1.1 200 OK");
}

TEST_CASE("a long page arrives whole") {
  Fixture fixture;
  const std::string long_text(5'000'000, 'x');
  fixture.router().Add("/long", "GET",
                       [&](const OpsRequest&) { return OpsPage{.body = long_text, .allow = ""}; });
  CHECK(Body(fixture.Ask("GET", "/long")) == long_text);
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
      "GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
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
  Fixture fixture(Hasty());
  for (const std::string bytes : {"G", "GET /livez HTTP/1.1\r\nHost: a\r\n",
                                  "GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nh"}) {
    CAPTURE(bytes);
    CHECK(fixture.Exchange(bytes).empty());
  }
}

TEST_CASE("a client that asks for nothing is cut off") {
  OpsServerOptions options;
  options.limits.idle_time = milliseconds(50);
  Fixture fixture(options);
  CHECK(fixture.Exchange("").empty());
}

Awaitable<void> SendUntilCutOff(Client& client, std::string bytes) {
  for (bool sent = true; sent;) sent = co_await client.Send(bytes);
}

TEST_CASE("a client that never reads its answers is cut off") {
  Fixture fixture(Hasty());
  fixture.checks().Add(HealthEndpoint::kLivez, {std::string(100'000, 'x'), [] { return std::nullopt; }});
  const auto client = fixture.Connect();
  fixture.Run(SendUntilCutOff(*client, Get("/livez?verbose")));
}

Awaitable<void> ReadToClose(Client& client) {
  const std::string rest = co_await client.ReadToClose();
  CHECK(rest.empty());
}

TEST_CASE("a client too many takes the place of the one that was served longest ago") {
  Fixture fixture(WithGrace(3, milliseconds(0)));
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

TEST_CASE("a client too many waits until those before it had the time to ask") {
  Fixture fixture(WithGrace(1, std::chrono::hours(1)));
  auto first = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  const auto second = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  first.reset();
  fixture.Run(AskInTurn(*second));
}

TEST_CASE("clients that hang cannot keep a probe out") {
  for (const int grace : {0, 1}) {
    Fixture fixture(WithGrace(4, milliseconds(grace)));
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(fixture.Connect());
    CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
  }
}

Awaitable<void> AskUntilCutOff(Client& client) {
  for (bool answered = true; answered;) {
    co_await client.Send(Get("/livez"));
    const std::string answer = co_await client.ReadTo("\r\n\r\nok");
    answered = !answer.empty();
  }
}

TEST_CASE("a client that asks all the time cannot keep a probe out") {
  Fixture fixture(WithGrace(1, milliseconds(1)));
  const auto busy = fixture.Connect();
  fixture.Run(AskInTurn(*busy));
  const auto probe = fixture.Connect();
  fixture.Run(AskUntilCutOff(*busy));
  fixture.Run(AskInTurn(*probe));
}

TEST_CASE("a server that is cancelled does not wait for those that have a place") {
  Fixture fixture(WithGrace(1, std::chrono::hours(1)));
  const auto first = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  const auto second = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  fixture.Stop();
  fixture.Run(ReadToClose(*first));
}

// Asks, and reads no more than how the answer begins.
Awaitable<void> AskForLongPage(Client& client) {
  co_await client.Send(Get("/long"));
  const std::string head = co_await client.ReadTo("\r\n\r\n");
  CHECK(StatusLine(head) == "HTTP/1.1 200 OK");
}

Awaitable<void> ReadRest(Client& client, std::size_t& size) {
  const std::string rest = co_await client.ReadToClose();
  size = rest.size();
}

TEST_CASE("answers that nobody reads take no more memory than there is for them") {
  // More than the system buffers of a connection.
  constexpr std::size_t kLong = 16 << 20;
  OpsServerOptions options;
  options.max_unsent = kLong + kLong / 2;
  Fixture fixture(options);
  int pages = 0;
  fixture.router().Add("/long", "GET", [&](const OpsRequest&) {
    ++pages;
    return OpsPage{.body = std::string(kLong, 'x'), .allow = ""};
  });
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(fixture.Connect());
    fixture.Run(AskForLongPage(*clients.back()));
  }
  CHECK(pages == 3);
  std::size_t size = 0;
  fixture.Run(ReadRest(*clients.front(), size));
  CHECK(size < kLong);
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

// Adds a page that takes 2 ms by a clock that else stands still, and asks for it once.
struct PacedPage {
  explicit PacedPage(const OpsServerOptions& options) : fixture(options, [this] { return now; }) {
    fixture.router().AddPaced("/paced", "GET", [this](const OpsRequest&) {
      now += milliseconds(2);
      return OpsPage{.body = "page " + std::to_string(++pages), .allow = ""};
    });
    CHECK(Body(fixture.Ask("GET", "/paced")) == "page 1");
  }

  PagePace::Clock::time_point now{std::chrono::hours(1)};
  int pages = 0;
  Fixture fixture;
};

// Is answered the first of the two that it asks for.
Awaitable<void> AskForPacedPage(Client& client) {
  co_await client.Send(Get("/livez") + Get("/paced"));
  const std::string answer = co_await client.ReadTo("\r\n\r\nok");
  CHECK(Body(answer) == "ok");
}

Awaitable<void> ReadPage(Client& client, std::string body) {
  const std::string answer = co_await client.ReadTo(body);
  CHECK(Body(answer) == body);
}

OpsServerOptions Patient() {
  OpsServerOptions options;
  options.limits.turn_time = std::chrono::hours(1);
  options.limits.request_time = std::chrono::hours(1);
  return options;
}

TEST_CASE("who asks for a page that rests has it afterwards") {
  PacedPage paced(Patient());
  const auto waiting = paced.fixture.Connect();
  paced.fixture.Run(AskForPacedPage(*waiting));
  CHECK(Body(paced.fixture.Ask("GET", "/livez")) == "ok");
  CHECK(paced.pages == 1);
  paced.now += milliseconds(18);
  paced.fixture.Run(ReadPage(*waiting, "page 2"));
}

TEST_CASE("who would wait too long for a page that rests is told to ask again") {
  OpsServerOptions options;
  options.limits.turn_time = milliseconds(0);
  PacedPage paced(options);
  const std::string answer = paced.fixture.Exchange(Get("/paced"));
  CHECK(StatusLine(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(paced.pages == 1);
}

TEST_CASE("a server that is cancelled closes those that wait for a page") {
  PacedPage paced(Patient());
  const auto waiting = paced.fixture.Connect();
  paced.fixture.Run(AskForPacedPage(*waiting));
  paced.fixture.Stop();
  paced.fixture.Run(ReadToClose(*waiting));
  CHECK(paced.pages == 1);
}

TEST_CASE("a check that throws costs its own connection alone") {
  Fixture fixture(WithGrace(1, milliseconds(0)));
  fixture.checks().Add(HealthEndpoint::kReadyz,
                       {"broken", []() -> std::optional<std::string> { throw std::logic_error("a bug"); }});
  CHECK(fixture.Ask("GET", "/readyz").empty());
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

TEST_CASE("a handler that throws costs its own connection alone") {
  Fixture fixture;
  fixture.router().Add("/broken", "GET",
                       [](const OpsRequest&) -> OpsPage { throw std::logic_error("a bug"); });
  CHECK(fixture.Ask("GET", "/broken").empty());
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
  OpsRouter router;
  OpsServerOptions options;
  options.port = fixture.port();
  CHECK(OpsServer::Listen(context.get_executor(), options, router).has_value());
}

TEST_CASE("a server can be destroyed before the context that it served in") {
  asio::io_context context;
  OpsRouter router;
  std::optional<TaskGroup> tasks(std::in_place, context.get_executor(), [](auto, auto) {});
  auto server = OpsServer::Listen(context.get_executor(), {}, router).value();
  tasks->Spawn("server", server->Run());
  Client client(context, server->port());
  context.poll();
  tasks.reset();
  server.reset();
}

TEST_CASE("an address that cannot be listened on is a wrong configuration") {
  asio::io_context context;
  OpsRouter router;
  const auto first = OpsServer::Listen(context.get_executor(), {}, router);
  REQUIRE(first.has_value());
  const auto message = [&](const std::string& address, std::uint16_t port) {
    OpsServerOptions options;
    options.address = address;
    options.port = port;
    const auto server = OpsServer::Listen(context.get_executor(), options, router);
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
