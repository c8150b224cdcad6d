// Which findings a check of manifests has, and at which workload.

#include "controller/ports_program/checker.h"

#include "lib/base/split_list.h"
#include "lib/manifest/manifest.h"
#include "test/support/catch.h"
#include "test/unit/ports_program/small_cluster.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

// A Deployment of namespace "shop" whose pods have the label app=`name`. Its rollouts surge, and let no pod
// be unavailable.
std::string Deployment(const std::string& name, const std::string& host_ports, int replicas = 1,
                       const std::string& metadata = "") {
  std::string ports;
  for (const std::string& port : SplitList(host_ports))
    ports += (ports.empty() ? "" : ", ") + ("{containerPort: 80, hostPort: " + port + "}");
  return "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: " + name + ", namespace: shop" + metadata +
         "}\nspec:\n  replicas: " + std::to_string(replicas) +
         "\n  strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1}}\n  selector: {matchLabels: {app: " +
         name + "}}\n  template:\n    metadata: {labels: {app: " + name +
         "}}\n    spec: {containers: [{ports: [" + ports + "]}]}\n";
}

std::string Service(const std::string& name, int node_port) {
  return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name +
         ", namespace: shop}\nspec: {ports: [{port: 80, nodePort: " + std::to_string(node_port) + "}]}\n";
}

CheckResult Check(const std::vector<std::string>& files, const State& state, const Options& options = {}) {
  std::vector<NamedManifest> manifests;
  for (const std::string& text : files) {
    auto manifest = manifest::ReadManifest(text);
    INFO(text);
    REQUIRE(manifest.has_value());
    manifests.push_back({"f" + std::to_string(manifests.size()) + ".yaml", *std::move(manifest)});
  }
  return CheckManifests(manifests, &state, options);
}

// "rule name, rule name" of the warnings and errors.
std::string Problems(const CheckResult& result) {
  std::string text;
  for (const Finding& finding : result.findings) {
    if (finding.level != Level::kNote) text += (text.empty() ? "" : ", ") + finding.rule + " " + finding.name;
  }
  return text;
}

// The message of the only finding of this rule.
std::string MessageOf(const CheckResult& result, const std::string& rule) {
  std::string message;
  for (const Finding& finding : result.findings) {
    if (finding.rule != rule) continue;
    CHECK(message.empty());
    message = finding.message;
  }
  CAPTURE(rule);
  REQUIRE_FALSE(message.empty());
  return message;
}

TEST_CASE(
    "a workload's live pods are those that its selector matches in its namespace, a Pod's the one with its "
    "name",
    "[ports_program]") {
  const auto problems = [](const std::string& manifest, ClusterPod pod) {
    return Problems(Check({manifest}, StateOf({AgentOf("a1", "31000", "31000")}, {std::move(pod)})));
  };
  const std::string web = Deployment("web", "31000");
  const ClusterPod own = PodOf("web-1", "web", "a1", {31000});
  CHECK(problems(web, own) == "port-rollout-stuck web");
  ClusterPod other = own;
  other.holder.ns = kube::Symbol("other");
  CHECK(problems(web, other).starts_with("port-taken web"));
  other = own;
  other.labels = {{kube::Symbol("app"), kube::Symbol("db")}};
  CHECK(problems(web, other).starts_with("port-taken web"));
  // A pod that has ended holds no ports.
  other = own;
  other.ended = true;
  CHECK(problems(web, other).starts_with("port-taken web"));
  const auto pod = [](const std::string& name) {
    return "apiVersion: v1\nkind: Pod\nmetadata: {name: " + name +
           ", namespace: shop, labels: {app: web}}\nspec: {containers: [{ports: [{containerPort: 80, "
           "hostPort: 31000}]}]}\n";
  };
  CHECK(problems(pod("web-1"), own).empty());
  CHECK(problems(pod("web-2"), own) == "port-taken web-2");
}

TEST_CASE("workloads that want one port on too few agents are reported at the last of them",
          "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000-31001"), AgentOf("a2", "31000-31001", "31000")});
  // Both fit alone: one now, and two ever.
  const CheckResult now = Check({Deployment("one", "31000"), Deployment("two", "31000")}, state);
  CHECK(Problems(now) == "port-joint-overcommit two");
  CHECK(now.findings.back().file == "f1.yaml");
  CHECK(
      MessageOf(now, "port-joint-overcommit") ==
      "shop/one, shop/two want 31000 2 times, but only 1 agent can give it now. Take 31001 (free on 2 of 2) "
      "for shop/two.");
  const CheckResult ever =
      Check({Deployment("one", "31000"), Deployment("two", "31000"), Deployment("three", "31000")}, state);
  CHECK(ever.findings.back().level == Level::kError);
  CHECK(Problems(ever) == "port-joint-overcommit two, port-joint-overcommit three");
  // A workload in two files is one workload, and the last file counts.
  CHECK(Problems(Check({Deployment("one", "31000"), Deployment("one", "31000")}, state)).empty());
  CHECK(Problems(Check({Deployment("one", "31000"), Deployment("two", "31000"), Deployment("one", "31001")},
                       state))
            .empty());
}

TEST_CASE("an overcommit that an agent may yet resolve is a note, and leaves the result unknown",
          "[ports_program]") {
  const auto selecting = [](const std::string& name) {
    std::string text = Deployment(name, "31000");
    return text.insert(text.find("containers:"), "nodeSelector: {rack: r1}, ");
  };
  mesos::AgentList list;
  list.agents = {AgentOf("a1", "31000"), AgentOf("a2", "31000")};
  for (ports::Agent& agent : list.agents) agent.labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  Cluster cluster;
  cluster.node_labels = {{"a1", list.agents[0].labels}};
  const std::vector<std::string> both = {selecting("one"), selecting("two")};
  const CheckResult doubtful = Check(both, MakeState(list, cluster, true, "m1:5050"));
  CHECK(MessageOf(doubtful, "port-joint-overcommit")
            .find(" Not certain: agent a2 offers the ports, and matches once it has a Node.") !=
        std::string::npos);
  CHECK(Problems(doubtful).empty());
  CHECK(doubtful.unknown);
  std::vector<std::string> ignoring = both;
  ignoring[1].insert(ignoring[1].find(", namespace: shop") + 17,
                     ", annotations: {k8sm.mesosphere.io/ignore-port-checks: port-joint-overcommit}");
  CHECK_FALSE(Check(ignoring, MakeState(list, cluster, true, "m1:5050")).unknown);
  (*cluster.node_labels)["a2"] = {};
  const CheckResult certain = Check(both, MakeState(list, cluster, true, "m1:5050"));
  CHECK(Problems(certain) == "port-joint-overcommit two");
  CHECK_FALSE(certain.unknown);
}

TEST_CASE("running workloads fit together, as each keeps its own ports", "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000-31001", "31000"), AgentOf("a2", "31000-31001", "31000")},
                              {PodOf("one-1", "one", "a1", {31000}), PodOf("two-1", "two", "a2", {31000})});
  const std::string problems =
      Problems(Check({Deployment("one", "31000"), Deployment("two", "31000")}, state));
  CHECK(problems.find("port-joint-overcommit") == std::string::npos);
}

TEST_CASE("ports that others use, and those already suggested, are not suggested", "[ports_program]") {
  const auto taken = [](const std::vector<std::string>& files, std::vector<ClusterPod> pods = {},
                        const std::string& avoid = "") {
    Options options;
    options.avoid = PortsOf(avoid);
    std::string ports;
    for (const Finding& finding :
         Check(files, StateOf({AgentOf("a1", "5051,31000-31003")}, std::move(pods)), options).findings)
      for (const ports::Port port : finding.suggestion) ports += std::to_string(port) + " ";
    return ports;
  };
  const std::string outside = Deployment("outside", "8080");
  CHECK(taken({outside}) == "31003 ");
  CHECK(taken({outside}, {}, "31003") == "31002 ");
  // In the same files: another workload's port, a node port, and the port suggested to the first.
  CHECK(taken({outside, Deployment("web", "31003")}) == "31002 ");
  CHECK(taken({outside, Service("front", 31003)}) == "31002 ");
  CHECK(taken({outside, Deployment("outside-2", "8081")}) == "31003 31002 ");
  // Of live pods, wherever they are.
  CHECK(taken({outside}, {PodOf("p", "p", "", {31003})}) == "31002 ");
  CHECK(taken({outside}, {PodOf("p", "p", "elsewhere", {31003})}) == "31002 ");
  ClusterPod ended = PodOf("p", "p", "elsewhere", {31003});
  ended.ended = true;
  CHECK(taken({outside}, {ended}) == "31003 ");
  CHECK(taken({outside}, {}, "31000-31003").empty());
}

TEST_CASE("a host port that is a node port is found, whether the Service is live or in the files",
          "[ports_program]") {
  const std::string web = Deployment("web", "31000");
  mesos::AgentList list;
  list.agents = {AgentOf("a1", "31000-31001")};
  Cluster cluster;
  cluster.node_ports = {{31000, "shop/live"}};
  CHECK(MessageOf(Check({web}, MakeState(list, cluster, true, "m1:5050")), "port-node-port-overlap") ==
        "31000 is the node port of Service shop/live, which takes it over on every node. Take another port "
        "for one of them.");
  const State state = StateOf({AgentOf("a1", "31000-31001")});
  CHECK(MessageOf(Check({web, Service("front", 31000)}, state), "port-node-port-overlap")
            .starts_with("31000 is the node port of Service shop/front, "));
  CHECK(Problems(Check({web, Service("front", 31001)}, state)).empty());
}

TEST_CASE("a rule that a workload ignores is not reported at it, and other rules are", "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000")});
  const std::string ignoring =
      Deployment("web", "8080", 1,
                 ", annotations: {k8sm.mesosphere.io/ignore-port-checks: \"port-outside-offers; later\"}");
  CHECK(Problems(Check({ignoring, Service("front", 8080)}, state)) == "port-node-port-overlap web");
  CHECK(Problems(Check({ignoring, Deployment("db", "8081")}, state)) == "port-outside-offers db");
}

TEST_CASE("what is not known about an ignored finding does not make the result unknown", "[ports_program]") {
  // An agent that matches once it has a Node.
  mesos::AgentList list;
  list.agents = {AgentOf("a1", "31000-31001")};
  list.agents[0].labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  Cluster cluster;
  cluster.node_labels.emplace();
  const State state = MakeState(std::move(list), std::move(cluster), true, "m1:5050");
  const auto selecting = [](const std::string& metadata) {
    std::string text = Deployment("web", "31000", 1, metadata);
    return text.insert(text.find("containers:"), "nodeSelector: {rack: r1}, ");
  };
  const CheckResult told = Check({selecting("")}, state);
  CHECK(told.findings.size() == 1);
  CHECK(told.unknown);
  const CheckResult ignored =
      Check({selecting(", annotations: {k8sm.mesosphere.io/ignore-port-checks: port-no-agent}")}, state);
  CHECK(ignored.findings.empty());
  CHECK_FALSE(ignored.unknown);
}

// A DaemonSet whose pods have so many containers' ports without a number.
std::string DaemonSet(const std::string& name, int ports) {
  std::string text;
  for (int i = 0; i < ports; ++i)
    text += (i == 0 ? "" : ", ") + ("{containerPort: " + std::to_string(80 + i) + "}");
  return "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: " + name +
         ", namespace: shop}\nspec:\n  selector: {matchLabels: {app: " + name +
         "}}\n  template:\n    metadata: {labels: {app: " + name + "}}\n    spec: {containers: [{ports: [" +
         text + "]}]}\n";
}

TEST_CASE("a DaemonSet is told of the agents that do not offer as many ports as a pod of it wants",
          "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000-31009"), AgentOf("a2", "31000")});
  const CheckResult result = Check({DaemonSet("log", 2)}, state);
  CHECK(Problems(result) == "port-replicas-exceed-agents log");
  CHECK(MessageOf(result, "port-replicas-exceed-agents") ==
        "only 1 of 2 agents offer 2 ports (a2 does not): no pod will ever run on the others.");
  CHECK(Check({DaemonSet("log", 1)}, state).findings.empty());
}

TEST_CASE("workloads that want more ports than the agents have are told so once", "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000-31009", "31000")});
  const auto any = [](const std::string& name, int replicas) { return Deployment(name, "0", replicas); };
  const CheckResult ever = Check({any("one", 6), any("two", 5)}, state);
  CHECK(MessageOf(ever, "port-joint-overcommit") ==
        "shop/one, shop/two want 11 ports, but the agents that they can run on offer only 10.");
  CHECK(Problems(ever) == "port-joint-overcommit two");
  CHECK(Problems(Check({any("one", 6), any("two", 5), any("three", 5), any("none", 0)}, state)) ==
        "port-joint-overcommit three");
  const CheckResult now = Check({any("one", 5), any("two", 5)}, state);
  CHECK(MessageOf(now, "port-joint-overcommit") ==
        "shop/one, shop/two want 10 ports, but the agents that they can run on have only 9 free.");
  CHECK(now.findings.back().level == Level::kWarning);
}

TEST_CASE("a ReplicationController, which has no maxUnavailable, is advised to scale down first",
          "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000", "31000")}, {PodOf("web-1", "web", "a1", {31000})});
  const std::string controller =
      "apiVersion: v1\nkind: ReplicationController\nmetadata: {name: web, namespace: shop}\nspec:\n"
      "  replicas: 1\n  selector: {app: web}\n  template:\n    metadata: {labels: {app: web}}\n"
      "    spec: {containers: [{ports: [{containerPort: 80, hostPort: 31000}]}]}\n";
  CHECK(MessageOf(Check({controller}, state), "port-rollout-stuck") ==
        "the only agent with 31000 runs its 1 pod and kubectl rolling-update starts new pods first: it never "
        "ends. Scale down by one before it, or delete old pods one by one.");
}

TEST_CASE("an agent that is not active and offers the ports is named", "[ports_program]") {
  ports::Agent away = AgentOf("a2", "31000-31001");
  away.active = false;
  const State state = StateOf({AgentOf("a1", "31000"), away});
  CHECK(MessageOf(Check({Deployment("web", "31000", 2)}, state), "port-replicas-exceed-agents")
            .find(": at most 1 will ever run; agent a2 offers the ports, but is not active.") !=
        std::string::npos);
  CHECK(
      MessageOf(Check({Deployment("db", "31001")}, state), "port-outside-offers")
          .starts_with("31001 is offered by no agent; offered: 31000; agent a2 offers the ports, but is not "
                       "active."));
}

TEST_CASE("a stuck rollout is reported with whether only its own pods are in the way", "[ports_program]") {
  const std::vector<ports::Agent> agents = {AgentOf("a1", "31000", "31000"), AgentOf("a2", "31000", "31000")};
  const ClusterPod own = PodOf("web-1", "web", "a1", {31000});
  const State alone = StateOf(agents, {own, PodOf("web-2", "web", "a2", {31000})});
  const std::string two = Deployment("web", "31000", 2);
  CHECK(MessageOf(Check({two}, alone), "port-rollout-stuck")
            .starts_with("all 2 agents with 31000 run its 2 pods and maxUnavailable is 0: "));
  Options strict;
  strict.strict = true;
  CHECK(Check({two}, alone, strict).findings.front().level == Level::kError);
  // An agent that is not known yet may have room.
  mesos::AgentList list;
  list.agents = agents;
  Cluster cluster;
  cluster.pods = {own, PodOf("web-2", "web", "a2", {31000})};
  const State partial = MakeState(std::move(list), std::move(cluster), false, "m1:5050");
  CHECK(Check({two}, partial, strict).findings.front().level == Level::kWarning);
  const State crowded = StateOf(agents, {own, PodOf("db-1", "db", "a2", {31000})});
  CHECK(MessageOf(Check({Deployment("web", "31000")}, crowded), "port-rollout-stuck")
            .starts_with("on all 2 agents with 31000 it is taken and maxUnavailable is 0: "));
}

TEST_CASE("other ports are suggested for all replicas of a workload, and for at least one",
          "[ports_program]") {
  const State apart = StateOf({AgentOf("a1", "31000"), AgentOf("a2", "31001")});
  CHECK(MessageOf(Check({Deployment("none", "80,81", 0)}, apart), "port-outside-offers") ==
        "80 and 81 are offered by no agent; offered: 31000-31001.");
  // Two run, and a third has no room, here or on any other port.
  const std::vector<ClusterPod> pods = {PodOf("web-1", "web", "a1", {31000}),
                                        PodOf("web-2", "web", "a2", {31000})};
  const ports::Agent a1 = AgentOf("a1", "31000-31001", "31000");
  const ports::Agent a2 = AgentOf("a2", "31000-31001", "31000");
  CHECK(MessageOf(Check({Deployment("web", "31000", 2)}, StateOf({a1, a2}, pods)), "port-no-spare")
            .find("Take ") == std::string::npos);
  CHECK(MessageOf(Check({Deployment("web", "31000", 2)}, StateOf({a1, a2, AgentOf("a3", "31001")}, pods)),
                  "port-no-spare")
            .ends_with(" Take 31001 (free on 3 of 3)."));
}

TEST_CASE("only the pods of others count as being in the way of a workload", "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000", "31000"), AgentOf("a2", "31000", "31000")},
                              {PodOf("web-1", "web", "a1", {31000}), PodOf("db-1", "db", "a2", {31000})});
  CHECK(MessageOf(Check({Deployment("web", "31000", 2)}, state), "port-taken") ==
        "2 replicas, room for 1 now: on a2 31000 is held by shop/db-1.");
}

TEST_CASE("findings are in the order of files, and the result counts the files and workloads checked",
          "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "31000")});
  const std::string no_ports = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: none}\n";
  const CheckResult result =
      Check({Deployment("b", "81") + no_ports, Deployment("a", "80") + no_ports, no_ports}, state);
  CHECK(Problems(result) == "port-outside-offers b, port-outside-offers a");
  CHECK(result.files == 3);
  REQUIRE(result.workloads.size() == 2);
  CHECK(result.workloads[0].name == "b");
  CHECK(result.workloads[1].file == "f1.yaml");
  CHECK_FALSE(result.unknown);
  CHECK(Check({no_ports}, StateOf({})).unknown);
}

}  // namespace
}  // namespace k8sm::ports_program
