// The ops port without a socket: bytes from a client, bytes to it.

#ifndef K8SM_TEST_FUZZ_OPS_STAGE_H_
#define K8SM_TEST_FUZZ_OPS_STAGE_H_

#include "controller/ops/health_checks.h"
#include "lib/async/task_group.h"
#include "lib/async/token.h"
#include "lib/http_server/exchange.h"
#include "lib/http_server/message.h"
#include "lib/http_server/page_pace.h"
#include "lib/http_server/router.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::fuzz {

// The API server's answer about every client.
enum class Reviews { kAllowed, kDenied, kUnknownUser, kUnavailable, kUnreadable };

// How the port is served and how the client sends.
struct OpsScene {
  bool on_loopback = false;  // if so, without asking the API server
  Reviews reviews = Reviews::kDenied;
  std::size_t piece = 256;  // bytes in each write of the client
};

// The result of a connection.
struct OpsOutcome {
  std::vector<http_server::Request> requests;  // that reached the handler
  std::size_t puts = 0;                        // how often the page for PUT was made
  std::string bytes;                           // that the client received
};

// Sessions, authorisation, the host check, health pages, and one page of each other kind.
class OpsStage {
 public:
  OpsStage();

  // Sends the bytes over a connection, ends sending, and reads until the session ends the connection.
  OpsOutcome Run(std::string_view bytes, const OpsScene& scene);

 private:
  Awaitable<void> Record(http_server::Exchange& exchange, const http_server::Handler& handler);
  Awaitable<void> Serve(asio::ip::tcp::socket socket, const http_server::Handler& handler);

  asio::io_context context_;
  controller::HealthChecks checks_;
  // A clock that stands still during a request, so that no page seems to take time and no client has to wait.
  http_server::PagePace::Clock::time_point now_{};
  http_server::Router router_;
  TaskGroup tasks_;
  OpsOutcome outcome_;
};

}  // namespace k8sm::fuzz

#endif  // K8SM_TEST_FUZZ_OPS_STAGE_H_
