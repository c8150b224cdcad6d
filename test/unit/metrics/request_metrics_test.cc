#include "lib/metrics/request_metrics.h"

#include "test/support/catch.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::metrics {
namespace {

using client::Method;
using std::chrono::milliseconds;

bool Has(const Registry& registry, const std::string& line) {
  return registry.Text().find("\n" + line + "\n") != std::string::npos;
}

TEST_CASE("requests and retries are counted by code, method and host") {
  Registry registry;
  RequestMetrics metrics(registry, "10.0.0.1:6443");
  CHECK(Has(registry, R"(rest_client_requests_total{code="<error>",host="10.0.0.1:6443",method="GET"} 0)"));
  CHECK(Has(registry, R"(rest_client_requests_total{code="201",host="10.0.0.1:6443",method="POST"} 0)"));
  metrics.OnAttempt(Method::kGet, 429, false);
  metrics.OnAttempt(Method::kGet, 0, true);
  metrics.OnAttempt(Method::kGet, 200, true);
  metrics.OnAttempt(Method::kPut, 409, false);
  CHECK(Has(registry, R"(rest_client_requests_total{code="429",host="10.0.0.1:6443",method="GET"} 1)"));
  CHECK(Has(registry, R"(rest_client_requests_total{code="<error>",host="10.0.0.1:6443",method="GET"} 1)"));
  CHECK(Has(registry, R"(rest_client_requests_total{code="409",host="10.0.0.1:6443",method="PUT"} 1)"));
  CHECK(Has(registry,
            R"(rest_client_request_retries_total{code="<error>",host="10.0.0.1:6443",verb="GET"} 1)"));
  CHECK(Has(registry, R"(rest_client_request_retries_total{code="200",host="10.0.0.1:6443",verb="GET"} 1)"));
  CHECK_FALSE(
      Has(registry, R"(rest_client_request_retries_total{code="429",host="10.0.0.1:6443",verb="GET"} 0)"));
}

TEST_CASE("what may come of requests is there with 0 at first, for each method") {
  Registry registry;
  const RequestMetrics metrics(registry, "a");
  const std::vector<std::pair<std::string, std::string>> usual = {
      {"GET", "200"}, {"POST", "201"}, {"PUT", "200"}, {"DELETE", "200"}, {"PATCH", "200"}};
  for (const auto& [method, status] : usual) {
    CAPTURE(method);
    for (const std::string& code : {std::string("<error>"), status}) {
      CHECK(Has(registry,
                "rest_client_requests_total{code=\"" + code + "\",host=\"a\",method=\"" + method + "\"} 0"));
    }
    CHECK(Has(registry,
              R"(rest_client_request_retries_total{code="<error>",host="a",verb=")" + method + "\"} 0"));
    for (const std::string name : {"rate_limiter_duration_seconds", "request_duration_seconds",
                                   "request_size_bytes", "response_size_bytes"}) {
      CHECK(Has(registry, "rest_client_" + name + "_count{host=\"a\",verb=\"" + method + "\"} 0"));
    }
  }
  for (const std::string status :
       {"plugin_execution_error", "plugin_not_found_error", "client_internal_error"}) {
    CHECK(Has(registry, "rest_client_exec_plugin_call_total{call_status=\"" + status + "\",code=\"1\"} 0"));
  }
}

TEST_CASE("runs of the credential plugin are counted by code and status") {
  Registry registry;
  RequestMetrics metrics(registry, "a");
  CHECK(Has(registry, R"(rest_client_exec_plugin_call_total{call_status="no_error",code="0"} 0)"));
  CHECK(Has(registry,
            R"(rest_client_exec_plugin_call_total{call_status="plugin_not_found_error",code="1"} 0)"));
  metrics.OnExecPluginCall(0, "no_error");
  metrics.OnExecPluginCall(7, "plugin_execution_error");
  CHECK(Has(registry, R"(rest_client_exec_plugin_call_total{call_status="no_error",code="0"} 1)"));
  CHECK(Has(registry,
            R"(rest_client_exec_plugin_call_total{call_status="plugin_execution_error",code="7"} 1)"));
}

TEST_CASE("durations and sizes are counted in the buckets that Kubernetes' clients use") {
  Registry registry;
  RequestMetrics metrics(registry, "a");
  metrics.OnAdmitted(Method::kGet, milliseconds(0));
  metrics.OnEnd(Method::kPut, milliseconds(300));
  metrics.OnRequestSize(Method::kPost, 1'000);
  metrics.OnResponseSize(Method::kGet, 100'000'000);
  CHECK(
      Has(registry, R"(rest_client_rate_limiter_duration_seconds_bucket{host="a",verb="GET",le="0.005"} 1)"));
  CHECK(Has(registry, R"(rest_client_request_duration_seconds_bucket{host="a",verb="PUT",le="0.25"} 0)"));
  CHECK(Has(registry, R"(rest_client_request_duration_seconds_bucket{host="a",verb="PUT",le="0.5"} 1)"));
  CHECK(Has(registry, R"(rest_client_request_duration_seconds_bucket{host="a",verb="PUT",le="60"} 1)"));
  CHECK(Has(registry, R"(rest_client_request_size_bytes_bucket{host="a",verb="POST",le="512"} 0)"));
  CHECK(Has(registry, R"(rest_client_request_size_bytes_bucket{host="a",verb="POST",le="1024"} 1)"));
  CHECK(Has(registry, R"(rest_client_response_size_bytes_bucket{host="a",verb="GET",le="16777216"} 0)"));
  CHECK(Has(registry, R"(rest_client_response_size_bytes_sum{host="a",verb="GET"} 100000000)"));
}

}  // namespace
}  // namespace k8sm::metrics
