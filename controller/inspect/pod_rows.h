// Where each pod of a service stands, as rows for people and programs.

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

// A pod and one port of the service.
struct PodRow {
  kube::Symbol pod;          // its name
  std::string service_port;  // as Skip::service_port; empty too for a pod that is out whatever the port
  // A literal: "ready", "not ready", "over capacity", "skipped", "finished", "being deleted".
  std::string_view standing;
  std::optional<endpoints::SkipReason> reason;  // of a pod that is skipped
  // "10.0.0.1:31080", "[fd00::1]:31080"; of a pod that is skipped the sentence that tells why; empty of one
  // that is finished or being deleted.
  std::string where_or_why;
};

// One row for each pod and port of the service, ordered by the pods' names, then as the service orders its
// ports, and one after it where the pod is in Endpoints and skipped in EndpointSlices.
std::vector<PodRow> RowsOf(const endpoints::Verdicts& verdicts, const endpoints::EndpointsPlan& plan);

// The verdicts on the service's pods by the caches as they are, with nodes where those are known. Valid until
// the caches change. REQUIRES: service.SelectsPods().
endpoints::Verdicts JudgeFromCaches(const kube::Service& service, const ClusterCache& cache,
                                    endpoints::AddressMode mode);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_POD_ROWS_H_
