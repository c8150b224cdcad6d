// The events that we tell, as values.

#ifndef K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_
#define K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_

#include "lib/base/error.h"
#include "lib/endpoints/address_mode.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/event.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/leader/lock_kind.h"

#include <optional>
#include <string>

namespace k8sm::controller {

// A warning on the pod, that tells its owner what to change:
//
//   HostPortMissing       no_host_port; in host-port mode no_container_port too
//   HostPortInvalid       bad_port_annotation, ip_family_mismatch, unusable_host_ip
//   HostPortConflict      host_port_conflict
//   ContainerPortMissing  no_container_port in pod-IP mode
//   NodeNotFound          node_not_found
//
// Nothing where there is nothing about the pod to change, but something about its node or network
// (no_host_ip, no_pod_ip, unusable_pod_ip).
std::optional<kube::Event> SkipEvent(const endpoints::Skip& skip, const kube::ObjectKey& service,
                                     endpoints::AddressMode mode);

// Upstream's warnings, under the names of upstream's controllers, where a write is refused: FailedToCreate-
// Endpoint or FailedToUpdateEndpoint on the Endpoints, FailedToUpdateEndpointSlices on the service. Nothing
// for a race with another writer, for a namespace that goes, and where the API server can't be reached, which
// would have to store the event.
std::optional<kube::Event> EndpointsEvent(const kube::ObjectMeta& endpoints, const Error& error);
std::optional<kube::Event> SlicesEvent(const kube::ObjectMeta& service, const Error& error);

// On the Lease, or the Endpoints object that is the lock: "ID became leader", "ID stopped leading". Without
// the lock's uid kubectl describe does not find it.
kube::Event ElectionEvent(leader::LockKind kind, const kube::ObjectKey& lease, const kube::Symbol& uid,
                          std::string message);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_
