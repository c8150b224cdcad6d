// Metrics of requests to the API server.

#ifndef K8SM_LIB_METRICS_REQUEST_METRICS_H_
#define K8SM_LIB_METRICS_REQUEST_METRICS_H_

#include "lib/client/request_observer.h"
#include "lib/metrics/registry.h"

#include <array>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace k8sm::metrics {

// Provides rest_client_* as in Kubernetes clients (k8s.io/component-base/metrics/prometheus/restclient,
// 1.36). The code label of a request without response is "<error>". Several clients of one host may share an
// instance. The registry must outlive it.
class RequestMetrics final : public client::RequestObserver {
 public:
  // `host` is as in the server's URL: "10.0.0.1:6443".
  RequestMetrics(Registry& registry, std::string host);

  void OnAdmitted(client::Method method, Duration waited) override;
  void OnAttempt(client::Method method, int status, bool again) override;
  void OnEnd(client::Method method, Duration took) override;
  void OnRequestSize(client::Method method, std::size_t bytes) override;
  void OnResponseSize(client::Method method, std::size_t bytes) override;

  // Records a run of a credential plugin, with the exit code and call_status labels of Kubernetes clients.
  void OnExecPluginCall(int code, std::string_view call_status);

 private:
  static constexpr std::size_t kMethods = 5;  // number of values of client::Method
  // Indexed by client::Method.
  using Histograms = std::array<prometheus::Histogram*, kMethods>;

  Histograms MakeHistograms(const std::string& name, const std::string& help,
                            const Registry::Buckets& buckets);
  prometheus::Counter& Requests(client::Method method, int status);
  prometheus::Counter& Retries(client::Method method, int status);

  prometheus::Counter& ExecPluginCalls(int code, std::string_view call_status);

  Registry& registry_;
  const std::string host_;
  Histograms rate_limiter_duration_;
  Histograms request_duration_;
  Histograms request_size_;
  Histograms response_size_;
  // Counters used so far; status 0 means no response.
  std::map<std::pair<client::Method, int>, prometheus::Counter*> requests_;
  std::map<std::pair<client::Method, int>, prometheus::Counter*> retries_;
};

}  // namespace k8sm::metrics

#endif  // K8SM_LIB_METRICS_REQUEST_METRICS_H_
