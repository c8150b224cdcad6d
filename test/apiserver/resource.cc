#include "test/apiserver/resource.h"

namespace k8sm::apiserver {
namespace {

constexpr std::array<std::string_view, 9> kEventFields{"involvedObject.kind",
                                                       "involvedObject.namespace",
                                                       "involvedObject.name",
                                                       "involvedObject.uid",
                                                       "involvedObject.apiVersion",
                                                       "involvedObject.resourceVersion",
                                                       "involvedObject.fieldPath",
                                                       "reason",
                                                       "type"};
constexpr std::array<std::string_view, 1> kNamespaceFields{"status.phase"};
constexpr std::array<std::string_view, 1> kNodeFields{"spec.unschedulable"};
constexpr std::array<std::string_view, 8> kPodFields{
    "spec.nodeName",    "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
    "spec.hostNetwork", "status.phase",       "status.podIP",       "status.nominatedNodeName"};
constexpr std::array<std::string_view, 2> kServiceFields{"spec.clusterIP", "spec.type"};

constexpr std::array<Resource, 8> kResources{{
    {.group = "",
     .plural = "endpoints",
     .singular = "endpoints",
     .kind = "Endpoints",
     .short_name = "ep",
     .storage_version_hash = "fWeeMqaN/OA=",
     .storage_prefix = "services/endpoints",
     .create_on_update = true,
     .warning = "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice"},
    {.group = "",
     .plural = "events",
     .singular = "event",
     .kind = "Event",
     .short_name = "ev",
     .storage_version_hash = "r2yiGXH7wu8=",
     .storage_prefix = "events",
     .create_on_update = true,
     .selectable = kEventFields},
    {.group = "",
     .plural = "namespaces",
     .singular = "namespace",
     .kind = "Namespace",
     .namespaced = false,
     .short_name = "ns",
     .storage_version_hash = "Q3oi5N2YM8M=",
     .storage_prefix = "namespaces",
     .has_status = true,
     .has_finalize = true,
     .has_delete_collection = false,
     .returns_deleted = true,
     .selectable = kNamespaceFields},
    {.group = "",
     .plural = "nodes",
     .singular = "node",
     .kind = "Node",
     .namespaced = false,
     .short_name = "no",
     .storage_version_hash = "XwShjMxG9Fs=",
     .storage_prefix = "minions",
     .has_status = true,
     .selectable = kNodeFields},
    {.group = "",
     .plural = "pods",
     .singular = "pod",
     .kind = "Pod",
     .short_name = "po",
     .category = "all",
     .storage_version_hash = "xPOwRZ+Yhw8=",
     .storage_prefix = "pods",
     .has_status = true,
     .returns_deleted = true,
     .selectable = kPodFields},
    {.group = "",
     .plural = "services",
     .singular = "service",
     .kind = "Service",
     .short_name = "svc",
     .category = "all",
     .storage_version_hash = "0/CO1lhkEBI=",
     .storage_prefix = "services/specs",
     .has_status = true,
     .create_on_update = true,
     .returns_deleted = true,
     .selectable = kServiceFields},
    {.group = "coordination.k8s.io",
     .plural = "leases",
     .singular = "lease",
     .kind = "Lease",
     .storage_prefix = "leases",
     .create_on_update = true,
     .unconditional_update = false},
    {.group = "discovery.k8s.io",
     .plural = "endpointslices",
     .singular = "endpointslice",
     .kind = "EndpointSlice",
     .storage_version_hash = "qgS0xkrxYAI=",
     .storage_prefix = "endpointslices"},
}};

constexpr std::array<std::string_view, 2> kGroups{"coordination.k8s.io", "discovery.k8s.io"};

}  // namespace

std::string Resource::ApiVersion() const {
  return group.empty() ? std::string(kVersion) : std::string(group) + "/" + std::string(kVersion);
}

std::string Resource::QualifiedName() const {
  return group.empty() ? std::string(plural) : std::string(plural) + "." + std::string(group);
}

std::span<const Resource> Resources() {
  return kResources;
}

const Resource* FindResource(std::string_view group, std::string_view plural) {
  for (const Resource& resource : kResources) {
    if (resource.group == group && resource.plural == plural) return &resource;
  }
  return nullptr;
}

const Resource* FindResource(std::string_view plural) {
  for (const Resource& resource : kResources) {
    if (resource.plural == plural) return &resource;
  }
  return nullptr;
}

const Resource* FindKind(std::string_view api_version, std::string_view kind) {
  for (const Resource& resource : kResources) {
    if (resource.kind == kind && resource.ApiVersion() == api_version) return &resource;
  }
  return nullptr;
}

std::span<const std::string_view> Groups() {
  return kGroups;
}

std::size_t IndexOf(const Resource& resource) {
  return std::size_t(&resource - kResources.data());
}

}  // namespace k8sm::apiserver
