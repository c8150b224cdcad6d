#include "test/apiserver/emulation.h"

#include <algorithm>
#include <array>
#include <string>

namespace k8sm::apiserver {
namespace {

constexpr std::array<std::string_view, 1> kFirstNamespaces{"default"};
constexpr std::array<std::string_view, 2> kOldNamespaces{"default", "kube-system"};
constexpr std::array<std::string_view, 4> kNamespaces{"default", "kube-node-lease", "kube-public",
                                                      "kube-system"};

constexpr std::array<ServedGroup, 10> kGroups15{{{"apps", "v1alpha1"},
                                                 {"authentication.k8s.io", "v1beta1"},
                                                 {"authorization.k8s.io", "v1beta1"},
                                                 {"autoscaling", "v1"},
                                                 {"batch", "v1"},
                                                 {"certificates.k8s.io", "v1alpha1"},
                                                 {"extensions", "v1beta1"},
                                                 {"policy", "v1alpha1"},
                                                 {"rbac.authorization.k8s.io", "v1alpha1"},
                                                 {"storage.k8s.io", "v1beta1"}}};
constexpr std::array<ServedGroup, 2> kGroups120{
    {{"coordination.k8s.io", "v1", "v1beta1"}, {"discovery.k8s.io", "v1beta1"}}};
constexpr std::array<ServedGroup, 2> kGroups136{{{"coordination.k8s.io", "v1"}, {"discovery.k8s.io", "v1"}}};

constexpr std::array<Features, 4> kFeatures{{
    {.minor = 1,
     .version = R"({
  "major": "1",
  "minor": "1.0",
  "gitVersion": "v1.1.0-release-1.1+$Format:%h$",
  "gitCommit": "$Format:%H$",
  "gitTreeState": "not a git tree"
})",
     .groups = {},
     .namespaces = kFirstNamespaces,
     .portless_subsets = Features::PortlessSubsets::kDropped,
     .expired_watch = Features::ExpiredWatch::kInternalError,
     .self_links = true,
     .empty_subsets = true,
     .unconditional_deletes = true,
     .untyped_watches = true,
     .indented_statuses = true,
     .terse_conflicts = true,
     .empty_details = true,
     .json_only = true,
     .fieldless_services = true,
     .mortal_events = true},
    {.minor = 5,
     .version = R"({
  "major": "",
  "minor": "",
  "gitVersion": "v0.0.0-master+$Format:%h$",
  "gitCommit": "$Format:%H$",
  "gitTreeState": "not a git tree",
  "buildDate": "1970-01-01T00:00:00Z",
  "goVersion": "go1.19.8",
  "compiler": "gc",
  "platform": "linux/amd64"
})",
     .groups = kGroups15,
     .group_list_head = R"({"kind":"APIGroupList",)",
     .namespaces = kOldNamespaces,
     .portless_subsets = Features::PortlessSubsets::kRefused,
     .expired_watch = Features::ExpiredWatch::kGone,
     .self_links = true,
     .empty_subsets = true,
     .empty_details = true},
    {.minor = 20,
     .version = R"({
  "major": "1",
  "minor": "20",
  "gitVersion": "v1.20.0",
  "gitCommit": "",
  "gitTreeState": "clean",
  "buildDate": "1970-01-01T00:00:00Z",
  "goVersion": "go1.15.5",
  "compiler": "gc",
  "platform": "linux/amd64"
})",
     .groups = kGroups120,
     .namespaces = kNamespaces},
    {.minor = 36, .version = {}, .groups = kGroups136, .namespaces = kNamespaces},
}};

// Members added after 1.1, as far as the current server supports them.
constexpr Novelty kFields[] = {
    {2, "Endpoints", "metadata.ownerReferences"},
    {2, "Endpoints", "metadata.finalizers"},
    {3, "Endpoints", "subsets.addresses.hostname"},
    {3, "Endpoints", "subsets.notReadyAddresses.hostname"},
    {4, "Endpoints", "subsets.addresses.nodeName"},
    {4, "Endpoints", "subsets.notReadyAddresses.nodeName"},
    {18, "Endpoints", "subsets.ports.appProtocol"},

    {2, "Event", "type"},
    {8, "Event", "action"},
    {8, "Event", "eventTime"},
    {8, "Event", "related"},
    {8, "Event", "reportingComponent"},
    {8, "Event", "reportingInstance"},
    {8, "Event", "series"},

    {21, "EndpointSlice", "endpoints.hints"},
    {21, "EndpointSlice", "endpoints.zone"},

    {6, "Node", "spec.taints"},
    {16, "Node", "spec.podCIDRs"},

    {2, "Pod", "metadata.ownerReferences"},
    {2, "Pod", "metadata.finalizers"},
    {2, "Pod", "spec.securityContext"},
    {3, "Pod", "spec.hostname"},
    {3, "Pod", "spec.subdomain"},
    {6, "Pod", "spec.containers.terminationMessagePolicy"},
    {6, "Pod", "spec.initContainers"},
    {6, "Pod", "spec.schedulerName"},
    {6, "Pod", "spec.tolerations"},
    {6, "Pod", "status.qosClass"},
    {8, "Pod", "spec.priority"},
    {13, "Pod", "spec.enableServiceLinks"},
    {15, "Pod", "spec.preemptionPolicy"},
    {16, "Pod", "status.podIPs"},
    {28, "Pod", "spec.initContainers.restartPolicy"},
    {28, "Pod", "status.hostIPs"},
    {33, "Pod", "metadata.generation"},
    {33, "Pod", "status.conditions.observedGeneration"},
    {33, "Pod", "status.observedGeneration"},

    {7, "Service", "spec.externalTrafficPolicy"},
    {9, "Service", "spec.publishNotReadyAddresses"},
    {18, "Service", "spec.ports.appProtocol"},
    {20, "Service", "spec.clusterIPs"},
    // Existed before, behind a feature gate that was off by default.
    {21, "Service", "spec.ipFamilies"},
    {21, "Service", "spec.ipFamilyPolicy"},
    {21, "Service", "spec.internalTrafficPolicy"},
    {30, "Service", "spec.trafficDistribution"},
};

constexpr Novelty kParameters[] = {
    {2, "", "timeoutSeconds"},
    {9, "", "limit"},
    {9, "", "continue"},
    {12, "", "dryRun"},
    {15, "", "allowWatchBookmarks"},
    {19, "", "resourceVersionMatch"},
    {27, "", "sendInitialEvents"},
    {25, "", "fieldValidation"},
};

}  // namespace

const Features* FeaturesOf(std::string_view version) {
  for (const Features& features : kFeatures) {
    if (version == "1." + std::to_string(features.minor)) return &features;
  }
  return nullptr;
}

bool Serves(const Features& features, std::string_view group, std::string_view version) {
  return std::ranges::any_of(features.groups, [&](const ServedGroup& each) {
    return each.name == group && (each.version == version || each.other_version == version);
  });
}

bool Stores(const Features& features, std::string_view kind, std::string_view path) {
  return std::ranges::none_of(kFields, [&](const Novelty& field) {
    return field.since > features.minor && field.kind == kind && field.path == path;
  });
}

std::span<const Novelty> NewFields() {
  return kFields;
}

std::span<const Novelty> NewParameters() {
  return kParameters;
}

}  // namespace k8sm::apiserver
