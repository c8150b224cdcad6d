#include "lib/ports/sentence.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

PortSpace ThreeAgents() {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "31000-31019", "31000-31002,31007"),
                     MakeAgent("node2", "31000-31019", "31000-31001,31019"),
                     MakeAgent("node3", "31000-31009", "31000,31003")};
  Holder leaving = MakeHolder("api-3", "node1", {31002});
  leaving.leaving = true;
  snapshot.holders = {MakeHolder("web-1", "node1", {31000}), leaving, MakeHolder("log-1", "node3", {31005})};
  return PortSpace(std::move(snapshot));
}

std::string Tell(const PortSpace& space, const Demand& demand) {
  return Sentence(space, demand, Judge(space, demand));
}

TEST_CASE("Sentence explains each verdict", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(Tell(space, Wants({31004})).empty());
  CHECK(Tell(space, Wants({8080})) == "8080 is offered by no agent; offered: 31000-31019");
  CHECK(Tell(space, Wants({8080, 31004, 80})) == "80 and 8080 are offered by no agent; offered: 31000-31019");
  CHECK(Tell(space, Wants({31005, 31005})) ==
        "31005 is declared twice; Mesos counts numbers, whatever the protocol: never schedulable");
  CHECK(Tell(space, Wants({31005, 31005, 31005})) ==
        "31005 is declared more than once; Mesos counts numbers, whatever the protocol: never schedulable");
  CHECK(Tell(space, Wants({31000})) ==
        "on node1 31000 is held by shop/web-1, on node2 31000 is held by another framework, on node3 31000 "
        "is held "
        "by another framework");
  CHECK(
      Tell(space, Wants({31004}, {"web"})) ==
      "no agent offers ports to role web: take another role, or let the principal view it (ACL view_roles)");
  CHECK(Tell(space, Wants({31004}, {})) ==
        "no role is left to it: its roles annotation names none of the framework's");
  CHECK(Tell(space, Wants(std::vector<Port>(21, 0))) == "no agent offers 21 ports");
  CHECK(Tell(PortSpace(Snapshot{}), Wants({31004})) == "no agents are known");
  Demand elsewhere = Wants({31004});
  elsewhere.node = kube::Symbol("node9");
  elsewhere.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  CHECK(Tell(space, elsewhere) ==
        "no agent matches nodeName node9 and nodeSelector rack=r1: correct it, or label a Node");
}

TEST_CASE("Sentence does not say that a role has no ports when only other agents offer them", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "31000"), MakeAgent("node2", "31000")};
  snapshot.agents[0].labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  snapshot.agents[1].offered[0].first = "web";
  Demand demand = Wants({31000}, {"web"});
  demand.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  CHECK(Tell(PortSpace(snapshot), demand) == "no eligible agent offers ports to role web");
}

TEST_CASE("DescribeHolder says what is known of the holder in each state of a port", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(DescribeHolder(space, CellState::kPod, 0) == "held by shop/web-1");
  CHECK(DescribeHolder(space, CellState::kLeaving, 1) == "held by shop/api-3, which is terminating");
  CHECK(DescribeHolder(space, CellState::kUnaccounted, 2) == "held by shop/log-1 without Mesos' knowledge");
  CHECK(DescribeHolder(space, CellState::kClash, 0) == "held by shop/web-1 and others");
  CHECK(DescribeHolder(space, CellState::kForeign, kNobody) == "held by another framework");
}

TEST_CASE("Sentence names three of the ports in the way and counts the rest", "[ports]") {
  for (const auto& [agents, told] :
       {std::pair(3, ""), std::pair(4, ", and 1 more"), std::pair(30, ", and 27 more")}) {
    CAPTURE(agents);
    Snapshot snapshot;
    for (int i = 0; i < agents; ++i)
      snapshot.agents.push_back(MakeAgent("a" + std::to_string(100 + i), "31000", "31000"));
    CHECK(Tell(PortSpace(std::move(snapshot)), Wants({31000})) ==
          "on a100 31000 is held by another framework, on a101 31000 is held by another framework, on a102 "
          "31000 is held by another framework" +
              std::string(told));
  }
}

TEST_CASE("Sentence names the nodeName or the nodeSelector that no agent matches", "[ports]") {
  const PortSpace space = ThreeAgents();
  Demand demand = Wants({31004});
  demand.node = kube::Symbol("node9");
  CHECK(Tell(space, demand) == "no agent matches nodeName node9");
  demand.node = {};
  demand.selector = {{kube::Symbol("disk"), kube::Symbol("ssd")}, {kube::Symbol("rack"), kube::Symbol("r1")}};
  CHECK(Tell(space, demand) == "no agent matches nodeSelector disk=ssd,rack=r1: correct it, or label a Node");
}

TEST_CASE("Sentence lists several roles, ports and numbers", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(Tell(space, Wants({31004}, {"web", "db"})) ==
        "no agent offers ports to role web, db: take another role, or let the principal view it (ACL "
        "view_roles)");
  CHECK(Tell(space, Wants({31005, 31005, 31006, 31006})) ==
        "31005 and 31006 are declared twice; Mesos counts numbers, whatever the protocol: never schedulable");
  Snapshot apart;
  apart.agents = {MakeAgent("node1", "31000"), MakeAgent("node2", "31001")};
  CHECK(Tell(PortSpace(apart), Wants({31000, 31001})) == "no agent offers 31000 and 31001 together");
  apart.fresh = false;
  CHECK(Tell(PortSpace(apart), Wants({31000})) == "what is known of the agents is too old");
  CHECK(Tell(space, Wants({31004, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})) ==
        "no agent offers 21 ports");
}

TEST_CASE("SuggestInstead replaces the ports at fault and keeps the others", "[ports]") {
  const PortSpace space = ThreeAgents();
  const auto instead = [&](const Demand& demand, std::uint32_t replicas) {
    const auto suggestion = SuggestInstead(space, demand, Judge(space, demand), replicas, PortsInUse(space));
    return suggestion ? ListOf(suggestion->ports) : "none";
  };
  CHECK(instead(Wants({8080}), 3) == "31009");
  CHECK(instead(Wants({8080, 31009}), 3) == "31008");
  CHECK(instead(Wants({31004, 31004}), 3) == "31009");
  // One for each declaration but the first.
  CHECK(instead(Wants({31004, 31004, 31004}), 3) == "31008 and 31009");
  CHECK(instead(Wants({31004, 31004, 31004, 31006, 31006}), 2) == "31016, 31017 and 31018");
  CHECK(instead(Wants({31019}), 2) == "31009");
  CHECK(instead(Wants({31019}), 3) == "31009");
  CHECK(instead(Wants({8080}), 4) == "none");
  // 31018 is on two agents only, so it has to change too.
  CHECK(instead(Wants({8080, 31018}), 3) == "31008 and 31009");
}

TEST_CASE("SuggestInstead suggests neither the pod's own ports nor ports to be avoided", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31002", "31002"), MakeAgent("a2", "31000-31002", "31000-31001")};
  const PortSpace space(std::move(snapshot));
  const auto instead = [&](const Demand& demand, const PortSet& avoid) {
    const Judgement taken{.verdict = Verdict::kNotNow, .why = Why::kTaken};
    const auto suggestion = SuggestInstead(space, demand, taken, 1, avoid);
    return suggestion ? ListOf(suggestion->ports) : "none";
  };
  CHECK(instead(Wants({31000}), {}) == "31002");
  CHECK(instead(Wants({31002}), {}) == "31001");
  CHECK(instead(Wants({31002}), Ports("31001")) == "31000");
  CHECK(instead(Wants({31002}), Ports("31000-31001")) == "none");
  CHECK(instead(Wants({31001, 31002}), {}) == "none");
  // A pod without fixed ports has none that could be replaced.
  CHECK(instead(Wants({0, 0}), {}) == "none");
}

TEST_CASE("SuggestInstead replaces all ports where too few agents have those that could stay", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31001-31009")};
  const PortSpace space(std::move(snapshot));
  const auto instead = [&](const Demand& demand, std::uint32_t replicas) {
    const auto suggestion = SuggestInstead(space, demand, Judge(space, demand), replicas, {});
    return suggestion ? ListOf(suggestion->ports) : "none";
  };
  CHECK(instead(Wants({31000, 31000}), 1) == "31009");
  CHECK(instead(Wants({31000, 31000}), 2) == "31008 and 31009");
  CHECK(instead(Wants({31000, 31000, 31001}), 2) == "31007, 31008 and 31009");
  CHECK(instead(Wants({31000, 31000, 31000}), 2) == "31007, 31008 and 31009");
  CHECK(instead(Wants({31000, 80}), 2) == "31008 and 31009");
  CHECK(instead(Wants({31000, 80}), 3) == "none");
}

TEST_CASE("lists, numbers and advice read like parts of a sentence", "[ports]") {
  CHECK(ListOf(std::vector<Port>{1}) == "1");
  CHECK(ListOf(std::vector<Port>{1, 2}) == "1 and 2");
  CHECK(ListOf(std::vector<Port>{1, 2, 3}) == "1, 2 and 3");
  CHECK(ListOf(std::vector<Port>{1, 2, 3}, 2) == "1, 2 and 1 more");
  CHECK(InWords(2) == "two");
  CHECK(InWords(10) == "ten");
  CHECK(InWords(11) == "11");
  CHECK(Advice({.ports = {31009}, .agents = 3}, 3) == "Take 31009 (free on 3 of 3)");
  CHECK(Advice({.ports = {31008, 31009}, .agents = 2}, 3) ==
        "Take 31008 and 31009 (free together on 2 of 3)");
}

}  // namespace
}  // namespace k8sm::ports::test
