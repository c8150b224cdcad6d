// The HTTP server for those who operate the program.

#ifndef K8SM_CONTROLLER_OPS_OPS_SERVER_H_
#define K8SM_CONTROLLER_OPS_OPS_SERVER_H_

#include "controller/ops/ops_router.h"
#include "controller/ops/ops_session.h"
#include "lib/async/token.h"
#include "lib/base/error.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::controller {

struct OpsServerOptions {
  // An IP address; port 0: any free port.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;
  // PEM files, both or neither: then HTTPS is served, else HTTP.
  std::string tls_cert_file;
  std::string tls_private_key_file;

  // Connections at a time, at least one. A new one beyond them takes the place of the one that was served
  // longest ago, so that clients that hang cannot keep a probe out.
  std::size_t connections = 128;
  // A connection keeps its place for so long at least, so that a flood of them does not cut a probe off
  // before it could ask. So many connections in such a time have to empty the system's queue, of some 4,000,
  // before probes lose patience, which is after some seconds.
  std::chrono::milliseconds grace{50};
  // So many bytes of answers may wait to be read. Where there are more, the clients that were served longest
  // ago lose theirs before another answer is made, so that those that ask and do not read take no more memory
  // than that and the one answer.
  std::size_t max_unsent = 32 << 20;
  OpsSessionLimits limits;
};

// Serves what a router has, without authentication.
class OpsServer {
 public:
  // Listens. kInvalidConfig where that is not possible, or a certificate can't be used. The router has to
  // outlive the server.
  static Result<std::unique_ptr<OpsServer>> Listen(asio::any_io_executor executor,
                                                   const OpsServerOptions& options, const OpsRouter& router);

  // REQUIRES: Run() has returned or was never called, or the io_context has stopped for good.
  ~OpsServer();
  OpsServer(const OpsServer&) = delete;
  OpsServer& operator=(const OpsServer&) = delete;

  // The port that it listens on.
  std::uint16_t port() const;

  // Serves. Ends by cancellation alone, and then stops listening, cuts the connections and returns when the
  // last of them is gone, which is at once. REQUIRES: called once.
  Awaitable<void> Run();

 private:
  class Impl;
  explicit OpsServer(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_SERVER_H_
