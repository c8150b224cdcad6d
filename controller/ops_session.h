// The conversation with one client of the ops server: HTTP/1.1 (and 1.0), one request after the other.

#ifndef K8SM_CONTROLLER_OPS_SESSION_H_
#define K8SM_CONTROLLER_OPS_SESSION_H_

#include "controller/ops_router.h"
#include "controller/ops_stream.h"
#include "lib/async/token.h"

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace k8sm::controller {

// What a client may take its time for.
struct OpsSessionLimits {
  // From a request's first byte to the last of its answer; for TLS' handshake too.
  std::chrono::milliseconds request_time{std::chrono::seconds(10)};
  // Until a request's first byte.
  std::chrono::milliseconds idle_time{std::chrono::seconds(60)};
};

// Requests with more than 16 KiB of header or 64 KiB of body are refused.
class OpsSession {
 public:
  // `on_answered` is called after each answer that is followed by another request. The router has to outlive
  // the session.
  OpsSession(std::unique_ptr<OpsStream> stream, const OpsRouter& router, OpsSessionLimits limits,
             std::function<void()> on_answered);

  // Answers until the client or a limit ends it.
  Awaitable<void> Run();

  // Ends Run() soon.
  void Close() { stream_->Close(); }

 private:
  struct Exchange;

  Awaitable<bool> WaitForRequest();
  Awaitable<bool> AnswerRequest();
  Awaitable<unsigned> ReadRequest(Exchange& exchange);
  Awaitable<bool> ReadMore();
  Awaitable<void> HangUp();

  const std::unique_ptr<OpsStream> stream_;
  const OpsRouter& router_;
  const OpsSessionLimits limits_;
  const std::function<void()> on_answered_;
  std::string arrived_;  // and is not read yet
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_SESSION_H_
