// Answers that are read as they arrive: lists and watches.

#ifndef K8SM_LIB_CLIENT_API_STREAM_H_
#define K8SM_LIB_CLIENT_API_STREAM_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/request.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace k8sm::client {

class HttpConnection;
class Origin;

// One connection of its own, opened at the first request and kept between requests where the server allows
// it. Made by ApiClient::NewStream(). Destroy it when no Get() is under way.
class ApiStream {
 public:
  // Called without bytes when the head of a 2xx answer is there, then with the body's next bytes, cut
  // anywhere. An error ends the request.
  using Sink = std::function<Result<void>(std::string_view bytes)>;

  // How long to wait for the next bytes.
  struct Timeouts {
    // All from when the connection stands (which options.connect_timeout bounds). For the answer to begin;
    // silence up to here is no failure either.
    std::chrono::milliseconds quiet{30'000};
    // Silence after that.
    std::chrono::milliseconds idle{30'000};
    // For all of the answer.
    std::chrono::milliseconds total{60'000};
  };

  explicit ApiStream(std::shared_ptr<Origin> origin);
  ~ApiStream();
  ApiStream(const ApiStream&) = delete;
  ApiStream& operator=(const ApiStream&) = delete;

  // GETs `target` (path and query) and hands the body of a 2xx answer to the sink as it arrives. Succeeds
  // when the body has ended as it should. One call at a time. `timeouts` have to stay until the end, and may
  // change on the way, in the sink for instance: they hold from the next wait on.
  //
  // Errors, of which the sink may have seen bytes before:
  // - the sink's own, unchanged;
  // - a refusal of the API server as ApiClient::Do() reports it, without a call of the sink;
  // - kUnavailable: no connection, or one that ended before the body did;
  // - kTimeout; kMalformed: not HTTP or not JSON; kCanceled: the awaiting coroutine was cancelled.
  Awaitable<Result<void>> Get(std::string target, const Timeouts& timeouts, Sink sink);

 private:
  // Counts the body's bytes in `received`. What is referred to has to stay.
  Awaitable<Result<void>> Read(Request request, const Timeouts& timeouts, const Sink& sink,
                               std::size_t& received);

  std::shared_ptr<Origin> origin_;
  std::unique_ptr<HttpConnection> connection_;  // null unless the last request has left one to keep
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_API_STREAM_H_
