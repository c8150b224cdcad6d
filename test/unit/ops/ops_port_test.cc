#include "controller/ops/ops_port.h"

#include "test/support/catch.h"
#include "test/support/certificates.h"
#include "test/support/temp_directory.h"

#include <boost/asio/io_context.hpp>

#include <string>

namespace k8sm::controller {
namespace {

namespace asio = boost::asio;

TEST_CASE("an ops port that cannot be served names the flags, and a restart helps where it is the address") {
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

}  // namespace
}  // namespace k8sm::controller
