// Health as pages.

#ifndef K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_
#define K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_

#include "controller/ops/health_checks.h"
#include "lib/http_server/router.h"

namespace k8sm::controller {

// Adds /healthz, /livez and /readyz, and below each the single checks. Changes are logged as they are
// noticed. The checks have to outlive the router's use.
void AddHealthPages(HealthChecks& checks, http_server::Router& router);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_OPS_HEALTH_PAGES_H_
