// The metrics of the port space.

#ifndef K8SM_CONTROLLER_PORT_SPACE_PORT_METRICS_H_
#define K8SM_CONTROLLER_PORT_SPACE_PORT_METRICS_H_

#include "controller/port_space/port_watch.h"
#include "lib/metrics/registry.h"

namespace k8sm::controller {

// Registers the metrics and sets the observer of `watch`. Both must live until the last page of the registry
// has been made.
void AddPortMetrics(PortWatch& watch, metrics::Registry& registry);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_PORT_SPACE_PORT_METRICS_H_
