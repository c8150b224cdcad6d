#include "controller/ops/ops_port.h"

#include "lib/async/notifier.h"
#include "lib/async/task_group.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/task_failure.h"
#include "test/support/temp_directory.h"
#include "test/unit/http_server/fixture.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

namespace asio = boost::asio;

TEST_CASE("an ops port that cannot be served names the flags, and is unavailable if its address is in use") {
  asio::io_context context;
  const http_server::Router router;
  const auto message = [&](const OpsPortOptions& options, Errc code = Errc::kInvalidConfig) {
    const auto server = ListenForOps(context.get_executor(), options, router);
    if (server) return std::string("served");
    CHECK(server.error().code == code);
    return server.error().message;
  };
  const auto first = ListenForOps(context.get_executor(), {}, router);
  REQUIRE(first.has_value());
  const std::uint16_t port = (*first)->port();
  CHECK(message({.port = port}, Errc::kUnavailable) ==
        "-address, -port: cannot listen on 127.0.0.1:" + std::to_string(port) + ": Address already in use");
  CHECK(
      message({.address = "nowhere", .port = 1}).starts_with("-address, -port: cannot listen on nowhere:1"));

  test::TempDirectory directory;
  const auto pair = test::TestAuthority("a").Issue("server", "IP:127.0.0.1");
  const auto other = test::TestAuthority("b").Issue("server", "IP:127.0.0.1");
  directory.Write("tls.crt", pair.cert_pem);
  directory.Write("tls.key", pair.key_pem);
  OpsPortOptions tls{.tls_cert_file = directory.path() + "/tls.crt",
                     .tls_private_key_file = directory.path() + "/tls.key"};
  CHECK(message(tls) == "served");
  directory.Write("tls.key", other.key_pem);
  CHECK(message(tls) == "-tls_private_key_file: " + tls.tls_private_key_file +
                            ": does not match -tls_cert_file: " + tls.tls_cert_file);
  tls.tls_cert_file = directory.path() + "/none";
  CHECK(message(tls) == "-tls_cert_file: " + tls.tls_cert_file + ": No such file or directory");
}

TEST_CASE("an ops port uses TLS off loopback, and on loopback if it has a certificate") {
  for (const char* address : {"127.0.0.1", "127.8.8.8", "::1"}) {
    CAPTURE(address);
    CHECK(IsLoopback(address));
    CHECK_FALSE(IsHttps({.address = address}));
    CHECK(IsHttps({.address = address, .tls_cert_file = "tls.crt"}));
  }
  for (const char* address : {"0.0.0.0", "::", "10.0.0.1", "fd00::1", "localhost", ""}) {
    CAPTURE(address);
    CHECK_FALSE(IsLoopback(address));
    CHECK(IsHttps({.address = address}));
  }
}

std::string AskAs(http_server::Fixture& fixture, const std::string& path, const std::string& host) {
  return fixture.Exchange("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
}

Awaitable<Result<std::string>> Review(bool allowed) {
  co_return R"({"kind":"SubjectAccessReview","status":{"allowed":)" +
      std::string(allowed ? "true" : "false") + "}}";
}

Awaitable<Result<std::string>> KnowAnna() {
  co_return R"({"kind":"TokenReview","status":{"authenticated":true,"user":{"username":"anna"}}})";
}

void AddPage(http_server::Router& router, const std::string& path) {
  router.Add(path, "GET", [](const http_server::PageRequest&) { return http_server::Page{.body = "ok"}; });
}

TEST_CASE("an ops port on loopback is not served under the name of another host") {
  http_server::Router router;
  AddPage(router, "/ok");
  http_server::Fixture local({}, OpsHandler(router, nullptr, true));
  CHECK(AskAs(local, "/ok", "localhost:10252").starts_with("HTTP/1.1 200 "));
  const std::string refusal = AskAs(local, "/ok", "elsewhere.example:10252");
  CHECK(refusal.starts_with("HTTP/1.1 403 "));
  CHECK(refusal.ends_with(
      "this port is not served as elsewhere.example:10252; use localhost or an IP address\n"));
  http_server::Fixture open({}, OpsHandler(router, nullptr, false));
  CHECK(AskAs(open, "/ok", "elsewhere.example:10252").starts_with("HTTP/1.1 200 "));
}

TEST_CASE("the gate opens some paths to every client, and other pages to clients that it admits") {
  http_server::Router router;
  AddPage(router, "/ok");
  AddPage(router, "/healthz");
  http_server::Handler handler;
  http_server::Fixture fixture({}, [&handler](http_server::Exchange& exchange) { return handler(exchange); });
  bool allowed = false;
  std::string asked;
  AccessGate gate(
      fixture.context().get_executor(), {"/healthz"},
      [&](client::Request request) {
        asked = request.body;
        return Review(allowed);
      },
      test::ThrowTaskFailure);
  handler = OpsHandler(router, &gate, false);
  CHECK(AskAs(fixture, "/healthz", "a").starts_with("HTTP/1.1 200 "));
  CHECK(AskAs(fixture, "/healthz?verbose", "a").starts_with("HTTP/1.1 200 "));
  CHECK(asked.empty());
  CHECK(AskAs(fixture, "/ok?rows=1", "a").starts_with("HTTP/1.1 403 "));
  CHECK(asked.find(R"("path":"/ok",)") != std::string::npos);
  allowed = true;
  CHECK(AskAs(fixture, "/other", "a").starts_with("HTTP/1.1 404 "));
  // An invalid path cannot be reviewed.
  CHECK(AskAs(fixture, "/%zz", "a").starts_with("HTTP/1.1 400 "));
}

TEST_CASE("the gate reviews the token, the path and the verb of a request") {
  http_server::Router router;
  http_server::Handler handler;
  http_server::Fixture fixture({}, [&handler](http_server::Exchange& exchange) { return handler(exchange); });
  std::vector<std::string> reviews;
  AccessGate gate(
      fixture.context().get_executor(), {},
      [&reviews](client::Request request) -> Awaitable<Result<std::string>> {
        reviews.push_back(request.body);
        return reviews.size() == 1 ? KnowAnna() : Review(false);
      },
      test::ThrowTaskFailure);
  handler = OpsHandler(router, &gate, false);
  const std::string answer = fixture.Exchange(
      "PUT /debug/flags/v?x=y HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer t0ken\r\nConnection: "
      "close\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 403 "));
  REQUIRE(reviews.size() == 2);
  CHECK(reviews[0].find(R"("token":"t0ken")") != std::string::npos);
  CHECK(reviews[1].find(R"("user":"anna")") != std::string::npos);
  CHECK(reviews[1].find(R"("path":"/debug/flags/v","verb":"put")") != std::string::npos);
}

// What a server of this ops port answers to a client without TLS.
std::string AskInPlain(const OpsPortOptions& options) {
  http_server::Router router;
  AddPage(router, "/ok");
  asio::io_context context;
  const auto server = ListenForOps(context.get_executor(), options, router).value();
  TaskGroup tasks(context.get_executor(), test::ThrowTaskFailure);
  tasks.Spawn("server", server->Run());
  http_server::Client client(context, server->port());
  std::optional<std::string> answer;
  tasks.Spawn("client", [](http_server::Client& self, std::optional<std::string>& said) -> Awaitable<void> {
    co_await self.Send("GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    said = co_await self.ReadToClose();
  }(client, answer));
  while (!answer) context.run_one();
  tasks.Cancel();
  while (!tasks.empty()) context.run_one();
  return *answer;
}

TEST_CASE("an ops port with a certificate, given or self-made, does not answer plain HTTP") {
  CHECK(AskInPlain({}).starts_with("HTTP/1.1 200 "));
  test::TempDirectory directory;
  const auto pair = test::TestAuthority("a").Issue("server", "IP:127.0.0.1");
  directory.Write("tls.crt", pair.cert_pem);
  directory.Write("tls.key", pair.key_pem);
  CHECK(AskInPlain({.tls_cert_file = directory.path() + "/tls.crt",
                    .tls_private_key_file = directory.path() + "/tls.key"})
            .find("HTTP/") == std::string::npos);
  CHECK(AskInPlain({.address = "0.0.0.0"}).find("HTTP/") == std::string::npos);
}

Awaitable<void> AskOverTls(asio::ssl::stream<asio::ip::tcp::socket>& stream,
                           std::optional<std::string>& answer) {
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  CHECK_FALSE(failed);
  const std::string request = "GET /ok HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  co_await asio::async_write(stream, asio::buffer(request), kToken);
  std::string text;
  co_await asio::async_read(stream, asio::dynamic_buffer(text), kToken);
  answer = text;
}

TEST_CASE("the gate reviews the user of a client certificate if an authority of the flags issued it") {
  test::TempDirectory directory;
  const test::TestAuthority authority("a");
  const auto pair = authority.Issue("server", "IP:127.0.0.1");
  const OpsPortOptions options{.tls_cert_file = directory.Write("tls.crt", pair.cert_pem),
                               .tls_private_key_file = directory.Write("tls.key", pair.key_pem),
                               .client_ca_file = directory.Write("ca.crt", authority.cert_pem())};
  for (const bool known : {true, false}) {
    CAPTURE(known);
    http_server::Router router;
    AddPage(router, "/ok");
    asio::io_context context;
    std::string asked;
    AccessGate gate(
        context.get_executor(), {},
        [&asked](client::Request request) {
          asked = request.body;
          return Review(true);
        },
        test::ThrowTaskFailure);
    const auto server = ListenForOps(context.get_executor(), options, router, &gate).value();
    TaskGroup tasks(context.get_executor(), test::ThrowTaskFailure);
    tasks.Spawn("server", server->Run());
    asio::ssl::context tls(asio::ssl::context::tls_client);
    const auto bob = (known ? authority : test::TestAuthority("other")).Issue("bob", "", {"dev"});
    tls.use_certificate_chain(asio::buffer(bob.cert_pem));
    tls.use_private_key(asio::buffer(bob.key_pem), asio::ssl::context::pem);
    asio::ssl::stream<asio::ip::tcp::socket> stream(context, tls);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), server->port()});
    std::optional<std::string> answer;
    tasks.Spawn("client", AskOverTls(stream, answer));
    while (!answer) context.run_one();
    CHECK(answer->starts_with("HTTP/1.1 200 "));
    CHECK(asked.find(known ? R"("user":"bob","groups":["dev","system:authenticated"])"
                           : R"("user":"system:anonymous")") != std::string::npos);
    tasks.Cancel();
    while (!tasks.empty()) context.run_one();
  }
}

Awaitable<Result<std::string>> ReviewLater(Notifier& go_on) {
  co_await go_on.Wait();
  co_return co_await Review(true);
}

Awaitable<void> Ask(http_server::Client& client) {
  co_await client.Send("GET /ok HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

TEST_CASE("clients that wait for reviews make room for a health probe") {
  http_server::Router router;
  AddPage(router, "/ok");
  AddPage(router, "/livez");
  http_server::Handler handler;
  http_server::ServerOptions options;
  options.limits = {.connections = 1, .grace = std::chrono::milliseconds(0)};
  http_server::Fixture fixture(options,
                               [&handler](http_server::Exchange& exchange) { return handler(exchange); });
  Notifier go_on(fixture.context().get_executor());
  int asked = 0;
  AccessGate gate(
      fixture.context().get_executor(), {"/livez"},
      [&](client::Request) {
        ++asked;
        return ReviewLater(go_on);
      },
      test::ThrowTaskFailure);
  handler = OpsHandler(router, &gate, false);
  http_server::Client waiting(fixture.context(), fixture.port());
  TaskGroup tasks(fixture.context().get_executor(), test::ThrowTaskFailure);
  tasks.Spawn("client", Ask(waiting));
  while (asked == 0) fixture.context().run_one();
  // The review is not answered before the probe is.
  CHECK(AskAs(fixture, "/livez", "a").starts_with("HTTP/1.1 200 "));
  fixture.Run(gate.Stop());
  fixture.Stop();
}

TEST_CASE("an ops port that is cancelled waits for the request under way") {
  http_server::Router router;
  AddPage(router, "/ok");
  asio::io_context context;
  Notifier go_on(context.get_executor());
  bool asked = false;
  AccessGate gate(
      context.get_executor(), {},
      [&](client::Request) {
        asked = true;
        return ReviewLater(go_on);
      },
      test::ThrowTaskFailure);
  const auto server = ListenForOps(context.get_executor(), {}, router, &gate).value();
  TaskGroup tasks(context.get_executor(), test::ThrowTaskFailure);
  tasks.Spawn("server", server->Run());
  http_server::Client client(context, server->port());
  tasks.Spawn("client", Ask(client));
  while (!asked) context.run_one();

  const auto start = std::chrono::steady_clock::now();
  tasks.Cancel();
  context.poll();
  CHECK((!tasks.empty() || std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(100)));
  go_on.Notify();
  while (!tasks.empty()) context.run_one();
}

}  // namespace
}  // namespace k8sm::controller
