#include "controller/ops/slices_metrics.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::controller {
namespace {

using endpoints::SliceCounts;
using kube::ObjectKey;
using kube::Service;
using metrics::Registry;
using metrics::Sample;

constexpr std::string_view kPrefix = "endpoint_slice_controller_";

std::string Name(std::string_view name) {
  return std::string(kPrefix) + std::string(name);
}

Registry::Buckets CountBuckets() {
  return metrics::ExponentialBuckets(2, 2, 15);
}

// The default buckets of client_golang (prometheus.DefBuckets).
const Registry::Buckets kDefaultBuckets = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};

}  // namespace

SlicesMetrics::SlicesMetrics(Registry& registry)
    : added_(registry.Histogram(Name("endpoints_added_per_sync"),
                                "Endpoints that a service's sync adds to slices.", CountBuckets())),
      removed_(registry.Histogram(Name("endpoints_removed_per_sync"),
                                  "Endpoints that a service's sync takes out of slices.", CountBuckets())) {
  for (std::size_t i = 0; i < kDistributions.size(); ++i) {
    changed_[i] = &registry.Histogram(
        Name("endpointslices_changed_per_sync"), "EndpointSlices that a service's sync changes.",
        kDefaultBuckets,
        {{"topology", "Disabled"}, {"traffic_distribution", std::string(kDistributions[i])}});
  }
  const auto operation = [&](const char* name) {
    return &registry.Counter(Name("changes"), "EndpointSlices that were created, updated and deleted.",
                             {{"operation", name}});
  };
  operations_ = {operation("create"), operation("update"), operation("delete")};
  ReadTotals(registry);
}

void SlicesMetrics::ReadTotals(Registry& registry) {
  const auto read = [&](std::string_view name, const std::string& help, std::size_t Totals::*total) {
    registry.ReadGauge(Name(name), help, [this, total] {
      return std::vector<Sample>{{static_cast<double>(totals_.*total), {}}};
    });
  };
  read("endpoints_desired", "Endpoints that all slices of this controller list by plan.", &Totals::endpoints);
  read("num_endpoint_slices", "EndpointSlices of this controller by plan.", &Totals::slices);
  read("desired_endpoint_slices", "EndpointSlices that would do if each were as full as it may be.",
       &Totals::fewest_slices);
  registry.ReadGauge(Name("services_count_by_traffic_distribution"),
                     "Services that ask for each kind of traffic distribution.", [this] {
                       std::vector<Sample> samples;
                       for (std::size_t i = 1; i < kDistributions.size(); ++i) {
                         samples.push_back({static_cast<double>(services_by_distribution_[i]),
                                            {{"traffic_distribution", std::string(kDistributions[i])}}});
                       }
                       return samples;
                     });
}

void SlicesMetrics::OnPlanned(const ObjectKey& key, const Service* service, const SliceCounts& counts,
                              std::size_t changes) {
  Forget(key);
  added_.Observe(static_cast<double>(counts.added));
  removed_.Observe(static_cast<double>(counts.removed));
  const std::size_t distribution = service != nullptr ? DistributionOf(*service) : 0;
  changed_[distribution]->Observe(static_cast<double>(changes));
  if (service == nullptr) return;
  services_[key] = {counts.endpoints, counts.slices, counts.fewest_slices, distribution};
  totals_.endpoints += counts.endpoints;
  totals_.slices += counts.slices;
  totals_.fewest_slices += counts.fewest_slices;
  ++services_by_distribution_[distribution];
}

void SlicesMetrics::Forget(const ObjectKey& key) {
  const auto known = services_.find(key);
  if (known == services_.end()) return;
  const Totals& service = known->second;
  totals_.endpoints -= service.endpoints;
  totals_.slices -= service.slices;
  totals_.fewest_slices -= service.fewest_slices;
  --services_by_distribution_[service.distribution];
  services_.erase(known);
}

void SlicesMetrics::OnWritten(SliceOperation operation) {
  operations_[static_cast<std::size_t>(operation)]->Increment();
}

std::size_t SlicesMetrics::DistributionOf(const Service& service) {
  const auto known = std::ranges::find(kDistributions, service.traffic_distribution.get());
  return std::min(static_cast<std::size_t>(known - kDistributions.begin()), kDistributions.size() - 1);
}

}  // namespace k8sm::controller
