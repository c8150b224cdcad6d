// Explanations, suggestions and findings for small clusters.

#include "controller/ports_program/commands.h"
#include "test/support/catch.h"
#include "test/unit/ports_program/small_cluster.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports_program {
namespace {

bool Holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

Options OptionsFor(const std::string& operand, const std::string& ports = "") {
  Options options;
  options.operands = {operand};
  options.ports = PortsOf(ports);
  return options;
}

TEST_CASE("the ports that explain says a pod would get are neither used in Mesos nor held by another pod",
          "[ports_program]") {
  // 31000 is used, 31001 is held without Mesos' knowledge.
  const State state = StateOf({AgentOf("a1", "31000-31003", "31000")},
                              {PodOf("static", "static", "a1", {31001}), PodOf("any", "any", "", {0, 0})});
  CHECK(Holds(ExplainPod(state, OptionsFor("shop/any"), {})->text,
              "\n  a1  free; it would get 31002 and 31003\n"));
  Options wild = OptionsFor("31003", "31003");
  wild.wild = 1;
  CHECK(Holds(ExplainPorts(state, wild).text, "\n  a1  free; it would get 31003 and 31002\n"));
  // The scheduler's flag is the default of pods without a strategy; -wild asks for wild ports explicitly.
  wild.rules.wildcard = false;
  CHECK(Holds(ExplainPorts(state, wild).text, "\n  a1  free; it would get 31003 and 31002\n"));
  // For ports that are named, it does not say which it would get.
  CHECK(Holds(ExplainPorts(state, OptionsFor("31003", "31003")).text, "\n  a1  free\n"));
}

TEST_CASE("explain suggests other ports if fewer replicas have room than are asked for", "[ports_program]") {
  const std::vector<ports::Agent> agents = {AgentOf("a1", "31000-31002", "31000"),
                                            AgentOf("a2", "31000-31002")};
  Options options = OptionsFor("31000", "31000");
  const auto advises = [&](std::uint32_t replicas, std::vector<ClusterPod> pods = {}) {
    options.replicas = replicas;
    const std::string text = ExplainPorts(StateOf(agents, std::move(pods)), options).text;
    const std::size_t begin = text.find(" Take ");
    return begin == std::string::npos ? "" : text.substr(begin + 1, text.find('\n', begin) - begin - 1);
  };
  CHECK(advises(0).empty());
  CHECK(advises(1).empty());
  CHECK(advises(2) == "Take 31002 (free on 2 of 2).");
  CHECK(advises(3).empty());
  // Neither ports that others declare nor ports to be avoided.
  CHECK(advises(2, {PodOf("p", "p", "", {31002})}) == "Take 31001 (free on 2 of 2).");
  options.avoid = PortsOf("31002");
  CHECK(advises(2) == "Take 31001 (free on 2 of 2).");
  CHECK(advises(2, {PodOf("p", "p", "", {31001})}).empty());
}

TEST_CASE("a pod without room is advised to take a port that no other pod declares", "[ports_program]") {
  const State state = StateOf({AgentOf("a1", "5051,31000-31002", "31000")},
                              {PodOf("web", "web", "", {31000}), PodOf("other", "other", "", {31002})});
  CHECK(Holds(ExplainPod(state, OptionsFor("shop/web"), {})->text, "Take 31001 (free on 1 of 1)."));
}

TEST_CASE("explain PORT mentions offers to other roles, but not those to the pods' own roles",
          "[ports_program]") {
  std::vector<ports::Agent> agents = {AgentOf("a1", "31000"), AgentOf("a2", "31000")};
  agents[1].offered.emplace_back("fixed", PortsOf("31900"));
  agents[1].offered.emplace_back("web", PortsOf("31901"));
  const State state = StateOf(std::move(agents));
  const auto text = [&](const std::string& port, std::vector<std::string> roles) {
    Options options = OptionsFor(port, port);
    options.roles = std::move(roles);
    return ExplainPorts(state, options).text;
  };
  const std::string other = "Offered to other roles, for which pass -role: ";
  CHECK_FALSE(Holds(text("31000", {}), other));
  CHECK(Holds(text("31000", {"fixed"}), other + "* on 2 agents.\n"));
  CHECK(Holds(text("31900", {}), other + "fixed on 1 agent.\n"));
  CHECK_FALSE(Holds(text("31900", {"fixed", "*"}), other));
  CHECK(Holds(text("31900", {"fixed"}), "31900 is offered by 1 of 2 agents, and free on 1.\n"));
}

TEST_CASE("a pod has room on other agents only as far as pods with the same demand leave some",
          "[ports_program]") {
  const auto agent = [](int others) {
    std::vector<ports::Agent> agents = {AgentOf("a1", "31000-31009")};
    for (int i = 0; i < others; ++i) agents.push_back(AgentOf("b" + std::to_string(i), "31000-31001"));
    std::vector<ClusterPod> pods = {PodOf("any-1", "any", "a1", {0, 0}), PodOf("any-2", "any", "a1", {0, 0}),
                                    PodOf("gone", "gone", "a1", {0, 0}), PodOf("static", "s", "a1", {0, 0})};
    pods[2].holder.leaving = true;
    pods[3].holder.mirror = true;
    return ExplainAgent(StateOf(std::move(agents), std::move(pods)), OptionsFor("a1"))->text;
  };
  CHECK(Holds(agent(0),
              "It runs 2 pods with host ports.\n"
              "  shop/any-1  any 2 ports: no room on another agent\n"
              "  shop/any-2  any 2 ports: no room on another agent\n"
              "Without this agent 0 of them have room on others, and 2 wait, "));
  CHECK(Holds(agent(1),
              "  shop/any-2  any 2 ports: room for 1 on others, which pods like it take\n"
              "  shop/any-1  any 2 ports: room for 1 on others\n"
              "Without this agent 1 of them has room on others, and 1 waits, "));
  CHECK(Holds(agent(2),
              "  shop/any-1  any 2 ports: room for 2 on others\n"
              "  shop/any-2  any 2 ports: room for 2 on others\n"
              "Without this agent 2 of them have room on others, as far"));
}

TEST_CASE("suggest proposes ports that others declare only if they have more room", "[ports_program]") {
  Options options = OptionsFor("1");
  options.replicas = 2;
  const auto suggests = [&](const std::string& a2, const ports::Port declared) {
    return SuggestPorts(
        StateOf({AgentOf("a1", "31000-31001"), AgentOf("a2", a2)}, {PodOf("p", "p", "", {declared})}),
        options);
  };
  // 31001 alone is free on both.
  const Answer shared = suggests("31001", 31001);
  CHECK(shared.text ==
        "31001   free on 2 of 2 agents; no port does better; other workloads declare some of them\n");
  CHECK(shared.enough);
  // 31001 is not free on more agents than 31000, which nobody declares.
  const Answer own = suggests("31002", 31002);
  CHECK(own.text == "31001   free on 1 of 2 agents; no port does better; not enough for 2 replicas\n");
  CHECK_FALSE(own.enough);
}

TEST_CASE("the map counts only ports within a role's offer", "[ports_program]") {
  // There are used and held ports outside the offer.
  const State state =
      StateOf({AgentOf("a1", "31000-31002", "31002,32000-32009")}, {PodOf("p", "p", "a1", {31001, 40000})});
  CHECK(Holds(MapText(state, {}),
              "AGENT  ROLE  OFFERED      PORTS  FREE  PODS  LEAVING  OTHER  UNACCOUNTED  USED\n"
              "a1     *     31000-31002      3     1     0        0      1            1   66%\n"));
}

TEST_CASE("live pods are not reported to have no spare room while no agents are known", "[ports_program]") {
  const std::vector<ClusterPod> pods = {PodOf("web-1", "web", "a1", {31000})};
  CHECK(CheckLive(StateOf({}, pods), {}).findings.empty());
  CHECK(CheckLive(StateOf({}, pods), {}).unknown);
  const CheckResult known = CheckLive(StateOf({AgentOf("a1", "31000-31009", "31000")}, pods), {});
  REQUIRE(known.findings.size() == 1);
  CHECK(known.findings[0].rule == "port-no-spare");
  CHECK_FALSE(known.unknown);
  Options none;
  none.reserve = 0;
  CHECK(CheckLive(StateOf({AgentOf("a1", "31000-31009", "31000")}, pods), none).findings.empty());
}

TEST_CASE("static pods are not reported to have no spare room", "[ports_program]") {
  std::vector<ClusterPod> pods = {PodOf("kube-proxy-a1", "kube-proxy", "a1", {31000})};
  pods[0].holder.mirror = true;
  CHECK(CheckLive(StateOf({AgentOf("a1", "31000-31009", "31000")}, pods), {}).findings.empty());
}

TEST_CASE("live pods with equal demands are reported once in each namespace, whichever nodes they are on",
          "[ports_program]") {
  std::vector<ClusterPod> pods = {PodOf("web-1", "web", "a1", {31000}), PodOf("web-2", "web", "a2", {31000}),
                                  PodOf("a", "a", "", {80}), PodOf("b", "b", "", {80}),
                                  PodOf("c", "c", "", {80})};
  pods[4].holder.ns = kube::Symbol("other");
  const CheckResult result = CheckLive(
      StateOf({AgentOf("a1", "31000-31009", "31000"), AgentOf("a2", "31000-31009", "31000")}, pods), {});
  std::string text;
  for (const Finding& finding : result.findings)
    text += finding.rule + " " + ObjectOf(finding) +
            (Holds(finding.message, "And 1 more pod like it.") ? " and another" : "") + "\n";
  CHECK(text ==
        "port-outside-offers Pod other/c\n"
        "port-outside-offers Pod shop/a and another\n"
        "port-no-spare Pod shop/web-1 and another\n");
}

}  // namespace
}  // namespace k8sm::ports_program
