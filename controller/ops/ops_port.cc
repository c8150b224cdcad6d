#include "controller/ops/ops_port.h"

#include "controller/access/access_rules.h"
#include "lib/base/printable.h"
#include "lib/http_server/local_addresses.h"
#include "lib/http_server/page.h"
#include "lib/http_server/self_signed.h"
#include "lib/http_server/tls_files.h"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <boost/system/error_code.hpp>

#include <chrono>
#include <optional>
#include <utility>

namespace k8sm::controller {

using http_server::Exchange;
using http_server::Response;
using http_server::Router;
using http_server::Server;
using http_server::TlsFiles;

namespace {

// Time to finish responses at shutdown. Less than the time for which the program waits for this server.
constexpr std::chrono::milliseconds kDrainTime{100};

// Who may request the router's pages.
struct Policy {
  const Router& router;
  AccessGate* gate;  // null: everyone
  bool local_only;   // whether the Host header has to name this host
};

Response WrongHost(std::string_view host) {
  Response response = http_server::PlainError(403);
  response.body = "this port is not served as " + Printable(host) + "; use localhost or an IP address\n";
  return response;
}

Awaitable<void> Serve(Exchange& exchange, const Policy& policy) {
  const std::string_view host = exchange.request().Header("Host");
  if (policy.local_only && !IsLocalHost(host)) {
    Response refusal = WrongHost(host);
    co_await exchange.Send(std::move(refusal));
    co_return;
  }
  const auto page = http_server::PageRequestOf(exchange.request());
  if (policy.gate != nullptr && page) {
    AccessRequest request{.method = exchange.request().method,
                          .path = page->path,
                          .authorization = std::string(exchange.request().Header("Authorization")),
                          .certificate = exchange.client_certificate()};
    http_server::Connection& connection = exchange.connection();
    Asker asker{.wake = connection.wake(), .left = [&connection] { return connection.closed(); }};
    std::optional<Response> refusal = co_await policy.gate->Check(std::move(request), std::move(asker));
    if (refusal) {
      co_await exchange.Send(*std::move(refusal));
      co_return;
    }
  }
  co_await policy.router.Serve(exchange);
}

// Returns an unset source for plain HTTP.
Result<http_server::TlsSource> TlsSourceFor(const OpsPortOptions& options) {
  if (!IsHttps(options)) return http_server::TlsSource();
  http_server::TlsFileOptions files{.cert = {"-tls_cert_file", options.tls_cert_file},
                                    .key = {"-tls_private_key_file", options.tls_private_key_file},
                                    .client_ca = {"-client_ca_file", options.client_ca_file}};
  if (options.tls_cert_file.empty()) {
    boost::system::error_code ignored;
    auto pair =
        http_server::MakeSelfSigned(asio::ip::host_name(ignored), http_server::AddressesOf(options.address));
    if (!pair) return pair.error();
    files.pair = *std::move(pair);
  }
  auto loaded = TlsFiles::Load(std::move(files));
  if (!loaded) return loaded.error();
  return http_server::TlsSource(
      [shared = std::shared_ptr<TlsFiles>(*std::move(loaded))] { return shared->Context(); });
}

}  // namespace

bool IsLoopback(const std::string& address) {
  boost::system::error_code error;
  const auto ip = asio::ip::make_address(address, error);
  return !error && ip.is_loopback();
}

bool IsHttps(const OpsPortOptions& options) {
  return !IsLoopback(options.address) || !options.tls_cert_file.empty();
}

http_server::Handler OpsHandler(const Router& router, AccessGate* gate, bool local_only) {
  return [policy = Policy{router, gate, local_only}](Exchange& exchange) { return Serve(exchange, policy); };
}

Result<std::unique_ptr<Server>> ListenForOps(asio::any_io_executor executor, const OpsPortOptions& options,
                                             const Router& router, AccessGate* gate) {
  http_server::ServerOptions server_options{.address = options.address, .port = options.port};
  server_options.limits.drain_time = kDrainTime;
  auto tls = TlsSourceFor(options);
  if (!tls) return tls.error();
  server_options.tls = *std::move(tls);
  auto server = Server::Listen(std::move(executor), std::move(server_options),
                               OpsHandler(router, gate, IsLoopback(options.address)));
  if (server) return server;
  return Error{.code = server.error().code, .message = "-address, -port: " + server.error().message};
}

}  // namespace k8sm::controller
