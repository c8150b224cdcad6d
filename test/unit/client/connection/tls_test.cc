#include "lib/client/api_client.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/unit/client/run.h"
#include "test/unit/client/script_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/write.hpp>
#include <openssl/err.h>

#include <chrono>
#include <string>
#include <utility>

namespace k8sm::client {
namespace {

using test::CertificateAndKey;
using test::ServerContext;
using test::TestAuthority;

// A server with a certificate for `names`, and the configuration of a client that trusts its CA.
struct Fixture {
  explicit Fixture(const std::string& names,
                   ScriptServer::Script script = {{{JsonAnswer("1")}, {JsonAnswer("2")}},
                                                  {{JsonAnswer("3")}}})
      : context(ServerContext(authority.Issue("server", names))),
        server(io, std::move(script), &context),
        config(server.config()) {
    config.ca_pem = authority.cert_pem();
  }

  Result<std::string> Get() {
    if (!client) client = ApiClient::Create(io.get_executor(), config, options).value();
    return Run(io, client->Do({.target = "/x"}));
  }

  TestAuthority authority{"authority"};
  asio::ssl::context context;
  asio::io_context io;
  ScriptServer server;
  RestConfig config;
  ClientOptions options{.retry_pause = std::chrono::milliseconds(1)};
  std::unique_ptr<ApiClient> client;
};

bool Says(const Result<std::string>& result, const std::string& text) {
  REQUIRE(result.has_error());
  CAPTURE(result.error().message);
  CHECK(result.error().code == Errc::kUnavailable);
  return result.error().message.find(text) != std::string::npos;
}

TEST_CASE("a server with a valid certificate gets the credentials, and its connection is reused") {
  Fixture f("IP:127.0.0.1");
  f.config.token = "secret";
  CHECK(f.Get().value() == "1");
  CHECK(f.Get().value() == "2");
  CHECK(f.server.connections() == 1);
  CHECK(f.server.requests().at(0).find("Authorization: Bearer secret\r\n") != std::string::npos);
}

TEST_CASE("a server whose certificate is from another CA is refused and gets no request") {
  Fixture f("IP:127.0.0.1");
  f.config.ca_pem = TestAuthority("another").cert_pem();
  CHECK(Says(f.Get(), "certificate \"CN=server\" issued by \"CN=authority\": unable to get local issuer"));
  CHECK(f.server.requests().empty());
}

TEST_CASE("a trust anchor need not be a root") {
  Fixture f("IP:127.0.0.1");
  const TestAuthority intermediate = f.authority.IssueAuthority("intermediate");
  const CertificateAndKey leaf = intermediate.Issue("leaf", "IP:127.0.0.1");
  asio::ssl::context context = ServerContext(leaf);
  ScriptServer server(f.io, {{{JsonAnswer("4")}}}, &context);
  RestConfig config = server.config();
  SECTION("an intermediate") {
    config.ca_pem = intermediate.cert_pem();
  }
  SECTION("the server's own certificate") {
    config.ca_pem = leaf.cert_pem;
  }
  const auto client = ApiClient::Create(f.io.get_executor(), config, {}).value();
  CHECK(Run(f.io, client->Do({.target = "/x"})).value() == "4");
}

TEST_CASE("one broken certificate does not make a bundle of CAs unusable") {
  Fixture f("IP:127.0.0.1");
  const std::string broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  f.config.ca_pem = broken + f.config.ca_pem;
  CHECK(f.Get().has_value());
}

TEST_CASE("a client certificate with an RSA-1024 key, which Go accepts, can be used") {
  TestAuthority authority("authority");
  asio::ssl::context context = ServerContext(authority.Issue("server", "IP:127.0.0.1"));
  context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  context.add_certificate_authority(asio::buffer(authority.cert_pem()));
  SSL_CTX_set_security_level(context.native_handle(), 1);
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}}, &context);
  RestConfig config = server.config();
  config.ca_pem = authority.cert_pem();
  const CertificateAndKey weak = authority.IssueWith("client", {.key = "RSA-1024"});
  config.client_cert_pem = weak.cert_pem;
  config.client_key_pem = weak.key_pem;
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  CHECK(Run(io, client->Do({.target = "/x"})).value() == "1");
}

// Answers anything with an HTTP response, as an HTTP server answers the first bytes of TLS.
Awaitable<void> AnswerInHttp(asio::ip::tcp::acceptor& acceptor) {
  auto [refused, socket] = co_await acceptor.async_accept(kToken);
  if (refused) co_return;
  std::string request(1, ' ');
  const auto [error, size] = co_await socket.async_read_some(asio::buffer(request), kToken);
  if (error) co_return;
  const std::string answer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request";
  co_await asio::async_write(socket, asio::buffer(answer), kToken);
}

TEST_CASE("the error for a server that answers TLS with HTTP suggests http://") {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io, {asio::ip::address_v4::loopback(), 0});
  asio::co_spawn(io, AnswerInHttp(acceptor), asio::detached);
  RestConfig config;
  config.host = "127.0.0.1";
  config.port = acceptor.local_endpoint().port();
  const auto client = ApiClient::Create(io.get_executor(), config, {}).value();
  const auto got = Run(io, client->Do({.target = "/x"}));
  CHECK(Says(got, "it does not speak TLS; write http:// if it is meant to speak HTTP"));
}

TEST_CASE("the error for a 401 names the credential that was not accepted and its user") {
  Fixture f("IP:127.0.0.1");
  ScriptServer server(f.io, {{{AnswerWith("401 Unauthorized", "", "{\"message\":\"Unauthorized\"}")}}},
                      &f.context);
  RestConfig config = server.config();
  config.ca_pem = f.authority.cert_pem();
  config.user = "FILE: user \"u\"";
  config.token = "secret";
  const auto client = ApiClient::Create(f.io.get_executor(), config, {}).value();
  const auto got = Run(f.io, client->Do({.target = "/x"}));
  REQUIRE(got.has_error());
  CHECK(got.error().code == Errc::kUnauthorized);
  CHECK(got.error().message == "Unauthorized; it does not accept the token of FILE: user \"u\"");
}

TEST_CASE("a server whose certificate is for other names is refused with an error that lists them") {
  Fixture f("DNS:kubernetes,DNS:kubernetes.default,IP:10.96.0.1,IP:fd00::1");
  CHECK(Says(f.Get(), "valid for kubernetes, kubernetes.default, 10.96.0.1, fd00::1, not 127.0.0.1"));
  CHECK(f.server.requests().empty());
}

TEST_CASE("the common name of a certificate is not verified as a name") {
  Fixture f("");
  f.config.tls_server_name = "server";
  CHECK(Says(f.Get(), "valid for no name or IP address, not server"));
}

TEST_CASE("tls_server_name is verified instead of the host") {
  for (const std::string name : {"kubernetes", "kubernetes.", "fd00::1"}) {
    CAPTURE(name);
    Fixture f("DNS:kubernetes,IP:fd00::1");
    f.config.tls_server_name = name;
    CHECK(f.Get().has_value());
  }
  Fixture f("DNS:kubernetes");
  f.config.tls_server_name = "kubernetes.example.com";
  CHECK(Says(f.Get(), "valid for kubernetes, not kubernetes.example.com"));
}

TEST_CASE("insecure_skip_tls_verify switches verification off") {
  Fixture f("DNS:other");
  f.config.ca_pem.clear();
  f.config.insecure_skip_tls_verify = true;
  CHECK(f.Get().has_value());
}

TEST_CASE("a server that requires a client certificate refuses clients without one") {
  Fixture f("IP:127.0.0.1");
  f.context.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  f.context.add_certificate_authority(asio::buffer(f.authority.cert_pem()));
  SECTION("the client has one") {
    const CertificateAndKey client = f.authority.Issue("client", "");
    f.config.client_cert_pem = client.cert_pem;
    f.config.client_key_pem = client.key_pem;
    CHECK(f.Get().value() == "1");
  }
  SECTION("the client has none") {
    CHECK(Says(f.Get(), "certificate required"));
  }
}

TEST_CASE("a server that does not answer the TLS handshake times out") {
  asio::io_context io;
  ScriptServer server(io, {{{JsonAnswer("1")}}});
  RestConfig config = server.config();
  config.scheme = "https";
  ClientOptions options;
  options.connect_timeout = std::chrono::milliseconds(50);
  options.request_timeout = std::chrono::minutes(5);
  const auto client = ApiClient::Create(io.get_executor(), config, options).value();
  const auto begin = std::chrono::steady_clock::now();
  CHECK(Run(io, client->Do({.target = "/x"})).error().code == Errc::kTimeout);
  CHECK(std::chrono::steady_clock::now() - begin < options.request_timeout);
}

TEST_CASE("a body that ends with the connection but without a TLS close_notify is truncated") {
  Fixture f("IP:127.0.0.1");
  const std::string answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}";
  ScriptServer server(f.io, {{{answer, true}}}, &f.context);
  RestConfig config = server.config();
  config.ca_pem = f.authority.cert_pem();
  const auto client = ApiClient::Create(f.io.get_executor(), config, {}).value();
  const auto got = Run(f.io, client->Do({.method = Method::kPut, .target = "/x"}));
  CHECK(Says(got, "the connection was closed"));
  CHECK(got.error().sent);
}

// A server of one version of TLS that issues `tickets` after a handshake.
struct Resuming : Fixture {
  Resuming(int version, std::size_t tickets, ScriptServer::Script script)
      : Fixture("IP:127.0.0.1", std::move(script)) {
    SSL_CTX_set_max_proto_version(context.native_handle(), version);
    SSL_CTX_set_num_tickets(context.native_handle(), tickets);
  }
  // How many sessions clients have resumed.
  long hits() { return SSL_CTX_sess_hits(context.native_handle()); }
};

TEST_CASE("a closed TLS connection is replaced by one that resumes its session") {
  Resuming f(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), 2, {{{JsonAnswer("1"), true}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "1");
  f.server.WaitForClosed(1);
  CHECK(f.hits() == 0);
  CHECK(Run(f.io, f.client->Do({.method = Method::kPut, .target = "/x", .body = "{}"})).value() == "2");
  CHECK(f.hits() == 1);
}

TEST_CASE("a session is resumed after a connection that ended without a close_notify while it was read") {
  const std::string cut = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n1";
  Resuming f(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), 1, {{{cut, true}}, {{JsonAnswer("2")}}});
  CHECK(f.Get().value() == "2");
  CHECK(f.server.connections() == 2);
  CHECK(f.hits() == 1);
}

TEST_CASE("each connection resumes a session as long as the server has issued enough tickets") {
  Resuming f(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION), 2,
             {{{JsonAnswer("1"), true}}, {{JsonAnswer("2"), true}}, {{JsonAnswer("3")}}});
  CHECK(f.Get().value() == "1");
  f.server.WaitForClosed(1);
  // No further tickets. OpenSSL uses a ticket of TLS 1.3 once.
  SSL_CTX_set_num_tickets(f.context.native_handle(), 0);
  CHECK(f.Get().value() == "2");
  f.server.WaitForClosed(2);
  CHECK(f.Get().value() == "3");
  CHECK(f.hits() == 2);
}

TEST_CASE("an invalid tls_server_name is an error, and OpenSSL's error queue is left empty") {
  asio::io_context io;
  RestConfig config;
  config.host = "localhost";
  config.tls_server_name = std::string("a\0b", 3);
  ERR_clear_error();
  const auto client = ApiClient::Create(io.get_executor(), config, {});
  REQUIRE(client.has_error());
  CHECK(client.error().code == Errc::kInvalidConfig);
  CHECK(client.error().message == "\"a\\u0000b\" cannot be a TLS server's name");
  CHECK(ERR_peek_error() == 0);
}

TEST_CASE("ApiClient::Create fails if a CA, a client certificate or its key cannot be used") {
  asio::io_context io;
  RestConfig config;
  config.host = "localhost";
  SECTION("authority") {
    config.ca_pem = "garbage";
  }
  SECTION("client certificate") {
    config.client_cert_pem = "garbage";
  }
  SECTION("key") {
    config.client_cert_pem = TestAuthority("a").Issue("a", "").cert_pem;
    config.client_key_pem = TestAuthority("b").Issue("b", "").key_pem;
  }
  const auto client = ApiClient::Create(io.get_executor(), config, {});
  REQUIRE(client.has_error());
  CHECK(client.error().code == Errc::kInvalidConfig);
}

}  // namespace
}  // namespace k8sm::client
