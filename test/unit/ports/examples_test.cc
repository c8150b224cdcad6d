// Worked examples of the port space: agents, pods and demands with the right answers.

#include "lib/ports/cells.h"
#include "lib/ports/clash.h"
#include "lib/ports/headroom.h"
#include "lib/ports/judge.h"
#include "lib/ports/suggest.h"
#include "lib/ports/together.h"
#include "lib/ports/workload.h"
#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

PortSpace SpaceOf(std::vector<Agent> agents, std::vector<Holder> holders = {}) {
  Snapshot snapshot;
  snapshot.agents = std::move(agents);
  snapshot.holders = std::move(holders);
  return PortSpace(std::move(snapshot));
}

std::string Text(const Judgement& judgement) {
  std::string text(ToString(judgement.verdict));
  if (judgement.why != Why::kNone) text.append("/").append(ToString(judgement.why));
  if (!judgement.ports.empty()) text.append(" ").append(ToString(PortSet::OfPorts(judgement.ports)));
  return text;
}

std::uint64_t Room(const PortSpace& space, const Demand& demand, Basis basis = Basis::kFree) {
  const Headroom room = HeadroomOf(space, demand, basis);
  REQUIRE_FALSE(room.unlimited);
  return room.pods;
}

TEST_CASE("E1: a port outside all offers is never available", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-32000"), MakeAgent("a2", "31000-32000")});
  CHECK(Text(Judge(space, Wants({8080}))) == "never/outside_offers 8080");
  CHECK(Room(space, Wants({8080})) == 0);
}

TEST_CASE("E2: a host port that is declared twice is never schedulable, whatever is known", "[ports]") {
  const Demand twice = Wants({31000, 31000});
  CHECK(Text(Judge(SpaceOf({MakeAgent("a1", "31000-32000")}), twice)) == "never/duplicate 31000");
  CHECK(Text(Judge(SpaceOf({}), twice)) == "never/duplicate 31000");
}

TEST_CASE("E3: ports that only different agents offer are never available together", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31010-31019")});
  CHECK(Text(Judge(space, Wants({31005, 31015}))) == "never/never_together 31005,31015");
  CHECK(Text(Judge(space, Wants({31005}))) == "fits");
  CHECK(Room(space, Wants({31005})) == 1);
}

TEST_CASE("E4: the judgement on a port that is taken everywhere names its holders", "[ports]") {
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31001", "31000"), MakeAgent("a2", "31000-31001", "31000")},
              {MakeHolder("web-1", "a1", {31000})});
  const Judgement taken = Judge(space, Wants({31000}));
  CHECK(Text(taken) == "not_now/taken");
  REQUIRE(taken.blockers.kept.size() == 2);
  CHECK(taken.blockers.kept[0].state == CellState::kPod);
  CHECK(space.holders()[taken.blockers.kept[0].holder].name.get() == "web-1");
  CHECK(taken.blockers.kept[1].state == CellState::kForeign);
  CHECK(taken.blockers.kept[1].holder == kNobody);
  CHECK(Text(Judge(space, Wants({31001}))) == "fits");
  CHECK(Room(space, Wants({31001})) == 2);
  CHECK(RowText(space, "a1") == "31000 pod, 31001 free");
  CHECK(RowText(space, "a2") == "31000 foreign, 31001 free");
}

TEST_CASE("E5: a fixed and a wild port need two free ports on one agent", "[ports]") {
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31002"), MakeAgent("a2", "31000-31002", "31001-31002"),
               MakeAgent("a3", "31000-31002", "31000")});
  CHECK(Room(space, Wants({31000, 0})) == 1);
  CHECK(Room(space, Wants({31000, 0}), Basis::kOffer) == 3);
  CHECK(Room(space, Wants({31000})) == 2);
}

TEST_CASE("E6: wild ports fill up each agent", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31004"), MakeAgent("a2", "31000-31004", "31000"),
                                   MakeAgent("a3", "31000-31004", "31001-31004")});
  CHECK(Room(space, Wants({0, 0})) == 4);
}

TEST_CASE("E7: a fixed port takes one agent for each replica", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000-31009")});
  const Plan plan = JudgeWorkload(space, {.demand = Wants({31000}), .replicas = 3}, 1);
  CHECK(plan.fate == Fate::kNeverAll);
  CHECK(plan.ceiling.pods == 2);
  CHECK(Text(Judge(space, Wants({31000}))) == "fits");
}

TEST_CASE("E8: if all agents are full, a rollout that surges without unavailable pods is stuck", "[ports]") {
  std::vector<Agent> agents;
  std::vector<Holder> holders;
  for (const char* n : {"1", "2", "3"}) {
    agents.push_back(MakeAgent(std::string("a") + n, "31000-31009", "31000"));
    holders.push_back(MakeHolder(std::string("web-") + n, std::string("a") + n, {31000}));
  }
  const PortSpace full = SpaceOf(agents, holders);
  WorkloadDemand web{.demand = Wants({31000}), .replicas = 3, .own_pods = 3};
  web.own = IndexesOf(full, {"web-1", "web-2", "web-3"});
  web.rollout = {.surges = true, .max_unavailable = 0};
  const Plan stuck = JudgeWorkload(full, web, 1);
  CHECK(stuck.fate == Fate::kFits);
  CHECK(stuck.capacity.pods == 3);
  CHECK(stuck.spare.pods == 0);
  CHECK(stuck.rollout_stuck);
  CHECK(stuck.no_spare);

  web.rollout.max_unavailable = 1;
  CHECK_FALSE(JudgeWorkload(full, web, 1).rollout_stuck);
  CHECK(JudgeWorkload(full, web, 1).no_spare);

  agents.push_back(MakeAgent("a4", "31000-31009"));
  const PortSpace roomy = SpaceOf(agents, holders);
  web.rollout.max_unavailable = 0;
  const Plan plan = JudgeWorkload(roomy, web, 1);
  CHECK(plan.spare.pods == 1);
  CHECK_FALSE(plan.rollout_stuck);
  CHECK_FALSE(plan.no_spare);
}

TEST_CASE("E9: a terminating pod still holds its port", "[ports]") {
  Holder old = MakeHolder("old", "a1", {31000});
  old.leaving = true;
  // A Succeeded pod is no holder.
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001", "31000"), MakeAgent("a2", "31000-31001"),
                                   MakeAgent("a3", "31000-31001", "31000")},
                                  {old, MakeHolder("run", "a3", {31000})});
  CHECK(Room(space, Wants({31000})) == 1);
  CHECK(RowText(space, "a1") == "31000 leaving, 31001 free");
  CHECK(RowText(space, "a2") == "31000-31001 free");
  CHECK(RowText(space, "a3") == "31000 pod, 31001 free");
}

TEST_CASE("E10: only ports of its own roles are available to a pod", "[ports]") {
  Agent agent = MakeAgent("a1", "31000-31009");
  agent.offered.emplace_back("fixed", Ports("31900-31909"));
  const PortSpace space = SpaceOf({agent});
  CHECK(Text(Judge(space, Wants({31905}))) == "never/outside_offers 31905");
  CHECK(Text(Judge(space, Wants({31905}, {"fixed", "*"}))) == "fits");
  CHECK(Text(Judge(space, Wants({31005, 31905}, {"*", "fixed"}))) == "fits");
  CHECK(Text(Judge(space, Wants({31005}, {}))) == "never/no_role");
}

TEST_CASE("E11: ports of static pods and clashes are recognised", "[ports]") {
  Holder dns = MakeHolder("dns", "a1", {31003, 53});
  dns.claims[1].protocol = kube::Protocol::kUdp;
  Holder y = MakeHolder("y", "a1", {31004});
  y.claims[0].protocol = kube::Protocol::kUdp;
  Holder z = MakeHolder("z", "a1", {31004});
  z.claims[0].host_ip = kube::Symbol("10.0.0.9");
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31009", "31004"), MakeAgent("a2", "31000-31009")},
                                  {dns, MakeHolder("x", "a1", {31004}), y, z});
  CHECK(RowText(space, "a1") ==
        "53 outside, 31000-31002 free, 31003 unaccounted, 31004 clash, 31005-31009 free");
  std::vector<std::string> clashes;
  for (const Clash& clash : FindClashes(space).kept) {
    clashes.push_back(std::to_string(clash.port) + " " + space.holders()[clash.a].name + "-" +
                      space.holders()[clash.b].name + (clash.bind ? " bind" : " number"));
  }
  CHECK(clashes == std::vector<std::string>{"31004 x-y number", "31004 x-z bind", "31004 y-z number"});
  CHECK(Room(space, Wants({31003})) == 1);
  CHECK(Text(Judge(space, Wants({31003}))) == "fits");
}

TEST_CASE("E12: workloads that want the same port share the agents", "[ports]") {
  std::vector<Agent> agents{MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000-31009")};
  const std::vector<Load> loads{{Wants({31000}), 2}, {Wants({31000, 31001}), 1}};
  const Together two = FitTogether(SpaceOf(agents), loads);
  CHECK(two.answer == Together::Answer::kDoesNotFit);
  CHECK(two.witness == "port 31000: 3 wanted, 2 agents");
  CHECK(two.loads == std::vector<std::size_t>{0, 1});
  agents.push_back(MakeAgent("a3", "31000-31009"));
  CHECK(FitTogether(SpaceOf(agents), loads).answer == Together::Answer::kFits);
}

TEST_CASE("E13: Suggest returns the highest ports that are free together", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009", "31009"), MakeAgent("a2", "31000-31009", "31008"),
                     MakeAgent("a3", "31000-31009")};
  Wish wish{.ports = 2, .replicas = 3, .where = Wants({})};
  const auto plain = Suggest(PortSpace(snapshot), wish);
  REQUIRE(plain);
  CHECK(plain->ports == std::vector<Port>{31006, 31007});
  CHECK(plain->agents == 3);
  CHECK(plain->enough);
  CHECK(plain->best_possible);

  wish.contiguous = true;
  CHECK(Suggest(PortSpace(snapshot), wish)->ports == std::vector<Port>{31006, 31007});
  wish.contiguous = false;
  wish.ports = 9;
  const auto nine = Suggest(PortSpace(snapshot), wish);
  REQUIRE(nine);
  CHECK(nine->agents == 2);
  CHECK_FALSE(nine->enough);

  snapshot.node_ports = Ports("31007");
  wish.ports = 2;
  CHECK(Suggest(PortSpace(snapshot), wish)->ports == std::vector<Port>{31005, 31006});
}

TEST_CASE("E14: nodeSelectors narrow the agents, and a never verdict needs the complete list", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31001", "31000")};
  const kube::Symbol rack("k8s.mesosphere.io/attribute-rack");
  snapshot.agents[0].labels.Set(rack, kube::Symbol("r1"));
  snapshot.agents[1].labels.Set(rack, kube::Symbol("r2"));
  Demand in_rack = Wants({31000});
  in_rack.selector.Set(rack, kube::Symbol("r2"));
  CHECK(Text(Judge(PortSpace(snapshot), in_rack)) == "not_now/taken");
  in_rack.selector.Set(rack, kube::Symbol("r3"));
  CHECK(Text(Judge(PortSpace(snapshot), in_rack)) == "never/no_agent_matches");
  snapshot.complete = false;
  CHECK(Text(Judge(PortSpace(snapshot), Wants({8080}))) == "unknown/outside_offers 8080");
  CHECK(Text(Judge(SpaceOf({}), Wants({8080}))) == "unknown/no_agents");
}

TEST_CASE("E15: with hostNetwork, a pod requests its container port", "[ports]") {
  PodSpec spec;
  spec.ports = {{80, 0}};
  spec.host_network = true;
  CHECK(Text(Judge(SpaceOf({MakeAgent("a1", "31000-32000")}), DemandOf(spec, {}))) ==
        "never/outside_offers 80");
}

}  // namespace
}  // namespace k8sm::ports::test
