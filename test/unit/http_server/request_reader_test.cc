#include "lib/http_server/request_reader.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::http_server {
namespace {

using State = RequestReader::State;

constexpr char kPut[] =
    "PUT /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Two: 1\r\nx-two: 2\r\nContent-Length: 5\r\n\r\nhello";

TEST_CASE("a request is read however its bytes arrive, and what follows it stays in the input") {
  const std::string bytes = kPut;
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    CAPTURE(piece);
    RequestReader reader(1000, 1000);
    std::string input;
    State state = State::kMore;
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      REQUIRE(state == State::kMore);
      input += bytes.substr(at, piece);
      if (at + piece >= bytes.size()) input += "GET";
      state = reader.Feed(input);
    }
    REQUIRE(state == State::kDone);
    CHECK(input == "GET");
    const Request request = reader.Take();
    CHECK(request.method == "PUT");
    CHECK(request.target == "/a%20b?c=d");
    CHECK(request.version == 11);
    CHECK(request.keep_alive);
    CHECK(request.headers == Headers{{"Host", "x"}, {"X-Two", "1"}, {"x-two", "2"}, {"Content-Length", "5"}});
    CHECK(request.body == "hello");
  }
}

TEST_CASE("a request that cannot be read is refused with a status and a reason") {
  struct Case {
    std::string bytes;
    unsigned status;
    std::string why;
  };
  const std::string head = "GET / HTTP/1.1\r\n";
  const std::vector<Case> cases = {
      {head + "\r\n", 400, "missing Host header"},
      {head + "Host: a\r\nHost: a\r\n\r\n", 400, "too many Host headers"},
      {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400, "too many Host headers"},
      {"hello\r\n\r\n", 400, "bad method"},
      {head + "Host: a\r\nX: " + std::string(200, 'x'), 431, "header limit exceeded"},
      {head + "Host: a\r\nContent-Length: 11\r\n\r\n", 413, "body limit exceeded"},
  };
  for (const Case& test : cases) {
    CAPTURE(test.bytes);
    RequestReader reader(100, 10);
    std::string bytes = test.bytes;
    CHECK(reader.Feed(bytes) == State::kRefused);
    CHECK(reader.status() == test.status);
    if (test.status == 400) CHECK_FALSE(reader.why().empty());
    if (test.why.find("Host") != std::string::npos) CHECK(reader.why() == test.why);
  }
  RequestReader reader(100, 10);
  std::string old = "GET / HTTP/1.0\r\n\r\n";
  REQUIRE(reader.Feed(old) == State::kDone);
  const Request request = reader.Take();
  CHECK(request.version == 10);
  CHECK_FALSE(request.keep_alive);
}

TEST_CASE("ExpectsContinue holds only for an HTTP/1.1 request with Expect: 100-continue") {
  const auto expects = [](std::string bytes) {
    RequestReader reader(1000, 1000);
    CHECK(reader.Feed(bytes) == State::kMore);
    return reader.ExpectsContinue();
  };
  const std::string head = "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n";
  CHECK(expects(head + "Expect: 100-Continue\r\n\r\n"));
  CHECK_FALSE(expects(head + "Expect: 100-continue\r\n"));
  CHECK_FALSE(expects(head + "\r\n"));
  CHECK_FALSE(expects("PUT / HTTP/1.0\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"));
}

}  // namespace
}  // namespace k8sm::http_server
