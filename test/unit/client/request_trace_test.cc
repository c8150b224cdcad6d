// What is logged of requests.

#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/support/log_capture.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <memory>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

TEST_CASE("a request is logged at V(6) with its status and duration, without headers and bodies") {
  asio::io_context io;
  ScriptServer server(io, {{{AnswerWith("403 Forbidden", "Secret: in-the-answer\r\n", "{}")}}});
  const auto client = ApiClient::Create(io.get_executor(), server.config(), {}).value();
  test::LogCapture log(6);
  Request request{.method = Method::kPost, .target = "/api/v1/x?y=1", .body = R"({"secret":"in-the-body"})"};
  CHECK_FALSE(Run(io, client->Do(std::move(request))).has_value());
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines().front().starts_with("I POST /api/v1/x?y=1: 403 in "));
  CHECK(log.lines().front().ends_with(" ms"));
}

TEST_CASE("a request that cannot connect is logged at V(6) with the class of its error") {
  asio::io_context io;
  RestConfig nowhere;
  nowhere.scheme = "http";
  nowhere.host = "127.0.0.1";
  nowhere.port = 1;
  const auto client = ApiClient::Create(io.get_executor(), nowhere, {}).value();
  test::LogCapture log(6);
  CHECK_FALSE(Run(io, client->Do({.target = "/api/v1/x"})).has_value());
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines().front().starts_with("I GET /api/v1/x: unavailable in "));
}

TEST_CASE("requests are not logged below V(6)") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("{}")}}});
  const auto client = ApiClient::Create(io.get_executor(), server.config(), {}).value();
  test::LogCapture log(5);
  CHECK(Run(io, client->Do({.target = "/api/v1/x"})).has_value());
  CHECK(log.lines().empty());
}

}  // namespace
}  // namespace k8sm::client
