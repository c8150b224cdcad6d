// What is published for a service, and why each of its pods is in or out, for people and programs that ask.

#ifndef K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
#define K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_

#include "controller/cluster/cluster_cache.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/pod_standing.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"

#include <optional>
#include <string>
#include <vector>

namespace k8sm::controller {

// Points into the caches: valid until they change.
struct ServiceReport {
  const kube::Service* service = nullptr;
  endpoints::AddressMode mode = endpoints::AddressMode::kHostPort;
  // As stored; null: there are none.
  const kube::Endpoints* endpoints = nullptr;
  // Whether the addresses and ports that are stored are those that the plan has; a sync is due where not.
  bool as_planned = false;
  std::vector<const kube::EndpointSlice*> slices;  // as stored, those of others too, by name
  std::vector<endpoints::PodStanding> pods;        // none where the service selects no pods
};

// What the caches tell of the service; nothing where they have none of that name.
std::optional<ServiceReport> ReportOn(const kube::ObjectKey& service, const ClusterCache& cache,
                                      endpoints::AddressMode mode);

// "10.0.0.1:31080", "[fd00::1]:31080"; of a pod that is skipped "no_host_port: container …"; empty of one
// that is finished or being deleted.
std::string WhereOrWhy(const endpoints::PodStanding& standing);

// Some tables.
std::string ReportText(const ServiceReport& report);

// {"service":{…},"endpoints":{…},"slices":[…],"pods":[…]}
std::string ReportJson(const ServiceReport& report);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_INSPECT_DEBUG_SERVICE_H_
