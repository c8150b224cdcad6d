// Pages that are sent while they are made.

#include "lib/http_server/page.h"
#include "lib/http_server/router.h"
#include "lib/http_server/server.h"
#include "test/support/catch.h"
#include "test/unit/http_server/fixture.h"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

constexpr std::size_t kStep = 32 << 10;
// A page of this many steps is larger than the socket buffers of a connection.
constexpr std::size_t kEndless = (64 << 20) / kStep;

struct Counts {
  std::size_t steps = 0;
  std::size_t open = 0;
};

// Each step is a line of kStep bytes.
class Lines final : public BodySource {
 public:
  Lines(Counts& counts, std::size_t steps) : counts_(counts), left_(steps) { ++counts_.open; }
  ~Lines() override { --counts_.open; }

  bool Next(std::string& out) override {
    ++counts_.steps;
    out.append(kStep - 1, 'x').append("\n");
    return --left_ > 0;
  }

 private:
  Counts& counts_;
  std::size_t left_;
};

// Serves /long, a page of five steps, and /endless; /paced and /paced?endless are the same, paced.
struct LinesFixture {
  explicit LinesFixture(ServerOptions options = {})
      : fixture(
            std::move(options), [this] { return now; }, std::chrono::hours(1)) {
    fixture.router().Add("/long", "GET", [this](const PageRequest&) { return Make(5); });
    fixture.router().Add("/endless", "GET", [this](const PageRequest&) { return Make(kEndless); });
    fixture.router().AddPaced("/paced", "GET", [this](const PageRequest& request) {
      return Make(request.query.empty() ? 5 : kEndless);
    });
  }

  Page Make(std::size_t steps) { return {.steps = std::make_unique<Lines>(counts, steps)}; }

  // A client that sends a request and reads only the head of the response.
  std::unique_ptr<Client> AskAndStop(const std::string& target);
  // Runs until nothing more happens without the client.
  void Settle() {
    while (fixture.context().poll() > 0) {
    }
  }

  PagePace::Clock::time_point now{std::chrono::hours(1)};
  Counts counts;
  Fixture fixture;
};

Awaitable<void> ReadHead(Client& client, std::string target) {
  co_await client.Send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string head = co_await client.ReadTo("\r\n\r\n");
  CHECK(StatusLine(head) == "HTTP/1.1 200 OK");
}

Awaitable<void> ReadRest(Client& client, std::string& rest) {
  rest = co_await client.ReadToClose();
}

std::unique_ptr<Client> LinesFixture::AskAndStop(const std::string& target) {
  auto client = fixture.Connect();
  fixture.Run(ReadHead(*client, target));
  Settle();
  return client;
}

// The body that the chunks make up; the number of chunks in `chunks`.
std::string Unchunk(const std::string& body, std::size_t& chunks) {
  std::string text;
  for (std::size_t at = 0; at < body.size();) {
    const std::size_t line = body.find("\r\n", at);
    REQUIRE(line != std::string::npos);
    const std::size_t size = std::stoul(body.substr(at, line - at), nullptr, 16);
    if (size == 0) {
      CHECK(body.substr(at) == "0\r\n\r\n");
      return text;
    }
    ++chunks;
    text += body.substr(line + 2, size);
    at = line + 2 + size + 2;
  }
  FAIL_CHECK("the last chunk is missing");
  return text;
}

std::string LinesOf(std::size_t steps) {
  std::string text;
  for (; steps > 0; --steps) text.append(kStep - 1, 'x').append("\n");
  return text;
}

TEST_CASE("a page longer than a piece is sent in chunks") {
  LinesFixture test;
  const std::string answer = test.fixture.Ask("GET", "/long");
  CHECK(HasLine(answer, "Transfer-Encoding: chunked"));
  std::size_t chunks = 0;
  CHECK(Unchunk(Body(answer), chunks) == LinesOf(5));
  CHECK(chunks == 3);
  CHECK(test.counts.open == 0);
}

TEST_CASE("the connection is kept after a page in pieces") {
  LinesFixture test;
  const std::string asked =
      "GET /long HTTP/1.1\r\nHost: a\r\n\r\nGET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const std::string answers = test.fixture.Exchange(asked);
  CHECK(answers.find("\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n") != std::string::npos);
  CHECK(answers.ends_with("\r\n\r\nok"));
}

TEST_CASE("an HTTP/1.0 client gets a page in pieces without chunks, until the connection is closed") {
  LinesFixture test;
  const std::string answer = test.fixture.Exchange("GET /long HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(StatusLine(answer) == "HTTP/1.0 200 OK");
  CHECK(answer.find("Transfer-Encoding") == std::string::npos);
  CHECK(answer.find("keep-alive") == std::string::npos);
  CHECK(Body(answer) == LinesOf(5));
}

TEST_CASE("HEAD gets the head of a page in pieces, of which only the first piece is made") {
  LinesFixture test;
  const std::string answer = test.fixture.Ask("HEAD", "/endless");
  CHECK(HasLine(answer, "Transfer-Encoding: chunked"));
  CHECK(Body(answer).empty());
  CHECK(test.counts.steps == 2);
}

TEST_CASE("a page is made only as far as its client reads") {
  LinesFixture test;
  const auto client = test.AskAndStop("/endless");
  CHECK(test.counts.steps < kEndless / 2);
  CHECK(test.counts.open == 1);
  CHECK(Body(test.fixture.Ask("GET", "/ok")) == "ok");
}

TEST_CASE("a page whose client disconnects is not made further") {
  LinesFixture test;
  test.AskAndStop("/endless").reset();
  while (test.counts.open > 0) REQUIRE(test.fixture.context().run_one_for(kPatience) > 0);
  CHECK(test.counts.steps < kEndless);
}

TEST_CASE("a client that does not read a paced page does not keep others waiting for it") {
  LinesFixture test;
  const auto slow = test.AskAndStop("/paced?endless");
  CHECK(test.counts.open == 1);
  std::size_t chunks = 0;
  CHECK(Unchunk(Body(test.fixture.Ask("GET", "/paced")), chunks) == LinesOf(5));
  CHECK(test.counts.open == 1);
}

TEST_CASE("of too many clients that do not read, the least recently served one is cut off for another") {
  ServerOptions options;
  options.limits.unfinished = 2;
  LinesFixture test(options);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 3; ++i) clients.push_back(test.AskAndStop("/endless"));
  CHECK(test.counts.open == 2);
  std::string rest;
  test.fixture.Run(ReadRest(*clients.front(), rest));
  CHECK(!rest.ends_with("\r\n0\r\n\r\n"));
  CHECK(rest.size() < kEndless * kStep);
  CHECK(Body(test.fixture.Ask("GET", "/ok")) == "ok");
}

Awaitable<void> ReadPage(Client& client) {
  co_await client.Send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string answer = co_await client.ReadTo("\r\n0\r\n\r\n");
  CHECK(StatusLine(answer) == "HTTP/1.1 200 OK");
}

TEST_CASE("a client that has read its whole page makes room for another and keeps its connection") {
  ServerOptions options;
  options.limits.unfinished = 1;
  LinesFixture test(options);
  const auto first = test.fixture.Connect();
  const auto second = test.fixture.Connect();
  for (int i = 0; i < 2; ++i) {
    test.fixture.Run(ReadPage(*first));
    test.fixture.Run(ReadPage(*second));
  }
}

TEST_CASE("a step that throws leaves its page without an end, and other pages are served") {
  struct Broken final : BodySource {
    bool Next(std::string& out) override {
      if (++steps == 4) throw std::logic_error("a bug");
      out.append(kStep, 'x');
      return true;
    }
    int steps = 0;
  };
  LinesFixture test;
  test.fixture.router().Add("/broken", "GET",
                            [](const PageRequest&) { return Page{.steps = std::make_unique<Broken>()}; });
  const std::string answer = test.fixture.Ask("GET", "/broken");
  CHECK(StatusLine(answer) == "HTTP/1.1 200 OK");
  CHECK(!answer.ends_with("\r\n0\r\n\r\n"));
  CHECK(Body(test.fixture.Ask("GET", "/ok")) == "ok");
}

}  // namespace
}  // namespace k8sm::http_server
