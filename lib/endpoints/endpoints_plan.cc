#include "lib/endpoints/endpoints_plan.h"

#include "lib/endpoints/container_port_annotations.h"

#include <cstdint>
#include <string>
#include <unordered_set>
#include <utility>

namespace k8sm::endpoints {
namespace {

using kube::Endpoints;
using kube::LabelMap;
using kube::Pod;
using kube::Service;
using kube::Symbol;
using kube::Uid;

constexpr std::string_view kLeaderAnnotation = "control-plane.alpha.kubernetes.io/leader";

kube::EndpointAddress AddressOf(const Pod& pod, const Symbol& ip, const Service& service,
                                const EndpointsLimits& limits) {
  static const Symbol kPod("Pod");
  kube::EndpointAddress address{
      .ip = ip, .target_ref = kube::ObjectReference{kPod, pod.meta.ns, pod.meta.name, pod.meta.uid}};
  if (limits.node_names) address.node_name = pod.node_name;
  // ShouldSetHostname, k8s.io/endpointslice/util
  if (pod.subdomain == service.meta.name && pod.meta.ns == service.meta.ns) address.hostname = pod.hostname;
  return address;
}

EndpointEntry EntryOf(const Pod& pod, const kube::ServicePort* port, const Place& place,
                      const Service& service, const EndpointsLimits& limits) {
  EndpointEntry entry{.address = AddressOf(pod, place.ip, service, limits),
                      .ready = pod.ready || service.publish_not_ready_addresses};
  if (port != nullptr) {
    entry.port = kube::EndpointPort{port->name, place.port, port->protocol};
    if (limits.app_protocols) entry.port->app_protocol = port->app_protocol;
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

struct ListedKey {
  Uid uid;
  Symbol ip;
  std::int32_t port = 0;
  friend bool operator==(const ListedKey&, const ListedKey&) = default;
};

struct ListedKeyHash {
  std::size_t operator()(const ListedKey& key) const {
    return HashOf(key.uid) * 31 + static_cast<std::size_t>(key.port);
  }
};

using ListedKeys = std::unordered_set<ListedKey, ListedKeyHash>;

void AddKeys(const kube::EndpointSubset& subset, const std::vector<kube::EndpointAddress>& addresses,
             ListedKeys& keys) {
  for (const kube::EndpointAddress& address : addresses) {
    const Uid& uid = address.target_ref->uid;
    if (subset.ports.empty()) keys.insert({uid, address.ip, 0});
    for (const kube::EndpointPort& port : subset.ports) keys.insert({uid, address.ip, port.port});
  }
}

// Computes EndpointsPlan::listed for truncated subsets.
std::vector<bool> Listed(const Verdicts& verdicts, const std::vector<kube::EndpointSubset>& subsets) {
  ListedKeys keys;
  for (const kube::EndpointSubset& subset : subsets) {
    AddKeys(subset, subset.addresses, keys);
    AddKeys(subset, subset.not_ready_addresses, keys);
  }
  std::vector<bool> listed;
  const std::vector<Verdict>& family = verdicts.families.front().verdicts;
  listed.reserve(family.size());
  for (std::size_t i = 0; i < family.size(); ++i) {
    const Uid& uid = verdicts.pods[i / verdicts.ports.size()].pod->meta.uid;
    listed.push_back(family[i].in_endpoints &&
                     keys.contains({uid, family[i].place.ip, family[i].place.port}));
  }
  return listed;
}

bool CapacityIsMarked(const LabelMap& annotations, bool truncated) {
  const kube::Symbol* mark = annotations.Find(kOverCapacityAnnotation);
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

EndpointsPlan PlanEndpoints(const Verdicts& verdicts, const EndpointsLimits& limits) {
  const Service& service = *verdicts.service;
  EndpointsPlan plan{.labels = LabelsFor(service)};
  std::vector<EndpointEntry> entries;
  entries.reserve(verdicts.families.front().verdicts.size());
  ForEachInEndpoints(verdicts, [&](const Pod& pod, const kube::ServicePort* port, const Place& place) {
    if (port == nullptr && !limits.subsets_without_ports) {
      plan.without_portless = true;
    } else {
      entries.push_back(EntryOf(pod, port, place, service, limits));
    }
  });
  plan.subsets = PackSubsets(entries);
  plan.truncated = Truncate(plan.subsets, limits.max_addresses);
  if (plan.truncated) plan.listed = Listed(verdicts, plan.subsets);
  if (limits.annotate_container_ports && verdicts.mode == AddressMode::kHostPort) {
    auto annotations = ContainerPortAnnotations(verdicts, plan.subsets);
    plan.container_ports_too_large = !annotations;
    if (annotations) plan.container_ports = *std::move(annotations);
  }
  return plan;
}

std::optional<Endpoints> PlannedWrite(const Service& service, const EndpointsPlan& plan,
                                      const Endpoints* current, std::optional<kube::Timestamp> trigger_time) {
  if (current != nullptr && current->exact && current->meta.labels == plan.labels &&
      CapacityIsMarked(current->meta.annotations, plan.truncated) &&
      SameContainerPorts(current->meta.annotations, plan.container_ports) &&
      (current->subsets == plan.subsets || Canonical(current->subsets) == plan.subsets)) {
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

bool IsOurs(const Endpoints& endpoints) {
  const kube::Symbol* manager = endpoints.meta.labels.Find(kManagedByLabel);
  return manager != nullptr && *manager == kManager;
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
