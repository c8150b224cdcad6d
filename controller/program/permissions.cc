#include "controller/program/permissions.h"

#include "controller/program/part_options.h"

#include <initializer_list>
#include <string>

namespace k8sm::controller {
namespace {

constexpr const char* kDiscoveryGroup = "discovery.k8s.io";

struct Use {
  std::string_view purpose;
  bool needed = true;
};

constexpr Use kCache{"cache"};
constexpr Use kZones{"cache: zones for EndpointSlices"};
constexpr Use kPublish{"publish"};
constexpr Use kElection{"leader election"};
constexpr Use kFormerLock{"leader election: wait for processes that still use Endpoints", false};
constexpr Use kLockNamespace{"leader election: create the lock's namespace if it is missing", false};
constexpr Use kAccess{"who may use the port of metrics and debug pages"};
constexpr Use kAdmission{"checked by admission plugins of some clusters, e.g. OpenShift", false};
constexpr Use kEvents{"events; without it only the log", false};
constexpr Use kNodes{"cache: pods on nodes that do not exist, labels that nodeSelectors name", false};
constexpr Use kNamespace{"check that -namespace exists", false};

class PermissionList {
 public:
  // Adds one permission for each verb. `common` has everything but the verb.
  void Add(const kube_json::ResourceAttributes& common, std::initializer_list<const char*> verbs, Use use) {
    for (const char* verb : verbs) {
      Permission& permission = permissions_.emplace_back(Permission{common, use.purpose, use.needed});
      permission.attributes.verb = verb;
    }
  }
  std::vector<Permission> Take() { return std::move(permissions_); }

 private:
  std::vector<Permission> permissions_;
};

void AddWrites(const std::string& ns, bool slices, PermissionList& list) {
  list.Add({.resource = "endpoints", .ns = ns}, {"get", "create", "update", "delete"}, kPublish);
  list.Add({.resource = "endpoints", .subresource = "restricted", .ns = ns}, {"create"}, kAdmission);
  if (slices) {
    list.Add({.group = kDiscoveryGroup, .resource = "endpointslices", .ns = ns},
             {"create", "update", "delete"}, kPublish);
    list.Add({.group = kDiscoveryGroup, .resource = "endpointslices", .subresource = "restricted", .ns = ns},
             {"create"}, kAdmission);
    list.Add({.resource = "services", .subresource = "finalizers", .ns = ns}, {"update"}, kAdmission);
  }
  list.Add({.resource = "events", .ns = ns}, {"create", "patch"}, kEvents);
}

void AddElection(const Options& options, const client::ServerCapabilities& server, PermissionList& list) {
  const bool on_lease = LockKindFor(options, server) == leader::LockKind::kLeases;
  kube_json::ResourceAttributes lock{.group = on_lease ? "coordination.k8s.io" : "",
                                     .resource = on_lease ? "leases" : "endpoints",
                                     .ns = options.election.lease_namespace};
  list.Add(lock, {"create"}, kElection);
  lock.name = options.election.lease_name;
  list.Add(lock, {"get", "update"}, kElection);
  if (!on_lease) list.Add({.resource = "namespaces"}, {"create"}, kLockNamespace);
  // What follows is asked for already where services are published.
  if (options.ns.empty() || options.ns == lock.ns) return;
  if (on_lease)
    list.Add({.resource = "endpoints", .ns = lock.ns, .name = lock.name}, {"get", "update"}, kFormerLock);
  list.Add({.resource = "events", .ns = lock.ns}, {"create", "patch"}, kEvents);
}

}  // namespace

std::vector<Permission> NeededPermissions(const Options& options, const client::ServerCapabilities& server) {
  PermissionList list;
  const bool slices = WritesSlices(options, server);
  if (!options.ns.empty()) {
    list.Add({.resource = "namespaces", .ns = options.ns, .name = options.ns}, {"get"}, kNamespace);
  }
  for (const char* resource : {"services", "pods", "endpoints"})
    list.Add({.resource = resource, .ns = options.ns}, {"list", "watch"}, kCache);
  if (slices) {
    list.Add({.group = kDiscoveryGroup, .resource = "endpointslices", .ns = options.ns}, {"list", "watch"},
             kCache);
    list.Add({.resource = "nodes"}, {"list", "watch"}, kZones);
  } else if (!options.once) {
    list.Add({.resource = "nodes"}, {"list", "watch"}, kNodes);
  }
  if (GuardsOps(options)) {
    list.Add({.group = "authentication.k8s.io", .resource = "tokenreviews"}, {"create"}, kAccess);
    list.Add({.group = "authorization.k8s.io", .resource = "subjectaccessreviews"}, {"create"}, kAccess);
  }
  if (options.dry_run) return list.Take();
  AddWrites(options.ns, slices, list);
  if (Elects(options)) AddElection(options, server, list);
  return list.Take();
}

}  // namespace k8sm::controller
