// The report on one service: what is published for it, and why each of its pods is in or out.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/pod_rows.h"
#include "controller/report/sync_failures.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/endpoints_plan.h"
#include "lib/http_server/page.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// The state of one service, copied from the caches except for the contents of its slices.
struct ServiceReport {
  kube::Service service;
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  // Whether the cache has Endpoints of that name. If not, `subsets` is empty.
  bool has_endpoints = false;
  std::vector<kube::EndpointSubset> subsets;  // as stored, in canonical order
  // Whether the stored Endpoints have the planned addresses and ports, and nothing else. If false, an update
  // is pending.
  bool as_planned = false;
  std::vector<kube::ObjectKey> slices;  // of all managers, sorted by name
  std::vector<PodRow> pods;             // empty if the service selects no pods
  // Why it is not known which nodes exist (ClusterCache::NodesTrouble()); nullopt if it is. Whether pods are
  // judged by the nodes that were known last: if not, none is said to be on a node that does not exist.
  std::optional<std::string> nodes_trouble;
  bool uses_nodes = false;
  // Why its last sync has failed; nullopt if it did not. Not set by ReportOn().
  std::optional<SyncFailure> failure;
};

// Returns the stored Endpoints of a service as the planner sees them: without what the API server is known to
// store otherwise than it is sent. Null if there are none.
using SeenEndpoints = std::function<const kube::Endpoints*(const kube::ObjectKey& service)>;

// Returns what the API server is known to store of a service's Endpoints.
using LimitsOfEndpoints = std::function<endpoints::EndpointsLimits(const kube::ObjectKey& service)>;

// Returns the report on a service; nullopt if the cache has no service of that name.
std::optional<ServiceReport> ReportOn(const kube::ObjectKey& service, const ClusterCache& cache,
                                      endpoints::AddressMode mode, const SeenEndpoints& seen,
                                      const LimitsOfEndpoints& limits);

// Writes the report as text tables. A step writes up to kRowsPerStep rows, or one slice as it is stored at
// the time of the step; a slice that has been deleted by then is left out. `cache` must outlive the result.
std::unique_ptr<http_server::BodySource> ReportText(ServiceReport report, const ClusterCache& cache);

// Writes the report as
// {"service":{…},"failure":null,"nodesTrouble":null,"endpoints":{…},"slices":[…],"pods":[…]}, in the same
// steps.
std::unique_ptr<http_server::BodySource> ReportJson(ServiceReport report, const ClusterCache& cache);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
