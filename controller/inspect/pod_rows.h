// The state of each pod of a service, as rows for the debug pages.

#ifndef K8SM_CONTROLLER_INSPECT_POD_ROWS_H_
#define K8SM_CONTROLLER_INSPECT_POD_ROWS_H_

#include "controller/cluster/cluster_cache.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/endpoints/skip.h"
#include "lib/endpoints/verdicts.h"
#include "lib/kube/service.h"
#include "lib/kube/symbol.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace k8sm::controller {

// The state of one pod for one port of the service.
struct PodRow {
  kube::Symbol pod;          // its name
  std::string service_port;  // as Skip::service_port; also empty if the state applies to all ports
  // A string literal: "ready", "not ready", "over capacity", "skipped", "finished" or "being deleted".
  std::string_view standing;
  // The address in Endpoints ("10.0.0.1:31080", "[fd00::1]:31080"); empty if they do not list the pod.
  std::string address;
  // Set if the pod is skipped, which it may also be with an address: in EndpointSlices alone.
  std::optional<endpoints::SkipReason> reason;
  std::string sentence;  // explains the reason
  // What is doubtful about a pod that is published: "node node-9 does not exist". Usually empty.
  std::string doubt;
};

// Returns one row per pod and service port, ordered by pod name, then by the service's port order; a single
// one for a pod that has finished or is being deleted.
std::vector<PodRow> RowsOf(const endpoints::Verdicts& verdicts, const endpoints::EndpointsPlan& plan);

// Sets the doubt of published pods whose node is not in the cache of nodes. REQUIRES: that is current.
void AddDoubts(const ClusterCache& cache, const kube::Symbol& ns, std::vector<PodRow>& rows);

// Judges the service's pods by the current content of the caches, using nodes if these have synced. The
// result is valid until the caches change. REQUIRES: service.SelectsPods().
endpoints::Verdicts JudgeFromCaches(const kube::Service& service, const ClusterCache& cache,
                                    endpoints::AddressMode mode);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_POD_ROWS_H_
