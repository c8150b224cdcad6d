// The HTTP server for those who operate the program: /healthz, /livez and /readyz.

#ifndef K8SM_CONTROLLER_OPS_SERVER_H_
#define K8SM_CONTROLLER_OPS_SERVER_H_

#include "controller/health_checks.h"
#include "lib/async/token.h"
#include "lib/base/error.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace k8sm::controller {

// What a client can take of the program.
struct OpsServerLimits {
  // Connections at a time, at least one. A new one beyond them takes the place of the one that was served
  // longest ago, so that clients that hang cannot keep a probe out.
  std::size_t connections = 64;
  // From a request's first byte to the last of its answer.
  std::chrono::milliseconds request_time{std::chrono::seconds(10)};
  // Until a request's first byte.
  std::chrono::milliseconds idle_time{std::chrono::seconds(60)};
};

// Serves plain HTTP/1.1 (and 1.0) without authentication. GET and HEAD only. Requests with more than 16 KiB
// of header or 64 KiB of body are refused.
class OpsServer {
 public:
  // Listens on an IP address; port 0: any free port. kInvalidConfig where that is not possible. The checks
  // have to outlive the server.
  static Result<std::unique_ptr<OpsServer>> Listen(asio::any_io_executor executor, const std::string& address,
                                                   std::uint16_t port, HealthChecks& checks,
                                                   OpsServerLimits limits = {});

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

#endif  // K8SM_CONTROLLER_OPS_SERVER_H_
