// The conversation with one client of the ops server: HTTP/1.1 (and 1.0), one request after the other.

#ifndef K8SM_CONTROLLER_OPS_OPS_SESSION_H_
#define K8SM_CONTROLLER_OPS_OPS_SESSION_H_

#include "controller/ops/ops_page.h"
#include "controller/ops/ops_router.h"
#include "controller/ops/ops_stream.h"
#include "lib/async/notifier.h"
#include "lib/async/token.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace k8sm::controller {

// What a client may take its time for.
struct OpsSessionLimits {
  // From a request's first byte to the last of its answer; for TLS' handshake too.
  std::chrono::milliseconds request_time{std::chrono::seconds(10)};
  // Of that, how long a client waits for a page that others have had just now, before it is told to ask
  // again.
  std::chrono::milliseconds turn_time{std::chrono::seconds(3)};
  // Until a request's first byte.
  std::chrono::milliseconds idle_time{std::chrono::seconds(60)};
};

// How a session fits in with the others.
struct OpsSessionHooks {
  // Returns when there is room for one more answer.
  std::function<Awaitable<void>()> make_room;
  // Called after each answer that is followed by another request.
  std::function<void()> on_answered;
};

// Requests with more than 16 KiB of header or 64 KiB of body are refused.
class OpsSession {
 public:
  // The router has to outlive the session.
  OpsSession(asio::any_io_executor executor, std::unique_ptr<OpsStream> stream, const OpsRouter& router,
             OpsSessionLimits limits, OpsSessionHooks hooks);

  // Answers until the client or a limit ends it.
  Awaitable<void> Run();

  // Ends Run() soon.
  void Close();

  // How many bytes the answer has that is being sent; 0: none is.
  std::size_t unsent() const { return unsent_; }

 private:
  struct Exchange;

  Awaitable<bool> WaitForRequest();
  Awaitable<bool> AnswerRequest();
  Awaitable<unsigned> ReadRequest(Exchange& exchange);
  Awaitable<std::optional<OpsPage>> PageFor(const OpsRequest& request);
  Awaitable<bool> ReadMore();
  Awaitable<void> HangUp();

  const std::unique_ptr<OpsStream> stream_;
  const OpsRouter& router_;
  const OpsSessionLimits limits_;
  const OpsSessionHooks hooks_;
  std::string arrived_;  // and is not read yet
  std::size_t unsent_ = 0;
  bool closed_ = false;
  Notifier on_close_;
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_OPS_SESSION_H_
