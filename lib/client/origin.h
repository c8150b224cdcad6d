// The API server as all requests of a client see it.

#ifndef K8SM_LIB_CLIENT_ORIGIN_H_
#define K8SM_LIB_CLIENT_ORIGIN_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/client_options.h"
#include "lib/client/dialer.h"
#include "lib/client/http_connection.h"
#include "lib/client/http_message.h"
#include "lib/client/rate_limiter.h"
#include "lib/client/request.h"
#include "lib/client/rest_config.h"
#include "lib/client/transport.h"

#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

namespace k8sm::client {

// An answer whose body is still to be read from its connection.
struct Answer {
  std::unique_ptr<HttpConnection> connection;
  ResponseHead head;
};

// What requests have in common, whichever connection they use: the way to the server, the credentials, the
// rate limit and the warnings. Has to outlive its calls.
class Origin {
 public:
  static Result<std::shared_ptr<Origin>> Create(asio::any_io_executor executor, RestConfig config,
                                                ClientOptions options);

  const RestConfig& config() const { return config_; }
  const ClientOptions& options() const { return options_; }

  // Waits for the rate limit, then sends the request over `kept`, a connection from an earlier request, or
  // over a new one where that is null or closed by now. A GET that finds `kept` closed on sending is sent
  // once more, over a new one; a write is not. kUnavailable, kTimeout, kMalformed, kCanceled: the awaiting
  // coroutine was cancelled, or options.write_until lets no write go.
  Awaitable<Result<Answer>> Send(Request request, std::unique_ptr<HttpConnection> kept, TimePoint deadline);

  // Reads and classifies an answer that is not 2xx.
  // A long body is not read to its end, which makes the connection useless.
  Awaitable<Error> ReadRefusal(Answer& answer, TimePoint deadline);

 private:
  Origin(RestConfig config, ClientOptions options, Dialer dialer);

  Awaitable<Result<void>> Admit(TimePoint deadline);
  // When a request that is sent now has to be answered; nothing: it must not be sent.
  std::optional<TimePoint> BoundNow(Method method, TimePoint deadline) const;
  Awaitable<Result<std::unique_ptr<HttpConnection>>> Open(TimePoint deadline);
  void TellWarnings(const ResponseHead& head);

  RestConfig config_;
  ClientOptions options_;
  Dialer dialer_;
  TokenBucket bucket_;
  std::unordered_set<std::string> warnings_;  // told already
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_ORIGIN_H_
