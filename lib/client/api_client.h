// Single requests to the API server.

#ifndef K8SM_LIB_CLIENT_API_CLIENT_H_
#define K8SM_LIB_CLIENT_API_CLIENT_H_

#include "lib/async/token.h"
#include "lib/base/error.h"
#include "lib/client/api_stream.h"
#include "lib/client/client_options.h"
#include "lib/client/config/rest_config.h"
#include "lib/client/message/request.h"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace k8sm::client {

class HttpConnection;
class Origin;

// Sends requests over connections that it opens as needed and keeps for reuse. Destroy it only when no Do()
// is in progress; its streams may outlive it.
class ApiClient {
 public:
  // Does not connect yet. Fails with kInvalidConfig if the certificates of `config` cannot be used.
  static Result<std::unique_ptr<ApiClient>> Create(asio::any_io_executor executor, RestConfig config,
                                                   ClientOptions options);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  // Returns the body of a 2xx response. The whole call, including retries, is limited by
  // options.request_timeout. Any number of calls may run concurrently. Pass a named variable as `request`:
  // gcc 12 destroys a braced temporary in a co_await expression twice.
  //
  // A GET is retried according to DelayBeforeRetry (retry.h). A write is sent once; if it fails,
  // IsOutcomeUnknown() states whether the server may have carried it out.
  //
  // Errors:
  // - refusals of the API server, classified by DecodeStatus (lib/kube_json), with its Retry-After; it is up
  //   to the caller to wait before a write is repeated;
  // - kUnavailable, kTimeout: the last attempt failed in transit;
  // - kMalformed: the response is not HTTP, not JSON, or longer than max_response_bytes;
  // - kCanceled: the awaiting coroutine was cancelled;
  // - kNotLeading: options.write_until did not allow the write, so nothing was sent.
  Awaitable<Result<std::string>> Do(Request request);

  // Returns a stream with its own connection, for lists and watches. It shares this client's rate limit and
  // credentials, and may outlive the client.
  std::unique_ptr<ApiStream> NewStream();

  // The configuration as passed to Create(). Contains secrets: never log it as a whole.
  const RestConfig& config() const;

 private:
  explicit ApiClient(std::shared_ptr<Origin> origin);

  Awaitable<Result<std::string>> DoUntil(Request request, std::chrono::steady_clock::time_point deadline);
  Awaitable<Result<std::string>> Try(Request request, std::chrono::steady_clock::time_point deadline,
                                     bool again);
  std::unique_ptr<HttpConnection> TakeIdle();
  void Keep(std::unique_ptr<HttpConnection> connection);

  std::shared_ptr<Origin> origin_;
  std::vector<std::unique_ptr<HttpConnection>> idle_;  // the most recently used at the end
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_API_CLIENT_H_
