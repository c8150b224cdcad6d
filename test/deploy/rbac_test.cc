// Checks that the manifests grant exactly the permissions that the program uses.

#include "controller/program/permissions.h"
#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/apiserver/resource.h"
#include "test/deploy/manifests.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace k8sm::test {
namespace {

// Permissions whose use this test cannot observe. Admission checks these when Endpoints and slices are
// written:
//   endpoints/restricted, endpointslices/restricted, services/finalizers
// The others are for reading Endpoints after a write without a response, for patching repeated events, for
// the lease, and for authorising clients of the ops port, which is closed here.
const std::set<Right> kNotSeenHere = {
    {"create", "", "endpoints/restricted"},
    {"create", "discovery.k8s.io", "endpointslices/restricted"},
    {"update", "", "services/finalizers"},
    {"get", "", "endpoints"},
    {"create", "", "events"},
    {"patch", "", "events"},
    {"create", "coordination.k8s.io", "leases"},
    {"get", "coordination.k8s.io", "leases"},
    {"update", "coordination.k8s.io", "leases"},
    {"create", "authentication.k8s.io", "tokenreviews"},
    {"create", "authorization.k8s.io", "subjectaccessreviews"},
};

std::set<Right> Requested(const apiserver::RequestLog& log) {
  std::set<Right> requested;
  for (const apiserver::RequestRecord& record : log.records()) {
    const std::string plural = record.resource.substr(0, record.resource.find('/'));
    const apiserver::Resource* resource = apiserver::FindResource(plural);
    REQUIRE(resource != nullptr);
    requested.insert({record.verb, std::string(resource->group), record.resource});
  }
  return requested;
}

std::string Without(const std::set<Right>& rights, const std::set<Right>& others) {
  std::ostringstream text;
  for (const Right& right : rights) {
    if (!others.contains(right)) text << right << "; ";
  }
  return text.str();
}

// Endpoints of a service that was deleted while no controller was running. Otherwise the API server deletes
// them itself.
constexpr const char* kOrphan =
    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"gone",)"
    R"("labels":{"endpoints.kubernetes.io/managed-by":"k8sm-controller-manager"}},"subsets":[]})";

// Makes the program do everything it does in a cluster: delete orphans, publish, follow changes, skip and
// clean up.
void LiveThroughEverything(World& world) {
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("endpoints", "shop", kOrphan);
  world.Create("services", "shop", ServiceJson("web"));
  world.Start(world.Defaults());
  world.Create("pods", "shop", PodJson({.name = "a", .host_port = 31080}));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "10.0.0.1:31080"; }));
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "gone") == "none"; }));
  world.Update("pods", "shop", PodJson({.name = "a", .host_port = 31080, .ready = false}));
  REQUIRE(world.RunUntil([&] { return world.SlicePlaces("shop", "web") == "-10.0.0.1:31080"; }));
  // A different host port needs a separate slice, which is deleted with the pod.
  world.Create("pods", "shop", PodJson({.name = "b", .host_port = 31081}));
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 2; }));
  world.Delete("pods", "shop", "b");
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").size() == 1; }));
  REQUIRE(world.Settle());
  world.Delete("services", "shop", "web");
  REQUIRE(world.RunUntil([&] { return world.Places("shop", "web") == "none"; }));
  REQUIRE(world.RunUntil([&] { return world.SlicesOf("shop", "web").empty(); }));
  world.Stop();
}

// Refuses the five initial streaming lists, as an older server does.
void ListPageByPage(World& world) {
  auto faults =
      apiserver::ParseFaults(R"([{"query":"sendInitialEvents=true","effect":"status","code":400}])");
  REQUIRE(faults.has_value());
  world.server().faults().Set(*std::move(faults));
  world.Start(world.Defaults());
  REQUIRE(
      world.RunUntil([&] { return world.log().Count("page by page, since they cannot be streamed") == 5; }));
  REQUIRE(world.Settle());
  world.Stop();
}

TEST_CASE("the manifests grant exactly the permissions that the program uses") {
  World world;
  LiveThroughEverything(world);
  ListPageByPage(world);
  std::set<Right> requested = Requested(world.server().requests());
  const Manifests manifests(InSource("deploy/kustomize/rbac"));
  std::set<Right> granted = manifests.RightsOf("ClusterRole");
  granted.merge(manifests.RightsOf("Role"));
  CHECK(Without(requested, granted) == "");
  requested.insert(kNotSeenHere.begin(), kNotSeenHere.end());
  CHECK(Without(granted, requested) == "");
}

TEST_CASE("-check_permissions checks exactly the permissions that the manifests grant") {
  std::set<Right> needed;
  // As in the Deployment.
  controller::Options options;
  options.address = "0.0.0.0";
  for (const auto& permission : controller::NeededPermissions(options, {.leases = true, .slices = true})) {
    const auto& attributes = permission.attributes;
    const std::string sub = attributes.subresource.empty() ? "" : "/" + attributes.subresource;
    needed.insert({attributes.verb, attributes.group, attributes.resource + sub});
  }
  const Manifests manifests(InSource("deploy/kustomize/rbac"));
  std::set<Right> granted = manifests.RightsOf("ClusterRole");
  granted.merge(manifests.RightsOf("Role"));
  CHECK(Without(needed, granted) == "");
  CHECK(Without(granted, needed) == "");
}

TEST_CASE("no role in the manifests grants non-resource URLs by a wildcard, which other servers serve too") {
  std::set<std::filesystem::path> directories;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(InSource("deploy/kustomize"))) {
    if (entry.is_regular_file()) directories.insert(entry.path().parent_path());
  }
  std::size_t urls = 0;
  for (const auto& directory : directories) {
    const Manifests manifests(directory);
    for (const apiserver::Json* role : manifests.All("ClusterRole")) {
      for (const apiserver::Json* rule : apiserver::Elements(*role, "rules")) {
        for (const apiserver::Json* url : apiserver::Elements(*rule, "nonResourceURLs")) {
          REQUIRE(url->IsString());
          CAPTURE(directory.string(), url->GetString());
          CHECK(std::string_view(url->GetString()).find('*') == std::string_view::npos);
          ++urls;
        }
      }
    }
  }
  CHECK(urls > 2);
}

}  // namespace
}  // namespace k8sm::test
