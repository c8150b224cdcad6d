#include "lib/client/origin.h"

#include "test/support/catch.h"
#include "test/unit/client/connection/fake_transport.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/post.hpp>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

// A connection over which a request has been answered.
Awaitable<std::unique_ptr<HttpConnection>> Connected(Origin& origin) {
  const TimePoint deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  Request request{.target = "/x"};
  auto answer = co_await origin.Send(std::move(request), nullptr, std::chrono::minutes(1), deadline, false);
  std::string body;
  const auto read = co_await answer.value().connection->ReadAll(body, 100, deadline);
  CHECK(read.has_value());
  co_return std::move(answer.value().connection);
}

// An idle connection without a peer, which looks open, takes this many more writes and answers none of them.
std::unique_ptr<HttpConnection> Idle(asio::io_context& io, int writes) {
  std::deque<std::string> answers{JsonAnswer("1")};
  auto connection =
      std::make_unique<HttpConnection>(std::make_unique<FakeTransport>(std::move(answers), 1 + writes));
  std::string body;
  REQUIRE(Run(io, connection->Send("GET / HTTP/1.1\r\n\r\n", TimePoint::max())).has_value());
  REQUIRE(Run(io, connection->ReadAll(body, 100, TimePoint::max())).has_value());
  return connection;
}

TEST_CASE("a connection is usable until it has been idle for 30 s or another one is lost") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  TimePoint now;
  const auto origin = Origin::Create(io.get_executor(), server.config(), {}, [&now] { return now; }).value();
  const auto connection = Run(io, Connected(*origin));
  now = connection->heard() + std::chrono::seconds(30);
  CHECK(origin->Usable(*connection));
  now += std::chrono::milliseconds(1);
  CHECK_FALSE(origin->Usable(*connection));
  now = connection->heard();
  CHECK(origin->Usable(*connection));
  origin->NoteLoss(*connection, {.code = Errc::kTimeout});
  CHECK_FALSE(origin->Usable(*connection));
}

TEST_CASE("a connection that was being opened when another was lost is not reused") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  const auto origin = Origin::Create(io.get_executor(), server.config(), {}).value();
  const auto other = Idle(io, 1);
  // Once the request has begun to connect.
  asio::post(io, [&] { asio::post(io, [&] { origin->NoteLoss(*other, {.code = Errc::kUnavailable}); }); });
  const auto connection = Run(io, Connected(*origin));
  CHECK_FALSE(origin->Usable(*connection));
}

Result<Answer> SendOver(asio::io_context& io, Origin& origin, std::unique_ptr<HttpConnection> kept,
                        Method method) {
  const auto a_minute = std::chrono::minutes(1);
  return Run(io, origin.Send({.method = method, .target = "/x", .body = "{}"}, std::move(kept), a_minute,
                             std::chrono::steady_clock::now() + a_minute, false));
}

TEST_CASE("a write is sent again over a new connection only if the closed one has not taken it") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}, {{JsonAnswer("2")}}});
  const auto origin = Origin::Create(io.get_executor(), server.config(), {}).value();
  CHECK(SendOver(io, *origin, Idle(io, 0), Method::kPut).has_value());
  CHECK(server.requests().size() == 1);
  const auto other = Origin::Create(io.get_executor(), server.config(), {}).value();
  const Error lost = SendOver(io, *other, Idle(io, 1), Method::kPut).error();
  CHECK(lost.sent);
  CHECK(lost.message.ends_with("; the outcome of the PUT is unknown"));
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a failure to connect makes idle connections unusable") {
  asio::io_context io;
  const RestConfig nowhere = ScriptServer(io, {}).config();
  const auto origin = Origin::Create(io.get_executor(), nowhere, {}).value();
  const auto idle = Idle(io, 1);
  CHECK(origin->Usable(*idle));
  CHECK(SendOver(io, *origin, nullptr, Method::kGet).error().code == Errc::kUnavailable);
  CHECK_FALSE(origin->Usable(*idle));
}

TEST_CASE("the loss of a connection makes idle ones unusable, and an error that is no loss does not") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  const auto origin = Origin::Create(io.get_executor(), server.config(), {}).value();
  const auto connection = Run(io, Connected(*origin));
  for (const Errc code : {Errc::kCanceled, Errc::kMalformed, Errc::kForbidden})
    origin->NoteLoss(*connection, {.code = code});
  CHECK(origin->Usable(*connection));
  origin->NoteLoss(*connection, {.code = Errc::kUnavailable});
  CHECK_FALSE(origin->Usable(*connection));
}

}  // namespace
}  // namespace k8sm::client
