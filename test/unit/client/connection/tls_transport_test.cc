#include "lib/client/connection/tls_transport.h"

#include "lib/client/connection/dialer.h"
#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/unit/client/connection/reads.h"
#include "test/unit/client/run.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <openssl/ssl.h>

#include <array>
#include <chrono>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

// A TLS server that the test plays, and the client's end of a connection to it.
struct Fixture {
  Fixture() {
    acceptor.accept(peer.next_layer());
    bool shaken = false;
    peer.async_handshake(asio::ssl::stream_base::server, [&](boost::system::error_code) { shaken = true; });
    transport = Run(io, Connected());
    RunUntil(io, [&] { return shaken; });
  }

  Awaitable<std::unique_ptr<TlsTransport>> Connected() {
    auto made = std::make_unique<TlsTransport>(std::move(socket), "the server", tls);
    const auto shaken = co_await made->Handshake(InAMinute());
    CHECK(shaken.has_value());
    co_return made;
  }

  // Sends one record. Afterwards it has reached the client's kernel.
  void Send(std::string_view text) {
    constexpr std::size_t kHeaderAndTag = 5 + 1 + 16;  // of TLS 1.3
    const std::size_t wanted = Unread() + text.size() + kHeaderAndTag;
    CHECK(Run(io, Write(text)));
    while (Unread() < wanted) io.poll();
  }
  // How many bytes the client's kernel holds.
  std::size_t Unread() const {
    int bytes = 0;
    ::ioctl(descriptor, FIONREAD, &bytes);
    return static_cast<std::size_t>(bytes);
  }
  Awaitable<bool> Write(std::string_view text) {
    const auto [error, size] = co_await asio::async_write(peer, asio::buffer(text), kToken);
    co_return !error;
  }
  Result<std::size_t> Read(std::size_t most = 4096) {
    return Run(io, transport->ReadSome(std::span(buffer).first(most), InAMinute()));
  }

  RestConfig Config() const {
    RestConfig config;
    config.host = "127.0.0.1";
    config.ca_pem = authority.cert_pem();
    return config;
  }

  test::TestAuthority authority{"authority"};
  asio::ssl::context context = ServerContext(authority.Issue("server", "IP:127.0.0.1"));
  std::shared_ptr<TlsContext> tls = TlsContext::Create(Config()).value();
  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  asio::ssl::stream<tcp::socket> peer{io, context};
  tcp::socket socket = [this] {
    tcp::socket connected(io);
    connected.connect(acceptor.local_endpoint());
    return connected;
  }();
  const int descriptor = socket.native_handle();
  std::unique_ptr<TlsTransport> transport;
  std::array<char, 4096> buffer{};
};

TEST_CASE("records that have arrived together are returned together, as far as there is room") {
  Fixture f;
  for (const char* text : {"one ", "two ", "three"}) f.Send(text);
  CHECK(f.Read().value() == 13);
  CHECK(std::string(f.buffer.data(), 13) == "one two three");
}

TEST_CASE("a TLS connection is not quiet while something that it has received is unread") {
  Fixture f;
  f.Send("hello world");
  CHECK(f.Read(5).value() == 5);
  CHECK_FALSE(f.transport->Quiet());
  CHECK(f.Read().value() == 6);
  CHECK(f.transport->Quiet());
}

TEST_CASE("a TLS connection is not quiet while a whole record that has arrived with another one is unread") {
  Fixture f;
  f.Send("one");
  f.Send("two");
  CHECK(f.Read(3).value() == 3);
  CHECK_FALSE(f.transport->Quiet());
  CHECK(f.Read().value() == 3);
  CHECK(std::string(f.buffer.data(), 3) == "two");
  CHECK(f.transport->Quiet());
}

TEST_CASE("what arrives in more records than any buffer holds is returned completely and in order") {
  Fixture f;
  std::string sent;
  for (int i = 0; sent.size() < 300'000; ++i) sent += std::to_string(i) + " ";
  asio::co_spawn(f.io, f.Write(sent), [](std::exception_ptr, bool written) { CHECK(written); });
  std::string received;
  while (received.size() < sent.size()) {
    const auto size = f.Read(received.size() % 3 == 0 ? 4096 : 999);
    REQUIRE(size.has_value());
    REQUIRE(*size > 0);
    received.append(f.buffer.data(), *size);
  }
  CHECK(received == sent);
}

TEST_CASE("what a TLS peer has sent before it closes is returned before the end of the stream") {
  Fixture f;
  f.Send("last words");
  SECTION("with a close_notify") {
    f.peer.async_shutdown([](boost::system::error_code) {});
    f.io.restart();
    f.io.poll();
    CHECK(f.Read().value() == 10);
    CHECK(f.Read().value() == 0);
  }
  SECTION("without one, which may be an attack, so that it is an error") {
    f.peer.next_layer().shutdown(tcp::socket::shutdown_send);
    CHECK(f.Read().value() == 10);
    const auto end = f.Read();
    REQUIRE(end.has_error());
    CHECK(end.error().code == Errc::kUnavailable);
    CHECK(end.error().message == "receive from the server: the connection was closed");
  }
  SECTION("followed by what is not TLS, which is an error") {
    asio::write(f.peer.next_layer(), asio::buffer("this is not a record of TLS", 27));
    CHECK(f.Read().value() == 10);
    CHECK(f.Read().error().code == Errc::kUnavailable);
  }
}

TEST_CASE("a connection that the TLS peer resets is an error") {
  Fixture f;
  f.peer.next_layer().set_option(asio::socket_base::linger(true, 0));
  f.peer.next_layer().close();
  const auto read = f.Read();
  REQUIRE(read.has_error());
  CHECK(read.error().code == Errc::kUnavailable);
}

TEST_CASE("a change of the TLS keys between records goes unnoticed") {
  Fixture f;
  SSL_key_update(f.peer.native_handle(), SSL_KEY_UPDATE_REQUESTED);
  f.Send("hello");
  CHECK(f.Read().value() == 5);
  CHECK(Run(f.io, f.transport->Write("answer", InAMinute())).has_value());
  std::array<char, 6> answer{};
  asio::read(f.peer, asio::buffer(answer));
  CHECK(std::string_view(answer.data(), answer.size()) == "answer");
}

TEST_CASE("a write that the kernel does not take at once arrives completely and in order") {
  Fixture f;
  std::string sent(8 << 20, ' ');
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>('a' + i / 1000 % 26);
  std::string received(sent.size(), ' ');
  bool all = false;
  asio::async_read(f.peer, asio::buffer(received),
                   [&](boost::system::error_code, std::size_t) { all = true; });
  CHECK(Run(f.io, f.transport->Write(sent, InAMinute())).has_value());
  RunUntil(f.io, [&] { return all; });
  CHECK(received == sent);
}

TEST_CASE("a TLS peer that sends without a pause does not starve other coroutines") {
  Fixture f;
  const std::string much(1 << 20, 'x');
  asio::async_write(f.peer, asio::buffer(much), [](boost::system::error_code, std::size_t) {});
  CHECK(TurnsWhileReading(f.io, *f.transport, 1000, 900) >= 90);
}

TEST_CASE("a TLS peer that sends without a pause does not outlast the deadline of a read") {
  Fixture f;
  const std::string much(1 << 20, 'x');
  asio::async_write(f.peer, asio::buffer(much), [](boost::system::error_code, std::size_t) {});
  CHECK(Run(f.io, f.transport->ReadSome(f.buffer, InAMinute())).has_value());
  CHECK(Run(f.io, ReadUntilFailure(*f.transport)).code == Errc::kTimeout);
}

TEST_CASE("a pending TLS read can be cancelled, and TLS reads and writes time out") {
  Fixture f;
  SECTION("a read that is cancelled") {
    asio::post(f.io, [&] { asio::post(f.io, [&f] { f.transport->Cancel(); }); });
    CHECK(f.Read().error().code == Errc::kCanceled);
  }
  SECTION("a read that times out") {
    const auto read = Run(f.io, f.transport->ReadSome(f.buffer, std::chrono::steady_clock::now()));
    CHECK(read.error().code == Errc::kTimeout);
    CHECK(f.Read().has_error());
  }
  SECTION("a write that times out") {
    const std::string endless(32 << 20, 'x');
    const auto written = Run(f.io, f.transport->Write(endless, std::chrono::steady_clock::now()));
    CHECK(written.error().code == Errc::kTimeout);
  }
}

}  // namespace
}  // namespace k8sm::client
