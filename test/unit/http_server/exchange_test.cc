// What a handler can do with an Exchange.

#include "lib/http_server/exchange.h"

#include "lib/async/notifier.h"
#include "test/support/catch.h"
#include "test/unit/http_server/fixture.h"

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

Awaitable<void> SendPieces(Exchange& exchange) {
  const Response head{.headers = {{"A", "b"}}, .body = "not looked at"};
  co_await exchange.Begin(head);
  co_await exchange.Write("hello");
  co_await exchange.Write("");
  const std::string long_piece(100'000, 'x');
  co_await exchange.Write(long_piece);
  co_await exchange.End();
}

const std::string kHead = "HTTP/1.1 200 OK\r\nA: b\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kBody = "5\r\nhello\r\n186a0\r\n" + std::string(100'000, 'x') + "\r\n0\r\n\r\n";

Awaitable<void> AskTwice(Client& client, std::string method, std::string end, std::string& answers) {
  for (int i = 0; i < 2; ++i) {
    co_await client.Send(method + " / HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string answer = co_await client.ReadTo(end);
    answers += answer;
  }
}

TEST_CASE("a response in pieces is chunked, and the connection is kept") {
  Fixture fixture({}, SendPieces);
  const auto client = fixture.Connect();
  std::string answers;
  fixture.Run(AskTwice(*client, "GET", "\r\n0\r\n\r\n", answers));
  CHECK(answers == kHead + kBody + kHead + kBody);
}

TEST_CASE("HEAD gets only the head of a response in pieces") {
  Fixture fixture({}, SendPieces);
  const auto client = fixture.Connect();
  std::string answers;
  fixture.Run(AskTwice(*client, "HEAD", "\r\n\r\n", answers));
  CHECK(answers == kHead + kHead);
}

TEST_CASE("an HTTP/1.0 client gets a response in pieces without chunks, until the connection is closed") {
  Fixture fixture({}, SendPieces);
  CHECK(fixture.Exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n") ==
        "HTTP/1.0 200 OK\r\nA: b\r\n\r\nhello" + std::string(100'000, 'x'));
}

Awaitable<void> LeaveUnfinished(Exchange& exchange) {
  const Response head{.headers = {}, .body = {}};
  co_await exchange.Begin(head);
  co_await exchange.Write("hello");
}

TEST_CASE("a response that the handler does not finish closes the connection") {
  Fixture fixture({}, LeaveUnfinished);
  CHECK(Body(fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == "5\r\nhello\r\n");
  Fixture silent({}, [](Exchange&) -> Awaitable<void> { co_return; });
  CHECK(silent.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").empty());
}

Awaitable<void> CloseAfterwards(Exchange& exchange) {
  exchange.CloseAfterwards();
  Response response{.headers = {}, .body = "bye"};
  co_await exchange.Send(std::move(response));
}

TEST_CASE("CloseAfterwards closes the connection after the response") {
  Fixture fixture({}, CloseAfterwards);
  const std::string answer = fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(Body(answer) == "bye");
}

Awaitable<void> CloseAfterPieces(Exchange& exchange) {
  exchange.CloseAfterwards();
  co_await SendPieces(exchange);
}

TEST_CASE("CloseAfterwards closes the connection after a response in pieces") {
  Fixture fixture({}, CloseAfterPieces);
  const std::string answer = fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(Body(answer) == kBody);
}

TEST_CASE("a body that is larger than what is sent at once is sent completely, and not to HEAD") {
  const std::string body(100'000, 'x');
  Fixture fixture({}, [&body](Exchange& exchange) -> Awaitable<void> {
    return [](Exchange& to, std::string text) -> Awaitable<void> {
      Response response{.headers = {}, .body = std::move(text)};
      co_await to.Send(std::move(response));
    }(exchange, body);
  });
  CHECK(Body(fixture.Ask("GET", "/")) == body);
  const std::string head = fixture.Ask("HEAD", "/");
  CHECK(HasLine(head, "Content-Length: 100000"));
  CHECK(Body(head).empty());
}

// Answers whether the connection has TCP_NODELAY.
Awaitable<void> SayNoDelay(Exchange& exchange) {
  asio::ip::tcp::no_delay option;
  exchange.connection().stream().socket().get_option(option);
  Response response{.headers = {}, .body = option.value() ? "at once" : "later"};
  co_await exchange.Send(std::move(response));
}

TEST_CASE("connections have TCP_NODELAY") {
  Fixture fixture({}, SayNoDelay);
  CHECK(Body(fixture.Ask("GET", "/")) == "at once");
}

TEST_CASE("SetWriter redirects the bytes of a response") {
  std::string sent;
  Fixture fixture({}, [&sent](Exchange& exchange) {
    exchange.SetWriter([&sent](std::string_view bytes) -> Awaitable<bool> {
      sent += bytes;
      co_return true;
    });
    return CloseAfterwards(exchange);
  });
  CHECK(fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n").empty());
  CHECK(Body(sent) == "bye");
}

// Sends the head and waits until the client has left or `done` is set.
struct Waiting {
  static Awaitable<void> Serve(Exchange& exchange, Waiting& waiting) {
    const Response head{.headers = {}, .body = {}};
    co_await exchange.Begin(head);
    exchange.WatchForLeaving();
    exchange.WatchForLeaving();
    Connection& connection = exchange.connection();
    while (!connection.client_left() && !waiting.done) co_await connection.wake().Wait();
    waiting.left = connection.client_left();
    waiting.ended = true;
    co_await exchange.End();
  }

  bool done = false;
  bool left = false;
  bool ended = false;
};

Awaitable<void> Ask(Client& client) {
  co_await client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  co_await client.ReadTo("\r\n\r\n");
}

TEST_CASE("a handler that watches its client notices when the client disconnects") {
  Waiting waiting;
  Fixture fixture({}, [&waiting](Exchange& exchange) { return Waiting::Serve(exchange, waiting); });
  auto client = fixture.Connect();
  fixture.Run(Ask(*client));
  CHECK_FALSE(waiting.ended);
  client.reset();
  while (!waiting.ended) fixture.context().run_one();
  CHECK(waiting.left);
}

Awaitable<void> AskAgain(Client& client) {
  co_await client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
}

Awaitable<void> ReadBoth(Client& client) {
  const std::string first = co_await client.ReadTo("0\r\n\r\n");
  CHECK_FALSE(first.empty());
  const std::string second = co_await client.ReadTo("0\r\n\r\n");
  CHECK(StatusLine(second) == "HTTP/1.1 200 OK");
}

TEST_CASE("a request that arrives while the client is watched is served next") {
  Waiting waiting;
  Fixture fixture({}, [&waiting](Exchange& exchange) { return Waiting::Serve(exchange, waiting); });
  const auto client = fixture.Connect();
  fixture.Run(Ask(*client));
  waiting.done = true;  // checked when the request wakes the handler
  fixture.Run(AskAgain(*client));
  fixture.Run(ReadBoth(*client));
  CHECK_FALSE(waiting.left);
}

TEST_CASE("the connection of a watched client is closed after its last response") {
  Waiting waiting;
  waiting.done = true;
  Fixture fixture({}, [&waiting](Exchange& exchange) { return Waiting::Serve(exchange, waiting); });
  CHECK(fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .ends_with("\r\n\r\n0\r\n\r\n"));
  CHECK_FALSE(waiting.left);
}

Awaitable<void> WatchWhenAllIsSent(Exchange& exchange) {
  co_await CloseAfterwards(exchange);
  exchange.WatchForLeaving();
}

TEST_CASE("WatchForLeaving after the last response does not keep the connection open") {
  Fixture fixture({}, WatchWhenAllIsSent);
  CHECK(Body(fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n")) == "bye");
}

Awaitable<void> WatchAndThrow(Exchange& exchange) {
  const Response head{.headers = {}, .body = {}};
  exchange.WatchForLeaving();
  co_await exchange.Begin(head);
  throw std::logic_error("a bug");
}

TEST_CASE("a handler that throws while its client is watched closes only its own connection") {
  Fixture fixture({}, WatchAndThrow);
  for (int i = 0; i < 2; ++i) {
    const std::string answer = fixture.Exchange("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(answer.ends_with("\r\n\r\n"));
  }
}

TEST_CASE("stopping the server ends a handler that waits") {
  Waiting waiting;
  Fixture fixture({}, [&waiting](Exchange& exchange) { return Waiting::Serve(exchange, waiting); });
  const auto client = fixture.Connect();
  fixture.Run(Ask(*client));
  fixture.Stop();
  CHECK_FALSE(fixture.running());
}

TEST_CASE("a malformed request is answered with the refusal of the server's options") {
  ServerOptions options;
  options.refusal = [](unsigned status, const std::string& why) {
    return Response{.status = status, .headers = {}, .body = "because: " + why};
  };
  Fixture fixture(std::move(options));
  const std::string answer = fixture.Exchange("GET / HTTP/1.1\r\n\r\n");
  CHECK(StatusLine(answer) == "HTTP/1.1 400 Bad Request");
  CHECK(HasLine(answer, "Connection: close"));
  CHECK(Body(answer) == "because: missing Host header");
}

}  // namespace
}  // namespace k8sm::http_server
