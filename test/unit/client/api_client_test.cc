#include "lib/client/api_client.h"

#include "lib/async/task_group.h"
#include "lib/client/retry.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/co_spawn.hpp>

#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;

ClientOptions Impatient() {
  ClientOptions options;
  options.retry_pause = milliseconds(1);
  return options;
}

// A client of a ScriptServer on one io_context.
struct Fixture {
  explicit Fixture(ScriptServer::Script script, ClientOptions options = Impatient())
      : server(io, std::move(script)),
        client(ApiClient::Create(io.get_executor(), server.config(), std::move(options)).value()) {}

  Result<std::string> Do(Request request) { return Run(io, client->Do(std::move(request))); }
  Result<std::string> Get() { return Do({.target = "/api/v1/pods"}); }
  // Returns when both requests have succeeded.
  void GetTwoAtOnce() {
    int done = 0;
    const auto count = [&done](std::exception_ptr, Result<std::string> result) {
      done += result.has_value() ? 1 : 0;
    };
    asio::co_spawn(io, client->Do({.target = "/a"}), count);
    asio::co_spawn(io, client->Do({.target = "/b"}), count);
    while (done < 2) io.run_one();
  }
  Result<std::string> Put() { return Do({.method = Method::kPut, .target = "/x", .body = "{}"}); }

  asio::io_context io;
  ScriptServer server;
  std::unique_ptr<ApiClient> client;
};

TEST_CASE("a connection is reused for the next request") {
  Fixture f({{{JsonAnswer("1")}, {AnswerWith("409 Conflict", "", "{}")}, {JsonAnswer("3")}}});
  CHECK(f.Get().value() == "1");
  CHECK(f.Put().error().code == Errc::kConflict);
  CHECK(f.Get().value() == "3");
  CHECK(f.server.connections() == 1);
  REQUIRE(f.server.requests().size() == 3);
  CHECK(f.server.requests()[0].starts_with("GET /api/v1/pods HTTP/1.1\r\nHost: 127.0.0.1:"));
  CHECK(f.server.requests()[1].ends_with("\r\n\r\n{}"));
}

TEST_CASE("a connection that was closed while idle is replaced for reads and writes") {
  Fixture f({{{JsonAnswer("1"), true}}, {{JsonAnswer("2"), true}}, {{JsonAnswer("3")}}});
  CHECK(f.Get().value() == "1");
  f.server.WaitForClosed(1);
  CHECK(f.Put().value() == "2");
  f.server.WaitForClosed(2);
  CHECK(f.Get().value() == "3");
  CHECK(f.server.requests().size() == 3);
}

TEST_CASE("a connection is not reused after a response with Connection: close") {
  Fixture f({{{AnswerWith("200 OK", "Connection: close\r\n", "1")}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  CHECK(f.server.connections() == 2);
}

TEST_CASE("a GET whose reused connection is closed instead of answered is retried over a new one") {
  Fixture f({{{JsonAnswer("1")}, {"", true}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  CHECK(f.server.requests().size() == 3);
}

TEST_CASE("a GET whose response is lost is retried until one arrives") {
  Fixture f({{{JsonAnswer("1")}, {"", true}},
             {{"", true}},
             {{"HTTP/1.1 200", true}},
             {{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true}},
             {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  CHECK(f.server.requests().size() == 6);
}

TEST_CASE("a GET is retried ten times") {
  Fixture f(ScriptServer::Script(20, {{"", true}}));
  CHECK(f.Get().error().code == Errc::kUnavailable);
  CHECK(f.server.requests().size() == 11);
}

TEST_CASE("a GET is retried after a 429 or 503 with Retry-After, but not after a 503 without it") {
  const std::string busy = AnswerWith("429 Too Many Requests", "Retry-After: 0\r\n", "{}");
  const std::string away = AnswerWith("503 Service Unavailable", "Retry-After: 0\r\n", "{}");
  Fixture f({{{busy}, {away}, {JsonAnswer("1")}, {busy}, {AnswerWith("503 No", "", "{}")}}});
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().error().http_status == 503);
  CHECK(f.server.requests().size() == 5);
  CHECK(f.server.connections() == 1);
}

TEST_CASE("a GET fails without a retry if Retry-After exceeds its deadline") {
  Fixture f({{{AnswerWith("429 Too Many Requests", "Retry-After: 31\r\n", "{}")}}});
  CHECK(f.Get().error().retry_after == std::chrono::seconds(31));
}

TEST_CASE("every attempt of a GET passes the rate limiter") {
  ClientOptions options = Impatient();
  options.qps = 0.001;
  options.burst = 3;
  Fixture f(ScriptServer::Script(20, {{"", true}}), options);
  CHECK(f.Get().error().code == Errc::kTimeout);
  CHECK(f.server.requests().size() == 3);
}

TEST_CASE(
    "a write is not retried after a 429 or 503 with Retry-After, and only the 503's outcome is unknown") {
  const std::string busy = AnswerWith("429 Too Many Requests", "Retry-After: 0\r\n", "{}");
  const std::string away = AnswerWith("503 Service Unavailable", "Retry-After: 0\r\n", "{}");
  Fixture f({{{busy}, {away}}});
  const Error refused = f.Put().error();
  CHECK(refused.retry_after == std::chrono::seconds(0));
  CHECK_FALSE(IsOutcomeUnknown(refused));
  CHECK(IsOutcomeUnknown(f.Put().error()));
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("a write whose response is lost is not retried, and the error says that its outcome is unknown") {
  Fixture f({{{JsonAnswer("1")}, {"", true}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "1");
  const auto put = f.Put();
  REQUIRE(put.has_error());
  CHECK(put.error().code == Errc::kUnavailable);
  CHECK(put.error().message ==
        "the connection was closed before the answer; the outcome of the PUT is unknown");
  CHECK(IsOutcomeUnknown(put.error()));
  CHECK(f.server.requests().size() == 2);
}

// Options that allow writes until `until`.
ClientOptions WritesUntil(std::optional<std::chrono::steady_clock::time_point>& until) {
  ClientOptions options;
  options.write_until = [&until] { return until; };
  return options;
}

TEST_CASE("a write that write_until forbids is not sent, while reads go on") {
  std::optional<std::chrono::steady_clock::time_point> until;
  Fixture f({{{JsonAnswer("1")}, {JsonAnswer("2")}}}, WritesUntil(until));
  const auto refused = f.Put();
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == Errc::kNotLeading);
  CHECK_FALSE(IsOutcomeUnknown(refused.error()));
  CHECK(refused.error().message == "not sent: the lease may have run out");
  until = std::chrono::steady_clock::now() - milliseconds(1);
  CHECK(f.Put().error().code == Errc::kNotLeading);
  CHECK(f.server.requests().empty());
  CHECK(f.Get().has_value());
  until = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  CHECK(f.Put().has_value());
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("write_until is asked twice for each write, and a write that it forbids is not sent") {
  ClientOptions options;
  options.qps = 100;
  options.burst = 1;
  int asked = 0;
  options.write_until = [&]() -> std::optional<std::chrono::steady_clock::time_point> {
    if (++asked <= 2) return std::chrono::steady_clock::now() + std::chrono::minutes(1);
    return std::nullopt;
  };
  Fixture f({{{JsonAnswer("1")}, {JsonAnswer("2")}}}, options);
  CHECK(f.Put().has_value());
  // Before connecting and before sending.
  CHECK(asked == 2);
  CHECK(f.Put().error().code == Errc::kNotLeading);
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("a write under way is cut off at the time of write_until") {
  // Allows 30 ms from each call, the last of which is right before the write.
  std::chrono::steady_clock::time_point until;
  ClientOptions options;
  options.write_until = [&until] { return until = std::chrono::steady_clock::now() + milliseconds(30); };
  Fixture f({{{""}}}, options);
  const auto put = f.Put();
  REQUIRE(put.has_error());
  CHECK(put.error().code == Errc::kTimeout);
  CHECK(std::chrono::steady_clock::now() >= until);
}

TEST_CASE("concurrent requests use separate connections, of which max_idle_connections are kept") {
  ClientOptions options;
  options.max_idle_connections = 1;
  Fixture f({{{JsonAnswer("1")}, {JsonAnswer("3")}}, {{JsonAnswer("2")}, {JsonAnswer("3")}}}, options);
  f.GetTwoAtOnce();
  CHECK(f.server.connections() == 2);
  f.server.WaitForClosed(1);
  CHECK(f.Get().value() == "3");
  CHECK(f.server.connections() == 2);
}

TEST_CASE("the most recently used idle connection is reused first") {
  const std::vector<Turn> a(5, {JsonAnswer("a")});
  const std::vector<Turn> b(5, {JsonAnswer("b")});
  Fixture f({a, b});
  f.GetTwoAtOnce();
  const std::string used = f.Get().value();
  for (int i = 0; i < 3; ++i) CHECK(f.Get().value() == used);
}

TEST_CASE("a response that is cut off makes the client discard its other connections") {
  const Turn cut = {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", true};
  Fixture f({{{JsonAnswer("1")}, cut}, {{JsonAnswer("2")}, cut}, {{JsonAnswer("3")}}});
  f.GetTwoAtOnce();
  CHECK(f.server.connections() == 2);
  const Error lost = f.Put().error();
  CHECK(lost.code == Errc::kUnavailable);
  CHECK(IsOutcomeUnknown(lost));
  CHECK(f.Put().value() == "3");
  CHECK(f.server.connections() == 3);
}

TEST_CASE("HTTP errors are classified by status, and Retry-After is reported") {
  Fixture f({{{AnswerWith("404 Not Found", "", "{}")},
              {AnswerWith("429 Too Many Requests", "Retry-After: 2\r\n", "slow down")},
              {AnswerWith("503 Service Unavailable", "Content-Type: text/html\r\n", "<html>")},
              {AnswerWith("302 Found", "Location: https://login/\r\n", "")}}});
  CHECK(f.Get().error().code == Errc::kNotFound);
  const Error busy = f.Put().error();
  CHECK(busy.code == Errc::kTooManyRequests);
  CHECK(busy.http_status == 429);
  CHECK(busy.retry_after == std::chrono::seconds(2));
  CHECK(f.Get().error().code == Errc::kServerError);
  CHECK(f.Get().error().http_status == 302);
}

TEST_CASE("an HTTP error is reported although its body is too long or cut off") {
  const std::string head = "HTTP/1.1 403 Forbidden\r\nContent-Length: 1000000\r\n\r\n";
  Fixture f({{{head + std::string(1'000'000, 'x')}}, {{head + "{}", true}}});
  CHECK(f.Get().error().code == Errc::kForbidden);
  CHECK(f.Get().error().code == Errc::kForbidden);
}

TEST_CASE("a response that is not JSON is malformed, and the error names its Content-Type") {
  Fixture f({{{AnswerWith("200 OK", "Content-Type: text/html\r\n", "<html>Sign in")}}});
  const auto got = f.Get();
  REQUIRE(got.has_error());
  CHECK(got.error().code == Errc::kMalformed);
  CHECK(got.error().message.find("\"text/html\"") != std::string::npos);
}

TEST_CASE("the outcome of a write whose response is not JSON is unknown") {
  Fixture f({{{AnswerWith("200 OK", "Content-Type: text/html\r\n", "<html>Sign in")}}});
  const Error error = f.Put().error();
  CHECK(error.code == Errc::kMalformed);
  CHECK(IsOutcomeUnknown(error));
  CHECK(error.message.ends_with("; the outcome of the PUT is unknown"));
}

TEST_CASE("a response without a body needs no Content-Type") {
  Fixture f({{{"HTTP/1.1 204 No Content\r\n\r\n"}}});
  CHECK(f.Put().value().empty());
}

TEST_CASE("a response larger than max_response_bytes is malformed") {
  ClientOptions options;
  options.max_response_bytes = 3;
  Fixture f({{{JsonAnswer("123")}, {JsonAnswer("1234")}}}, options);
  CHECK(f.Get().value() == "123");
  CHECK(f.Get().error().code == Errc::kMalformed);
}

TEST_CASE("a thousand different warnings are reported and no more") {
  std::size_t told = 0;
  ClientOptions options;
  options.on_warning = [&told](std::string_view) { ++told; };
  std::string warnings;
  for (int i = 0; i < 1'100; ++i) warnings += "Warning: 299 - \"" + std::to_string(i) + "\"\r\n";
  Fixture f({{{AnswerWith("200 OK", warnings, "1")}}}, options);
  CHECK(f.Get().has_value());
  CHECK(told == 1'000);
}

TEST_CASE("each warning is reported once") {
  std::vector<std::string> told;
  ClientOptions options;
  options.on_warning = [&told](std::string_view text) { told.emplace_back(text); };
  const std::string a = "Warning: 299 - \"a\"\r\n";
  const std::string b = "Warning: 299 - \"b\"\r\n";
  Fixture f(
      {{{AnswerWith("200 OK", a, "1")}, {AnswerWith("200 OK", a + b, "1")}, {AnswerWith("404 No", b, "1")}}},
      options);
  CHECK(f.Get().has_value());
  CHECK(f.Get().has_value());
  CHECK(f.Get().has_error());
  CHECK(told == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a request times out when its attempt_timeout or its request_timeout is over") {
  const milliseconds never(std::chrono::hours(10));
  const milliseconds shortly(300);
  ClientOptions options = Impatient();
  // One of the two is short.
  std::tie(options.attempt_timeout, options.request_timeout) =
      GENERATE_COPY(std::pair(shortly, never), std::pair(never, shortly));
  const std::string half = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel";
  Fixture f({{}, {{half}}, {{half}}}, options);
  for (int i = 0; i < 2; ++i) {
    const Error put = f.Put().error();
    CHECK(put.code == Errc::kTimeout);
    CHECK(put.message.find("the outcome of the PUT is unknown") != std::string::npos);
    CHECK(IsOutcomeUnknown(put));
  }
  // A GET is retried until its request_timeout is over.
  if (options.request_timeout == shortly) CHECK(f.Get().error().code == Errc::kTimeout);
}

TEST_CASE("a GET whose reused connection does not answer in time is retried over a new one") {
  ClientOptions options = Impatient();
  options.attempt_timeout = milliseconds(300);
  Fixture f({{{JsonAnswer("1")}}, {{JsonAnswer("2")}}}, options);
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  CHECK(f.server.connections() == 2);
}

TEST_CASE("a request that the rate limiter would hold beyond its deadline times out unsent") {
  ClientOptions options;
  options.qps = 0.001;
  options.burst = 1;
  Fixture f({{{JsonAnswer("1")}}}, options);
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().error().code == Errc::kTimeout);
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("a refused connection is reported as unavailable, with the address") {
  asio::io_context io;
  RestConfig config = ScriptServer(io, {}).config();
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  const auto got = Run(io, client->Do({.method = Method::kPost, .target = "/x"}));
  REQUIRE(got.has_error());
  CHECK(got.error().code == Errc::kUnavailable);
  CHECK_FALSE(IsOutcomeUnknown(got.error()));
  CHECK(got.error().message ==
        "connect to 127.0.0.1:" + std::to_string(config.port) + ": Connection refused");
}

TEST_CASE("a client tries each address of its host") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});  // on IPv4 only
  RestConfig config = server.config();
  config.host = "localhost";
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  CHECK(Run(io, client->Do({.target = "/x"})).value() == "1");
}

TEST_CASE("gzip is accepted unless the options or the kubeconfig disable compression") {
  for (const auto& [by_options, by_config] : {std::pair(false, false), {true, false}, {false, true}}) {
    asio::io_context io;
    ScriptServer server(io, {{{JsonAnswer("1")}, {JsonAnswer("2")}}});
    RestConfig config = server.config();
    config.disable_compression = by_config;
    ClientOptions options;
    options.disable_compression = by_options;
    const auto client = ApiClient::Create(io.get_executor(), config, options).value();
    CHECK(Run(io, client->Do({.target = "/x"})).has_value());
    const bool asked = server.requests().at(0).find("Accept-Encoding: gzip\r\n") != std::string::npos;
    CHECK(asked == (!by_options && !by_config));
  }
}

TEST_CASE("no credentials are sent without TLS") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  RestConfig config = server.config();
  config.token = "secret";
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  CHECK(Run(io, client->Do({.target = "/x"})).has_value());
  CHECK(server.requests().at(0).find("secret") == std::string::npos);
}

Awaitable<void> Store(ApiClient& client, std::optional<Result<std::string>>& result) {
  Request request{.target = "/x"};
  result = co_await client.Do(std::move(request));
}

// Starts a request, cancels it when the server has received this many requests, and returns its error.
Error CancelAfter(Fixture& f, std::size_t requests) {
  std::string failure;
  TaskGroup tasks(f.io.get_executor(),
                  [&failure](std::string_view, std::string_view what) { failure = what; });
  std::optional<Result<std::string>> result;
  tasks.Spawn("request", Store(*f.client, result));
  do {
    f.io.run_one();
  } while (f.server.requests().size() < requests);
  f.io.poll();  // the response, as far as there is one, has arrived
  tasks.Cancel();
  while (!tasks.empty()) f.io.run_one();
  CHECK(failure.empty());
  REQUIRE(result.has_value());
  REQUIRE(result->has_error());
  return result->error();
}

TEST_CASE("a request can be cancelled while it waits for its response or the response's body") {
  const std::string body = "Content-Length: 5\r\n\r\nhel";
  Fixture f(
      {{}, {{"HTTP/1.1 200 OK\r\n" + body}}, {{"HTTP/1.1 403 Forbidden\r\n" + body}}, {{JsonAnswer("4")}}});
  for (std::size_t requests = 1; requests <= 3; ++requests)
    CHECK(CancelAfter(f, requests).code == Errc::kCanceled);
  CHECK(f.Get().value() == "4");
}

TEST_CASE("a GET can be cancelled while it waits for its retry") {
  Fixture f({{{AnswerWith("429 Too Many Requests", "Retry-After: 20\r\n", "{}")}}});
  const auto begin = std::chrono::steady_clock::now();
  CHECK(CancelAfter(f, 1).code == Errc::kCanceled);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  CHECK(f.server.requests().size() == 1);
}

TEST_CASE("a request can be cancelled while the rate limiter holds it") {
  ClientOptions options;
  options.qps = 0.1;
  options.burst = 1;
  Fixture f({{{JsonAnswer("1")}}}, options);
  CHECK(f.Get().has_value());
  CHECK(CancelAfter(f, 0).code == Errc::kCanceled);
  CHECK(f.server.requests().size() == 1);
}

}  // namespace
}  // namespace k8sm::client
