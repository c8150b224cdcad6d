#include "controller/ops/ops_port.h"

#include "lib/http_server/exchange.h"
#include "lib/http_server/tls_files.h"

#include <chrono>
#include <utility>

namespace k8sm::controller {

using http_server::Exchange;
using http_server::Router;
using http_server::Server;
using http_server::TlsFiles;

namespace {

// Time to finish responses at shutdown. Less than the time for which the program waits for this server.
constexpr std::chrono::milliseconds kDrainTime{100};

}  // namespace

Result<std::unique_ptr<Server>> ListenForOps(asio::any_io_executor executor, const OpsPortOptions& options,
                                             const Router& router) {
  http_server::ServerOptions server_options{.address = options.address, .port = options.port};
  server_options.limits.drain_time = kDrainTime;
  if (!options.tls_cert_file.empty()) {
    auto loaded = TlsFiles::Load({.cert = {"-tls_cert_file", options.tls_cert_file},
                                  .key = {"-tls_private_key_file", options.tls_private_key_file},
                                  .client_ca = {}});
    if (!loaded) return loaded.error();
    server_options.tls = [files = std::shared_ptr<TlsFiles>(*std::move(loaded))] { return files->Context(); };
  }
  auto server = Server::Listen(std::move(executor), std::move(server_options),
                               [&router](Exchange& exchange) { return router.Serve(exchange); });
  if (server) return server;
  return Error{.code = server.error().code, .message = "-address, -port: " + server.error().message};
}

}  // namespace k8sm::controller
