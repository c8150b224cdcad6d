#include "lib/client/connection/http_connection.h"

#include "test/support/catch.h"
#include "test/unit/client/connection/fake_transport.h"
#include "test/unit/client/message/gzip.h"
#include "test/unit/client/run.h"

#include <chrono>
#include <deque>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

struct Outcome {
  Result<ResponseHead> head;
  Result<void> read;
  std::string body;
  bool reusable = false;
};

Outcome Receive(std::deque<std::string> pieces) {
  asio::io_context io;
  HttpConnection connection(std::make_unique<FakeTransport>(std::move(pieces)));
  Outcome outcome;
  outcome.head = Run(io, connection.Send("GET / HTTP/1.1\r\n\r\n", TimePoint::max()));
  if (outcome.head) outcome.read = Run(io, connection.ReadAll(outcome.body, 1 << 20, TimePoint::max()));
  outcome.reusable = outcome.head && outcome.read && connection.Reusable();
  return outcome;
}

const std::string kChunked =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5;x=y\r\nhello\r\n1\r\n \r\nA\r\nwide world\r\n0\r\nTrailer: 1\r\n\r\n";

TEST_CASE("a status line may lack the reason and the space before it") {
  const std::string answer = "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nhi";
  const std::string interim = "HTTP/1.1 100\r\n\r\n";
  std::deque<std::string> bytes;
  for (const char c : interim + answer) bytes.emplace_back(1, c);
  for (const std::deque<std::string>& pieces : {std::deque<std::string>{answer}, {interim + answer}, bytes}) {
    const Outcome outcome = Receive(pieces);
    REQUIRE(outcome.head.has_value());
    CHECK(outcome.head->status == 200);
    CHECK(outcome.body == "hi");
    CHECK(outcome.reusable);
  }
}

TEST_CASE("an error says whether the whole request was sent") {
  asio::io_context io;
  HttpConnection deaf(std::make_unique<FakeTransport>(std::deque<std::string>(), 0));
  CHECK_FALSE(Run(io, deaf.Send("GET / HTTP/1.1\r\n\r\n", TimePoint::max())).error().sent);
  CHECK(Receive({}).head.error().sent);
  CHECK(Receive({"no HTTP at all"}).head.error().sent);
  CHECK(Receive({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel"}).read.error().sent);
  const std::string gzip = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n";
  CHECK(Receive({gzip + "no gzip"}).read.error().sent);
  CHECK(Receive({gzip + Gzip("hello").substr(0, 12)}).read.error().sent);
  CHECK(Receive({"HTTP/1.1 200 OK\r\n\r\n" + std::string((1 << 20) + 1, 'x')}).read.error().sent);
}

const std::string kShort = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

TEST_CASE("heard() is the time at which the last bytes were received") {
  asio::io_context io;
  HttpConnection connection(std::make_unique<FakeTransport>(std::deque<std::string>{kShort, kShort}));
  for (int i = 0; i < 2; ++i) {
    const TimePoint before = std::chrono::steady_clock::now();
    CHECK(connection.heard() <= before);
    std::string body;
    CHECK(Run(io, connection.Send("GET / HTTP/1.1\r\n\r\n", TimePoint::max())).has_value());
    CHECK(Run(io, connection.ReadAll(body, 100, TimePoint::max())).has_value());
    CHECK(connection.heard() >= before);
  }
}

TEST_CASE("a chunked body is read however it is split in two") {
  for (std::size_t cut = 1; cut < kChunked.size(); ++cut) {
    CAPTURE(cut);
    const Outcome outcome = Receive({kChunked.substr(0, cut), kChunked.substr(cut)});
    REQUIRE(outcome.head.has_value());
    CHECK(outcome.head->status == 200);
    CHECK(outcome.head->content_type == "application/json");
    REQUIRE(outcome.read.has_value());
    CHECK(outcome.body == "hello wide world");
    CHECK(outcome.reusable);
  }
}

TEST_CASE("a chunked body is read when it arrives byte by byte") {
  std::deque<std::string> pieces;
  for (const char c : kChunked) pieces.emplace_back(1, c);
  const Outcome outcome = Receive(std::move(pieces));
  REQUIRE(outcome.read.has_value());
  CHECK(outcome.body == "hello wide world");
}

TEST_CASE("a response that ends too early is unavailable, and its connection is not reused") {
  for (std::size_t size = 0; size < kChunked.size(); ++size) {
    CAPTURE(size);
    const Outcome outcome = Receive({kChunked.substr(0, size)});
    REQUIRE((outcome.head.has_error() || outcome.read.has_error()));
    CHECK((outcome.head ? outcome.read.error() : outcome.head.error()).code == Errc::kUnavailable);
    CHECK_FALSE(outcome.reusable);
  }
  const Outcome outcome = Receive({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"});
  REQUIRE(outcome.read.has_error());
  CHECK(outcome.read.error().code == Errc::kUnavailable);
}

TEST_CASE("a body without a length ends with the connection") {
  for (const std::string version : {"HTTP/1.0", "HTTP/1.1"}) {
    const Outcome outcome = Receive({version + " 200 OK\r\n\r\nhello", " world"});
    REQUIRE(outcome.read.has_value());
    CHECK(outcome.body == "hello world");
    CHECK_FALSE(outcome.reusable);
  }
}

TEST_CASE("a connection is reusable unless the server closes it or has sent something unrequested") {
  CHECK(Receive({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"}).reusable);
  CHECK(Receive({"HTTP/1.1 204 No Content\r\n\r\n"}).reusable);
  CHECK_FALSE(Receive({"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"}).reusable);
  CHECK_FALSE(Receive({"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}).reusable);
  CHECK(Receive({"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n"}).reusable);
  // The server has sent something unrequested.
  CHECK_FALSE(Receive({"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK"}).reusable);
}

TEST_CASE("interim responses are skipped") {
  const Outcome outcome =
      Receive({"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n"
               "Content-Length: 2\r\n\r\nok"});
  REQUIRE(outcome.head.has_value());
  CHECK(outcome.head->status == 200);
  CHECK(outcome.body == "ok");
}

TEST_CASE("the status, Retry-After, warnings and location of a response are read") {
  const Outcome outcome =
      Receive({"HTTP/1.1 429 Too Many Requests\r\nretry-after: 3\r\nWarning: 299 - \"a\"\r\nX: y\r\nwarning: "
               "299 - \"b\"\r\n"
               "Location: /x\r\nContent-Length: 0\r\n\r\n"});
  REQUIRE(outcome.head.has_value());
  CHECK(outcome.head->status == 429);
  CHECK(outcome.head->retry_after == std::chrono::seconds(3));
  CHECK(outcome.head->warnings == std::vector<std::string>{"a", "b"});
  CHECK(outcome.head->location == "/x");
}

TEST_CASE("a response that is not valid HTTP is malformed") {
  const std::vector<std::string> answers = {
      "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "HTTP/1.1 20 OK\r\n\r\n",
      "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
      "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabcd\r\n",
      // Heads and lines without an end.
      "HTTP/1.1 200 OK\r\n" + std::string(1 << 20, 'x'),
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(1 << 20, 'x'),
  };
  for (const std::string& answer : answers) {
    CAPTURE(answer.substr(0, 80));
    const Outcome outcome = Receive({answer});
    REQUIRE((outcome.head.has_error() || outcome.read.has_error()));
    CHECK((outcome.head ? outcome.read.error() : outcome.head.error()).code == Errc::kMalformed);
  }
}

TEST_CASE("the head of a response may have 60 KiB") {
  const Outcome outcome =
      Receive({"HTTP/1.1 200 OK\r\nX: " + std::string(60 << 10, 'x') + "\r\nContent-Length: 2\r\n\r\nhi"});
  CHECK(outcome.head.has_value());
  CHECK(outcome.body == "hi");
}

TEST_CASE("endless header lines are malformed") {
  std::deque<std::string> pieces{"HTTP/1.1 200 OK\r\n"};
  for (int i = 0; i < 100'000; ++i) pieces.push_back("X-Flood: aaaaaaaaaaaaaaaaaaaaaaaa\r\n");
  const Outcome outcome = Receive(std::move(pieces));
  REQUIRE(outcome.head.has_error());
  CHECK(outcome.head.error().code == Errc::kMalformed);
}

const std::string kGzipHead =
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string Chunk(const std::string& bytes) {
  std::ostringstream text;
  text << std::hex << bytes.size() << "\r\n" << bytes << "\r\n";
  return text.str();
}

TEST_CASE("a compressed body is decompressed however it is split in two") {
  const std::string bytes = Gzip("hello wide world");
  const std::string answer = kGzipHead + Chunk(bytes.substr(0, 11)) + Chunk(bytes.substr(11)) + "0\r\n\r\n";
  for (std::size_t cut = 1; cut < answer.size(); ++cut) {
    CAPTURE(cut);
    const Outcome outcome = Receive({answer.substr(0, cut), answer.substr(cut)});
    REQUIRE(outcome.read.has_value());
    CHECK(outcome.body == "hello wide world");
    CHECK(outcome.reusable);
  }
}

TEST_CASE("the limit of a body applies to its decompressed size") {
  const std::string bytes = Gzip(std::string((1 << 20) + 1, 'x'));
  const Outcome outcome = Receive({kGzipHead + Chunk(bytes) + "0\r\n\r\n"});
  REQUIRE(outcome.read.has_error());
  CHECK(outcome.read.error().code == Errc::kMalformed);
}

TEST_CASE("a compressed body that is truncated, corrupt or not gzip is an error") {
  const std::string bytes = Gzip("hello wide world");
  CHECK(Receive({kGzipHead + Chunk(bytes.substr(0, 12)) + "0\r\n\r\n"}).read.error().code ==
        Errc::kMalformed);
  CHECK(Receive({kGzipHead + Chunk("hello") + "0\r\n\r\n"}).read.error().code == Errc::kMalformed);
  CHECK(Receive({kGzipHead + Chunk(bytes.substr(0, 12))}).read.error().code == Errc::kUnavailable);
  CHECK(
      Receive({"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"}).head.error().code ==
      Errc::kMalformed);
  CHECK(Receive({"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\nx"}).body == "x");
  CHECK(Receive({"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n"}).read.has_value());
}

TEST_CASE("a body larger than the limit is malformed") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: ";
  CHECK(Receive({head + "1048576\r\n\r\n" + std::string(1 << 20, 'x')}).read.has_value());
  const Outcome outcome = Receive({head + "1048577\r\n\r\n" + std::string((1 << 20) + 1, 'x')});
  REQUIRE(outcome.read.has_error());
  CHECK(outcome.read.error().code == Errc::kMalformed);
}

}  // namespace
}  // namespace k8sm::client
