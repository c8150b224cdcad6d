#include "lib/client/origin.h"

#include "test/support/catch.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <chrono>
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

TEST_CASE("a connection is used again until it has been idle for 30 s") {
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
  origin->NoteLoss({.code = Errc::kTimeout});
  CHECK_FALSE(origin->Usable(*connection));
}

}  // namespace
}  // namespace k8sm::client
