// The metrics endpoint_slice_controller_* of Kubernetes' EndpointSlice controller.

#ifndef K8SM_CONTROLLER_OPS_SLICES_METRICS_H_
#define K8SM_CONTROLLER_OPS_SLICES_METRICS_H_

#include "controller/reconcile/slices_step.h"
#include "lib/kube/object_meta.h"
#include "lib/metrics/registry.h"

#include <array>
#include <cstddef>
#include <string_view>
#include <unordered_map>

namespace k8sm::controller {

// Names, labels and buckets are those of k8s.io/endpointslice/metrics in Kubernetes 1.36; the counter of
// syncs is in SyncMetrics. All series exist from the start with value 0. The registry must not generate a
// page after this object is destroyed.
class SlicesMetrics {
 public:
  // Registers the metrics. `registry` must outlive it.
  explicit SlicesMetrics(metrics::Registry& registry);

  // Implement SliceHooks::on_planned and on_written.
  void OnPlanned(const kube::ObjectKey& key, const kube::Service* service,
                 const endpoints::SliceCounts& counts, std::size_t changes);
  void OnWritten(SliceOperation operation);

 private:
  // The values of the label traffic_distribution: none, the ones that Kubernetes defines, and one for all
  // others.
  static constexpr std::array<std::string_view, 5> kDistributions = {
      "", "PreferClose", "PreferSameZone", "PreferSameNode", "ImplementationSpecific"};

  // The numbers of one service, or the sums over all of them.
  struct Totals {
    std::size_t endpoints = 0;
    std::size_t slices = 0;
    std::size_t fewest_slices = 0;
    std::size_t distribution = 0;  // index into kDistributions; unused in the sums
  };

  // The index of the service's trafficDistribution in kDistributions; the last one if the value is unknown.
  static std::size_t DistributionOf(const kube::Service& service);
  // Subtracts the service from the totals.
  void Forget(const kube::ObjectKey& key);
  // Registers the gauges that are read from the totals.
  void ReadTotals(metrics::Registry& registry);

  prometheus::Histogram& added_;
  prometheus::Histogram& removed_;
  std::array<prometheus::Histogram*, kDistributions.size()> changed_;
  std::array<prometheus::Counter*, 3> operations_;  // by SliceOperation

  std::unordered_map<kube::ObjectKey, Totals, kube::ObjectKeyHash> services_;
  Totals totals_;
  std::array<std::size_t, kDistributions.size()> services_by_distribution_{};
};

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_SLICES_METRICS_H_
