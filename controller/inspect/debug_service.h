// What is published for a service, and why each of its pods is in or out, for people and programs that ask.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_

#include "controller/cluster/cluster_cache.h"
#include "controller/inspect/pod_rows.h"
#include "lib/endpoints/address_mode.h"
#include "lib/http_server/page.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// Copies from the caches, but for the slices.
struct ServiceReport {
  kube::Service service;
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  bool has_endpoints = false;
  std::vector<kube::EndpointSubset> subsets;  // as stored, in canonical order
  // Whether the addresses and ports that are stored are those that the plan has; a sync is due where not.
  bool as_planned = false;
  std::vector<kube::ObjectKey> slices;  // of others too, by name
  std::vector<PodRow> pods;             // none where the service selects no pods
};

// What the caches tell of the service; nothing where they have none of that name.
std::optional<ServiceReport> ReportOn(const kube::ObjectKey& service, const ClusterCache& cache,
                                      endpoints::AddressMode mode);

// Writes the report as some tables. Each step writes one slice, as it is stored by then and not at all where
// it has gone, or kRowsPerStep rows. The cache has to outlive it.
std::unique_ptr<http_server::BodySource> ReportText(ServiceReport report, const ClusterCache& cache);

// The same as {"service":{…},"endpoints":{…},"slices":[…],"pods":[…]}.
std::unique_ptr<http_server::BodySource> ReportJson(ServiceReport report, const ClusterCache& cache);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
