#include "controller/reconcile/stranded_pods.h"

#include <cstddef>

namespace k8sm::controller {
namespace {

// Whether Endpoints list the pod for one of the service's ports.
bool IsListed(const endpoints::Verdicts& verdicts, const endpoints::EndpointsPlan& plan, std::size_t pod) {
  for (std::size_t port = 0; port < verdicts.ports.size(); ++port) {
    const bool listed = !plan.truncated || plan.listed[pod * verdicts.ports.size() + port];
    if (listed && verdicts.At(0, pod, port).in_endpoints) return true;
  }
  return false;
}

}  // namespace

std::vector<StrandedPod> StrandedPodsOf(const endpoints::Verdicts& verdicts,
                                        const endpoints::EndpointsPlan& plan,
                                        const informer::Store<kube::Node>& nodes) {
  std::vector<StrandedPod> stranded;
  if (plan.without_portless) return stranded;
  for (std::size_t i = 0; i < verdicts.pods.size(); ++i) {
    const kube::Pod& pod = *verdicts.pods[i].pod;
    if (pod.node_name.empty() || pod.meta.deletion_timestamp) continue;
    const bool exists = nodes.Find({kube::Symbol(), pod.node_name}) != nullptr;
    if (!exists && IsListed(verdicts, plan, i)) stranded.push_back({pod.meta.name, pod.node_name});
  }
  return stranded;
}

}  // namespace k8sm::controller
