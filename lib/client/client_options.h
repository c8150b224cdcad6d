// How a client behaves towards the API server.

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
  // Requests a second, and how many at once after a pause; lists and watches count as one each. A qps of 0
  // means no limit.
  double qps = 20;
  int burst = 30;
  // For the name's resolution, TCP and TLS together.
  std::chrono::milliseconds connect_timeout{10'000};
  // For one ApiClient::Do(), its retries and the wait for the rate limit included.
  std::chrono::milliseconds request_timeout{30'000};
  // For one attempt of it, from when its connection stands: a connection that passes nothing on is given up
  // then. The API server's own admission webhooks have 10 s each.
  std::chrono::milliseconds attempt_timeout{15'000};
  // Before a GET whose answer was lost is sent again.
  std::chrono::milliseconds retry_pause{1'000};
  // The longest body that ApiClient::Do() takes. Streams have no limit, since they hold nothing.
  std::size_t max_response_bytes = 64 << 20;
  // How many connections ApiClient keeps open while it has no use for them.
  std::size_t max_idle_connections = 10;
  // Never ask for compressed answers; false: for those to single requests and lists, but not to watches.
  // Worth the processor's time on both sides where the way to the API server is narrow.
  bool disable_compression = true;
  // Told of each request; null: nobody is. Has to outlive the client and its streams.
  RequestObserver* observer = nullptr;
  // Called when a credential plugin has run, with its exit code (or what stands for one) and a call_status of
  // rest_client_exec_plugin_call_total.
  std::function<void(int code, std::string_view call_status)> on_exec_plugin_call;
  // Called with the text of each Warning header (code 299) that the API server sends, once for each text.
  std::function<void(std::string_view text)> on_warning;
  // Until when a request that is no GET may be under way, asked just before its bytes go out; nothing: it is
  // not sent, but fails with kNotLeading. Unset: request_timeout alone bounds it. For processes of which one
  // at a time may write.
  std::function<std::optional<std::chrono::steady_clock::time_point>()> write_until;
};

}  // namespace k8sm::client

#endif  // K8SM_LIB_CLIENT_CLIENT_OPTIONS_H_
