#include "lib/client/api_stream.h"

#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/post.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using std::chrono::milliseconds;

struct Fixture {
  explicit Fixture(ScriptServer::Script script, ClientOptions options = {})
      : server(io, std::move(script)),
        client(ApiClient::Create(io.get_executor(), server.config(), std::move(options)).value()),
        stream(client->NewStream()) {}

  // Collects in `received` what the sink gets.
  Result<void> Get(ApiStream::Timeouts timeouts = {}) {
    received.clear();
    ApiStream::Sink sink = [this](std::string_view bytes) -> Result<void> {
      received += bytes;
      return {};
    };
    return Run(io, stream->Get("/api/v1/pods?watch=true", timeouts, std::move(sink)));
  }

  asio::io_context io;
  ScriptServer server;
  std::unique_ptr<ApiClient> client;
  std::unique_ptr<ApiStream> stream;
  std::string received;
};

const std::string kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_CASE("a stream passes its body to the sink and reuses the connection") {
  Fixture f({{{kHead + "3\r\n{}{\r\n1\r\n}\r\n0\r\n\r\n"}, {JsonAnswer("{}")}}});
  CHECK(f.Get().has_value());
  CHECK(f.received == "{}{}");
  CHECK(f.Get().has_value());
  CHECK(f.received == "{}");
  CHECK(f.server.connections() == 1);
}

TEST_CASE("max_response_bytes does not limit a stream") {
  ClientOptions options;
  options.max_response_bytes = 10;
  const std::string body(20'000'000, 'x');
  Fixture f({{{JsonAnswer(body)}}}, options);
  CHECK(f.Get().has_value());
  CHECK(f.received == body);
}

TEST_CASE("a stream that is cut off is unavailable, and the next call uses a new connection") {
  Fixture f({{{kHead + "3\r\n{}{\r\n", true}}, {{JsonAnswer("{}")}}});
  const auto got = f.Get();
  REQUIRE(got.has_error());
  CHECK(got.error().code == Errc::kUnavailable);
  CHECK(f.received == "{}{");
  f.stream->Cancel();  // no effect: there is nothing left to cancel
  CHECK(f.Get().has_value());
  CHECK(f.server.connections() == 2);
}

TEST_CASE("a stream replaces a connection that was closed between requests") {
  Fixture f({{{JsonAnswer("1"), true}}, {{JsonAnswer("2")}, {"", true}}, {{JsonAnswer("3")}}});
  CHECK(f.Get().has_value());
  f.server.WaitForClosed(1);
  CHECK(f.Get().has_value());
  CHECK(f.Get().has_value());
  CHECK(f.received == "3");
}

TEST_CASE("the HTTP error of a stream is classified, and the sink is not called") {
  Fixture f({{{AnswerWith("410 Gone", "", "{}")}, {AnswerWith("429 No", "Retry-After: 1\r\n", "{}")}}});
  CHECK(f.Get().error().code == Errc::kExpired);
  CHECK(f.Get().error().retry_after == std::chrono::seconds(1));
  CHECK(f.received.empty());
  CHECK(f.server.connections() == 1);
}

TEST_CASE("a stream that is not JSON is malformed, and the sink is not called") {
  Fixture f({{{AnswerWith("200 OK", "Content-Type: text/html\r\n", "<html>")}}});
  CHECK(f.Get().error().code == Errc::kMalformed);
  CHECK(f.received.empty());
}

TEST_CASE("a sink that fails ends the stream with its error and closes the connection") {
  Fixture f({{{kHead + "1\r\n{\r\n"}}, {{JsonAnswer("{}")}}});
  ApiStream::Sink sink = [](std::string_view) -> Result<void> {
    return Error{.code = Errc::kExpired, .message = "mine"};
  };
  const auto got = Run(f.io, f.stream->Get("/x", {}, sink));
  REQUIRE(got.has_error());
  CHECK(got.error().code == Errc::kExpired);
  CHECK(got.error().message == "mine");
  CHECK(f.Get().has_value());
  CHECK(f.server.connections() == 2);
}

TEST_CASE("a silent stream times out at its quiet, idle and total deadlines") {
  const milliseconds shortly(300);
  Fixture f({{{""}}, {{kHead + "1\r\n{\r\n"}}, {{kHead}}});
  CHECK(f.Get({.quiet = shortly}).error().code == Errc::kTimeout);
  CHECK(f.Get({.quiet = shortly, .idle = shortly}).error().code == Errc::kTimeout);
  CHECK(f.received == "{");
  const auto begin = std::chrono::steady_clock::now();
  CHECK(f.Get({.total = shortly}).error().code == Errc::kTimeout);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  CHECK(f.server.connections() == 3);
}

TEST_CASE("a stream ends at the deadline of its call, also where it has no connection yet") {
  const auto in_time = [] { return std::chrono::steady_clock::now() + milliseconds(200); };
  ApiStream::Timeouts patient{
      .quiet = std::chrono::hours(1), .idle = std::chrono::hours(1), .total = std::chrono::hours(1)};
  SECTION("of silence before and in the body") {
    Fixture f({{{GENERATE(as<std::string>(), "", kHead, kHead + "3\r\n{}{\r\n")}}});
    patient.deadline = in_time();
    CHECK(f.Get(patient).error().code == Errc::kTimeout);
  }
  SECTION("of a handshake") {
    ClientOptions options;
    options.connect_timeout = std::chrono::hours(1);
    Fixture f({}, options);
    RestConfig config = f.server.config();
    config.scheme = "https";  // which it does not speak
    f.client = ApiClient::Create(f.io.get_executor(), config, options).value();
    f.stream = f.client->NewStream();
    patient.deadline = in_time();
    CHECK(f.Get(patient).error().code == Errc::kTimeout);
  }
}

TEST_CASE("a silent stream goes on until both its quiet and its idle limit are over") {
  const milliseconds never(std::chrono::hours(1));
  const milliseconds in_all(200);
  for (const auto& [quiet, idle] : {std::pair{milliseconds(1), never}, std::pair{never, milliseconds(1)}}) {
    Fixture f({{{kHead + "1\r\n{\r\n"}}});
    ApiStream::Timeouts timeouts;
    const ApiStream::Timeouts later{.quiet = quiet, .idle = idle, .total = in_all};
    ApiStream::Sink sink = [&timeouts, &later](std::string_view bytes) -> Result<void> {
      if (!bytes.empty()) timeouts = later;
      return {};
    };
    const auto begin = std::chrono::steady_clock::now();
    CHECK(Run(f.io, f.stream->Get("/x", timeouts, sink)).error().code == Errc::kTimeout);
    CHECK(std::chrono::steady_clock::now() - begin >= in_all);
  }
}

TEST_CASE("Cancel ends the stream at once and does not affect the next call") {
  Fixture f({{{kHead + "1\r\n{\r\n"}}, {{kHead + "1\r\n{\r\n"}}, {{JsonAnswer("{}")}}});
  f.stream->Cancel();  // no effect between calls
  SECTION("once the request has been sent") {
    const std::function<void()> cancel_later = [&] {
      if (f.server.requests().empty()) return asio::post(f.io, cancel_later);
      f.stream->Cancel();
    };
    cancel_later();
    CHECK(f.Get().error().code == Errc::kCanceled);
  }
  SECTION("while it waits for bytes") {
    ApiStream::Sink sink = [&](std::string_view bytes) -> Result<void> {
      if (!bytes.empty()) asio::post(f.io, [&] { f.stream->Cancel(); });
      return {};
    };
    CHECK(Run(f.io, f.stream->Get("/x", {}, sink)).error().code == Errc::kCanceled);
  }
  SECTION("while the sink is called") {
    ApiStream::Sink sink = [&](std::string_view bytes) -> Result<void> {
      if (!bytes.empty()) f.stream->Cancel();
      return {};
    };
    CHECK(Run(f.io, f.stream->Get("/x", {}, sink)).error().code == Errc::kCanceled);
  }
  const auto next = f.Get({.quiet = milliseconds(300), .idle = milliseconds(300)});
  CHECK(next.error().code == Errc::kTimeout);
}

TEST_CASE("the timeouts of a stream may change while it is read") {
  Fixture f({{{kHead + "1\r\n{\r\n"}}});
  ApiStream::Timeouts timeouts;
  ApiStream::Sink sink = [&timeouts](std::string_view bytes) -> Result<void> {
    if (!bytes.empty()) timeouts = {.quiet = milliseconds(1), .idle = milliseconds(1)};
    return {};
  };
  CHECK(Run(f.io, f.stream->Get("/x", timeouts, sink)).error().code == Errc::kTimeout);
}

TEST_CASE("a stream that fails makes the client discard its other connections") {
  const bool closed = GENERATE(true, false);
  CAPTURE(closed);
  Fixture f({{{JsonAnswer("1")}}, {{kHead, closed}}, {{JsonAnswer("2")}}});
  CHECK(Run(f.io, f.client->Do({.target = "/x"})).value() == "1");
  const ApiStream::Timeouts brief{.total = milliseconds(200)};
  CHECK(f.Get(closed ? ApiStream::Timeouts() : brief).error().code ==
        (closed ? Errc::kUnavailable : Errc::kTimeout));
  CHECK(Run(f.io, f.client->Do({.target = "/x"})).value() == "2");
  CHECK(f.server.connections() == 3);
  CHECK(f.server.requests().size() == 3);
}

TEST_CASE("a stream may outlive its client") {
  Fixture f({{{JsonAnswer("{}")}}});
  f.client.reset();
  CHECK(f.Get().has_value());
}

TEST_CASE("a stream waits for the rate limiter longer than its quiet and idle timeouts") {
  ClientOptions options;
  options.qps = 4;
  options.burst = 1;
  Fixture f({{{JsonAnswer("{}")}, {JsonAnswer("{}")}}}, options);
  CHECK(f.Get().has_value());
  // It may time out then, but the request is sent.
  (void)f.Get({.quiet = milliseconds(1), .idle = milliseconds(1)});
  CHECK(f.server.requests().size() == 2);
}

TEST_CASE("a stream knows the encoding that the server has chosen when it calls the sink") {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Type: ";
  Fixture f({{{head + "application/vnd.kubernetes.protobuf\r\n\r\n1"},
              {head + "application/json\r\n\r\n1"},
              {head + "application/vnd.kubernetes.protobuf\r\n\r\n1"}}});
  std::vector<Encoding> told;
  const ApiStream::Sink sink = [&](std::string_view) -> Result<void> {
    told.push_back(f.stream->encoding());
    return {};
  };
  const auto get = [&](Encoding preferred) {
    return Run(f.io, f.stream->Get("/x", {}, sink, AcceptOf(preferred, Form::kWhole)));
  };
  CHECK(get(Encoding::kProtobuf).has_value());
  CHECK(get(Encoding::kProtobuf).has_value());
  CHECK(told ==
        std::vector<Encoding>{Encoding::kProtobuf, Encoding::kProtobuf, Encoding::kJson, Encoding::kJson});
  CHECK(get(Encoding::kJson).error().code == Errc::kMalformed);
}

}  // namespace
}  // namespace k8sm::client
