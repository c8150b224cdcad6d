#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"
#include "test/unit/client/tunnel_proxy.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::client {
namespace {

using test::ServerContext;
using test::TestAuthority;
// A server behind a proxy.
struct Fixture {
  explicit Fixture(std::string answer = test::kConnected)
      : context(ServerContext(authority.Issue("server", "IP:127.0.0.1"))),
        server(io, {{{JsonAnswer("1")}, {JsonAnswer("2")}}}, &context),
        proxy(io, std::move(answer)),
        config(server.config()) {
    config.ca_pem = authority.cert_pem();
    config.token = "secret";
    config.proxy = proxy.proxy();
  }

  Result<std::string> Get() {
    if (!client) client = ApiClient::Create(io.get_executor(), config, {}).value();
    return Run(io, client->Do({.target = "/x"}));
  }
  std::string Place() const { return "127.0.0.1:" + std::to_string(config.port); }

  TestAuthority authority{"authority"};
  asio::ssl::context context;
  asio::io_context io;
  ScriptServer server;
  TunnelProxy proxy;
  RestConfig config;
  std::unique_ptr<ApiClient> client;
};

TEST_CASE("a TLS server behind a proxy is reached through a tunnel") {
  Fixture f;
  f.config.proxy->authorization = "Basic cGFzcw==";
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  REQUIRE(f.proxy.requests().size() == 1);
  CHECK(f.proxy.requests()[0] == "CONNECT " + f.Place() + " HTTP/1.1\r\nHost: " + f.Place() +
                                     "\r\nUser-Agent: " + f.config.user_agent +
                                     "\r\nProxy-Authorization: Basic cGFzcw==\r\n\r\n");
  // The proxy and the server each get their own credentials only.
  CHECK(f.server.requests().at(0).find("Proxy-Authorization") == std::string::npos);
  CHECK(f.server.requests().at(0).find("Authorization: Bearer secret\r\n") != std::string::npos);
}

TEST_CASE("the error for a proxy that opens no tunnel names it and its answer") {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"HTTP/1.1 403 Forbidden by policy\r\nContent-Length: 5\r\n\r\nnever",
       ": it answered 403 Forbidden by policy"},
      {"HTTP/1.1 407 Who are you\r\n\r\n",
       ": it answered 407 Who are you: it does not take the user name and password of its URL"},
      {"HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n", ": it answered 302 Found"},
      {"SSH-2.0-OpenSSH_9.2\r\n\r\n", ": its response is not HTTP"},
      {"HTTP/1.1 200 OK\r\n" + std::string(100'000, 'x'), ": its response is not HTTP"},
      {"HTTP/1.1 200 OK\r\n", ": it closed the connection"},
      {"", ": it closed the connection"},
      {"HTTP/1.1 200 OK\r\n\r\nhello", ": it sent data before the TLS handshake"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ": it sent data before the TLS handshake"},
  };
  for (const auto& [answer, message] : cases) {
    CAPTURE(message);
    Fixture f(answer);
    f.config.proxy->authorization = "Basic secret";
    const auto got = f.Get();
    REQUIRE(got.has_error());
    CHECK(got.error().code == Errc::kUnavailable);
    CHECK(got.error().message ==
          "ask the proxy " + f.config.proxy->Url() + " for a tunnel to " + f.Place() + message);
    CHECK(f.server.connections() == 0);
  }
}

TEST_CASE("the answer of a proxy may lack the reason and have many headers") {
  std::string headers;
  for (int i = 0; i < 100; ++i) headers += "X-" + std::to_string(i) + ": " + std::string(90, 'x') + "\r\n";
  for (const std::string& answer :
       {std::string("HTTP/1.1 200\r\n\r\n"), std::string("HTTP/1.1 204 Connected\r\n\r\n"),
        "HTTP/1.1 200 OK\r\n" + headers + "\r\n", "HTTP/1.1 200\r\n" + headers + "\r\n"}) {
    Fixture f(answer);
    CHECK(f.Get().value() == "1");
  }
}

TEST_CASE("the error for a 407 without credentials asks for a user name and password in the proxy's URL") {
  Fixture f("HTTP/1.1 407 Who are you\r\n\r\n");
  CHECK(f.Get().error().message.ends_with(": its URL needs a user name and a password"));
}

TEST_CASE("a proxy that does not answer times out, and the error names it") {
  Fixture f;
  ScriptServer silent(f.io, {});
  f.config.proxy = Proxy{.host = "127.0.0.1", .port = silent.config().port, .authorization = ""};
  ClientOptions options;
  options.connect_timeout = std::chrono::milliseconds(50);
  options.request_timeout = std::chrono::hours(10);
  f.client = ApiClient::Create(f.io.get_executor(), f.config, options).value();
  const Error error = f.Get().error();
  CHECK(error.code == Errc::kTimeout);
  CHECK(error.message ==
        "ask the proxy " + f.config.proxy->Url() + " for a tunnel to " + f.Place() + ": timed out");
}

TEST_CASE("the error for a proxy that refuses the connection names it") {
  Fixture f;
  asio::io_context other;
  f.config.proxy = TunnelProxy(other).proxy();
  const Error error = f.Get().error();
  CHECK(error.code == Errc::kUnavailable);
  const std::string place = "127.0.0.1:" + std::to_string(f.config.proxy->port);
  CHECK(error.message == "the proxy http://" + place + ": connect to " + place + ": Connection refused");
}

TEST_CASE("the certificate of a server behind a proxy is verified too") {
  Fixture f;
  f.config.ca_pem = TestAuthority("another").cert_pem();
  const Error error = f.Get().error();
  CHECK(
      error.message.starts_with("TLS handshake with " + f.Place() + " through the proxy http://127.0.0.1:"));
  CHECK(f.server.requests().empty());
}

TEST_CASE("a request over http is sent to the proxy with the absolute URL") {
  asio::io_context io;
  ScriptServer proxy(io, {{{JsonAnswer("1")}}});
  RestConfig config;
  config.scheme = "http";
  config.host = "no-such-host.example";
  config.port = 8080;
  config.proxy = Proxy{.host = "127.0.0.1", .port = proxy.config().port, .authorization = ""};
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  CHECK(Run(io, client->Do({.target = "/x"})).value() == "1");
  CHECK(proxy.requests().at(0).starts_with("GET http://no-such-host.example:8080/x HTTP/1.1\r\n"));
}

}  // namespace
}  // namespace k8sm::client
