#include "lib/endpoints/endpoints_plan.h"

#include "lib/endpoints/claims.h"
#include "lib/endpoints/container_port_annotations.h"
#include "lib/endpoints/subsets.h"

#include <string>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::LabelMap;
using kube::Pod;
using kube::Service;
using kube::Symbol;

constexpr std::string_view kLeaderAnnotation = "control-plane.alpha.kubernetes.io/leader";

kube::EndpointAddress AddressOf(const Claim& claim, const Service& service) {
  const Pod& pod = *claim.pod;
  static const Symbol kPod("Pod");
  kube::EndpointAddress address{
      .ip = claim.ip,
      .node_name = pod.node_name,
      .target_ref = kube::ObjectReference{kPod, pod.meta.ns, pod.meta.name, pod.meta.uid}};
  // ShouldSetHostname, k8s.io/endpointslice/util
  if (pod.subdomain == service.meta.name && pod.meta.ns == service.meta.ns) address.hostname = pod.hostname;
  return address;
}

EndpointEntry EntryOf(const Claim& claim, const Service& service) {
  EndpointEntry entry{.address = AddressOf(claim, service),
                      .ready = claim.pod->ready || service.publish_not_ready_addresses};
  if (const kube::ServicePort* port = claim.service_port) {
    entry.port = kube::EndpointPort{port->name, claim.port, port->protocol, port->app_protocol};
  }
  return entry;
}

LabelMap LabelsFor(const Service& service) {
  static const Symbol kManagedBy = Symbol(kManagedByLabel);
  static const Symbol kManagerName = Symbol(kManager);
  LabelMap labels = InheritedLabels(service);
  labels.Set(kManagedBy, kManagerName);
  return labels;
}

bool CapacityIsMarked(const LabelMap& annotations, bool truncated) {
  const std::string* mark = annotations.Find(kOverCapacityAnnotation);
  return truncated ? mark != nullptr && *mark == "truncated" : mark == nullptr;
}

void SetAnnotations(LabelMap& annotations, const EndpointsPlan& plan,
                    std::optional<kube::Timestamp> trigger_time) {
  if (plan.truncated) {
    annotations.Set(Symbol(kOverCapacityAnnotation), Symbol("truncated"));
  } else {
    annotations.Erase(kOverCapacityAnnotation);
  }
  SetContainerPorts(annotations, plan.container_ports);
  SetTriggerTime(annotations, trigger_time);
}

}  // namespace

void SetTriggerTime(LabelMap& annotations, std::optional<kube::Timestamp> time) {
  if (time) {
    annotations.Set(Symbol(kTriggerTimeAnnotation), Symbol(kube::FormatTimestamp(*time)));
  } else {
    annotations.Erase(kTriggerTimeAnnotation);
  }
}

LabelMap InheritedLabels(const Service& service) {
  static const Symbol kHeadless = Symbol(kHeadlessLabel);
  LabelMap labels = service.meta.labels;
  if (service.HasClusterIp()) {
    labels.Erase(kHeadlessLabel);
  } else {
    labels.Set(kHeadless, Symbol());
  }
  return labels;
}

bool IsMember(const Pod& pod, const Service& service) {
  if (HasEnded(pod)) return false;
  return !pod.meta.deletion_timestamp || service.publish_not_ready_addresses;
}

EndpointsPlan PlanEndpoints(const Service& service, std::span<const Pod* const> pods, AddressMode mode,
                            bool annotate_container_ports) {
  std::vector<const Pod*> members;
  for (const Pod* pod : pods) {
    if (IsMember(*pod, service)) members.push_back(pod);
  }
  Claims claims = ResolveClaims(service, members, PrimaryFamily(service), mode);

  std::vector<EndpointEntry> entries;
  entries.reserve(claims.granted.size());
  for (const Claim& claim : claims.granted) entries.push_back(EntryOf(claim, service));

  EndpointsPlan plan{.subsets = PackSubsets(entries), .labels = LabelsFor(service)};
  plan.truncated = Truncate(plan.subsets);
  if (annotate_container_ports && mode == AddressMode::kHostPort) {
    auto annotations = ContainerPortAnnotations(claims.granted, plan.subsets);
    plan.container_ports_too_large = !annotations;
    if (annotations) plan.container_ports = *std::move(annotations);
  }
  plan.skips = std::move(claims.skips);
  return plan;
}

std::optional<Endpoints> PlannedWrite(const Service& service, const EndpointsPlan& plan,
                                      const Endpoints* current, std::optional<kube::Timestamp> trigger_time) {
  if (current != nullptr && current->meta.labels == plan.labels &&
      CapacityIsMarked(current->meta.annotations, plan.truncated) &&
      SameContainerPorts(current->meta.annotations, plan.container_ports) &&
      Canonical(current->subsets) == plan.subsets) {
    return std::nullopt;
  }
  Endpoints wanted;
  if (current != nullptr) {
    wanted.meta = current->meta;
  } else {
    wanted.meta.ns = service.meta.ns;
    wanted.meta.name = service.meta.name;
  }
  wanted.meta.labels = plan.labels;
  SetAnnotations(wanted.meta.annotations, plan, trigger_time);
  wanted.subsets = plan.subsets;
  return wanted;
}

bool IsLeftover(const Endpoints& endpoints) {
  const bool marked = endpoints.meta.labels.Find(kManagedByLabel) != nullptr ||
                      endpoints.meta.annotations.Find(kTriggerTimeAnnotation) != nullptr;
  return marked && GoesWithItsService(endpoints);
}

bool GoesWithItsService(const Endpoints& endpoints) {
  return endpoints.meta.annotations.Find(kLeaderAnnotation) == nullptr;
}

}  // namespace k8sm::endpoints
