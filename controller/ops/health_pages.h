// Serves the health checks over HTTP.

#ifndef K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_
#define K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_

#include "controller/ops/health_checks.h"
#include "lib/http_server/router.h"

namespace k8sm::controller {

// Adds /healthz, /livez and /readyz, and a page below each for every single check. Changes of a check's
// result are logged when a probe notices them. `checks` must outlive the router's use.
void AddHealthPages(HealthChecks& checks, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_
