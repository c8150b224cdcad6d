// Long pages, made in steps.

#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "test/support/catch.h"
#include "test/unit/http_server/fixture.h"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

using std::chrono::milliseconds;

// What a test knows of the pages that are made.
struct Log {
  PagePace::Clock::time_point now{std::chrono::hours(1)};
  std::string events;  // "1" for each step of the first page, "ok" for the other page
  int pages = 0;
  int in_the_making = 0;
  int most_at_once = 0;
};

// Takes 1 ms for each step, by a clock that otherwise stands still.
class Steps final : public BodySource {
 public:
  Steps(Log& log, int steps) : log_(log), page_(++log.pages), left_(steps) {
    log_.most_at_once = std::max(log_.most_at_once, ++log_.in_the_making);
  }
  ~Steps() override { --log_.in_the_making; }

  bool Next(std::string& out) override {
    log_.now += milliseconds(1);
    log_.events += std::to_string(page_);
    out += std::to_string(left_);
    if (left_ == 0) throw std::logic_error("a bug");
    return --left_ > 0;
  }

 private:
  Log& log_;
  const int page_;
  int left_;
};

// Serves /steps, a paced page of this many steps.
struct StepsFixture {
  explicit StepsFixture(int steps, milliseconds turn_time = std::chrono::hours(1), ServerOptions options = {})
      : fixture(
            std::move(options), [this] { return log.now; }, turn_time) {
    fixture.router().AddPaced("/steps", "GET", [this, steps](const PageRequest&) {
      return Page{.body = "page: ", .steps = std::make_unique<Steps>(log, steps)};
    });
    fixture.router().Add("/noted", "GET", [this](const PageRequest&) {
      log.events += "ok";
      return Page{.body = "noted"};
    });
  }

  Log log;
  Fixture fixture;
};

TEST_CASE("a page consists of its body and what its steps append") {
  StepsFixture test(3);
  const std::string answer = test.fixture.Ask("GET", "/steps");
  CHECK(Body(answer) == "page: 321");
  CHECK(HasLine(answer, "Content-Length: 9"));
  CHECK(test.log.in_the_making == 0);
  CHECK(Body(test.fixture.Ask("HEAD", "/elsewhere")).empty());
}

Awaitable<void> SendOnly(Client& client, std::string target) {
  co_await client.Send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST_CASE("other requests are answered between the steps of a page") {
  StepsFixture test(1'000'000);
  const auto asking = test.fixture.Connect();
  test.fixture.Run(SendOnly(*asking, "/steps"));
  while (test.log.events.empty()) test.fixture.context().run_one();
  CHECK(Body(test.fixture.Ask("GET", "/noted")) == "noted");
  CHECK(test.log.events.find("ok") != std::string::npos);
  CHECK(test.log.in_the_making == 1);
}

TEST_CASE("a paced page is made for one client at a time") {
  StepsFixture test(5);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 5; ++i) {
    clients.push_back(test.fixture.Connect());
    test.fixture.Run(SendOnly(*clients.back(), "/steps"));
  }
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (test.log.pages < 5 || test.log.in_the_making > 0) {
    REQUIRE(std::chrono::steady_clock::now() < deadline);
    test.log.now += milliseconds(10);
    test.fixture.context().run_one_for(milliseconds(10));
  }
  CHECK(test.log.most_at_once == 1);
}

TEST_CASE("a request that would wait too long for a page that is being made gets a 503") {
  StepsFixture test(1'000'000, milliseconds(0));
  const auto asking = test.fixture.Connect();
  test.fixture.Run(SendOnly(*asking, "/steps"));
  while (test.log.events.empty()) test.fixture.context().run_one();
  CHECK(StatusLine(test.fixture.Ask("GET", "/steps")) == "HTTP/1.1 503 Service Unavailable");
  CHECK(test.log.pages == 1);
}

TEST_CASE("a paced page rests for nine times what all of its steps took") {
  StepsFixture test(4, milliseconds(0));
  CHECK(Body(test.fixture.Ask("GET", "/steps")) == "page: 4321");
  test.log.now += milliseconds(35);
  CHECK(StatusLine(test.fixture.Ask("GET", "/steps")) == "HTTP/1.1 503 Service Unavailable");
  test.log.now += milliseconds(1);
  CHECK(Body(test.fixture.Ask("GET", "/steps")) == "page: 4321");
}

TEST_CASE("a page that is not paced never rests, and a 405 for a paced page is not paced") {
  StepsFixture test(4, milliseconds(0));
  test.fixture.router().Add("/long", "GET", [&test](const PageRequest&) {
    return Page{.steps = std::make_unique<Steps>(test.log, 4)};
  });
  for (int i = 0; i < 2; ++i) {
    CHECK(Body(test.fixture.Ask("GET", "/long")) == "4321");
    CHECK(StatusLine(test.fixture.Ask("PUT", "/steps")) == "HTTP/1.1 405 Method Not Allowed");
  }
}

TEST_CASE("a page whose client is closed by Stop is not made further") {
  StepsFixture test(1'000'000, milliseconds(0));
  const auto asking = test.fixture.Connect();
  test.fixture.Run(SendOnly(*asking, "/steps"));
  while (test.log.events.empty()) test.fixture.context().run_one();
  test.fixture.Stop();
  CHECK(test.log.in_the_making == 0);
  CHECK(test.log.events.size() < 1000);
}

TEST_CASE("a page whose client loses its place to another is not made further") {
  ServerOptions options;
  options.limits.connections = 1;
  options.limits.grace = milliseconds(0);
  StepsFixture test(1'000'000, milliseconds(0), options);
  const auto asking = test.fixture.Connect();
  test.fixture.Run(SendOnly(*asking, "/steps"));
  while (test.log.events.empty()) test.fixture.context().run_one();
  CHECK(Body(test.fixture.Ask("GET", "/noted")) == "noted");
  CHECK(test.log.in_the_making == 0);
  CHECK(test.log.events.size() < 1000);
}

TEST_CASE("a step that throws closes only its own connection and frees the page for others") {
  StepsFixture test(0);
  CHECK(test.fixture.Ask("GET", "/steps").empty());
  CHECK(test.fixture.Ask("GET", "/steps").empty());
  CHECK(test.log.pages == 2);
  CHECK(test.log.in_the_making == 0);
  CHECK(Body(test.fixture.Ask("GET", "/noted")) == "noted");
}

}  // namespace
}  // namespace k8sm::http_server
