#include "lib/metrics/request_metrics.h"

#include <chrono>

namespace k8sm::metrics {
namespace {

using client::Method;

const Registry::Buckets kDurations = {0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60};
const Registry::Buckets kSizes = {64,     256,     512,       1'024,     4'096,     16'384,
                                  65'536, 262'144, 1'048'576, 4'194'304, 16'777'216};
constexpr std::array kAllMethods = {Method::kGet, Method::kPost, Method::kPut, Method::kDelete,
                                    Method::kPatch};

double Seconds(RequestMetrics::Duration time) {
  return std::chrono::duration<double>(time).count();
}

std::string Code(int status) {
  return status == 0 ? "<error>" : std::to_string(status);
}

// The status of a successful response.
int UsualStatus(Method method) {
  return method == Method::kPost ? 201 : 200;
}

template <class Metrics>
auto& For(const Metrics& metrics, Method method) {
  return *metrics[static_cast<std::size_t>(method)];
}

}  // namespace

RequestMetrics::RequestMetrics(Registry& registry, std::string host)
    : registry_(registry),
      host_(std::move(host)),
      rate_limiter_duration_(MakeHistograms(
          "rest_client_rate_limiter_duration_seconds",
          "How long requests to the API server wait for the program's own rate limit, in seconds.",
          kDurations)),
      request_duration_(MakeHistograms(
          "rest_client_request_duration_seconds",
          "How long requests to the API server take with all their attempts, in seconds; not of watches.",
          kDurations)),
      request_size_(MakeHistograms("rest_client_request_size_bytes",
                                   "Sizes of the bodies of requests to the API server.", kSizes)),
      response_size_(MakeHistograms("rest_client_response_size_bytes",
                                    "Sizes of the bodies of the API server's answers.", kSizes)) {
  for (const Method method : kAllMethods) {
    Requests(method, 0);
    Requests(method, UsualStatus(method));
    Retries(method, 0);
  }
  ExecPluginCalls(0, "no_error");
  for (const char* status : {"plugin_execution_error", "plugin_not_found_error", "client_internal_error"}) {
    ExecPluginCalls(1, status);
  }
}

RequestMetrics::Histograms RequestMetrics::MakeHistograms(const std::string& name, const std::string& help,
                                                          const Registry::Buckets& buckets) {
  Histograms histograms{};
  for (const Method method : kAllMethods) {
    histograms[static_cast<std::size_t>(method)] =
        &registry_.Histogram(name, help, buckets, {{"verb", std::string(ToString(method))}, {"host", host_}});
  }
  return histograms;
}

prometheus::Counter& RequestMetrics::Requests(Method method, int status) {
  prometheus::Counter*& counter = requests_[{method, status}];
  if (counter == nullptr) {
    counter = &registry_.Counter(
        "rest_client_requests_total",
        "Requests that were sent to the API server, by the status of its answer.",
        {{"code", Code(status)}, {"method", std::string(ToString(method))}, {"host", host_}});
  }
  return *counter;
}

prometheus::Counter& RequestMetrics::Retries(Method method, int status) {
  prometheus::Counter*& counter = retries_[{method, status}];
  if (counter == nullptr) {
    counter = &registry_.Counter(
        "rest_client_request_retries_total",
        "Requests that were sent to the API server once more, by the status of its answer.",
        {{"code", Code(status)}, {"verb", std::string(ToString(method))}, {"host", host_}});
  }
  return *counter;
}

// Rare, so the lookup on each call is acceptable.
prometheus::Counter& RequestMetrics::ExecPluginCalls(int code, std::string_view call_status) {
  return registry_.Counter(
      "rest_client_exec_plugin_call_total",
      "Runs of the kubeconfig's credential plugin, by its exit code and what came of it.",
      {{"code", std::to_string(code)}, {"call_status", std::string(call_status)}});
}

void RequestMetrics::OnExecPluginCall(int code, std::string_view call_status) {
  ExecPluginCalls(code, call_status).Increment();
}

void RequestMetrics::OnAdmitted(Method method, Duration waited) {
  For(rate_limiter_duration_, method).Observe(Seconds(waited));
}

void RequestMetrics::OnAttempt(Method method, int status, bool again) {
  Requests(method, status).Increment();
  if (again) Retries(method, status).Increment();
}

void RequestMetrics::OnEnd(Method method, Duration took) {
  For(request_duration_, method).Observe(Seconds(took));
}

void RequestMetrics::OnRequestSize(Method method, std::size_t bytes) {
  For(request_size_, method).Observe(static_cast<double>(bytes));
}

void RequestMetrics::OnResponseSize(Method method, std::size_t bytes) {
  For(response_size_, method).Observe(static_cast<double>(bytes));
}

}  // namespace k8sm::metrics
