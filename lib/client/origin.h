// State shared by all requests of a client.

#ifndef K8SM_LIB_CLIENT_ORIGIN_H_
#define K8SM_LIB_CLIENT_ORIGIN_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/auth/credentials.h"
#include "lib/client/client_options.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/connection/dialer.h"
#include "lib/client/connection/http_connection.h"
#include "lib/client/connection/transport.h"
#include "lib/client/message/http_message.h"
#include "lib/client/message/request.h"
#include "lib/client/rate_limiter.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace k8sm::client {

// A response whose body has not been read yet.
struct Answer {
  std::unique_ptr<HttpConnection> connection;
  ResponseHead head;
  TimePoint begin;  // when the connection was established and the request sent
};

// What requests have in common, whichever connection they use: the way to the server, the credentials, the
// rate limit and the warnings. Must outlive its calls.
class Origin {
 public:
  using Now = std::function<TimePoint()>;

  // `now` is the clock by which Usable() judges how long a connection has been idle. Fails with
  // kInvalidConfig if the certificates of `config` cannot be used.
  static Result<std::shared_ptr<Origin>> Create(asio::any_io_executor executor, RestConfig config,
                                                ClientOptions options,
                                                Now now = std::chrono::steady_clock::now);

  // The configuration as passed to Create().
  const RestConfig& config() const { return config_; }
  const ClientOptions& options() const { return options_; }

  // Waits for the rate limit. Call it before each Send(). Fails with kTimeout if the wait would exceed
  // `deadline`, and with kCanceled. If the request is held back in the end, for want of credentials or by
  // options.write_until, Send() returns the token to the bucket; a connection that fails has used it.
  Awaitable<Result<void>> Admit(Method method, TimePoint deadline);

  // Sends the request over `kept`, a connection of an earlier request, or over a new one if `kept` is null or
  // no longer usable, and waits for the head of the response: for up to `patience` after the connection is
  // established, and until `deadline` at most. Errors: kUnavailable, kTimeout, kMalformed; kCanceled: the
  // awaiting coroutine was cancelled; kNotLeading: options.write_until does not allow the write.
  //
  // If `kept` turns out to be closed, the request is sent over a new connection: a GET if no response had
  // begun, another request only if it cannot have been sent completely. `again` marks a retry, for metrics.
  Awaitable<Result<Answer>> Send(Request request, std::unique_ptr<HttpConnection> kept,
                                 std::chrono::milliseconds patience, TimePoint deadline, bool again);

  // Whether an idle connection may be reused, as far as is known without a look at its socket: for 30 s, and
  // until NoteLoss() or new credentials.
  bool Usable(const HttpConnection& connection) const;

  // Call it when a connection has failed. Other idle connections probably fail for the same reason, e.g. a
  // frozen load balancer, so none of them is reused; new ones are opened to other addresses, if there are
  // any.
  void NoteLoss(const HttpConnection& connection, const Error& error);

  // Waits for `duration`. Fails with kCanceled if the coroutine is cancelled.
  static Awaitable<Result<void>> Wait(std::chrono::milliseconds duration);

  // Sets a callback that is called when idle connections must no longer be reused. REQUIRES: it remains
  // callable as long as requests are sent.
  void OnRotation(std::function<void()> call) { on_rotation_ = std::move(call); }

  // Reads and classifies a response other than 2xx. A long body is not read to its end, so the connection
  // cannot be reused then.
  Awaitable<Error> ReadRefusal(Answer& answer, TimePoint deadline);

 private:
  Origin(asio::any_io_executor executor, RestConfig config, ClientOptions options,
         std::unique_ptr<Credentials> credentials, Now now);

  Awaitable<Result<Credentials::Shown>> Show(TimePoint deadline);
  Awaitable<Result<ResponseHead>> Attempt(HttpConnection& connection, std::string_view text,
                                          TimePoint deadline);
  // Deadline of a request that is sent now; nullopt if it must not be sent.
  std::optional<TimePoint> BoundNow(Method method, TimePoint deadline) const;
  Awaitable<Result<std::unique_ptr<HttpConnection>>> Open(TimePoint deadline);
  struct AttemptMark {
    TimePoint start;
    bool again = false;  // a retry
  };
  // Logs the outcome of an attempt and reports it to the observer.
  void Note(const Request& request, const Result<ResponseHead>& head, AttemptMark mark);
  void TellWarnings(const ResponseHead& head);

  RestConfig config_;
  ClientOptions options_;
  std::unique_ptr<Credentials> credentials_;
  const Now now_;
  Dialer dialer_;
  TokenBucket bucket_;
  // Connections of an earlier epoch are not reused. The epoch ends when a connection fails and when
  // credentials change.
  std::uint64_t epoch_ = 0;
  std::function<void()> on_rotation_;
  std::uint64_t generation_ = 0;              // of the credentials, at the last call of on_rotation_
  std::unordered_set<std::string> warnings_;  // already reported
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_ORIGIN_H_
