#include "controller/program/permissions.h"

#include "controller/program/permission_check.h"
#include "test/support/catch.h"

#include <set>
#include <string>

namespace k8sm::controller {
namespace {

constexpr client::ServerCapabilities kCurrent{.leases = true, .slices = true};

Options InCluster() {
  Options options;
  options.election.lease_namespace = "kube-system";
  options.election.lease_name = "k8sm";
  return options;
}

// "verb group/resource/subresource namespace name", without what is empty.
std::set<std::string> Texts(const Options& options, const client::ServerCapabilities& server) {
  std::set<std::string> texts;
  for (const Permission& permission : NeededPermissions(options, server)) {
    const auto& each = permission.attributes;
    std::string text = each.verb + " " + (each.group.empty() ? "" : each.group + "/") + each.resource;
    if (!each.subresource.empty()) text += "/" + each.subresource;
    if (!each.ns.empty()) text += " " + each.ns;
    if (!each.name.empty()) text += " " + each.name;
    CHECK_FALSE(permission.purpose.empty());
    CHECK(texts.insert(text).second);
  }
  return texts;
}

TEST_CASE("a dry run needs only list and watch") {
  Options options = InCluster();
  options.dry_run = true;
  CHECK(Texts(options, kCurrent) ==
        std::set<std::string>{"list services", "watch services", "list pods", "watch pods", "list endpoints",
                              "watch endpoints", "list discovery.k8s.io/endpointslices",
                              "watch discovery.k8s.io/endpointslices", "list nodes", "watch nodes"});
}

TEST_CASE("a run that writes EndpointSlices and serves off loopback needs the complete set of permissions") {
  Options options = InCluster();
  options.address = "0.0.0.0";
  CHECK(Texts(options, kCurrent) ==
        std::set<std::string>{"list services",
                              "watch services",
                              "list pods",
                              "watch pods",
                              "list endpoints",
                              "watch endpoints",
                              "list discovery.k8s.io/endpointslices",
                              "watch discovery.k8s.io/endpointslices",
                              "list nodes",
                              "watch nodes",
                              "create authentication.k8s.io/tokenreviews",
                              "create authorization.k8s.io/subjectaccessreviews",
                              "get endpoints",
                              "create endpoints",
                              "update endpoints",
                              "delete endpoints",
                              "create endpoints/restricted",
                              "create discovery.k8s.io/endpointslices",
                              "update discovery.k8s.io/endpointslices",
                              "delete discovery.k8s.io/endpointslices",
                              "create discovery.k8s.io/endpointslices/restricted",
                              "update services/finalizers",
                              "create events",
                              "patch events",
                              "create coordination.k8s.io/leases kube-system",
                              "get coordination.k8s.io/leases kube-system k8sm",
                              "update coordination.k8s.io/leases kube-system k8sm"});
  options.always_allow = true;
  for (const std::string& text : Texts(options, kCurrent)) CHECK(text.find("reviews") == std::string::npos);
}

TEST_CASE("without EndpointSlices, no permissions on them are needed, and those on nodes are optional") {
  for (const std::string& text : Texts(InCluster(), {.leases = true})) {
    CHECK(text.find("endpointslices") == std::string::npos);
  }
  for (const Permission& each : NeededPermissions(InCluster(), {.leases = true}))
    CHECK((each.attributes.resource != "nodes" || !each.needed));
  Options off = InCluster();
  off.endpoint_slices = EndpointSlices::kOff;
  CHECK(Texts(off, kCurrent) == Texts(InCluster(), {.leases = true}));
}

TEST_CASE("nodes are watched even without EndpointSlices, but not in a single run") {
  Options options = InCluster();
  options.endpoint_slices = EndpointSlices::kOff;
  CHECK(Texts(options, kCurrent).contains("list nodes"));
  CHECK(Texts(options, kCurrent).contains("watch nodes"));
  options.once = true;
  CHECK_FALSE(Texts(options, kCurrent).contains("list nodes"));
}

TEST_CASE("with -namespace, all permissions except those on nodes are needed in that namespace only") {
  Options options = InCluster();
  options.ns = "shop";
  options.election.lease_namespace = "shop";
  const auto texts = Texts(options, kCurrent);
  CHECK(texts.contains("get namespaces shop shop"));
  for (const std::string& text : texts) {
    INFO(text);
    CHECK((text.find(" shop") != std::string::npos) == (text.find("nodes") == std::string::npos));
  }
}

TEST_CASE(
    "permissions on the lock are for a Lease if the server has them, else Endpoints, unless a flag chooses") {
  CHECK(Texts(InCluster(), kCurrent).contains("update coordination.k8s.io/leases kube-system k8sm"));
  CHECK(Texts(InCluster(), {}).contains("update endpoints kube-system k8sm"));
  Options options = InCluster();
  options.resource_lock = ResourceLock::kEndpoints;
  CHECK(Texts(options, kCurrent).contains("create endpoints kube-system"));
  options.leader_elect = false;
  CHECK_FALSE(Texts(options, kCurrent).contains("create endpoints kube-system"));
}

TEST_CASE("with the lease in another namespace, permissions on events and the former lock are needed there") {
  Options options = InCluster();
  options.ns = "shop";
  const std::set<std::string> elsewhere = {"create events kube-system", "patch events kube-system",
                                           "get endpoints kube-system k8sm",
                                           "update endpoints kube-system k8sm"};
  const auto asked = [&] {
    std::set<std::string> common;
    for (const std::string& text : Texts(options, kCurrent)) {
      if (elsewhere.contains(text)) common.insert(text);
    }
    return common;
  };
  CHECK(asked() == elsewhere);
  options.leader_elect = false;
  CHECK(asked().empty());
  options.leader_elect = true;
  options.ns = "";
  CHECK(asked().empty());
  // Those on events are for the services there.
  options.ns = "kube-system";
  CHECK(asked() == std::set<std::string>{"create events kube-system", "patch events kube-system"});
}

TEST_CASE("only the election on Endpoints may have to create a namespace, and has no former lock") {
  Options options = InCluster();
  options.ns = "shop";
  CHECK_FALSE(Texts(options, kCurrent).contains("create namespaces"));
  options.resource_lock = ResourceLock::kEndpoints;
  const auto texts = Texts(options, kCurrent);
  CHECK(texts.contains("create namespaces"));
  CHECK(texts.contains("create events kube-system"));
  for (const Permission& each : NeededPermissions(options, kCurrent)) {
    const auto& what = each.attributes;
    if (what.resource == "namespaces") CHECK_FALSE(each.needed);
    if (what.resource == "endpoints" && what.ns == "kube-system") CHECK(each.needed);
  }
}

TEST_CASE(
    "events, the former lock and the checks of admission plugins and of -namespace are optional; all else is "
    "needed") {
  Options options = InCluster();
  options.ns = "shop";
  std::set<std::string> optional;
  for (const Permission& each : NeededPermissions(options, kCurrent)) {
    const auto& what = each.attributes;
    if (each.needed) continue;
    optional.insert(what.verb + " " + what.resource + "/" + what.subresource +
                    (what.name == "k8sm" ? " of the lock" : ""));
  }
  CHECK(optional == std::set<std::string>{"get namespaces/", "create endpoints/restricted",
                                          "create endpointslices/restricted", "update services/finalizers",
                                          "create events/", "patch events/", "get endpoints/ of the lock",
                                          "update endpoints/ of the lock"});
}

TEST_CASE("the table lists missing permissions first, and of those the needed ones") {
  const std::vector<PermissionAnswer> answers = {
      {{.attributes = {.verb = "list", .resource = "pods"}, .purpose = "cache"}, true},
      {{.attributes = {.verb = "create", .resource = "events"}, .purpose = "events", .needed = false}, false},
      {{.attributes =
            {.verb = "create", .group = "discovery.k8s.io", .resource = "endpointslices", .ns = "shop"},
        .purpose = "publish"},
       false}};
  CHECK_FALSE(AllNeededAllowed(answers));
  CHECK(PermissionTable(answers) ==
        "ALLOWED  NEEDED  VERB    RESOURCE                         NAMESPACE  FOR\n"
        "no       yes     create  endpointslices.discovery.k8s.io  shop       publish\n"
        "no       no      create  events                           (all)      events\n"
        "yes      yes     list    pods                             (all)      cache\n"
        "1 needed permission is missing; 1 optional permission is missing; deploy/OPERATIONS.md says what "
        "each is for.\n");
  CHECK(PermissionTable({answers[0]}).ends_with("All 1 permissions are granted.\n"));
  const std::vector<PermissionAnswer> enough = {answers[0], answers[1]};
  CHECK(AllNeededAllowed(enough));
  CHECK(PermissionTable(enough).ends_with(
      "All needed permissions are granted; 1 optional permission is missing; deploy/OPERATIONS.md says what "
      "each is for.\n"));
}

TEST_CASE("the table names subresources and objects, and counts the missing permissions") {
  const std::vector<PermissionAnswer> answers = {
      {{.attributes = {.verb = "create", .resource = "endpoints", .subresource = "restricted"},
        .purpose = "checked"},
       false},
      {{.attributes = {.verb = "get",
                       .group = "coordination.k8s.io",
                       .resource = "leases",
                       .ns = "kube-system",
                       .name = "k8sm"},
        .purpose = "election"},
       false}};
  CHECK(PermissionTable(answers) ==
        "ALLOWED  NEEDED  VERB    RESOURCE                         NAMESPACE    FOR\n"
        "no       yes     create  endpoints/restricted             (all)        checked\n"
        "no       yes     get     leases.coordination.k8s.io k8sm  kube-system  election\n"
        "2 needed permissions are missing; deploy/OPERATIONS.md says what each is for.\n");
}

}  // namespace
}  // namespace k8sm::controller
