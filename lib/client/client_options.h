// Options of ApiClient and its streams.

#ifndef K8SM_LIB_CLIENT_CLIENT_OPTIONS_H_
#define K8SM_LIB_CLIENT_CLIENT_OPTIONS_H_

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string_view>

namespace k8sm::client {

class RequestObserver;

struct ClientOptions {
  // Rate limit: requests per second, and the burst allowed after a pause. A list or watch counts as one
  // request. A qps of 0 disables the limit.
  double qps = 20;
  int burst = 30;
  // For name resolution, TCP connect and TLS handshake together.
  std::chrono::milliseconds connect_timeout{10'000};
  // For one ApiClient::Do(), including retries and waiting for the rate limit.
  std::chrono::milliseconds request_timeout{30'000};
  // For one attempt, from when its connection is established; a connection that passes no data is abandoned
  // after this time. Should exceed 10 s, the default timeout of the API server's admission webhooks.
  std::chrono::milliseconds attempt_timeout{15'000};
  // Delay before a GET is retried whose response was lost.
  std::chrono::milliseconds retry_pause{1'000};
  // Maximum size of a body that ApiClient::Do() accepts. Streams have no limit, as they do not buffer the
  // body.
  std::size_t max_response_bytes = 64 << 20;
  // Maximum number of idle connections that ApiClient keeps open.
  std::size_t max_idle_connections = 10;
  // Never request compressed responses. If false, they are requested for single requests and lists, but not
  // for watches. Set to false if the network to the API server is slow; costs CPU on both sides.
  bool disable_compression = true;
  // Observes all requests; null: none. Must outlive the client and its streams.
  RequestObserver* observer = nullptr;
  // Called after each run of a credential plugin, with its exit code (or a substitute) and the call_status
  // label of rest_client_exec_plugin_call_total.
  std::function<void(int code, std::string_view call_status)> on_exec_plugin_call;
  // Called with the text of each Warning header (code 299) from the API server, once for each distinct text.
  std::function<void(std::string_view text)> on_warning;
  // For processes of which only one at a time may write. Called immediately before a request other than GET
  // is sent; returns the time by which the request must have ended. If it returns nullopt, the request is not
  // sent and fails with kNotLeading. Unset: only request_timeout limits writes.
  std::function<std::optional<std::chrono::steady_clock::time_point>()> write_until;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CLIENT_OPTIONS_H_
