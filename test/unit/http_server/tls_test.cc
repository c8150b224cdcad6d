// Serving over TLS.

#include "lib/http_server/self_signed.h"
#include "lib/http_server/server.h"
#include "lib/http_server/tls_files.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/log_capture.h"
#include "test/support/temp_directory.h"
#include "test/unit/http_server/fixture.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::http_server {
namespace {

using asio::ip::tcp;
using test::CertificateAndKey;
using test::TestAuthority;

// A certificate and its key in files, which are removed with it.
class Files {
 public:
  std::string cert() const { return directory_.path() + "/tls.crt"; }
  std::string key() const { return directory_.path() + "/tls.key"; }
  void Write(const CertificateAndKey& pair) const {
    WriteCert(pair.cert_pem);
    WriteKey(pair.key_pem);
  }
  void WriteCert(const std::string& pem) const { directory_.Write("tls.crt", pem); }
  void WriteKey(const std::string& pem) const { directory_.Write("tls.key", pem); }

 private:
  test::TempDirectory directory_;
};

struct Answer {
  bool connected = false;
  std::string common_name;  // of the server's certificate
  std::string text;
};

std::string CommonNameOf(SSL* connection) {
  X509* certificate = SSL_get1_peer_certificate(connection);
  if (certificate == nullptr) return "";
  std::array<char, 64> name{};
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name.data(), name.size());
  X509_free(certificate);
  return name.data();
}

Awaitable<void> AskOverTls(tcp::socket socket, asio::ssl::context& tls, Answer& answer) {
  asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  if (failed) co_return;
  answer.connected = true;
  answer.common_name = CommonNameOf(stream.native_handle());
  const std::string request = "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  co_await asio::async_write(stream, asio::buffer(request), kToken);
  co_await asio::async_read(stream, asio::dynamic_buffer(answer.text), kToken);
  co_await stream.async_shutdown(kToken);
}

class TlsFixture {
 public:
  TlsFixture() : tls_(asio::ssl::context::tls_client) {
    const asio::const_buffer roots = asio::buffer(authority.cert_pem());
    tls_.add_certificate_authority(roots);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    files.Write(Issue("first"));
  }

  CertificateAndKey Issue(const std::string& name) const { return authority.Issue(name, "IP:127.0.0.1"); }
  TlsFileOptions FileOptions() const {
    return {.cert = {"-cert", files.cert()}, .key = {"-key", files.key()}, .client_ca = {}};
  }
  ServerOptions Options() const {
    ServerOptions options;
    const std::shared_ptr<TlsFiles> loaded = TlsFiles::Load(FileOptions()).value();
    options.tls = [loaded] { return loaded->Context(); };
    return options;
  }
  Answer Ask(Fixture& fixture) {
    tcp::socket socket(fixture.context());
    socket.connect({asio::ip::address_v4::loopback(), fixture.port()});
    Answer answer;
    fixture.Run(AskOverTls(std::move(socket), tls_, answer));
    return answer;
  }
  asio::ssl::context& tls() { return tls_; }

  TestAuthority authority{"the authority"};
  Files files;

 private:
  asio::ssl::context tls_;
};

TEST_CASE("with a certificate pages are served over TLS only") {
  TlsFixture test;
  Fixture fixture(test.Options());
  const Answer answer = test.Ask(fixture);
  CHECK(answer.common_name == "first");
  CHECK(StatusLine(answer.text) == "HTTP/1.1 200 OK");
  CHECK(Body(answer.text) == "ok");
  CHECK(fixture.Ask("GET", "/ok").find("HTTP/1.1") == std::string::npos);
}

TEST_CASE("versions of TLS before 1.2 are refused") {
  TlsFixture test;
  Fixture fixture(test.Options());
  SSL_CTX_set_security_level(test.tls().native_handle(), 0);
  SSL_CTX_set_max_proto_version(test.tls().native_handle(), TLS1_1_VERSION);
  CHECK_FALSE(test.Ask(fixture).connected);
}

TEST_CASE("a certificate that is replaced is used from the next connection on") {
  TlsFixture test;
  Fixture fixture(test.Options());
  CHECK(test.Ask(fixture).common_name == "first");
  test.files.Write(test.Issue("second"));
  CHECK(test.Ask(fixture).common_name == "second");
}

TEST_CASE("files are read again only when they have changed") {
  TlsFixture test;
  const auto loaded = TlsFiles::Load(test.FileOptions()).value();
  const TlsContextPtr first = loaded->Context();
  CHECK(loaded->Context() == first);
  test.files.Write(test.Issue("second"));
  const TlsContextPtr second = loaded->Context();
  CHECK(second != first);
  CHECK(loaded->Context() == second);
}

TEST_CASE("while certificate and key do not match, the previous certificate stays in use") {
  TlsFixture test;
  Fixture fixture(test.Options());
  const CertificateAndKey second = test.Issue("second");
  test.files.WriteCert(second.cert_pem);
  CHECK(test.Ask(fixture).common_name == "first");
  std::filesystem::remove(test.files.key());
  CHECK(test.Ask(fixture).common_name == "first");
  test.files.WriteKey(second.key_pem);
  CHECK(test.Ask(fixture).common_name == "second");
}

TEST_CASE("a client that does not complete the handshake is cut off") {
  TlsFixture test;
  ServerOptions options = test.Options();
  options.limits.request_time = std::chrono::milliseconds(50);
  Fixture fixture(options);
  CHECK(fixture.Exchange("").empty());
  CHECK(fixture.Exchange("\x16\x03\x01").empty());
}

// Answers with the name and the organizations in the client's certificate.
Awaitable<void> SayClient(Exchange& exchange) {
  Response response{.headers = {}, .body = "nobody"};
  if (const auto client = exchange.client_certificate()) {
    response.body = client->common_name;
    for (const std::string& organization : client->organizations) response.body += " " + organization;
  }
  exchange.CloseAfterwards();
  co_await exchange.Send(std::move(response));
}

TEST_CASE("a client is authenticated by a certificate of the CA that is in the file at present") {
  TlsFixture test;
  const TestAuthority other("another authority");
  test::TempDirectory directory;
  directory.Write("ca.crt", test.authority.cert_pem());
  const auto load = [&](bool required) {
    TlsFileOptions files = test.FileOptions();
    files.client_ca = {"-ca", directory.path() + "/ca.crt"};
    files.require_client_cert = required;
    return TlsFiles::Load(files);
  };
  const auto server = [&](bool required) {
    const std::shared_ptr<TlsFiles> loaded = load(required).value();
    ServerOptions options;
    options.tls = [loaded] { return loaded->Context(); };
    return options;
  };
  Fixture optional(server(false), SayClient);
  Fixture required(server(true), SayClient);
  CHECK(Body(test.Ask(optional).text) == "nobody");
  CHECK(test.Ask(required).text.empty());

  const CertificateAndKey anna = test.authority.Issue("anna", "", {"developers", "admins"});
  test.tls().use_certificate_chain(asio::buffer(anna.cert_pem));
  test.tls().use_private_key(asio::buffer(anna.key_pem), asio::ssl::context::pem);
  CHECK(Body(test.Ask(optional).text) == "anna developers admins");
  CHECK(Body(test.Ask(required).text) == "anna developers admins");

  directory.Write("ca.crt", other.cert_pem());
  CHECK(Body(test.Ask(optional).text) == "nobody");
  CHECK(test.Ask(required).text.empty());
  directory.Write("ca.crt", "nonsense");
  CHECK(load(false).error().message.starts_with("-ca: " + directory.path() + "/ca.crt: "));
}

TEST_CASE("a client whose certificate has no common name is nobody, whatever its organizations") {
  TlsFixture test;
  test::TempDirectory directory;
  directory.Write("ca.crt", test.authority.cert_pem());
  TlsFileOptions files = test.FileOptions();
  files.client_ca = {"-ca", directory.path() + "/ca.crt"};
  const std::shared_ptr<TlsFiles> loaded = TlsFiles::Load(files).value();
  ServerOptions options;
  options.tls = [loaded] { return loaded->Context(); };
  Fixture server(options, SayClient);
  const CertificateAndKey nameless = test.authority.Issue("", "", {"system:masters"});
  test.tls().use_certificate_chain(asio::buffer(nameless.cert_pem));
  test.tls().use_private_key(asio::buffer(nameless.key_pem), asio::ssl::context::pem);
  CHECK(Body(test.Ask(server).text) == "nobody");
}

TEST_CASE("a self-signed certificate serves TLS to clients that trust it") {
  TlsFixture test;
  const KeyPair pair = MakeSelfSigned("host-1", {"10.0.0.1", "::1", "127.0.0.1"}).value();
  CHECK(pair.key_pem != MakeSelfSigned("host-1", {"127.0.0.1"}).value().key_pem);
  TlsFileOptions files{.cert = {}, .key = {}, .pair = pair, .client_ca = {}};
  const std::shared_ptr<TlsFiles> loaded = TlsFiles::Load(files).value();
  ServerOptions options;
  options.tls = [loaded] { return loaded->Context(); };
  Fixture fixture(options);
  CHECK_FALSE(test.Ask(fixture).connected);
  const asio::const_buffer own = asio::buffer(pair.cert_pem);
  test.tls().add_certificate_authority(own);
  const Answer answer = test.Ask(fixture);
  CHECK(answer.common_name == "host-1");
  CHECK(Body(answer.text) == "ok");
}

// A server that takes the authorities of client certificates from the file "ca.crt" of the directory, which
// names those of the fixture.
ServerOptions WithClientCa(const TlsFixture& test, const test::TempDirectory& directory) {
  TlsFileOptions files = test.FileOptions();
  files.client_ca = {"-ca", directory.Write("ca.crt", test.authority.cert_pem())};
  const std::shared_ptr<TlsFiles> loaded = TlsFiles::Load(files).value();
  ServerOptions options;
  options.tls = [loaded] { return loaded->Context(); };
  return options;
}

// Sends a request over each of two connections, the second with the session of the first.
Awaitable<void> AskInOneSession(asio::io_context& context, std::uint16_t port, asio::ssl::context& tls,
                                std::vector<bool>& resumed) {
  std::unique_ptr<SSL_SESSION, decltype(&SSL_SESSION_free)> session(nullptr, SSL_SESSION_free);
  for (int i = 0; i < 2; ++i) {
    asio::ssl::stream<tcp::socket> stream(context, tls);
    stream.next_layer().connect({asio::ip::address_v4::loopback(), port});
    if (session) SSL_set_session(stream.native_handle(), session.get());
    const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
    CHECK_FALSE(failed);
    const std::string request = "GET /ok HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    co_await asio::async_write(stream, asio::buffer(request), kToken);
    std::string answer;
    co_await asio::async_read(stream, asio::dynamic_buffer(answer), kToken);
    CHECK(Body(answer) == "anna");
    resumed.push_back(SSL_session_reused(stream.native_handle()) == 1);
    session.reset(SSL_get1_session(stream.native_handle()));
    co_await stream.async_shutdown(kToken);
  }
}

TEST_CASE("a client with a certificate is still authenticated when it resumes its session") {
  TlsFixture test;
  test::TempDirectory directory;
  Fixture fixture(WithClientCa(test, directory), SayClient);
  const CertificateAndKey anna = test.authority.Issue("anna", "");
  test.tls().use_certificate_chain(asio::buffer(anna.cert_pem));
  test.tls().use_private_key(asio::buffer(anna.key_pem), asio::ssl::context::pem);
  std::vector<bool> resumed;
  fixture.Run(AskInOneSession(fixture.context(), fixture.port(), test.tls(), resumed));
  CHECK(resumed == std::vector<bool>{false, true});
}

// Performs the handshake of both ends in memory.
void ShakeHands(SSL* client, SSL* server) {
  BIO* client_end = nullptr;
  BIO* server_end = nullptr;
  REQUIRE(BIO_new_bio_pair(&client_end, 0, &server_end, 0) == 1);
  SSL_set_bio(client, client_end, client_end);
  SSL_set_bio(server, server_end, server_end);
  SSL_set_connect_state(client);
  SSL_set_accept_state(server);
  for (int i = 0; i < 5; ++i) {
    SSL_do_handshake(client);
    SSL_do_handshake(server);
  }
  REQUIRE(SSL_is_init_finished(client) == 1);
  REQUIRE(SSL_is_init_finished(server) == 1);
}

TEST_CASE("a client certificate that expires after the handshake counts as none from then on") {
  TlsFixture test;
  const CertificateAndKey own = test.Issue("server");
  const TlsContextPtr context =
      MakeTlsContext(
          {.cert_pem = own.cert_pem, .key_pem = own.key_pem, .client_ca_pem = test.authority.cert_pem()})
          .value();
  const CertificateAndKey anna = test.authority.IssueWith("anna", {.ends_in_seconds = 3600});
  test.tls().use_certificate_chain(asio::buffer(anna.cert_pem));
  test.tls().use_private_key(asio::buffer(anna.key_pem), asio::ssl::context::pem);
  using Ssl = std::unique_ptr<SSL, decltype(&SSL_free)>;
  const Ssl client(SSL_new(test.tls().native_handle()), SSL_free);
  const Ssl server(SSL_new(context->native_handle()), SSL_free);
  ShakeHands(client.get(), server.get());
  const auto now = std::chrono::system_clock::now();
  const auto identity = ClientCertificateOf(server.get(), now);
  REQUIRE(identity.has_value());
  CHECK(identity->common_name == "anna");
  CHECK_FALSE(ClientCertificateOf(server.get(), now + std::chrono::hours(1)).has_value());
}

// Answers with the name in the client's certificate and "!", and keeps the connection open.
Awaitable<void> GreetClient(Exchange& exchange) {
  const auto client = exchange.client_certificate();
  Response response{.headers = {}, .body = client ? client->common_name : "nobody"};
  response.body += "!";
  co_await exchange.Send(std::move(response));
}

// Sends two requests over one connection and calls `between` after the first response. Stores the bodies of
// the responses, or "closed" for none.
Awaitable<void> BeGreetedTwice(tcp::socket socket, asio::ssl::context& tls, std::function<void()> between,
                               std::vector<std::string>& bodies) {
  asio::ssl::stream<tcp::socket> stream(std::move(socket), tls);
  const auto [failed] = co_await stream.async_handshake(asio::ssl::stream_base::client, kToken);
  CHECK_FALSE(failed);
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string end = "!";
  for (int i = 0; i < 2; ++i) {
    std::string answer;
    co_await asio::async_write(stream, asio::buffer(request), kToken);
    co_await asio::async_read_until(stream, asio::dynamic_buffer(answer), end, kToken);
    bodies.push_back(answer.empty() ? "closed" : Body(answer));
    if (i == 0) between();
  }
  co_await stream.async_shutdown(kToken);
}

TEST_CASE(
    "once files are replaced, a client that has sent a certificate has to connect again, and no other") {
  TlsFixture test;
  const TestAuthority other("another authority");
  test::TempDirectory directory;
  Fixture fixture(WithClientCa(test, directory), GreetClient);
  using Bodies = std::vector<std::string>;
  const auto greet_twice = [&](std::function<void()> between) {
    tcp::socket socket(fixture.context());
    socket.connect({asio::ip::address_v4::loopback(), fixture.port()});
    Bodies bodies;
    fixture.Run(BeGreetedTwice(std::move(socket), test.tls(), std::move(between), bodies));
    return bodies;
  };
  const auto write = [&](const std::string& pem) { return [&, pem] { directory.Write("ca.crt", pem); }; };
  CHECK(greet_twice(write(test.authority.cert_pem() + other.cert_pem())) == Bodies{"nobody!", "nobody!"});

  const CertificateAndKey anna = test.authority.Issue("anna", "");
  test.tls().use_certificate_chain(asio::buffer(anna.cert_pem));
  test.tls().use_private_key(asio::buffer(anna.key_pem), asio::ssl::context::pem);
  CHECK(greet_twice([] {}) == Bodies{"anna!", "anna!"});
  CHECK(greet_twice(write("nonsense")) == Bodies{"anna!", "anna!"});
  CHECK(greet_twice(write(other.cert_pem())) == Bodies{"anna!", "closed"});
  CHECK(greet_twice([] {}) == Bodies{"nobody!", "nobody!"});
}

TEST_CASE("a file that becomes a directory is logged, and the previous certificate stays in use") {
  TlsFixture test;
  const auto loaded = TlsFiles::Load(test.FileOptions()).value();
  const TlsContextPtr first = loaded->Context();
  std::filesystem::remove(test.files.cert());
  std::filesystem::create_directory(test.files.cert());
  const test::LogCapture log;
  CHECK(loaded->Context() == first);
  CHECK(log.lines() == std::vector<std::string>{"W keeping the certificate that was loaded before: -cert: " +
                                                test.files.cert() + ": Is a directory"});
}

TEST_CASE("files that are touched are reloaded, and the log names the certificate or the CA file") {
  TlsFixture test;
  test::TempDirectory directory;
  const auto touch = [](const std::string& path) {
    std::filesystem::last_write_time(path,
                                     std::filesystem::last_write_time(path) + std::chrono::milliseconds(1));
  };
  const test::LogCapture log;
  const auto loaded = TlsFiles::Load(test.FileOptions()).value();
  const TlsContextPtr first = loaded->Context();
  CHECK(log.lines().empty());
  touch(test.files.key());
  CHECK(loaded->Context() != first);
  CHECK(log.lines() == std::vector<std::string>{"I reloaded the certificate in " + test.files.cert()});
  const std::string ca = directory.Write("ca.crt", test.authority.cert_pem());
  const auto made =
      TlsFiles::Load(
          {.cert = {}, .key = {}, .pair = MakeSelfSigned("host-1", {}).value(), .client_ca = {"-ca", ca}})
          .value();
  touch(ca);
  made->Context();
  CHECK(log.lines().back() == "I reloaded the certificate in " + ca);
}

TEST_CASE("a change to files that cannot be used is logged once") {
  TlsFixture test;
  const auto loaded = TlsFiles::Load(test.FileOptions()).value();
  const TlsContextPtr first = loaded->Context();
  const test::LogCapture log;
  test.files.WriteKey("nonsense");
  for (int i = 0; i < 3; ++i) CHECK(loaded->Context() == first);
  REQUIRE(log.lines().size() == 1);
  CHECK(log.lines()[0].starts_with("W keeping the certificate that was loaded before: -key: "));
}

TEST_CASE("Load fails for files that cannot be used with a configuration error that names them") {
  TlsFixture test;
  const CertificateAndKey other = test.Issue("other");
  const auto message = [&] {
    const auto loaded = TlsFiles::Load(test.FileOptions());
    REQUIRE(loaded.has_error());
    CHECK(loaded.error().code == Errc::kInvalidConfig);
    return loaded.error().message;
  };
  const std::string cert = "-cert: " + test.files.cert() + ": ";
  const std::string key = "-key: " + test.files.key() + ": ";
  test.files.WriteKey(other.key_pem);
  CHECK(message() == key + "does not match -cert: " + test.files.cert());
  test.files.WriteKey("nonsense");
  CHECK(message().starts_with(key + "no private key in PEM: "));
  std::filesystem::remove(test.files.key());
  CHECK(message() == key + "No such file or directory");
  test.files.WriteCert("");
  test.files.WriteKey(other.key_pem);
  CHECK(message().starts_with(cert + "no certificate in PEM: "));
  std::filesystem::remove(test.files.cert());
  CHECK(message() == cert + "No such file or directory");
  std::filesystem::create_directory(test.files.cert());
  CHECK(message() == cert + "Is a directory");
}

}  // namespace
}  // namespace k8sm::http_server
