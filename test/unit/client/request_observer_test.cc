#include "lib/client/request_observer.h"

#include "lib/async/task_group.h"
#include "lib/client/api_client.h"
#include "lib/client/api_stream.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class Recorder final : public RequestObserver {
 public:
  void OnAdmitted(Method, Duration waited) override { waits.push_back(waited); }
  void OnAttempt(Method method, int status, bool again) override {
    attempts.push_back(std::string(ToString(method)) + " " + std::to_string(status) +
                       (again ? " again" : ""));
  }
  void OnEnd(Method method, Duration took) override {
    ended.emplace_back(ToString(method));
    CHECK(took >= Duration(0));
  }
  void OnRequestSize(Method, std::size_t bytes) override { request_sizes.push_back(bytes); }
  void OnResponseSize(Method, std::size_t bytes) override { response_sizes.push_back(bytes); }

  std::vector<Duration> waits;
  std::vector<std::string> attempts;
  std::vector<std::string> ended;
  std::vector<std::size_t> request_sizes;
  std::vector<std::size_t> response_sizes;
};

struct Fixture {
  explicit Fixture(ScriptServer::Script script, ClientOptions options = {}) : server(io, std::move(script)) {
    options.observer = &seen;
    options.retry_pause = milliseconds(1);
    client = ApiClient::Create(io.get_executor(), server.config(), std::move(options)).value();
  }
  Result<std::string> Do(Request request) { return Run(io, client->Do(std::move(request))); }
  Result<std::string> Get() { return Do({.target = "/api/v1/pods"}); }
  Result<std::string> Put() { return Do({.method = Method::kPut, .target = "/x", .body = "{}"}); }

  asio::io_context io;
  Recorder seen;
  ScriptServer server;
  std::unique_ptr<ApiClient> client;
};

using Texts = std::vector<std::string>;

TEST_CASE("the observer sees each attempt of a request and whether it is a retry") {
  const std::string busy = AnswerWith("429 Too Many Requests", "Retry-After: 0\r\n", "{}");
  Fixture f({{{busy}, {"", true}}, {{JsonAnswer("123")}, {JsonAnswer("")}}});
  CHECK(f.Get().has_value());
  // The second attempt finds its reused connection closed and is retried at once, past the rate limiter.
  CHECK(f.seen.attempts == Texts{"GET 429", "GET 0 again", "GET 200 again"});
  CHECK(f.seen.waits.size() == 2);
  CHECK(f.seen.ended == Texts{"GET"});
  CHECK(f.seen.request_sizes == std::vector<std::size_t>{0});
  CHECK(f.seen.response_sizes == std::vector<std::size_t>{3});
  CHECK(f.Put().has_value());
  CHECK(f.seen.attempts.back() == "PUT 200");
  CHECK(f.seen.request_sizes.back() == 2);
  CHECK(f.seen.response_sizes.back() == 0);
}

TEST_CASE("a GET whose response is cut off in the middle is retried after a pause and the rate limiter") {
  Fixture f({{{JsonAnswer("1")}, {"HTTP/1.1 2", true}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().has_value());
  CHECK(f.Get().value() == "2");
  CHECK(f.seen.attempts == Texts{"GET 200", "GET 0", "GET 200 again"});
  // The retry has waited for its pause and for the rate limiter.
  CHECK(f.seen.waits.size() == 3);
}

TEST_CASE("a GET is retried after the time of Retry-After") {
  Fixture f({{{AnswerWith("429 Too Many Requests", "Retry-After: 1\r\n", "{}")}, {JsonAnswer("1")}}});
  const auto begin = std::chrono::steady_clock::now();
  CHECK(f.Get().has_value());
  CHECK(std::chrono::steady_clock::now() - begin >= seconds(1));
}

TEST_CASE("an HTTP error is observed as an attempt with its status and without a response size") {
  Fixture f({{{AnswerWith("404 Not Found", "", "{}")}}});
  CHECK(f.Get().has_error());
  CHECK(f.seen.attempts == Texts{"GET 404"});
  CHECK(f.seen.response_sizes.empty());
  CHECK(f.seen.ended == Texts{"GET"});
}

TEST_CASE("a failure to connect is observed as an attempt with status 0") {
  asio::io_context io;
  Recorder seen;
  ClientOptions options;
  options.observer = &seen;
  const RestConfig nowhere = ScriptServer(io, {}).config();
  const auto client = ApiClient::Create(io.get_executor(), nowhere, options).value();
  CHECK(Run(io, client->Do({.target = "/x"})).has_error());
  CHECK(seen.attempts == Texts{"GET 0"});
  CHECK(seen.ended == Texts{"GET"});
}

TEST_CASE("a list that is cut off is observed with its end but without a response size") {
  const Turn cut = {"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{", true};
  Fixture f({{cut}});
  const ApiStream::Timeouts timeouts;
  const auto take = [](std::string_view) { return Result<void>(); };
  CHECK(Run(f.io, f.client->NewStream()->Get("/pods", timeouts, take)).has_error());
  CHECK(f.seen.ended == Texts{"GET"});
  CHECK(f.seen.request_sizes == std::vector<std::size_t>{0});
  CHECK(f.seen.response_sizes.empty());
}

TEST_CASE("the end and the response size of a list are observed, those of a watch are not") {
  Fixture f({{{JsonAnswer("12")}, {JsonAnswer("123")}}});
  const auto stream = f.client->NewStream();
  const auto take = [](std::string_view) { return Result<void>(); };
  const ApiStream::Timeouts timeouts;
  CHECK(Run(f.io, stream->Get("/pods?watch=true", timeouts, take)).has_value());
  CHECK(f.seen.ended.empty());
  CHECK(f.seen.response_sizes.empty());
  CHECK(Run(f.io, stream->Get("/pods", timeouts, take)).has_value());
  CHECK(f.seen.ended == Texts{"GET"});
  CHECK(f.seen.response_sizes == std::vector<std::size_t>{3});
  CHECK(f.seen.attempts == Texts{"GET 200", "GET 200"});
}

// The bucket takes 1,000 s to refill its only token.
ClientOptions OneToken() {
  ClientOptions options;
  options.qps = 0.001;
  options.burst = 1;
  return options;
}

TEST_CASE("a request that the rate limiter would hold too long gives its token back") {
  Fixture f({{{JsonAnswer("1")}}}, OneToken());
  CHECK(f.Get().has_value());
  for (int i = 0; i < 3; ++i) CHECK(f.Get().error().code == Errc::kTimeout);
  for (std::size_t i = 1; i < f.seen.waits.size(); ++i) CHECK(f.seen.waits[i] <= seconds(1'000));
}

Awaitable<void> GetOnce(ApiClient& client) {
  Request request{.target = "/x"};
  const auto answer = co_await client.Do(std::move(request));
  CHECK(answer.error().code == Errc::kCanceled);
}

TEST_CASE("a request that is cancelled while the rate limiter holds it gives its token back") {
  ClientOptions options = OneToken();
  options.request_timeout = std::chrono::hours(10);
  Fixture f({{{JsonAnswer("1")}}}, options);
  CHECK(f.Get().has_value());
  for (int i = 0; i < 3; ++i) {
    TaskGroup tasks(f.io.get_executor(),
                    [](std::string_view, std::string_view what) { FAIL(std::string(what)); });
    tasks.Spawn("request", GetOnce(*f.client));
    f.io.restart();
    f.io.poll();
    tasks.Cancel();
    while (!tasks.empty()) f.io.run_one();
  }
  REQUIRE(f.seen.waits.size() == 4);
  for (const auto waited : f.seen.waits) CHECK(waited <= seconds(1'000));
}

TEST_CASE("a request that is cancelled while it waits for its response is not observed as an attempt") {
  Fixture f(ScriptServer::Script{{}});
  TaskGroup tasks(f.io.get_executor(),
                  [](std::string_view, std::string_view what) { FAIL(std::string(what)); });
  tasks.Spawn("request", GetOnce(*f.client));
  while (f.server.requests().empty()) f.io.run_one();
  tasks.Cancel();
  while (!tasks.empty()) f.io.run_one();
  CHECK(f.seen.attempts.empty());
  CHECK(f.seen.ended == Texts{"GET"});
}

TEST_CASE("a write that write_until forbids gives its token back") {
  ClientOptions options = OneToken();
  // It is asked once before connecting and once before sending.
  const int allowed = GENERATE(0, 1);
  int asked = 0;
  options.write_until = [&]() -> std::optional<std::chrono::steady_clock::time_point> {
    if (asked++ < allowed) return std::chrono::steady_clock::now() + std::chrono::minutes(1);
    return std::nullopt;
  };
  Fixture f({{{JsonAnswer("1")}}, {{JsonAnswer("1")}}}, options);
  CHECK(f.Put().error().code == Errc::kNotLeading);
  CHECK(f.server.requests().empty());
  CHECK(f.Get().has_value());
  CHECK(f.seen.waits.back() == seconds(0));
}

}  // namespace
}  // namespace k8sm::client
