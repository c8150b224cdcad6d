#include "lib/manifest/manifest.h"

#include "test/support/catch.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

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

TEST_CASE("a pod is read with its ports and their lines", "[manifest]") {
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

TEST_CASE("each kind of workload is read with its replicas and the ports of its template", "[manifest]") {
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
      {"PetSet", "apps/v1alpha1", "  replicas: 5\n", 5},
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
    CHECK_FALSE(workload.spec.roles.has_value());
    CHECK_FALSE(workload.spec.port_mapping.has_value());
  }
}

TEST_CASE("a CronJob, once called ScheduledJob, is read with its job template", "[manifest]") {
  for (const std::string head :
       {"apiVersion: batch/v1\nkind: CronJob\n", "apiVersion: batch/v2alpha1\nkind: ScheduledJob\n"}) {
    CAPTURE(head);
    const Workload cron = ReadOne(head + R"(metadata: {name: night}
spec:
  jobTemplate:
    spec:
      parallelism: 2
      template:
        metadata: {labels: {app: night}}
        spec:
          containers:
          - ports: [{containerPort: 80, hostPort: 31000}]
)");
    CHECK(cron.replicas == 2U);
    CHECK(PortsOf(cron) == "80:31000/TCP@12 ");
    CHECK(cron.own.labels.empty());
  }
}

TEST_CASE("a PodTemplate is read as a pod that runs nowhere", "[manifest]") {
  const Workload pod_template = ReadOne(R"(apiVersion: v1
kind: PodTemplate
metadata: {name: web}
template:
  metadata: {labels: {app: web}}
  spec:
    containers:
    - ports: [{containerPort: 80, hostPort: 31000}]
)");
  CHECK(pod_template.name == "web");
  CHECK(pod_template.replicas == 0U);
  CHECK(PortsOf(pod_template) == "80:31000/TCP@8 ");
  CHECK(pod_template.own.labels.empty());
}

TEST_CASE("the rollout of a workload is read with the defaults of its kind and apiVersion", "[manifest]") {
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

TEST_CASE("the selector of a workload is read, and defaults to the labels of its template", "[manifest]") {
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

TEST_CASE("several documents, lists and JSON are read, and other kinds are counted", "[manifest]") {
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
  const Workload web = ReadOne(R"(x: &labels {app: web, tier: back}
y: &zone {zone: z1}
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {<<: *labels, tier: front}}
  template: {spec: {nodeSelector: {rack: r1, <<: [*zone, {rack: r2}]}}}
)");
  CHECK(web.own.labels.size() == 2);
  CHECK(*web.own.labels.Find("app") == "web");
  CHECK(*web.own.labels.Find("tier") == "front");
  CHECK(web.spec.selector.size() == 2);
  CHECK(*web.spec.selector.Find("zone") == "z1");
  CHECK(*web.spec.selector.Find("rack") == "r1");
}

TEST_CASE("the rules to ignore come before the semicolon and the reason in the annotation", "[manifest]") {
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

TEST_CASE("an invalid manifest is refused with the line and the path of the field", "[manifest]") {
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

TEST_CASE("generateName is read as the name of a workload", "[manifest]") {
  CHECK(ReadOne("{apiVersion: v1, kind: Pod, metadata: {generateName: web-}}").name == "web-");
}

TEST_CASE("a manifest that its aliases expand to more than 200,000 values is refused", "[manifest]") {
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

TEST_CASE("a kind is read only in its own API groups", "[manifest]") {
  const std::vector<std::pair<std::string, std::vector<std::string>>> kinds = {
      {"Pod", {"v1"}},
      {"PodTemplate", {"v1"}},
      {"ReplicationController", {"v1"}},
      {"ReplicaSet", {"apps/v1", "extensions/v1beta1"}},
      {"Deployment", {"apps/v1", "extensions/v1beta1"}},
      {"StatefulSet", {"apps/v1"}},
      {"PetSet", {"apps/v1"}},
      {"DaemonSet", {"apps/v1", "extensions/v1beta1"}},
      {"Job", {"batch/v1", "extensions/v1beta1"}},
      {"CronJob", {"batch/v1"}},
      {"ScheduledJob", {"batch/v1"}},
      {"Widget", {}},
  };
  for (const auto& [kind, versions] : kinds) {
    for (const std::string version : {"v1", "apps/v1", "extensions/v1beta1", "batch/v1", "other/v1"}) {
      CAPTURE(kind, version);
      const bool known = std::find(versions.begin(), versions.end(), version) != versions.end();
      const Manifest manifest =
          Read("{apiVersion: " + version + ", kind: " + kind + ", metadata: {name: a}}");
      CHECK(manifest.workloads.size() == (known ? 1 : 0));
      CHECK(manifest.others == (known ? 0 : 1));
    }
  }
}

TEST_CASE("an object of a known kind without apiVersion is refused, and one of another kind is counted",
          "[manifest]") {
  for (const char* kind : {"Pod", "Deployment", "PetSet", "CronJob", "Service"}) {
    CAPTURE(kind);
    const std::string text = "metadata: {name: a}\nkind: " + std::string(kind) + "\n";
    CHECK(ErrorOf(text) == "line 1: apiVersion: expected a version");
    CHECK(ErrorOf("a: 1\n---\n" + text) == "line 3: apiVersion: expected a version");
    CHECK(ErrorOf(text + "apiVersion:\n") == "line 1: apiVersion: expected a version");
    CHECK(ErrorOf(text + "apiVersion: ''\n") == "line 3: apiVersion: expected a version");
  }
  CHECK(ErrorOf("apiVersion: v1\nkind: List\nitems:\n- {kind: Job, metadata: {name: a}}\n") ==
        "line 4: items[0].apiVersion: expected a version");
  CHECK(ErrorOf("kind: PodList\nitems:\n- {metadata: {name: a}}\n") ==
        "line 3: items[0].apiVersion: expected a version");
  CHECK(Read("{kind: ConfigMap, metadata: {name: a}}").others == 1);
  for (const char* kind : {"DaemonSet", "Pod", "PodTemplate"})
    CHECK(Read("{kind: " + std::string(kind) + ", replicas: 3}").others == 1);
}

TEST_CASE("items of a list without apiVersion and kind have those of the list", "[manifest]") {
  const Manifest manifest = Read(R"(apiVersion: apps/v1
kind: DeploymentList
items:
- {metadata: {name: a}}
- {apiVersion: v1, kind: Deployment, metadata: {name: b}}
- {apiVersion: v1, kind: Pod, metadata: {name: c}}
)");
  std::string names;
  for (const Workload& workload : manifest.workloads) names += workload.kind + " " + workload.name + ",";
  CHECK(names == "Deployment a,Pod c,");
  CHECK(manifest.others == 1);
}

TEST_CASE("lists in lists are read up to five levels deep", "[manifest]") {
  std::string text = "{apiVersion: v1, kind: Pod, metadata: {name: a}}";
  for (int depth = 1; depth <= 6; ++depth) {
    CAPTURE(depth);
    text = "{apiVersion: v1, kind: List, items: [" + text + "]}";
    const Manifest manifest = Read(text);
    CHECK(manifest.workloads.size() == (depth <= 5 ? 1 : 0));
    CHECK(manifest.others == (depth <= 5 ? 0 : 1));
  }
}

TEST_CASE("the four operators of a selector are read, and any other is refused", "[manifest]") {
  using Operator = Requirement::Operator;
  const auto spec = [](const std::string& op) {
    return WithTemplate("StatefulSet", "apps/v1",
                        "  selector: {matchExpressions: [{key: tier, operator: " + op + ", values: [a]}]}\n");
  };
  for (const auto& [text, op] :
       {std::pair("In", Operator::kIn), std::pair("NotIn", Operator::kNotIn),
        std::pair("Exists", Operator::kExists), std::pair("DoesNotExist", Operator::kDoesNotExist)}) {
    const Workload workload = ReadOne(spec(text));
    REQUIRE(workload.own.requirements.size() == 1);
    CHECK(workload.own.requirements[0].key == "tier");
    CHECK(workload.own.requirements[0].op == op);
    CHECK(workload.own.labels.empty());
  }
  for (const char* other : {"Like", "in", "~"}) {
    CHECK(ErrorOf(spec(other)) ==
          "line 5: spec.selector.matchExpressions[0].operator: expected In, NotIn, Exists or DoesNotExist");
  }
}

TEST_CASE("the pods of a Job have its job-name label, and those of a CronJob are unknown", "[manifest]") {
  const Workload job = ReadOne(WithTemplate("Job", "batch/v1", ""));
  CHECK(*job.own.labels.Find("job-name") == "web");
  CHECK(job.own.labels.size() == 1);
  CHECK(ReadOne("{apiVersion: batch/v1, kind: CronJob, metadata: {name: a}}").own.labels.empty());
}

TEST_CASE("ports and replicas are read up to their bounds and refused beyond them", "[manifest]") {
  const auto ports = [](const std::string& port) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{ports: [{" + port +
           "}]}]}\n";
  };
  CHECK(PortsOf(ReadOne(ports("containerPort: 65535, hostPort: 65535, protocol: SCTP"))) ==
        "65535:65535/SCTP@4 ");
  CHECK(PortsOf(ReadOne(ports("protocol: TCP"))).starts_with("0:0/TCP@"));
  for (const char* number : {"-1", "65536", "1.5", "x", "99999999999999999999"}) {
    CAPTURE(number);
    CHECK(ErrorOf(ports("hostPort: " + std::string(number))) ==
          "line 4: spec.containers[0].ports[0].hostPort: expected a port from 0 to 65535");
    CHECK(ErrorOf(ports("containerPort: " + std::string(number))) ==
          "line 4: spec.containers[0].ports[0].containerPort: expected a port from 0 to 65535");
    CHECK(ErrorOf("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{nodePort: " +
                  std::string(number) + "}]}\n") ==
          "line 4: spec.ports[0].nodePort: expected a port from 0 to 65535");
  }
  CHECK(ReadOne(WithTemplate("ReplicaSet", "apps/v1", "  replicas: 2147483647\n")).replicas ==
        2'147'483'647U);
  for (const char* number : {"-1", "2147483648"}) {
    CHECK(ErrorOf(WithTemplate("ReplicaSet", "apps/v1", "  replicas: " + std::string(number) + "\n")) ==
          "line 5: spec.replicas: expected a number");
  }
  const Manifest services = Read(
      "{apiVersion: v1, kind: Service, metadata: {name: a, namespace: b}, spec: {ports: [{nodePort: 0}, "
      "{nodePort: "
      "65535}]}}");
  REQUIRE(services.node_ports.size() == 1);
  CHECK(services.node_ports[0].port == 65535);
  CHECK(services.node_ports[0].ns == "b");
}

TEST_CASE("maxUnavailable is a number or a whole percentage, and at least 1 if maxSurge is 0", "[manifest]") {
  const auto unavailable = [](const std::string& value) {
    return WithTemplate(
        "Deployment", "apps/v1",
        "  replicas: 4\n  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: " + value + "}}\n");
  };
  const auto read = [&](const std::string& value) {
    return ReadOne(unavailable(value)).rollout.max_unavailable;
  };
  CHECK(read("3") == 3);
  CHECK(read("\"50%\"") == 2);
  CHECK(read("\"100%\"") == 4);
  CHECK(read("0%") == 0);
  for (const char* wrong :
       {"\"2\"", "\"%\"", "\"x%\"", "\"1.5%\"", "\"-1%\"", "\"1234567%\"", "\"\"", "[1]"}) {
    CAPTURE(wrong);
    CHECK(ErrorOf(unavailable(wrong))
              .starts_with("line 6: spec.strategy.rollingUpdate.maxUnavailable: expected "));
  }
  // If maxSurge comes to 0 as well, one pod may be unavailable: otherwise the Deployment could not roll out.
  const auto surges = [](const std::string& replicas, const std::string& surge) {
    return ReadOne(WithTemplate("Deployment", "apps/v1",
                                "  replicas: " + replicas +
                                    "\n  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: " + surge +
                                    "}}\n"))
        .rollout.max_unavailable;
  };
  CHECK(surges("4", "1") == 0);
  CHECK(surges("4", "1%") == 0);
  CHECK(surges("4", "0") == 1);
  CHECK(surges("4", "0%") == 1);
  CHECK(surges("0", "1%") == 1);
  CHECK(surges("0", "1") == 0);
}

}  // namespace
}  // namespace k8sm::manifest
