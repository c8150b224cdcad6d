// The HTTP(S) port for health, metrics and debug pages.

#ifndef K8SM_CONTROLLER_OPS_OPS_PORT_H_
#define K8SM_CONTROLLER_OPS_OPS_PORT_H_

#include "controller/access/access_gate.h"
#include "lib/base/error.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/router.h"
#include "lib/http_server/server.h"

#include <boost/asio/any_io_executor.hpp>

#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::controller {

// Where and how to listen.
struct OpsPortOptions {
  // The values of -address and -port. Port 0 lets the kernel choose.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  // PEM files, reloaded when they change. Both empty: serves HTTP on loopback, and elsewhere HTTPS with a
  // certificate generated now.
  std::string tls_cert_file;
  std::string tls_private_key_file;
  // PEM file with the CAs of client certificates; empty: none are requested.
  std::string client_ca_file;
};

// Whether only processes of this machine can reach a server that listens on this IP address.
bool IsLoopback(const std::string& address);

// Whether it is served over TLS: always off loopback, and with a certificate of one's own.
bool IsHttps(const OpsPortOptions& options);

// Returns what the port serves: the router's pages to whom the gate admits, and to everyone if it is null.
// `local_only`: requests for another host name are refused (IsLocalHost()). Router and gate must outlive the
// use of the handler.
http_server::Handler OpsHandler(const http_server::Router& router, AccessGate* gate, bool local_only);

// Listens and returns the server, whose Run() serves OpsHandler(), local_only on loopback. Router and gate
// must outlive Run(). Errors: kInvalidConfig if a certificate cannot be used, kUnavailable if the address
// cannot be listened on, e.g. because the port is taken; both name the flag.
Result<std::unique_ptr<http_server::Server>> ListenForOps(asio::any_io_executor executor,
                                                          const OpsPortOptions& options,
                                                          const http_server::Router& router,
                                                          AccessGate* gate = nullptr);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_PORT_H_
