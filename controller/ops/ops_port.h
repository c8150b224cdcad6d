// The port where operators and probes look at the program.

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

struct OpsPortOptions {
  // As -address and -port have it.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  // PEM files, both or neither: then HTTPS is served, else HTTP. They are read again where they change.
  std::string tls_cert_file;
  std::string tls_private_key_file;
};

// Listens for a server of the router's pages; its Run() serves them. kInvalidConfig, naming the flag, where
// that is not possible or a certificate cannot be used. The router has to outlive the server's Run().
Result<std::unique_ptr<http_server::Server>> ListenForOps(asio::any_io_executor executor,
                                                          const OpsPortOptions& options,
                                                          const http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_PORT_H_
