// The parts of a dry run's report as JSON. deploy/OPERATIONS.md describes the format for users.

#ifndef K8SM_CONTROLLER_RECONCILE_DRY_RUN_JSON_H_
#define K8SM_CONTROLLER_RECONCILE_DRY_RUN_JSON_H_

#include "controller/reconcile/change_report.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/endpoint_slice.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/object_meta.h"

#include <string>
#include <string_view>

namespace k8sm::controller {

// Return one change as a JSON object; `report` is what DescribeChange returned for it. REQUIRES: `before` or
// `after` is not null.
std::string ChangeJson(const kube::Endpoints* before, const kube::Endpoints* after,
                       const ChangeReport& report);
std::string ChangeJson(const kube::EndpointSlice* before, const kube::EndpointSlice* after,
                       const ChangeReport& report);

// Returns a skip of a service as a JSON object, with the members that /debug/skipped?format=json has.
std::string SkipJson(const kube::ObjectKey& service, const endpoints::Skip& skip);

// Returns a service without endpoints as a JSON object, with members that /debug/services?format=json has.
std::string EmptyServiceJson(const kube::ObjectKey& service, std::string_view reason,
                             std::string_view sentence);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_RECONCILE_DRY_RUN_JSON_H_
