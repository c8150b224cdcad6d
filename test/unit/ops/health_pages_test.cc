// The health endpoints over HTTP.

#include "controller/ops/health_pages.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/http_server/fixture.h"

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using http_server::Body;
using http_server::HasLine;
using http_server::StatusLine;

class Fixture : public http_server::Fixture {
 public:
  explicit Fixture(http_server::ServerOptions options = {}) : http_server::Fixture(std::move(options)) {
    AddHealthPages(checks_, router());
  }

  HealthChecks& checks() { return checks_; }

 private:
  HealthChecks checks_;
};

TEST_CASE("health is served at the paths of Kubernetes") {
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

TEST_CASE("a check that starts to fail is logged as a warning, and its recovery is logged too") {
  const test::LogCapture log;
  Fixture fixture;
  std::optional<std::string> failure = "no pods yet";
  fixture.checks().Add(HealthEndpoint::kReadyz, {"informer-sync", [&failure] { return failure; }});
  for (int i = 0; i < 2; ++i) fixture.Ask("GET", "/readyz");
  failure.reset();
  for (int i = 0; i < 2; ++i) fixture.Ask("GET", "/readyz");
  CHECK(log.lines().size() == 2);
  CHECK(log.Count("W readyz check informer-sync") == 1);
  CHECK(log.Count("I readyz check informer-sync") == 1);
}

TEST_CASE("a check that throws closes only its own connection") {
  http_server::ServerOptions options;
  options.limits.connections = 1;
  options.limits.grace = std::chrono::milliseconds(0);
  Fixture fixture(options);
  fixture.checks().Add(HealthEndpoint::kReadyz,
                       {"broken", []() -> std::optional<std::string> { throw std::logic_error("a bug"); }});
  CHECK(fixture.Ask("GET", "/readyz").empty());
  CHECK(Body(fixture.Ask("GET", "/livez")) == "ok");
}

}  // namespace
}  // namespace k8sm::controller
