#include "lib/client/connection/dialer.h"

#include "test/support/catch.h"
#include "test/unit/client/connection/reads.h"
#include "test/unit/client/run.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace k8sm::client {
namespace {

using asio::ip::tcp;

RestConfig ConfigFor(const tcp::acceptor& acceptor) {
  RestConfig config;
  config.scheme = "http";
  config.host = "127.0.0.1";
  config.port = acceptor.local_endpoint().port();
  return config;
}

// A server that the test plays, and a dialer that connects to it.
struct Fixture {
  // Opens a connection; `peer` is the server's end of it.
  std::unique_ptr<Transport> Dial() {
    auto transport = Run(io, dialer.Dial(nullptr, InAMinute()));
    acceptor.accept(peer);
    return std::move(transport).value();
  }
  Result<std::size_t> Read(Transport& transport) { return Run(io, transport.ReadSome(buffer, InAMinute())); }
  // Runs until what the server has sent, or its close, has reached the client's kernel.
  void WaitForNews(Transport& transport) {
    while (transport.Quiet()) io.poll();
  }

  // The value of an option of the client's socket, which is the one that is connected to the server's.
  int Option(int level, int name) const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      const int fd = std::stoi(entry.path().filename());
      sockaddr_in local{};
      socklen_t size = sizeof local;
      if (::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size) != 0 || local.sin_family != AF_INET)
        continue;
      if (ntohs(local.sin_port) != peer.remote_endpoint().port()) continue;
      int value = -1;
      size = sizeof value;
      ::getsockopt(fd, level, name, &value, &size);
      return value;
    }
    FAIL("there is no such socket");
    return -1;
  }

  asio::io_context io;
  tcp::acceptor acceptor{io, {asio::ip::address_v4::loopback(), 0}};
  tcp::socket peer{io};
  Dialer dialer{io.get_executor(), ConfigFor(acceptor)};
  std::array<char, 100> buffer{};
};

TEST_CASE("a connection has TCP_NODELAY and keepalive settings that detect a dead peer within a minute") {
  Fixture f;
  const auto transport = f.Dial();
  CHECK(f.Option(IPPROTO_TCP, TCP_NODELAY) == 1);
  CHECK(f.Option(SOL_SOCKET, SO_KEEPALIVE) == 1);
  CHECK(f.Option(IPPROTO_TCP, TCP_KEEPIDLE) == 30);
  CHECK(f.Option(IPPROTO_TCP, TCP_KEEPINTVL) == 10);
  CHECK(f.Option(IPPROTO_TCP, TCP_KEEPCNT) == 3);
  CHECK(f.Option(IPPROTO_TCP, TCP_USER_TIMEOUT) == 30'000);
}

TEST_CASE("a connection that is given up is reset, so that unsent data does not arrive later") {
  Fixture f;
  f.Dial().reset();
  boost::system::error_code error;
  f.peer.read_some(asio::buffer(f.buffer), error);
  CHECK(error == asio::error::connection_reset);
}

TEST_CASE("a connection is quiet until the peer sends something, closes or resets it") {
  Fixture f;
  const auto transport = f.Dial();
  CHECK(transport->Quiet());
  SECTION("it sends something") {
    asio::write(f.peer, asio::buffer("hello", 5));
    f.WaitForNews(*transport);
    CHECK(f.Read(*transport).value() == 5);
    CHECK(transport->Quiet());
  }
  SECTION("it closes") {
    f.peer.shutdown(tcp::socket::shutdown_send);
    f.WaitForNews(*transport);
    CHECK(f.Read(*transport).value() == 0);
    CHECK_FALSE(transport->Quiet());
  }
  SECTION("it resets") {
    f.peer.set_option(asio::socket_base::linger(true, 0));
    f.peer.close();
    f.WaitForNews(*transport);
  }
}

TEST_CASE("the address that was connected to before is tried first") {
  Fixture f;
  RestConfig config = ConfigFor(f.acceptor);
  config.host = "localhost";
  Dialer dialer(f.io.get_executor(), config);
  CHECK(Run(f.io, dialer.Dial(nullptr, InAMinute())).has_value());
  // From now on the other address, if there is one, answers too.
  tcp::acceptor other(f.io);
  boost::system::error_code error;
  other.open(tcp::v6(), error);
  if (!error) other.bind({asio::ip::address_v6::loopback(), config.port}, error);
  if (!error) other.listen(1, error);
  CHECK(Run(f.io, dialer.Dial(nullptr, InAMinute())).has_value());
  f.acceptor.non_blocking(true);
  for (int i = 0; i < 2; ++i) {
    f.acceptor.accept(error);
    CHECK_FALSE(error);
  }
}

TEST_CASE("a peer that sends without a pause does not starve other coroutines") {
  Fixture f;
  const auto transport = f.Dial();
  const std::string much(4 << 20, 'x');
  asio::async_write(f.peer, asio::buffer(much), [](boost::system::error_code, std::size_t) {});
  CHECK(TurnsWhileReading(f.io, *transport, 4096, 90) >= 9);
}

TEST_CASE("a peer that sends without a pause does not outlast the deadline of a read") {
  Fixture f;
  const auto transport = f.Dial();
  const std::string much(1 << 20, 'x');
  asio::async_write(f.peer, asio::buffer(much), [](boost::system::error_code, std::size_t) {});
  CHECK(Run(f.io, transport->ReadSome(f.buffer, InAMinute())).has_value());
  CHECK(Run(f.io, ReadUntilFailure(*transport)).code == Errc::kTimeout);
}

TEST_CASE("a pending read can be cancelled, and reads and writes time out") {
  Fixture f;
  const auto transport = f.Dial();
  SECTION("a read that is cancelled") {
    // Once the read has begun.
    asio::post(f.io, [&] { asio::post(f.io, [&transport] { transport->Cancel(); }); });
    CHECK(f.Read(*transport).error().code == Errc::kCanceled);
  }
  SECTION("a read that times out") {
    const auto read = Run(f.io, transport->ReadSome(f.buffer, std::chrono::steady_clock::now()));
    CHECK(read.error().code == Errc::kTimeout);
    CHECK(read.error().message.starts_with("receive from 127.0.0.1:"));
  }
  SECTION("a write that times out") {
    const std::string endless(32 << 20, 'x');
    const auto written = Run(f.io, transport->Write(endless, std::chrono::steady_clock::now()));
    CHECK(written.error().code == Errc::kTimeout);
    CHECK(written.error().message.starts_with("send to 127.0.0.1:"));
  }
}

}  // namespace
}  // namespace k8sm::client
