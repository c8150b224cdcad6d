// Builds the Kubernetes events that this program records. Does no I/O.

#ifndef K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_
#define K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_

#include "lib/base/error.h"
#include "lib/endpoints/skip.h"
#include "lib/kube/endpoints.h"
#include "lib/kube/event.h"
#include "lib/kube/object_meta.h"
#include "lib/kube/service.h"
#include "lib/leader/lock_kind.h"

#include <optional>
#include <string>

namespace k8sm::controller {

// Returns a warning event on the pod, which says what its owner has to change. The event's reason is
//
//   HostPortMissing       no_host_port
//   HostPortInvalid       bad_port_annotation, ip_family_mismatch, unusable_host_ip
//   HostPortConflict      host_port_conflict
//   ContainerPortMissing  no_container_port
//   NodeNotFound          node_not_found
//
// nullopt if the cause is not the pod but its node or network (no_host_ip, no_pod_ip, unusable_pod_ip).
std::optional<kube::Event> SkipEvent(const endpoints::Skip& skip, const kube::ObjectKey& service);

// Returns the warning event ContainerPortMissing on the service for a skip with no_container_port, whose
// cause may be the service's targetPort; nullopt for other skips.
std::optional<kube::Event> TargetPortEvent(const endpoints::Skip& skip, const kube::ObjectMeta& service);

// Return the warning event for a refused write, with the reasons that the controllers of
// kube-controller-manager use: FailedToCreateEndpoint or FailedToUpdateEndpoint on the Endpoints,
// FailedToUpdateEndpointSlices on the Service. nullopt for a conflict with another writer, for a namespace
// that is being deleted, and if the API server is unreachable and so could not store the event.
std::optional<kube::Event> EndpointsEvent(const kube::ObjectMeta& endpoints, const Error& error);
std::optional<kube::Event> SlicesEvent(const kube::ObjectMeta& service, const Error& error);

// Returns the event for `message` ("ID became leader", "ID stopped leading") on the lock object, a Lease or
// Endpoints. kubectl describe does not show the event unless it carries the lock's uid.
kube::Event ElectionEvent(leader::LockKind kind, const kube::ObjectKey& lease, const kube::Uid& uid,
                          std::string message);

}  // namespace k8sm::controller

#endif  // K8SM_CONTROLLER_REPORT_EVENT_TEXTS_H_
