// Single requests to the API server.

#ifndef K8SM_LIB_CLIENT_API_CLIENT_H_
#define K8SM_LIB_CLIENT_API_CLIENT_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_stream.h"
#include "lib/client/client_options.h"
#include "lib/client/request.h"
#include "lib/client/rest_config.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::client {

class HttpConnection;
class Origin;

// Sends requests over connections that it opens as needed and keeps for later ones. Destroy it when no Do()
// is under way; its streams may outlive it.
class ApiClient {
 public:
  // Connects to nothing yet. kInvalidConfig where the config's certificates cannot be used.
  static Result<std::unique_ptr<ApiClient>> Create(asio::any_io_executor executor, RestConfig config,
                                                   ClientOptions options);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  // Gives the body of a 2xx answer, within options.request_timeout. Any number of calls may be under way.
  // Name the request before: gcc 12 destroys a braced temporary in a co_await expression twice.
  //
  // A GET is sent again as DelayBeforeRetry (retry.h) says. A write is sent once: where it fails,
  // IsOutcomeUnknown() of the error tells whether it may have been carried out nevertheless.
  //
  // Errors:
  // - what the API server refuses, as DecodeStatus (lib/kube_json) classifies it, with the answer's
  //   Retry-After: of a write, to wait is up to the caller;
  // - kUnavailable, kTimeout: the last attempt failed on the way;
  // - kMalformed: not HTTP, not JSON, or longer than max_response_bytes;
  // - kCanceled: the awaiting coroutine was cancelled;
  // - kNotLeading: options.write_until allows no write, so nothing was sent.
  Awaitable<Result<std::string>> Do(Request request);

  // A connection of its own for lists and watches, which shares this client's rate limit.
  std::unique_ptr<ApiStream> NewStream();

  const RestConfig& config() const;

 private:
  explicit ApiClient(std::shared_ptr<Origin> origin);

  Awaitable<Result<std::string>> DoUntil(Request request, std::chrono::steady_clock::time_point deadline);
  Awaitable<Result<std::string>> Try(Request request, std::chrono::steady_clock::time_point deadline,
                                     bool again);
  std::unique_ptr<HttpConnection> TakeIdle();
  void Keep(std::unique_ptr<HttpConnection> connection);

  std::shared_ptr<Origin> origin_;
  std::vector<std::unique_ptr<HttpConnection>> idle_;  // the last used at the end
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_API_CLIENT_H_
