// The HTTP(S) port for health, metrics and debug pages.

#ifndef K8SM_CONTROLLER_OPS_OPS_PORT_H_
#define K8SM_CONTROLLER_OPS_OPS_PORT_H_

#include "lib/base/error.h"
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
  // PEM files. Both set: serves HTTPS; both empty: serves HTTP. The files are reloaded when they change.
  std::string tls_cert_file;
  std::string tls_private_key_file;
};

// Listens and returns the server; its Run() serves the router's pages. The router must outlive Run(). Errors:
// kInvalidConfig if the certificate cannot be used, kUnavailable if the address cannot be listened on, e.g.
// because the port is taken; both name the flag.
Result<std::unique_ptr<http_server::Server>> ListenForOps(asio::any_io_executor executor,
                                                          const OpsPortOptions& options,
                                                          const http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_PORT_H_
