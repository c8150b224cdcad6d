#include "lib/http_server/server.h"

#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/http_server/fixture.h"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;

ServerOptions Hasty() {
  ServerOptions options;
  options.limits.request_time = options.limits.write_time = milliseconds(50);
  return options;
}

ServerOptions WithGrace(std::size_t connections, std::chrono::milliseconds grace) {
  ServerOptions options;
  options.limits.connections = connections;
  options.limits.grace = grace;
  return options;
}

Handler Serving(const Router& router) {
  return [&router](Exchange& exchange) { return router.Serve(exchange); };
}

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST_CASE("HEAD is answered like GET without the body") {
  Fixture fixture;
  const std::string got = fixture.Ask("GET", "/ok?verbose");
  const std::string head = fixture.Ask("HEAD", "/ok?verbose");
  CHECK(Body(head).empty());
  CHECK(head + Body(got) == got);
}

TEST_CASE("a page has exactly the headers of a page") {
  Fixture fixture;
  CHECK(fixture.Ask("GET", "/ok") ==
        "HTTP/1.1 200 OK\r\n"
        "Content-Type: text/plain; charset=utf-8\r\n"
        "Cache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\n"
        "Connection: close\r\n"
        "Content-Length: 2\r\n\r\n"
        "ok");
}

TEST_CASE("any other method gets a 405 with the allowed ones") {
  Fixture fixture;
  for (const std::string method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    CAPTURE(method);
    const std::string answer = fixture.Ask(method, "/ok");
    CHECK(StatusLine(answer) == "HTTP/1.1 405 Method Not Allowed");
    CHECK(HasLine(answer, "Allow: GET, HEAD"));
    CHECK(StatusLine(fixture.Ask(method, "/elsewhere")) == "HTTP/1.1 404 Not Found");
  }
}

Awaitable<void> AskInTurn(Client& client) {
  for (int i = 0; i < 3; ++i) {
    co_await client.Send(Get("/ok"));
    const std::string answer = co_await client.ReadTo("\r\n\r\nok");
    CHECK(Body(answer) == "ok");
  }
}

TEST_CASE("a page for PUT gets the body, with a Content-Length or chunked") {
  Fixture fixture;
  fixture.router().Add("/echo", "PUT", [](const PageRequest& request) { return Page{.body = request.body}; });
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

TEST_CASE("a request with Expect: 100-continue gets a 100 Continue") {
  Fixture fixture;
  fixture.router().Add("/echo", "PUT", [](const PageRequest& request) { return Page{.body = request.body}; });
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
  fixture.router().Add("/long", "GET", [&](const PageRequest&) { return Page{.body = long_text}; });
  CHECK(Body(fixture.Ask("GET", "/long")) == long_text);
}

TEST_CASE("a connection serves several requests, one after the other") {
  Fixture fixture;
  const auto client = fixture.Connect();
  fixture.Run(AskInTurn(*client));
}

TEST_CASE("the connection is closed after a 503, so that clients do not ask again at once") {
  Fixture fixture;
  fixture.router().Add("/later", "GET",
                       [](const PageRequest&) { return Page{.status = 503, .body = "later"}; });
  const std::string answer = fixture.Exchange(Get("/later"));
  CHECK(StatusLine(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(Body(answer) == "later");
}

TEST_CASE("pipelined requests are answered in order") {
  Fixture fixture;
  for (const std::string text : {"first", "second"}) {
    fixture.router().Add("/" + text, "GET", [text](const PageRequest&) { return Page{.body = text}; });
  }
  const std::string answers = fixture.Exchange(
      Get("/first") + Get("/elsewhere") + "POST /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" +
      "GET /second HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Get("/ok"));
  std::size_t place = 0;
  for (const std::string text : {"first", "404 page not found", "405 Method Not Allowed\n", "second"}) {
    CAPTURE(text);
    const auto found = answers.find(text, place);
    REQUIRE(found != std::string::npos);
    place = found;
  }
  CHECK(answers.ends_with("second"));
}

TEST_CASE("an HTTP/1.0 connection is closed after one response unless keep-alive is requested") {
  Fixture fixture;
  const std::string once = fixture.Exchange("GET /ok HTTP/1.0\r\n\r\n");
  CHECK(StatusLine(once) == "HTTP/1.0 200 OK");
  CHECK(Body(once) == "ok");
  const std::string twice = fixture.Exchange("GET /ok HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" +
                                             std::string("GET /ok HTTP/1.0\r\n\r\n"));
  CHECK(HasLine(twice, "Connection: keep-alive"));
  CHECK(twice.find("HTTP/1.0 200 OK", 1) != std::string::npos);
}

TEST_CASE("a malformed request gets a 400, and the connection is closed") {
  Fixture fixture;
  const std::vector<std::string> cases = {
      "\x16\x03\x01\x02",
      "hello\r\n\r\n",
      "GET /ok HTTP/2.0\r\nHost: a\r\n\r\n",
      "GET /ok\r\n\r\n",
      "GET /ok HTTP/1.1\r\nConnection: close\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "GET /ok HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
  };
  for (const std::string& bytes : cases) {
    CAPTURE(bytes);
    CHECK(StatusLine(fixture.Exchange(bytes)) == "HTTP/1.1 400 Bad Request");
  }
  CHECK(Body(fixture.Ask("GET", "/ok")) == "ok");
}

TEST_CASE("headers and bodies beyond the limits get a 431 or a 413") {
  Fixture fixture;
  const std::string head = "GET /ok HTTP/1.1\r\nHost: a\r\n";
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

TEST_CASE("the body of a GET is ignored within the limit") {
  Fixture fixture;
  const std::string body(60'000, 'x');
  const std::string answer = fixture.Exchange(
      "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 60000\r\n\r\n" + body);
  CHECK(StatusLine(answer) == "HTTP/1.1 200 OK");
}

TEST_CASE("a client that stops in the middle of a request is cut off") {
  Fixture fixture(Hasty());
  for (const std::string bytes : {"G", "GET /ok HTTP/1.1\r\nHost: a\r\n",
                                  "GET /ok HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nh"}) {
    CAPTURE(bytes);
    CHECK(fixture.Exchange(bytes).empty());
  }
}

TEST_CASE("a client that sends no request is cut off after idle_time") {
  ServerOptions options;
  options.limits.request_time = options.limits.write_time = std::chrono::hours(1);
  options.limits.idle_time = milliseconds(50);
  Fixture fixture(options);
  CHECK(fixture.Exchange("").empty());
  CHECK(Body(fixture.Exchange(Get("/ok"))) == "ok");
}

Awaitable<void> SendUntilCutOff(Client& client, std::string bytes) {
  for (bool sent = true; sent;) sent = co_await client.Send(bytes);
}

TEST_CASE("a client that never reads its responses is cut off") {
  Fixture fixture(Hasty());
  fixture.router().Add("/long", "GET",
                       [](const PageRequest&) { return Page{.body = std::string(100'000, 'x')}; });
  const auto client = fixture.Connect();
  fixture.Run(SendUntilCutOff(*client, Get("/long")));
}

Awaitable<void> ReadToClose(Client& client) {
  const std::string rest = co_await client.ReadToClose();
  CHECK(rest.empty());
}

TEST_CASE("a connection beyond the limit replaces the least recently served one") {
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

TEST_CASE("a connection beyond the limit replaces one of the address with the most connections") {
  Fixture fixture(WithGrace(3, milliseconds(0)));
  std::vector<std::unique_ptr<Client>> clients;
  clients.push_back(std::make_unique<Client>(fixture.context(), fixture.port(), "127.0.0.2"));
  for (int i = 0; i < 20; ++i) {
    clients.push_back(fixture.Connect());
    fixture.Run(AskInTurn(*clients.back()));
  }
  fixture.Run(AskInTurn(*clients.front()));
}

TEST_CASE("a connection beyond the limit waits while those before it are within their grace") {
  Fixture fixture(WithGrace(1, std::chrono::hours(1)));
  auto first = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  const auto second = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  first.reset();
  fixture.Run(AskInTurn(*second));
}

TEST_CASE("clients that send nothing cannot keep a probe out") {
  for (const int grace : {0, 1}) {
    Fixture fixture(WithGrace(4, milliseconds(grace)));
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < 50; ++i) clients.push_back(fixture.Connect());
    CHECK(Body(fixture.Ask("GET", "/ok")) == "ok");
  }
}

Awaitable<void> AskUntilCutOff(Client& client) {
  for (bool answered = true; answered;) {
    co_await client.Send(Get("/ok"));
    const std::string answer = co_await client.ReadTo("\r\n\r\nok");
    answered = !answer.empty();
  }
}

TEST_CASE("a client that sends requests all the time cannot keep a probe out") {
  Fixture fixture(WithGrace(1, milliseconds(1)));
  const auto busy = fixture.Connect();
  fixture.Run(AskInTurn(*busy));
  const auto probe = fixture.Connect();
  fixture.Run(AskUntilCutOff(*busy));
  fixture.Run(AskInTurn(*probe));
}

TEST_CASE("a cancelled server does not wait for the grace of its connections") {
  Fixture fixture(WithGrace(1, std::chrono::hours(1)));
  const auto first = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  const auto second = fixture.Connect();
  fixture.Run(AskInTurn(*first));
  fixture.Stop();
  fixture.Run(ReadToClose(*first));
}

// Adds a page that takes 2 ms by a clock that otherwise stands still, and requests it once.
struct PacedPage {
  explicit PacedPage(milliseconds turn_time)
      : fixture(
            {}, [this] { return now; }, turn_time) {
    fixture.router().AddPaced("/paced", "GET", [this](const PageRequest&) {
      now += milliseconds(2);
      return Page{.body = "page " + std::to_string(++pages)};
    });
    CHECK(Body(fixture.Ask("GET", "/paced")) == "page 1");
  }

  PagePace::Clock::time_point now{std::chrono::hours(1)};
  int pages = 0;
  Fixture fixture;
};

// Gets the first of the two pages that it requests and has to wait for the second.
Awaitable<void> AskTwoPages(Client& client) {
  co_await client.Send(Get("/paced") + Get("/paced"));
  const std::string answer = co_await client.ReadTo("page");
  CHECK(Body(answer) == "page");
}

// Gets the first of the two pages that it requests.
Awaitable<void> AskForPacedPage(Client& client) {
  co_await client.Send(Get("/ok") + Get("/paced"));
  const std::string answer = co_await client.ReadTo("\r\n\r\nok");
  CHECK(Body(answer) == "ok");
}

Awaitable<void> ReadPage(Client& client, std::string body) {
  const std::string answer = co_await client.ReadTo(body);
  CHECK(Body(answer) == body);
}

TEST_CASE("a request for a page that rests is answered after the rest") {
  PacedPage paced(std::chrono::hours(1));
  const auto waiting = paced.fixture.Connect();
  paced.fixture.Run(AskForPacedPage(*waiting));
  CHECK(Body(paced.fixture.Ask("GET", "/ok")) == "ok");
  CHECK(paced.pages == 1);
  paced.now += milliseconds(18);
  paced.fixture.Run(ReadPage(*waiting, "page 2"));
}

TEST_CASE("a request that would wait too long for a page that rests gets a 503") {
  PacedPage paced(milliseconds(0));
  const std::string answer = paced.fixture.Exchange(Get("/paced"));
  CHECK(StatusLine(answer) == "HTTP/1.1 503 Service Unavailable");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(paced.pages == 1);
}

TEST_CASE("a request for a page that rests for long gets a 503 before the rest is over") {
  using std::chrono::seconds;
  auto now = PagePace::Clock::time_point(std::chrono::hours(1));
  Fixture fixture(
      {}, [&now] { return now; }, milliseconds(1));
  fixture.router().AddPaced("/slow", "GET", [&now](const PageRequest&) {
    now += seconds(10);
    return Page{.body = "slow"};
  });
  CHECK(Body(fixture.Ask("GET", "/slow")) == "slow");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(StatusLine(fixture.Ask("GET", "/slow")) == "HTTP/1.1 503 Service Unavailable");
  CHECK(std::chrono::steady_clock::now() - begin < seconds(9));
}

TEST_CASE("a client that waits for a page that rests can lose its place to another") {
  auto time = PagePace::Clock::time_point(std::chrono::hours(1));
  Fixture fixture(
      WithGrace(1, milliseconds(0)), [&time] { return time; }, std::chrono::hours(1));
  fixture.router().AddPaced("/paced", "GET", [&time](const PageRequest&) {
    time += milliseconds(2);
    return Page{.body = "page"};
  });
  const auto first = fixture.Connect();
  fixture.Run(AskTwoPages(*first));
  const auto second = fixture.Connect();
  fixture.Run(AskInTurn(*second));
  fixture.Run(ReadToClose(*first));
}

TEST_CASE("a cancelled server closes connections that wait for a page") {
  PacedPage paced(std::chrono::hours(1));
  const auto waiting = paced.fixture.Connect();
  paced.fixture.Run(AskForPacedPage(*waiting));
  paced.fixture.Stop();
  paced.fixture.Run(ReadToClose(*waiting));
  CHECK(paced.pages == 1);
}

TEST_CASE("a handler that throws closes only its own connection") {
  Fixture fixture;
  fixture.router().Add("/broken", "GET", [](const PageRequest&) -> Page { throw std::logic_error("a bug"); });
  CHECK(fixture.Ask("GET", "/broken").empty());
  CHECK(Body(fixture.Ask("GET", "/ok")) == "ok");
}

TEST_CASE("a cancelled server closes its connections and frees its port") {
  Fixture fixture;
  const auto idle = fixture.Connect();
  fixture.Run(AskInTurn(*idle));
  const auto silent = fixture.Connect();
  fixture.Stop();
  fixture.Run(ReadToClose(*idle));
  asio::io_context context;
  const Router router;
  ServerOptions options;
  options.port = fixture.port();
  CHECK(Server::Listen(context.get_executor(), std::move(options), Serving(router)).has_value());
}

TEST_CASE("a server can be destroyed before its io_context") {
  asio::io_context context;
  const Router router;
  std::optional<TaskGroup> tasks(std::in_place, context.get_executor(), [](auto, auto) {});
  auto server = Server::Listen(context.get_executor(), {}, Serving(router)).value();
  tasks->Spawn("server", server->Run());
  Client client(context, server->port());
  context.poll();
  tasks.reset();
  server.reset();
}

TEST_CASE("a server that is stopped before it runs ends at once") {
  asio::io_context context;
  const Router router;
  TaskGroup tasks(context.get_executor(), [](auto, auto) {});
  auto server = Server::Listen(context.get_executor(), {}, Serving(router)).value();
  server->Stop();
  tasks.Spawn("server", server->Run());
  context.poll();
  CHECK(tasks.empty());
  CHECK_FALSE(server->listening());
}

TEST_CASE("StopListening keeps existing connections, and ListenAgain listens on the same port") {
  Fixture fixture;
  const auto client = fixture.Connect();
  fixture.Run(AskInTurn(*client));
  const std::uint16_t port = fixture.port();
  fixture.server().StopListening();
  CHECK_FALSE(fixture.server().listening());
  asio::ip::tcp::socket refused(fixture.context());
  boost::system::error_code error;
  refused.connect({asio::ip::address_v4::loopback(), port}, error);
  CHECK(error == asio::error::connection_refused);
  fixture.Run(AskInTurn(*client));
  REQUIRE(fixture.server().ListenAgain().has_value());
  CHECK(fixture.port() == port);
  CHECK(Body(fixture.Ask("GET", "/ok")) == "ok");
}

TEST_CASE("ListenAgain fails while the port is taken and succeeds once it is free") {
  Fixture fixture;
  const auto client = fixture.Connect();
  fixture.Run(AskInTurn(*client));
  fixture.server().StopListening();
  auto other = std::make_unique<asio::ip::tcp::acceptor>(
      fixture.context(), asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), fixture.port()));
  for (int i = 0; i < 2; ++i) {
    CHECK(fixture.server().ListenAgain().error().message.ends_with(": Address already in use"));
    CHECK_FALSE(fixture.server().listening());
  }
  fixture.Run(AskInTurn(*client));
  other.reset();
  REQUIRE(fixture.server().ListenAgain().has_value());
  CHECK(Body(fixture.Ask("GET", "/ok")) == "ok");
}

// Keeps this process from opening files while it exists.
class NoMoreFiles {
 public:
  NoMoreFiles() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoMoreFiles() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  NoMoreFiles(const NoMoreFiles&) = delete;
  NoMoreFiles& operator=(const NoMoreFiles&) = delete;

 private:
  rlimit before_{};
};

TEST_CASE("running out of file descriptors is logged once each time, and the server recovers") {
  Fixture fixture;
  for (std::size_t times = 1; times <= 2; ++times) {
    const test::LogCapture log;
    const auto client = fixture.Connect();
    {
      const NoMoreFiles limited;
      while (log.lines().empty()) fixture.context().run_one();
    }
    fixture.Run(AskInTurn(*client));
    CHECK(log.Count("W cannot accept a connection: Too many open files") == 1);
  }
}

TEST_CASE("Listen fails for an address that is invalid or cannot be bound, and the error names it") {
  asio::io_context context;
  const Router router;
  const auto first = Server::Listen(context.get_executor(), {}, Serving(router));
  REQUIRE(first.has_value());
  const auto error = [&](const std::string& address, std::uint16_t port) {
    ServerOptions options;
    options.address = address;
    options.port = port;
    const auto server = Server::Listen(context.get_executor(), std::move(options), Serving(router));
    REQUIRE(server.has_error());
    return server.error();
  };
  const std::uint16_t port = (*first)->port();
  CHECK(error("127.0.0.1", port).code == Errc::kUnavailable);
  CHECK(error("127.0.0.1", port).message ==
        "cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  CHECK(error("192.0.2.1", 1).message.starts_with("cannot listen on 192.0.2.1:1: "));
  CHECK(error("2001:db8::1", 1).message.starts_with("cannot listen on [2001:db8::1]:1: "));
  CHECK(error("nowhere", 1).message.starts_with("cannot listen on nowhere:1: "));
  CHECK(error("nowhere", 1).code == Errc::kInvalidConfig);
}

}  // namespace
}  // namespace k8sm::http_server
