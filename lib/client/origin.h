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

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>

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
  // once more, over a new one; a write is not. kUnavailable, kTimeout, kMalformed, kCanceled.
  Awaitable<Result<Answer>> Send(Request request, std::unique_ptr<HttpConnection> kept, TimePoint deadline);

  // Whether a connection that is kept for later may be used.
  bool Usable(const HttpConnection& connection) const;

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
  Awaitable<Result<void>> Admit(TimePoint deadline);
  Awaitable<Result<std::unique_ptr<HttpConnection>>> Open(TimePoint deadline);
  void TellWarnings(const ResponseHead& head);

  RestConfig config_;
  ClientOptions options_;
  std::unique_ptr<Credentials> credentials_;
  Dialer dialer_;
  TokenBucket bucket_;
  std::function<void()> on_rotation_;
  std::uint64_t generation_ = 0;              // of the credentials, as on_rotation_ has been told
  std::unordered_set<std::string> warnings_;  // told already
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_ORIGIN_H_
