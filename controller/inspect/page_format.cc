#include "controller/inspect/page_format.h"

#include "controller/inspect/json_steps.h"
#include "lib/kube/service.h"

#include <algorithm>

namespace k8sm::controller {

std::vector<kube::ObjectKey> ServicesByName(const ClusterCache& cache,
                                            const std::optional<kube::Symbol>& ns) {
  std::vector<kube::ObjectKey> services;
  cache.services().ForEach([&](const kube::Service& service) {
    if (service.SelectsPods() && (!ns || service.meta.ns == *ns)) services.push_back(service.meta.Key());
  });
  std::ranges::sort(services, [](const auto& a, const auto& b) { return a < b; });
  return services;
}

std::string FailureJson(const SyncFailure& failure) {
  return JsonObject()
      .Text("error", failure.error)
      .Text("since", kube::FormatTimestamp(TimeOfDay(failure.since)))
      .Done();
}

kube::Timestamp TimeOfDay(std::chrono::steady_clock::time_point time) {
  static const auto offset = std::chrono::system_clock::now().time_since_epoch() -
                             std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(time.time_since_epoch() + offset)));
}

}  // namespace k8sm::controller
