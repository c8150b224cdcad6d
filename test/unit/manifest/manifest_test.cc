#include "lib/manifest/manifest.h"

#include "test/support/catch.h"

namespace k8sm::manifest {
namespace {

Manifest Read(const std::string& text) {
  auto manifest = ReadManifest(text);
  INFO(text);
  REQUIRE(manifest.has_value());
  return *std::move(manifest);
}

Workload ReadOne(const std::string& text) {
  Manifest manifest = Read(text);
  REQUIRE(manifest.workloads.size() == 1);
  return std::move(manifest.workloads[0]);
}

std::string ErrorOf(const std::string& text) {
  const auto manifest = ReadManifest(text);
  INFO(text);
  REQUIRE(manifest.has_error());
  CHECK(manifest.error().code == Errc::kInvalidConfig);
  return manifest.error().message;
}

std::string PortsOf(const Workload& workload) {
  std::string text;
  for (std::size_t i = 0; i < workload.spec.ports.size(); ++i) {
    text += std::to_string(workload.spec.ports[i].container_port) + ":" +
            std::to_string(workload.spec.ports[i].host_port) + "/" +
            std::string(ToString(workload.places[i].protocol)) + "@" +
            std::to_string(workload.places[i].line) + " ";
  }
  return text;
}

// A workload of this kind with one port and these lines in its spec, each indented by two.
std::string WithTemplate(const std::string& kind, const std::string& api_version, const std::string& spec) {
  return "apiVersion: " + api_version + "\nkind: " + kind +
         "\nmetadata: {name: web, namespace: shop}\nspec:\n" + spec +
         "  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers:\n"
         "      - ports: [{containerPort: 80, hostPort: 31000}]\n";
}

TEST_CASE("a pod's ports come with their lines", "[manifest]") {
  const Workload pod = ReadOne(R"(apiVersion: v1
kind: Pod
metadata:
  name: dns
  annotations: {k8s.mesosphere.io/roles: "fixed,*"}
  labels: {k8s.mesosphere.io/portMapping: fixed}
spec:
  hostNetwork: true
  nodeName: node1
  nodeSelector: {rack: r1}
  initContainers:
  - ports: [{containerPort: 1, hostPort: 1}]
  containers:
  - name: a
    ports:
    - containerPort: 53
      hostPort: 31053
      protocol: UDP
    - containerPort: 80
  - name: b
  - name: c
    ports:
    - {containerPort: 81, hostPort: 0, hostIP: 10.0.0.1}
)");
  CHECK(pod.kind == "Pod");
  CHECK(pod.ns.empty());
  CHECK(pod.name == "dns");
  CHECK(pod.line == 1);
  CHECK(pod.replicas == 1U);
  CHECK_FALSE(pod.rollout.surges);
  CHECK(PortsOf(pod) == "53:31053/UDP@17 80:0/TCP@19 81:0/TCP@23 ");
  CHECK(pod.spec.host_network);
  CHECK(pod.spec.node.get() == "node1");
  CHECK(*pod.spec.selector.Find("rack") == "r1");
  CHECK(pod.spec.roles == "fixed,*");
  CHECK(pod.spec.port_mapping == "fixed");
}

TEST_CASE("each kind has its template in its place", "[manifest]") {
  struct Case {
    std::string kind, api_version, spec;
    std::optional<std::uint32_t> replicas;
  };
  const std::vector<Case> cases = {
      {"ReplicationController", "v1", "  replicas: 3\n", 3},
      {"ReplicaSet", "apps/v1", "  replicas: 4\n", 4},
      {"ReplicaSet", "extensions/v1beta1", "", 1},
      {"Deployment", "apps/v1", "  replicas: 0\n", 0},
      {"StatefulSet", "apps/v1beta1", "  replicas: 5\n", 5},
      {"DaemonSet", "apps/v1", "  replicas: 5\n", std::nullopt},
      {"Job", "batch/v1", "", 1},
      {"Job", "batch/v1", "  parallelism: 4\n", 4},
      {"Job", "batch/v1", "  parallelism: 4\n  completions: 2\n", 2},
      {"Job", "batch/v1", "  completions: 2\n", 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.kind, c.spec);
    const Workload workload = ReadOne(WithTemplate(c.kind, c.api_version, c.spec));
    CHECK(workload.kind == c.kind);
    CHECK(workload.ns == "shop");
    CHECK(workload.replicas == c.replicas);
    REQUIRE(workload.spec.ports.size() == 1);
    CHECK(workload.spec.ports[0].host_port == 31000);
  }
}

TEST_CASE("a CronJob's template is its jobs'", "[manifest]") {
  const Workload cron = ReadOne(R"(apiVersion: batch/v1
kind: CronJob
metadata: {name: night}
spec:
  jobTemplate:
    spec:
      parallelism: 2
      template:
        spec:
          containers:
          - ports: [{containerPort: 80, hostPort: 31000}]
)");
  CHECK(cron.replicas == 2U);
  CHECK(PortsOf(cron) == "80:31000/TCP@11 ");
}

TEST_CASE("how a workload rolls out is read as its controller does", "[manifest]") {
  struct Case {
    std::string kind, api_version, spec;
    bool surges;
    std::uint32_t unavailable;
  };
  const std::vector<Case> cases = {
      {"Deployment", "apps/v1", "  replicas: 3\n", true, 0},
      {"Deployment", "apps/v1", "  replicas: 4\n", true, 1},
      {"Deployment", "extensions/v1beta1", "  replicas: 3\n", true, 1},
      {"Deployment", "extensions/v1beta1", "  strategy: {rollingUpdate: {maxUnavailable: 0}}\n", true, 0},
      {"Deployment", "apps/v1", "  strategy: {type: Recreate}\n", false, 1},
      {"Deployment", "apps/v1", "  replicas: 3\n  strategy: {rollingUpdate: {maxUnavailable: 2}}\n", true, 2},
      {"Deployment", "apps/v1", "  replicas: 3\n  strategy: {rollingUpdate: {maxSurge: 0}}\n", true, 1},
      {"Deployment", "apps/v1", "  replicas: 3\n  strategy: {rollingUpdate: {maxUnavailable: \"67%\"}}\n",
       true, 2},
      {"Deployment", "apps/v1", "  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 0%}}\n", true, 1},
      {"ReplicationController", "v1", "", true, 0},
      {"StatefulSet", "apps/v1", "", false, 1},
      {"DaemonSet", "apps/v1", "", false, 1},
      {"ReplicaSet", "apps/v1", "", false, 1},
  };
  for (const Case& c : cases) {
    CAPTURE(c.kind, c.api_version, c.spec);
    const Workload workload = ReadOne(WithTemplate(c.kind, c.api_version, c.spec));
    CHECK(workload.rollout.surges == c.surges);
    CHECK(workload.rollout.max_unavailable == c.unavailable);
  }
}

TEST_CASE("a workload's own pods are those of its selector", "[manifest]") {
  const Workload defaulted = ReadOne(WithTemplate("Deployment", "extensions/v1beta1", ""));
  CHECK(*defaulted.own.labels.Find("app") == "web");
  const Workload given = ReadOne(WithTemplate("Deployment", "apps/v1",
                                              "  selector: {matchLabels: {app: x}, matchExpressions: [{key: "
                                              "tier, operator: NotIn, values: [a, b]}]}\n"));
  CHECK(*given.own.labels.Find("app") == "x");
  REQUIRE(given.own.requirements.size() == 1);
  CHECK(given.own.requirements[0].op == Requirement::Operator::kNotIn);
  CHECK(given.own.requirements[0].values == std::vector<std::string>{"a", "b"});
  const Workload rc = ReadOne(WithTemplate("ReplicationController", "v1", "  selector: {app: y}\n"));
  CHECK(*rc.own.labels.Find("app") == "y");
}

TEST_CASE("several documents, lists and JSON are read, and other kinds counted", "[manifest]") {
  const Manifest manifest = Read(R"(---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Pod, metadata: {name: a}}
- {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
---
apiVersion: v1
kind: PodList
items:
- {metadata: {name: c}}
---
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: d}
---
replicas: 3
---
just text
---
{"apiVersion": "v1", "kind": "Pod",
 "metadata": {"name": "e"}, "spec": {"containers": [{"ports": [
	{"containerPort": 80, "hostPort": 31000, "name": "a\/b"}]}]}}
)");
  std::string names;
  for (const Workload& workload : manifest.workloads) names += workload.name;
  CHECK(names == "ace");
  CHECK(manifest.others == 4);
  CHECK(PortsOf(manifest.workloads[2]) == "80:31000/TCP@24 ");
}

TEST_CASE("node ports of Services are read", "[manifest]") {
  const Manifest manifest = Read(R"(apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec:
  ports:
  - port: 80
    nodePort: 31000
  - port: 81
)");
  REQUIRE(manifest.node_ports.size() == 1);
  CHECK(manifest.node_ports[0].port == 31000);
  CHECK(manifest.node_ports[0].line == 7);
  CHECK(manifest.node_ports[0].service == "web");
}

TEST_CASE("anchors, aliases and merge keys are followed", "[manifest]") {
  const Workload pod = ReadOne(R"(apiVersion: v1
kind: Pod
metadata: {name: a}
x: &port {containerPort: 80, hostPort: 31000}
spec:
  containers:
  - ports:
    - <<: *port
      hostPort: 31001
    - *port
)");
  CHECK(PortsOf(pod) == "80:31001/TCP@9 80:31000/TCP@4 ");
}

TEST_CASE("rules to ignore stand before the reason", "[manifest]") {
  const auto rules = [](const std::string& text) {
    return ReadOne(
               "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  annotations:\n    "
               "k8sm.mesosphere.io/ignore-port-checks: \"" +
               text + "\"\n")
        .ignored_rules;
  };
  CHECK(rules("port-no-spare") == std::vector<std::string>{"port-no-spare"});
  CHECK(rules(" port-no-spare , port-taken; for now, only") ==
        std::vector<std::string>{"port-no-spare", "port-taken"});
  CHECK(rules("").empty());
}

TEST_CASE("what is wrong is told with its line and path", "[manifest]") {
  const std::string pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n";
  CHECK(ErrorOf(pod + "  containers:\n  - ports:\n    - hostPort: 70000\n") ==
        "line 7: spec.containers[0].ports[0].hostPort: expected a port from 0 to 65535");
  CHECK(ErrorOf(pod + "  containers:\n  - ports:\n    - hostPort: \"8080\"\n") ==
        "line 7: spec.containers[0].ports[0].hostPort: expected a port from 0 to 65535");
  CHECK(ErrorOf(pod + "  containers: 5\n") == "line 5: spec.containers: expected a list");
  CHECK(ErrorOf(pod + "  containers: [5]\n") == "line 5: spec.containers[0]: expected a map");
  CHECK(ErrorOf(pod + "  hostNetwork: maybe\n") == "line 5: spec.hostNetwork: expected true or false");
  CHECK(ErrorOf(pod + "  containers: [{ports: [{protocol: ICMP}]}]\n") ==
        "line 5: spec.containers[0].ports[0].protocol: expected TCP, UDP or SCTP");
  CHECK(ErrorOf("kind: Pod\napiVersion: v1\n") == "line 1: metadata.name: expected a name");
  CHECK(ErrorOf("a: b: c\n") == "line 1 is neither YAML nor JSON");
  CHECK(ErrorOf("a: 1\n---\na: [\n") == "line 4 is neither YAML nor JSON");
  CHECK(ErrorOf(
            WithTemplate("Deployment", "apps/v1", "  strategy: {rollingUpdate: {maxUnavailable: 1.5}}\n")) ==
        "line 5: spec.strategy.rollingUpdate.maxUnavailable: expected a number or a percentage");
}

TEST_CASE("a name may be generated", "[manifest]") {
  CHECK(ReadOne("{apiVersion: v1, kind: Pod, metadata: {generateName: web-}}").name == "web-");
}

TEST_CASE("aliases cannot make a text endless", "[manifest]") {
  std::string text = "a0: &a0 [{apiVersion: v1, kind: Pod, metadata: {name: a}}]\n";
  for (int i = 1; i < 6; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) +
            " {kind: List, apiVersion: v1, items: " + before + "}\n";
  }
  std::string list =
      "apiVersion: v1\nkind: List\nx: &pod {apiVersion: v1, kind: Pod, metadata: {name: a}}\ny: &ten [";
  for (int i = 0; i < 100; ++i) list += "*pod,";
  list += "]\nz: &l {apiVersion: v1, kind: List, items: *ten}\nw: &more [";
  for (int i = 0; i < 100; ++i) list += "*l,";
  list += "]\nv: &m {apiVersion: v1, kind: List, items: *more}\nitems: [";
  for (int i = 0; i < 100; ++i) list += "*m,";
  list += "]\n";
  CHECK(ErrorOf(list) == "more than 200,000 values, aliases followed");
  CHECK(Read(text).others == 1);
}

}  // namespace
}  // namespace k8sm::manifest
