// The API server as all requests of a client see it.

#ifndef K8SM_LIB_CLIENT_ORIGIN_H_
#define K8SM_LIB_CLIENT_ORIGIN_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/client_options.h"
#include "lib/client/credentials.h"
#include "lib/client/dialer.h"
#include "lib/client/http_connection.h"
#include "lib/client/http_message.h"
#include "lib/client/rate_limiter.h"
#include "lib/client/request.h"
#include "lib/client/rest_config.h"
#include "lib/client/transport.h"

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

// An answer whose body is still to be read from its connection.
struct Answer {
  std::unique_ptr<HttpConnection> connection;
  ResponseHead head;
  TimePoint begin;  // when the connection stood and the request went out
};

// What requests have in common, whichever connection they use: the way to the server, the credentials, the
// rate limit and the warnings. Has to outlive its calls.
class Origin {
 public:
  static Result<std::shared_ptr<Origin>> Create(asio::any_io_executor executor, RestConfig config,
                                                ClientOptions options);

  const RestConfig& config() const { return config_; }
  const ClientOptions& options() const { return options_; }

  // Waits for the rate limit: call it before each Send. kTimeout where that would take beyond `deadline`,
  // kCanceled. A token that it has taken goes back where nothing is sent for it after all.
  Awaitable<Result<void>> Admit(Method method, TimePoint deadline);

  // Sends the request over `kept`, a connection from an earlier request, or over a new one where that is null
  // or not usable any more, and waits for the head of the answer: for `patience` from when the connection
  // stands, and not beyond `deadline`. kUnavailable, kTimeout, kMalformed; kCanceled: the awaiting coroutine
  // was cancelled; kNotLeading: options.write_until allows no write.
  //
  // A request that finds `kept` closed on sending is sent over a new connection: a GET where no answer had
  // begun, anything else only where it can't have gone out as a whole. `again`: the same request was sent
  // before, for whoever counts.
  Awaitable<Result<Answer>> Send(Request request, std::unique_ptr<HttpConnection> kept,
                                 std::chrono::milliseconds patience, TimePoint deadline, bool again);

  // Whether a connection that is kept for later may be used.
  bool Usable(const HttpConnection& connection) const;

  // A connection has failed. Those that are kept go the same way, over a balancer that has frozen for
  // instance, so none of them is used again.
  void NoteLoss(const Error& error);

  // Pauses. kCanceled.
  static Awaitable<Result<void>> Wait(std::chrono::milliseconds duration);

  // Called when connections that are kept for later can't be used any more. REQUIRES: as long as this may
  // send.
  void OnRotation(std::function<void()> call) { on_rotation_ = std::move(call); }

  // Reads and classifies an answer that is not 2xx.
  // A long body is not read to its end, which makes the connection useless.
  Awaitable<Error> ReadRefusal(Answer& answer, TimePoint deadline);

 private:
  Origin(asio::any_io_executor executor, RestConfig config, ClientOptions options,
         std::unique_ptr<Credentials> credentials);

  Awaitable<Result<Credentials::Shown>> Show(TimePoint deadline);
  Awaitable<Result<ResponseHead>> Attempt(HttpConnection& connection, std::string_view text,
                                          TimePoint deadline);
  // When a request that is sent now has to be answered; nothing: it must not be sent.
  std::optional<TimePoint> BoundNow(Method method, TimePoint deadline) const;
  Awaitable<Result<std::unique_ptr<HttpConnection>>> Open(TimePoint deadline);
  struct AttemptMark {
    TimePoint start;
    bool again = false;  // not the request's first
  };
  // Tells the log and the observer how an attempt has ended.
  void Note(const Request& request, const Result<ResponseHead>& head, AttemptMark mark);
  void TellWarnings(const ResponseHead& head);

  RestConfig config_;
  ClientOptions options_;
  std::unique_ptr<Credentials> credentials_;
  Dialer dialer_;
  TokenBucket bucket_;
  // Connections of an earlier epoch are not used again: it ends when one fails and when credentials change.
  std::uint64_t epoch_ = 0;
  std::function<void()> on_rotation_;
  std::uint64_t generation_ = 0;              // of the credentials, as on_rotation_ has been told
  std::unordered_set<std::string> warnings_;  // told already
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_ORIGIN_H_
