#include "controller/report/event_texts.h"

#include "lib/endpoints/endpoints_plan.h"

#include <string_view>
#include <utility>

namespace k8sm::controller {
namespace {

using endpoints::SkipReason;
using kube::Event;
using kube::EventType;
using kube::ObjectKey;

std::string_view ReasonFor(SkipReason reason) {
  switch (reason) {
    case SkipReason::kNoContainerPort:
      return "ContainerPortMissing";
    case SkipReason::kNoHostPort:
      return "HostPortMissing";
    case SkipReason::kBadPortAnnotation:
    case SkipReason::kIpFamilyMismatch:
    case SkipReason::kUnusableHostIp:
      return "HostPortInvalid";
    case SkipReason::kHostPortConflict:
      return "HostPortConflict";
    case SkipReason::kNodeNotFound:
      return "NodeNotFound";
    case SkipReason::kNoHostIp:
    case SkipReason::kNoPodIp:
    case SkipReason::kUnusablePodIp:
      break;
  }
  return "";
}

// Whether the API server refused the write for a reason that will not pass by itself.
bool IsRefusal(const Error& error) {
  switch (error.code) {
    case Errc::kUnauthorized:
    case Errc::kForbidden:
      return error.cause != "NamespaceTerminating";
    case Errc::kRejected:
    case Errc::kServerError:
      return true;
    default:
      return false;
  }
}

Event WarningAbout(const kube::ObjectMeta& object, std::string_view kind) {
  return {.involved = {.api_version = "v1",
                       .kind = kind,
                       .ns = object.ns,
                       .name = object.name,
                       .uid = object.uid,
                       .resource_version = object.resource_version.Text()},
          .type = EventType::kWarning};
}

}  // namespace

std::optional<Event> SkipEvent(const endpoints::Skip& skip, const ObjectKey& service) {
  const std::string_view reason = ReasonFor(skip.reason);
  if (reason.empty()) return std::nullopt;
  Event event = WarningAbout({.ns = skip.pod.ns, .name = skip.pod.name, .uid = skip.pod_uid}, "Pod");
  event.reason = reason;
  event.message = "not published for service " + service.name;
  if (!skip.service_port.empty()) event.message += " port " + skip.service_port;
  event.message += ": " + skip.sentence;
  event.component = endpoints::kManager;
  return event;
}

std::optional<Event> TargetPortEvent(const endpoints::Skip& skip, const kube::ObjectMeta& service) {
  if (skip.reason != SkipReason::kNoContainerPort) return std::nullopt;
  Event event = WarningAbout(service, "Service");
  event.reason = ReasonFor(skip.reason);
  event.message =
      "port " + skip.service_port + " is not published for pod " + skip.pod.name + ": " + skip.sentence;
  event.component = endpoints::kManager;
  return event;
}

// The texts match endpoints_controller.go and endpointslice_controller.go.
std::optional<Event> EndpointsEvent(const kube::ObjectMeta& endpoints, const Error& error) {
  if (!IsRefusal(error)) return std::nullopt;
  const bool is_new = endpoints.resource_version.empty();
  Event event = WarningAbout(endpoints, "Endpoints");
  event.reason = is_new ? "FailedToCreateEndpoint" : "FailedToUpdateEndpoint";
  event.message = (is_new ? "Failed to create endpoint for service " : "Failed to update endpoint ") +
                  ToString(endpoints.Key()) + ": " + error.message;
  event.component = "endpoint-controller";
  return event;
}

std::optional<Event> SlicesEvent(const kube::ObjectMeta& service, const Error& error) {
  if (!IsRefusal(error)) return std::nullopt;
  Event event = WarningAbout(service, "Service");
  event.reason = "FailedToUpdateEndpointSlices";
  event.message =
      "Error updating Endpoint Slices for Service " + ToString(service.Key()) + ": " + error.message;
  event.component = "endpoint-slice-controller";
  return event;
}

Event ElectionEvent(leader::LockKind kind, const ObjectKey& lease, const kube::Uid& uid,
                    std::string message) {
  const bool on_lease = kind == leader::LockKind::kLeases;
  return {.involved = {.api_version = on_lease ? "coordination.k8s.io/v1" : "v1",
                       .kind = leader::ResourceOf(kind).kind,
                       .ns = lease.ns,
                       .name = lease.name,
                       .uid = uid},
          .type = EventType::kNormal,
          .reason = "LeaderElection",
          .message = std::move(message),
          .component = endpoints::kManager};
}

}  // namespace k8sm::controller
