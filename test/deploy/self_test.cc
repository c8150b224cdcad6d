// Checks that the manifests are consistent with each other and the program, which must publish its own
// metrics port.
//
// The hidden test cases check the output of kubectl; test/deploy/kustomize runs them.

#include "test/deploy/manifests.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <string>
#include <string_view>

namespace k8sm::test {
namespace {

using apiserver::Elements;
using apiserver::FindPath;
using apiserver::GetString;
using apiserver::Json;

constexpr std::string_view kName = "k8sm-controller-manager";
constexpr std::string_view kNamespace = "kube-system";

std::filesystem::path Built(std::string_view name) {
  const char* directory = std::getenv("K8SM_BUILT_MANIFESTS");
  REQUIRE(directory != nullptr);
  return std::filesystem::path(directory) / name;
}

const Json& At(const Json& object, std::initializer_list<std::string_view> path) {
  const Json* found = FindPath(object, path);
  REQUIRE(found != nullptr);
  return *found;
}

// Returns the only container of the Deployment's pods.
const Json& Container(const Manifests& manifests) {
  const auto containers =
      Elements(&At(manifests.Get("Deployment"), {"spec", "template", "spec", "containers"}));
  REQUIRE(containers.size() == 1);
  return *containers.front();
}

// Returns the value of an environment variable of the container; "(METADATA FIELD)" if it is read from one,
// empty if there is none.
std::string Environment(const Manifests& manifests, std::string_view name) {
  for (const Json* each : Elements(Container(manifests), "env")) {
    if (GetString(*each, "name") != name) continue;
    const Json* field = FindPath(*each, {"valueFrom", "fieldRef"});
    if (field == nullptr) return std::string(GetString(*each, "value"));
    return "(" + std::string(GetString(*field, "fieldPath")) + ")";
  }
  return "";
}

bool HasArgument(const Manifests& manifests, std::string_view argument) {
  for (const Json* each : Elements(Container(manifests), "args")) {
    if (each->GetString() == argument) return true;
  }
  return false;
}

// Returns a running, ready pod of the Deployment.
std::string PodOf(const Json& deployment, const std::string& name, const std::string& host_ip) {
  apiserver::JsonDocument pod;
  auto& allocator = pod.GetAllocator();
  pod.CopyFrom(At(deployment, {"spec", "template"}), allocator);
  apiserver::SetString(pod, "apiVersion", "v1", allocator);
  apiserver::SetString(pod, "kind", "Pod", allocator);
  apiserver::SetString(*apiserver::Find(pod, "metadata"), "name", name, allocator);
  apiserver::SetString(*apiserver::Find(pod, "spec"), "nodeName", "node-1", allocator);
  const auto status = apiserver::ParseJson(
      R"({"phase": "Running", "podIP": "172.17.0.2", "podIPs": [{"ip": "172.17.0.2"}], "hostIP": ")" +
      host_ip + R"(", "hostIPs": [{"ip": ")" + host_ip +
      R"("}], "conditions": [{"type": "Ready", "status": "True"}]})");
  REQUIRE(status.has_value());
  apiserver::Set(pod, "status", apiserver::Copy(*status, allocator), allocator);
  return apiserver::ToText(pod);
}

// Returns what the program publishes for its own service with a replica on each of these hosts.
std::string PlacesOfItself(const Manifests& manifests, bool host_ports, std::string_view expected) {
  World world;
  world.Create("nodes", "", NodeJson("node-1"));
  world.Create("services", kNamespace, apiserver::ToText(manifests.Get("Service")));
  world.Create("pods", kNamespace, PodOf(manifests.Get("Deployment"), "a", "10.0.0.1"));
  if (host_ports) world.Create("pods", kNamespace, PodOf(manifests.Get("Deployment"), "b", "10.0.0.2"));
  controller::Options options = world.Defaults();
  options.mode = host_ports ? endpoints::AddressMode::kHostPort : endpoints::AddressMode::kPodIp;
  world.Start(options);
  world.RunUntil([&] { return world.Places(kNamespace, kName) == expected; });
  return world.Places(kNamespace, kName);
}

void CheckBinding(const Manifests& manifests, std::string_view binding, std::string_view role,
                  std::string_view ns = kNamespace) {
  const Json& object = manifests.Get(binding);
  CHECK(GetString(At(object, {"roleRef"}), "kind") == role);
  CHECK(GetString(At(object, {"roleRef"}), "name") ==
        GetString(At(manifests.Get(role), {"metadata"}), "name"));
  const auto subjects = Elements(object, "subjects");
  REQUIRE(subjects.size() == 1);
  CHECK(GetString(*subjects.front(), "kind") == "ServiceAccount");
  CHECK(GetString(*subjects.front(), "name") ==
        GetString(At(manifests.Get("ServiceAccount"), {"metadata"}), "name"));
  CHECK(GetString(*subjects.front(), "namespace") == ns);
  CHECK(GetString(At(manifests.Get("ServiceAccount"), {"metadata"}), "namespace") == ns);
}

void CheckSelects(const Json& selector, const Json& labels) {
  REQUIRE(selector.MemberCount() > 0);
  for (const auto& member : selector.GetObject()) {
    CHECK(GetString(labels, member.name.GetString()) == member.value.GetString());
  }
}

TEST_CASE("the Service in the manifests leads to the host port of each replica") {
  const Manifests manifests(InSource("deploy/kustomize/base"));
  const std::string expected = "10.0.0.1:31252 10.0.0.2:31252";
  CHECK(PlacesOfItself(manifests, true, expected) == expected);
}

TEST_CASE("the objects of the built base refer to each other consistently", "[.kustomize]") {
  const Manifests base(Built("base"));
  CHECK(base.size() == 8);
  CheckBinding(base, "ClusterRoleBinding", "ClusterRole");
  CheckBinding(base, "RoleBinding", "Role");
  for (const std::string_view kind :
       {"ServiceAccount", "Role", "RoleBinding", "Deployment", "PodDisruptionBudget", "Service"}) {
    CHECK(GetString(At(base.Get(kind), {"metadata"}), "namespace") == kNamespace);
  }
  const Json& pod = At(base.Get("Deployment"), {"spec", "template"});
  CHECK(GetString(At(pod, {"spec"}), "serviceAccountName") == kName);
  const Json& labels = At(pod, {"metadata", "labels"});
  CheckSelects(At(base.Get("Deployment"), {"spec", "selector", "matchLabels"}), labels);
  CheckSelects(At(base.Get("PodDisruptionBudget"), {"spec", "selector", "matchLabels"}), labels);
  CheckSelects(At(base.Get("Service"), {"spec", "selector"}), labels);
  CHECK(HasArgument(base, "--tryfromenv=host_port_endpoints,namespace,dry_run"));
  CHECK(Environment(base, "FLAGS_host_port_endpoints") == "true");
  CHECK(Environment(base, "FLAGS_namespace").empty());
}

TEST_CASE("the probes of the built base use paths and the port that the program serves", "[.kustomize]") {
  const Manifests base(Built("base"));
  const Json& container = Container(base);
  const auto ports = Elements(container, "ports");
  REQUIRE(ports.size() == 1);
  CHECK(HasArgument(base, "--port=" + std::to_string(apiserver::GetInt(*ports.front(), "containerPort"))));
  CHECK(HasArgument(base, "--address=0.0.0.0"));
  for (const auto& [probe, path] :
       {std::pair("livenessProbe", "/livez"), std::pair("readinessProbe", "/readyz")}) {
    const Json& get = At(container, {probe, "httpGet"});
    CHECK(GetString(get, "port") == GetString(*ports.front(), "name"));
    CHECK(GetString(get, "path") == path);
    CHECK(GetString(get, "scheme") == "HTTPS");
  }
}

TEST_CASE("the overlay for pod IPs publishes them and takes no host port", "[.kustomize]") {
  const Manifests overlay(Built("pod-ip"));
  CHECK(overlay.size() == 8);
  CHECK(Environment(overlay, "FLAGS_host_port_endpoints") == "false");
  CHECK(GetString(*Elements(Container(overlay), "ports").front(), "name") == "ops");
  CHECK(apiserver::Find(*Elements(Container(overlay), "ports").front(), "hostPort") == nullptr);
  CHECK(PlacesOfItself(overlay, false, "172.17.0.2:10252") == "172.17.0.2:10252");
}

TEST_CASE("the overlay for Prometheus finds the service of the base", "[.kustomize]") {
  const Manifests own(Built("own"));
  CHECK(own.size() == 10);
  const Json& monitor = At(own.Get("ServiceMonitor"), {"spec"});
  const Json& service = own.Get("Service");
  CheckSelects(At(monitor, {"selector", "matchLabels"}), At(service, {"metadata", "labels"}));
  const auto endpoints = Elements(monitor, "endpoints");
  const auto ports = Elements(&At(service, {"spec", "ports"}));
  REQUIRE((endpoints.size() == 1 && ports.size() == 1));
  CHECK(GetString(*endpoints.front(), "port") == GetString(*ports.front(), "name"));
  // It selects services of its own namespace.
  CHECK(apiserver::Find(monitor, "namespaceSelector") == nullptr);
  // The job that the alerts select, whatever the Service is called.
  const std::string job_label(GetString(monitor, "jobLabel"));
  CHECK(GetString(At(service, {"metadata", "labels"}), job_label.c_str()) == "k8sm-controller-manager");
  CHECK(GetString(Container(own), "image").starts_with("registry.example.com/k8sm-controller-manager:"));
}

TEST_CASE("the patch shown in OPERATIONS turns an overlay into a dry run", "[.kustomize]") {
  const Manifests dry(Built("dry"));
  CHECK(dry.size() == Manifests(Built("own")).size());
  CHECK(Environment(dry, "FLAGS_dry_run") == "true");
  CHECK(Environment(dry, "FLAGS_host_port_endpoints") == "false");
  CHECK(HasArgument(dry, "--tryfromenv=host_port_endpoints,namespace,dry_run"));
}

TEST_CASE("an overlay moves and renames the whole installation", "[.kustomize]") {
  const Manifests moved(Built("moved"));
  CHECK(moved.size() == 10);
  CHECK(GetString(At(moved.Get("Service"), {"metadata", "labels"}), "app.kubernetes.io/name") == kName);
  CheckBinding(moved, "ClusterRoleBinding", "ClusterRole", "mesos-system");
  CheckBinding(moved, "RoleBinding", "Role", "mesos-system");
  for (const std::string_view kind : {"ServiceAccount", "Role", "RoleBinding", "Deployment",
                                      "PodDisruptionBudget", "Service", "ServiceMonitor", "PrometheusRule"}) {
    CHECK(GetString(At(moved.Get(kind), {"metadata"}), "namespace") == "mesos-system");
    CHECK(GetString(At(moved.Get(kind), {"metadata"}), "name") == "blue-k8sm-controller-manager");
  }
  CHECK(GetString(At(moved.Get("Deployment"), {"spec", "template", "spec"}), "serviceAccountName") ==
        "blue-k8sm-controller-manager");
}

TEST_CASE("the overlay for one namespace grants the base's namespaced permissions in a Role there",
          "[.kustomize]") {
  const Manifests namespaced(Built("namespaced"));
  CHECK(namespaced.size() == 10);
  CHECK(Environment(namespaced, "FLAGS_namespace") == "(metadata.namespace)");
  CHECK(Environment(namespaced, "FLAGS_host_port_endpoints") == "true");
  const std::set<Right> cluster_wide = {{"list", "", "nodes"},
                                        {"watch", "", "nodes"},
                                        {"create", "authentication.k8s.io", "tokenreviews"},
                                        {"create", "authorization.k8s.io", "subjectaccessreviews"}};
  CHECK(namespaced.RightsOf("ClusterRole") == cluster_wide);
  std::set<Right> expected = Manifests(Built("base")).RightsOf("ClusterRole");
  for (const Right& right : cluster_wide) expected.erase(right);
  expected.insert({"get", "", "namespaces"});
  CHECK(Manifests(InSource("deploy/kustomize/overlays/namespaced")).RightsOf("Role") == expected);
  for (const Json* binding : namespaced.All("RoleBinding")) {
    for (const Json* subject : Elements(*binding, "subjects")) {
      CHECK(GetString(*subject, "name") == kName);
      CHECK(GetString(*subject, "namespace") == kNamespace);
    }
  }
}

}  // namespace
}  // namespace k8sm::test
