#include "controller/access/access_gate.h"

#include "controller/access/shared_reviews.h"
#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Response;

constexpr std::string_view kSecret = "s3cr3t";

void Fail(std::string_view, std::string_view what) {
  throw std::runtime_error(std::string(what));
}

// An API server that authenticates the token kSecret as user "anna" and allows access if `permits` is set.
class Reviewer {
 public:
  Awaitable<Result<std::string>> Answer(client::Request request) {
    requests.push_back(request.target);
    bodies.push_back(request.body);
    while (stalled) co_await resume.Wait();
    if (failure) co_return *failure;
    const bool is_token = request.target.ends_with("/tokenreviews");
    if (!is_token) {
      co_return R"({"kind":"SubjectAccessReview","status":{"allowed":)" +
          std::string(permits ? "true" : "false") + R"(,"reason":")" + reason + "\"}}";
    }
    if (request.body.find("\"" + std::string(kSecret) + "\"") == std::string::npos) {
      co_return R"({"kind":"TokenReview","status":{"user":{},"error":")" + reason + "\"}}";
    }
    co_return R"({"kind":"TokenReview","status":{"authenticated":true,"user":)" + user + "}}";
  }

  asio::io_context context;
  Notifier resume{context.get_executor()};
  bool stalled = false;
  bool permits = true;
  std::string reason;
  std::string user = R"({"username":"anna"})";
  std::optional<Error> failure;
  std::vector<std::string> requests;
  std::vector<std::string> bodies;
};

struct Fixture : Reviewer {
  AccessGate gate{context.get_executor(),
                  {"/healthz"},
                  [this](client::Request request) { return Answer(std::move(request)); },
                  Fail};
  TaskGroup tasks{context.get_executor(), Fail};
  Notifier wake{context.get_executor()};
  bool left = false;  // whether the clients have left
  std::vector<unsigned> statuses;
  std::string body;
  http_server::Headers headers;

  // Starts a request; its status, 200 if it is allowed, is added to `statuses`.
  void Start(std::string path, std::string authorization, std::string method = "GET") {
    StartRequest({.method = std::move(method),
                  .path = std::move(path),
                  .authorization = std::move(authorization),
                  .certificate = std::nullopt});
  }
  void StartRequest(AccessRequest request) {
    tasks.Spawn("check", [](Fixture& self, AccessRequest asked) -> Awaitable<void> {
      Asker asker{.wake = self.wake, .left = [&self] { return self.left; }};
      const std::optional<Response> refusal = co_await self.gate.Check(std::move(asked), std::move(asker));
      self.statuses.push_back(refusal ? refusal->status : 200);
      self.body = refusal ? refusal->body : "";
      self.headers = refusal ? refusal->headers : http_server::Headers{};
    }(*this, std::move(request)));
  }
  void Run() {
    context.restart();
    context.run();
  }
  // Runs what is ready, while a review is stalled.
  void Poll() {
    context.restart();
    context.poll();
  }
  unsigned Ask(std::string path, std::string authorization = "", std::string method = "GET") {
    Start(std::move(path), std::move(authorization), std::move(method));
    Run();
    return statuses.back();
  }
};

const std::string kToken = "Bearer " + std::string(kSecret);

TEST_CASE("a request for an open path is admitted without a review, even with an invalid token") {
  Fixture fixture;
  fixture.failure = Error{.code = Errc::kUnavailable, .message = "away"};
  CHECK(fixture.Ask("/healthz") == 200);
  CHECK(fixture.Ask("/healthz", "Bearer wrong") == 200);
  CHECK(fixture.requests.empty());
}

TEST_CASE(
    "a valid token whose user has the permission is admitted after a TokenReview and a "
    "SubjectAccessReview") {
  Fixture fixture;
  CHECK(fixture.Ask("/metrics", kToken) == 200);
  CHECK(fixture.requests == std::vector<std::string>{"/apis/authentication.k8s.io/v1/tokenreviews",
                                                     "/apis/authorization.k8s.io/v1/subjectaccessreviews"});
  CHECK(fixture.bodies.back().find(R"("user":"anna")") != std::string::npos);
  CHECK(fixture.bodies.back().find(R"("path":"/metrics","verb":"get")") != std::string::npos);
}

TEST_CASE("a 403 names the user, the verb and the path that is not permitted") {
  Fixture fixture;
  fixture.permits = false;
  CHECK(fixture.Ask("/debug/flags/v", kToken, "PUT") == 403);
  CHECK(fixture.body.find(R"(forbidden: User \"anna\" cannot put path \"/debug/flags/v\")") !=
        std::string::npos);
  CHECK(fixture.Ask("/metrics") == 403);
  CHECK(fixture.body.find(R"(User \"system:anonymous\" cannot get path \"/metrics\")") != std::string::npos);
}

TEST_CASE("a 403 gives the reason of the denial, with a line break in it escaped") {
  Fixture fixture;
  fixture.permits = false;
  fixture.reason = R"(no role\nbinds it)";
  CHECK(fixture.Ask("/metrics", kToken) == 403);
  CHECK(fixture.body == R"({"apiVersion":"v1","kind":"Status","status":"Failure","message":)"
                        R"("forbidden: User \"anna\" cannot get path \"/metrics\": no role\\nbinds it",)"
                        R"("reason":"Forbidden","code":403})"
                        "\n");
}

TEST_CASE("every refusal is a Status with Cache-Control: no-store, and only a 401 has WWW-Authenticate") {
  Fixture fixture;
  test::LogCapture log;
  const http_server::Headers plain = {{"Content-Type", "application/json"},
                                      {"Cache-Control", "no-store"},
                                      {"X-Content-Type-Options", "nosniff"}};
  http_server::Headers challenge = plain;
  challenge.emplace_back("WWW-Authenticate", "Bearer");
  const auto status = [](const std::string& message, const std::string& reason, const std::string& code) {
    return R"({"apiVersion":"v1","kind":"Status","status":"Failure","message":")" + message +
           R"(","reason":")" + reason + R"(","code":)" + code + "}\n";
  };
  CHECK(fixture.Ask("/metrics", "Bearer wrong") == 401);
  CHECK(fixture.headers == challenge);
  CHECK(fixture.body == status("Unauthorized", "Unauthorized", "401"));
  fixture.permits = false;
  CHECK(fixture.Ask("/metrics", kToken) == 403);
  CHECK(fixture.headers == plain);
  CHECK(fixture.body ==
        status(R"(forbidden: User \"anna\" cannot get path \"/metrics\")", "Forbidden", "403"));
  CHECK(fixture.Ask("/\xff", kToken) == 400);
  CHECK(fixture.headers == plain);
  CHECK(fixture.body == status("the path is not UTF-8", "BadRequest", "400"));
  fixture.failure = Error{.code = Errc::kTimeout, .message = "10 s"};
  CHECK(fixture.Ask("/other", kToken) == 500);
  CHECK(fixture.headers == plain);
  CHECK(fixture.body ==
        status("the API server cannot be asked whether this is permitted", "InternalError", "500"));
}

TEST_CASE("the SubjectAccessReview has the user name, uid, groups and extra of the TokenReview") {
  Fixture fixture;
  fixture.user = R"({"username":"anna","uid":"u1","groups":["dev","ops"],"extra":{"scopes":["a","b"]}})";
  CHECK(fixture.Ask("/metrics", kToken, "HEAD") == 200);
  CHECK(fixture.bodies ==
        std::vector<std::string>{
            R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenReview","spec":{"token":"s3cr3t"}})",
            R"({"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"anna",)"
            R"("uid":"u1","groups":["dev","ops"],"extra":{"scopes":["a","b"]},)"
            R"("nonResourceAttributes":{"path":"/metrics","verb":"head"}}})"});
}

TEST_CASE("a cached permission holds for its user, path and verb only") {
  Fixture fixture;
  CHECK(fixture.Ask("/metrics", kToken) == 200);
  fixture.permits = false;
  CHECK(fixture.Ask("/metrics", kToken) == 200);
  CHECK(fixture.Ask("/metrics", kToken, "PUT") == 403);
  CHECK(fixture.Ask("/configz", kToken) == 403);
  CHECK(fixture.Ask("/metrics") == 403);
}

TEST_CASE(
    "an invalid token gets a 401 although everyone has the permission, a malformed one without a "
    "review") {
  Fixture fixture;
  CHECK(fixture.Ask("/metrics", "Bearer wrong") == 401);
  CHECK(fixture.Ask("/metrics", "Bearer \xff") == 401);
  CHECK(fixture.requests.size() == 1);
}

TEST_CASE("a client certificate needs no TokenReview and takes precedence over a token") {
  Fixture fixture;
  fixture.StartRequest({.method = "GET",
                        .path = "/metrics",
                        .authorization = "Bearer wrong",
                        .certificate = http_server::ClientCertificate{"bob", {"dev"}}});
  fixture.Run();
  CHECK(fixture.statuses == std::vector<unsigned>{200});
  REQUIRE(fixture.requests.size() == 1);
  CHECK(fixture.bodies.back().find(R"("user":"bob","groups":["dev","system:authenticated"])") !=
        std::string::npos);
}

TEST_CASE("a client certificate with a name or a group that is not UTF-8 gets a 401 without a review") {
  for (const auto& certificate : {http_server::ClientCertificate{"b\xff", {"dev"}},
                                  http_server::ClientCertificate{"bob", {"dev", "d\xff"}}}) {
    Fixture fixture;
    fixture.StartRequest(
        {.method = "GET", .path = "/metrics", .authorization = kToken, .certificate = certificate});
    fixture.Run();
    CHECK(fixture.statuses == std::vector<unsigned>{401});
    CHECK(fixture.requests.empty());
  }
}

TEST_CASE("concurrent requests share one review of each kind, and later requests use the cached results") {
  Fixture fixture;
  fixture.stalled = true;
  for (int i = 0; i < 100; ++i) fixture.Start("/metrics", kToken);
  fixture.context.poll();
  CHECK(fixture.requests.size() == 1);
  CHECK(fixture.statuses.empty());
  fixture.stalled = false;
  fixture.resume.Notify();
  fixture.Run();
  CHECK(fixture.statuses == std::vector<unsigned>(100, 200));
  CHECK(fixture.requests.size() == 2);
  for (int i = 0; i < 100; ++i) CHECK(fixture.Ask("/metrics", kToken) == 200);
  CHECK(fixture.requests.size() == 2);
}

TEST_CASE("denials are cached like admissions, for tokens as well as for permissions") {
  Fixture fixture;
  fixture.permits = false;
  CHECK(fixture.Ask("/metrics", kToken) == 403);
  CHECK(fixture.Ask("/metrics", kToken) == 403);
  CHECK(fixture.requests.size() == 2);
  CHECK(fixture.Ask("/metrics", "Bearer wrong") == 401);
  CHECK(fixture.Ask("/metrics", "Bearer wrong") == 401);
  CHECK(fixture.requests.size() == 3);
}

TEST_CASE("requests are refused while the API server is unavailable and admitted again once it is back") {
  Fixture fixture;
  test::LogCapture log;
  fixture.failure = Error{.code = Errc::kUnavailable, .message = "connection refused"};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(fixture.Ask("/metrics") == 500);
  fixture.failure.reset();
  CHECK(fixture.Ask("/metrics", kToken) == 200);
  CHECK(fixture.Ask("/metrics") == 200);
  CHECK(fixture.Ask("/configz") == 200);
  CHECK(log.lines() ==
        std::vector<std::string>{
            "W cannot create tokenreviews.authentication.k8s.io, so clients of the ops port are refused: "
            "unavailable: connection refused",
            "W cannot create subjectaccessreviews.authorization.k8s.io, so clients of the ops port are "
            "refused: unavailable: connection refused",
            "I clients of the ops port can be authorised again",
            "I clients of the ops port can be authorised again"});
}

TEST_CASE("a review that is cancelled at shutdown is not logged") {
  Fixture fixture;
  test::LogCapture log;
  fixture.failure = Error{.code = Errc::kCanceled, .message = "shutting down"};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(log.lines().empty());
}

TEST_CASE("a review that fails repeatedly within a minute is logged once") {
  Fixture fixture;
  test::LogCapture log;
  fixture.failure = Error{.code = Errc::kUnavailable, .message = "connection refused"};
  for (int i = 0; i < 3; ++i) CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(fixture.requests.size() == 3);
  CHECK(log.lines().size() == 1);
}

TEST_CASE("if the API server has no TokenReviews, the log names the flags that work without them") {
  Fixture fixture;
  test::LogCapture log;
  fixture.failure = Error{.code = Errc::kNotFound, .message = "page", .http_status = 404};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(log.lines() ==
        std::vector<std::string>{
            "W cannot create tokenreviews.authentication.k8s.io, so clients of the ops port are refused: "
            "not "
            "found (HTTP 404); this API server has no such reviews: use -address=127.0.0.1, or "
            "-authorization_mode=AlwaysAllow"});
}

TEST_CASE("a failed review is logged without what the server sent, a forbidden one with the role to bind") {
  Fixture fixture;
  test::LogCapture log;
  fixture.failure = Error{.code = Errc::kForbidden, .message = std::string(kSecret), .http_status = 403};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(fixture.Ask("/metrics") == 500);
  fixture.failure = Error{.code = Errc::kMalformed, .message = std::string(kSecret)};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  fixture.failure = Error{.code = Errc::kServerError, .message = std::string(kSecret), .http_status = 502};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  const std::string tokens =
      "W cannot create tokenreviews.authentication.k8s.io, so clients of the ops port are refused: ";
  CHECK(log.lines() ==
        std::vector<std::string>{
            tokens + "forbidden: bind ClusterRole system:auth-delegator to this program's user",
            "W cannot create subjectaccessreviews.authorization.k8s.io, so clients of the ops port are "
            "refused: forbidden: bind ClusterRole system:auth-delegator to this program's user",
            tokens + "malformed input", tokens + "server error (HTTP 502)"});
}

TEST_CASE("each refusal is logged from -v=2 on, with its path and its reason") {
  Fixture fixture;
  fixture.permits = false;
  fixture.reason = R"(token\nhas expired)";
  const auto line = [&](std::string path, std::string authorization) {
    const test::LogCapture log(2);
    fixture.Ask(std::move(path), std::move(authorization));
    REQUIRE(log.lines().size() == 1);
    return log.lines()[0];
  };
  CHECK(line("/1", "Bearer wrong") ==
        R"(I unauthorized: path "/1": the token is not valid: token\nhas expired)");
  CHECK(line("/2", "Bearer \xff") ==
        R"(I unauthorized: path "/2": the token has characters that no token has)");
  fixture.reason = "";
  CHECK(line("/3", "Bearer other") == R"(I unauthorized: path "/3": the token is not valid)");
  CHECK(line("/4", kToken) == R"(I forbidden: User "anna" cannot get path "/4")");
  const std::string anonymous = R"(I forbidden: User "system:anonymous" cannot get path )";
  CHECK(line("/5", "") == anonymous + R"("/5" (no credentials))");
  CHECK(line("/6", "Basic YTpi") == anonymous + R"("/6" (Authorization is not a bearer token))");
}

TEST_CASE("a client certificate with an unusable name is logged from -v=2 on") {
  Fixture fixture;
  const test::LogCapture log(2);
  fixture.StartRequest({.method = "GET",
                        .path = "/metrics",
                        .authorization = kToken,
                        .certificate = http_server::ClientCertificate{"b\xff", {}}});
  fixture.Run();
  CHECK(log.lines() ==
        std::vector<std::string>{
            R"(I unauthorized: path "/metrics": a name in the client certificate is not UTF-8)"});
}

TEST_CASE(
    "a request that the API server cannot be asked about is logged from -v=2 on, unless it is canceled") {
  Fixture fixture;
  fixture.failure = Error{.code = Errc::kUnavailable, .message = "connection refused"};
  const std::string line = R"(I cannot ask who may use path "/metrics": unavailable: connection refused)";
  for (const std::string& authorization : {kToken, std::string()}) {
    const test::LogCapture log(2);
    fixture.Ask("/metrics", authorization);
    CHECK(log.Count(line) == 1);
  }
  fixture.failure = Error{.code = Errc::kCanceled, .message = "shutting down"};
  const test::LogCapture log(2);
  fixture.Ask("/metrics", kToken);
  CHECK(log.lines().empty());
}

TEST_CASE("the reason of an invalid token is not logged if it repeats the token") {
  Fixture fixture;
  fixture.reason = "no user has the token " + std::string(kSecret) + "-old";
  const test::LogCapture log(2);
  CHECK(fixture.Ask("/metrics", kToken + "-old") == 401);
  CHECK(log.lines() ==
        std::vector<std::string>{R"(I unauthorized: path "/metrics": the token is not valid)"});
}

TEST_CASE("a flood of made-up tokens or paths gets 429, which the log says once a minute") {
  for (const bool tokens : {true, false}) {
    CAPTURE(tokens);
    Fixture fixture;
    const test::LogCapture log;
    fixture.stalled = true;
    const auto start = [&](std::size_t i) {
      const std::string made_up = std::to_string(i);
      fixture.Start("/" + (tokens ? "metrics" : made_up), tokens ? "Bearer " + made_up : "");
      fixture.Poll();
    };
    for (std::size_t i = 0; i < SharedReviews::kMaxUnfamiliar; ++i) start(i);
    CHECK(fixture.statuses.empty());
    start(998);
    start(999);
    CHECK(fixture.statuses == std::vector<unsigned>(2, 429));
    CHECK(fixture.body ==
          R"({"apiVersion":"v1","kind":"Status","status":"Failure","message":"too many requests, try again )"
          R"(later","reason":"TooManyRequests","code":429})"
          "\n");
    CHECK(fixture.headers.back() == std::pair<std::string, std::string>("Retry-After", "1"));
    CHECK(log.lines() == std::vector<std::string>{
                             "W too many clients of the ops port that were not admitted lately: some are "
                             "refused with 429"});
    fixture.stalled = false;
    fixture.resume.Notify();
    fixture.Run();
    CHECK(fixture.statuses.size() == 2 + SharedReviews::kMaxUnfamiliar);
  }
}

TEST_CASE("a 429 of the API server is a failed review like others") {
  Fixture fixture;
  const test::LogCapture log;
  fixture.failure = Error{.code = Errc::kTooManyRequests, .message = "", .http_status = 429};
  CHECK(fixture.Ask("/metrics", kToken) == 401);
  CHECK(fixture.Ask("/metrics") == 500);
  CHECK(log.Count("refused with 429") == 0);
}

TEST_CASE("a review outlives the client that started it and answers a later one") {
  Fixture fixture;
  fixture.stalled = true;
  fixture.Start("/metrics", kToken);
  fixture.context.poll();
  fixture.tasks.Cancel();
  fixture.context.poll();
  fixture.Start("/metrics", kToken);
  fixture.context.poll();
  fixture.stalled = false;
  fixture.resume.Notify();
  fixture.Run();
  CHECK(fixture.statuses == std::vector<unsigned>{200});
  CHECK(fixture.requests.size() == 2);
}

TEST_CASE("a client that leaves does not wait for its review, whose result is kept") {
  Fixture fixture;
  fixture.stalled = true;
  fixture.Start("/metrics", kToken);
  fixture.Poll();
  CHECK(fixture.statuses.empty());
  fixture.left = true;
  fixture.wake.Notify();
  fixture.Poll();
  CHECK(fixture.statuses == std::vector<unsigned>{401});
  CHECK(fixture.requests.size() == 1);

  fixture.left = fixture.stalled = false;
  fixture.resume.Notify();
  fixture.Run();
  CHECK(fixture.Ask("/metrics", kToken) == 200);
  CHECK(fixture.requests.size() == 2);  // no second TokenReview
}

TEST_CASE("a client that is woken and has not left goes on waiting") {
  Fixture fixture;
  fixture.stalled = true;
  fixture.Start("/metrics", kToken);
  fixture.Poll();
  fixture.wake.Notify();
  fixture.Poll();
  CHECK(fixture.statuses.empty());
  fixture.stalled = false;
  fixture.resume.Notify();
  fixture.Run();
  CHECK(fixture.statuses == std::vector<unsigned>{200});
}

TEST_CASE("Stop cancels reviews that are never answered") {
  Fixture fixture;
  fixture.stalled = true;
  fixture.Start("/metrics", kToken);
  fixture.context.poll();
  fixture.tasks.Cancel();
  bool stopped = false;
  fixture.tasks.Spawn("stop", [](Fixture& self, bool& done) -> Awaitable<void> {
    co_await self.gate.Stop();
    done = true;
  }(fixture, stopped));
  fixture.Run();
  CHECK(stopped);
  CHECK(fixture.statuses.empty());
}

}  // namespace
}  // namespace k8sm::controller
