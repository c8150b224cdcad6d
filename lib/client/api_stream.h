// Responses that are read as they arrive: lists and watches.

#ifndef K8SM_LIB_CLIENT_API_STREAM_H_
#define K8SM_LIB_CLIENT_API_STREAM_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/message/encoding.h"
#include "lib/client/message/request.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::client {

class HttpConnection;
class Origin;

// Sends one request at a time over its own connection, which is opened by the first request and reused if the
// server allows it. Created by ApiClient::NewStream(). Destroy it only when no Get() is in progress.
class ApiStream {
 public:
  // Called once with empty `bytes` when the head of a 2xx response has arrived, then with each piece of the
  // body, split at arbitrary positions. Returning an error aborts the request.
  using Sink = std::function<Result<void>(std::string_view bytes)>;

  // Timeouts for receiving a response; the durations are measured from when the connection is established
  // (which is limited by options.connect_timeout).
  struct Timeouts {
    // Time for the response to begin; silence up to this time is not a failure either.
    std::chrono::milliseconds quiet{30'000};
    // Maximum silence after that.
    std::chrono::milliseconds idle{30'000};
    // Maximum duration of the whole response.
    std::chrono::milliseconds total{60'000};
    // When the call ends at the latest, including the time for credentials and the connection.
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  };

  explicit ApiStream(std::shared_ptr<Origin> origin);
  ~ApiStream();
  ApiStream(const ApiStream&) = delete;
  ApiStream& operator=(const ApiStream&) = delete;

  // Sends a GET for `target` (path and query) and passes the body of a 2xx response to the sink as it
  // arrives. Succeeds when the body has ended regularly. One call at a time. `timeouts` must outlive the call
  // and may be changed meanwhile, e.g. by the sink; changes apply from the next wait on.
  //
  // Errors (the sink may have received part of the body before):
  // - the sink's own error, unchanged;
  // - refusals of the API server as for ApiClient::Do(); the sink is not called;
  // - kUnavailable: no connection, or it ended before the body;
  // - kTimeout; kMalformed: not HTTP, or in an encoding that is not accepted; kCanceled: Cancel(), or the
  // awaiting coroutine was cancelled.
  //
  // `accept`: the Accept header, a literal (see AcceptOf). What the server chose is encoding().
  Awaitable<Result<void>> Get(std::string target, const Timeouts& timeouts, Sink sink,
                              std::string_view accept = kJsonType);

  // The encoding of the body, from the first call of the sink on.
  Encoding encoding() const { return encoding_; }

  // Ends the Get() that is in progress with kCanceled, as soon as the head of its response has arrived. Has
  // no effect between calls.
  void Cancel();

 private:
  // Counts the bytes of the body in `received`. All references must outlive the call.
  Awaitable<Result<void>> Read(Request request, const Timeouts& timeouts, const Sink& sink,
                               std::size_t& received);

  Awaitable<Result<std::string_view>> Receive(HttpConnection& connection,
                                              std::chrono::steady_clock::time_point deadline);

  std::shared_ptr<Origin> origin_;
  std::unique_ptr<HttpConnection> connection_;  // null unless the last request left a reusable connection
  Encoding encoding_ = Encoding::kJson;
  bool canceled_ = false;                // the call in progress
  HttpConnection* receiving_ = nullptr;  // set while a piece of a body is awaited
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_API_STREAM_H_
