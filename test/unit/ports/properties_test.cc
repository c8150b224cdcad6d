// The port space compared with brute force, and properties that hold for any input.

#include "lib/ports/cells.h"
#include "lib/ports/doubts.h"
#include "lib/ports/headroom.h"
#include "lib/ports/judge.h"
#include "lib/ports/suggest.h"
#include "lib/ports/together.h"
#include "lib/ports/workload.h"
#include "test/support/catch.h"
#include "test/unit/ports/random_space.h"
#include "test/unit/ports/space_builder.h"

#include <algorithm>
#include <array>

namespace k8sm::ports::test {
namespace {

std::vector<HolderIndex> SomeHolders(RandomSpace& random, const PortSpace& space) {
  std::vector<HolderIndex> some;
  for (HolderIndex i = 0; i < space.holders().size(); ++i) {
    if (random.Chance(50)) some.push_back(i);
  }
  return some;
}

TEST_CASE("HeadroomOf agrees with placing pods by trial", "[ports]") {
  RandomSpace random(7);
  for (int round = 0; round < 600; ++round) {
    const PortSpace space(random.MakeSnapshot(3));
    const Demand demand = random.MakeDemand();
    const bool offer = random.Chance(30);
    const std::vector<HolderIndex> without = offer ? std::vector<HolderIndex>{} : SomeHolders(random, space);
    const Headroom room = HeadroomOf(space, demand, offer ? Basis::kOffer : Basis::kFree, without);
    if (room.unlimited || room.pods > 4) continue;
    const std::vector<Demand> fit(room.pods, demand);
    const std::vector<Demand> too_many(room.pods + 1, demand);
    REQUIRE(FitsByTrying(space, fit, offer, without));
    REQUIRE_FALSE(FitsByTrying(space, too_many, offer, without));
  }
}

TEST_CASE("the verdict of Judge agrees with placing the pod by trial", "[ports]") {
  RandomSpace random(8);
  for (int round = 0; round < 1000; ++round) {
    const Snapshot snapshot = random.MakeSnapshot(3);
    const PortSpace space(snapshot);
    const Demand demand = random.MakeDemand();
    const Judgement judgement = Judge(space, demand);
    const bool now = FitsByTrying(space, {demand});
    const bool alone = FitsByTrying(space, {demand}, true);
    const bool ever = FitsByTrying(PortSpace(RandomSpace::BestNodesOf(snapshot)), {demand}, true);
    REQUIRE((judgement.verdict == Verdict::kFits) == now);
    REQUIRE((judgement.verdict == Verdict::kNotNow) == (alone && !now));
    REQUIRE((judgement.verdict == Verdict::kUnknown) == (ever && !alone));
    REQUIRE((judgement.verdict == Verdict::kNever) == !ever);
    REQUIRE((judgement.verdict == Verdict::kUnknown) == (!alone && !DoubtOf(space, demand).empty()));
    // A pod that waits has a blocker that can be named.
    REQUIRE((judgement.verdict == Verdict::kNotNow) == !judgement.blockers.kept.empty());
  }
}

TEST_CASE("the fate of a workload agrees with placing its replicas by trial, whatever Nodes are registered",
          "[ports]") {
  RandomSpace random(14);
  for (int round = 0; round < 600; ++round) {
    const Snapshot snapshot = random.MakeSnapshot(3);
    const Demand demand = random.MakeDemand();
    const WorkloadDemand workload{.demand = demand, .replicas = 1 + random.Below(3)};
    const std::vector<Demand> pods(workload.replicas, demand);
    const bool ever = FitsByTrying(PortSpace(RandomSpace::BestNodesOf(snapshot)), pods, true);
    const PortSpace space(snapshot);
    const Fate fate = JudgeWorkload(space, workload, 0).fate;
    REQUIRE((fate == Fate::kFits || fate == Fate::kNotNow) == FitsByTrying(space, pods, true));
    // While it is unknown whether one pod fits, the fate of all is unknown, too.
    const bool one_known = Judge(space, demand).verdict != Verdict::kUnknown;
    REQUIRE((fate == Fate::kNever || fate == Fate::kNeverAll) == (!ever && one_known));
  }
}

TEST_CASE("OfferTo is the union of what a demand's eligible agents offer", "[ports]") {
  RandomSpace random(13);
  for (int round = 0; round < 500; ++round) {
    Snapshot snapshot = random.MakeSnapshot(4);
    for (Agent& agent : snapshot.agents) agent.active = random.Chance(70);
    const PortSpace space(std::move(snapshot));
    Demand demand = random.MakeDemand();
    if (random.Chance(20) && !space.agents().empty()) demand.node = space.agents()[0].name;
    PortSet offer;
    std::size_t eligible = 0;
    for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
      if (!space.IsEligible(agent, demand)) continue;
      offer = offer | space.ViewFor(demand.roles).offer[agent];
      ++eligible;
    }
    REQUIRE(space.OfferTo(demand) == offer);
    REQUIRE(space.CountEligible(demand) == eligible);
    REQUIRE(space.Eligible(demand).size() == eligible);
  }
}

TEST_CASE("FitTogether agrees with placing the pods by trial whenever it has an answer", "[ports]") {
  RandomSpace random(9);
  int unknown = 0;
  for (int round = 0; round < 600; ++round) {
    const PortSpace space(random.MakeSnapshot(4));
    std::vector<Load> loads(1 + random.Below(3));
    std::vector<Demand> pods;
    for (Load& load : loads) {
      load = {random.MakeDemand(), 1 + random.Below(2)};
      pods.insert(pods.end(), load.replicas, load.demand);
    }
    const bool offer = random.Chance(30);
    const auto without = offer ? std::vector<HolderIndex>{} : SomeHolders(random, space);
    const Together together =
        FitTogether(space, loads, {.basis = offer ? Basis::kOffer : Basis::kFree, .without = without});
    if (together.answer == Together::Answer::kUnknown) {
      ++unknown;
      continue;
    }
    REQUIRE((together.answer == Together::Answer::kFits) == FitsByTrying(space, pods, offer, without));
  }
  CHECK(unknown < 90);
}

TEST_CASE("suggested ports are free as stated, optimal if so marked, and mostly optimal otherwise",
          "[ports]") {
  RandomSpace random(10);
  int best = 0;
  int all = 0;
  for (int round = 0; round < 500; ++round) {
    const PortSpace space(random.MakeSnapshot(4));
    Wish wish{.ports = 1 + random.Below(3), .replicas = 2, .where = Wants({})};
    wish.where.wild = random.Below(2);
    wish.avoid = random.Subset(10);
    const RoleView& view = space.ViewFor(wish.where.roles);
    const auto room_of = [&](const PortSet& ports) {
      std::uint64_t room = 0;
      for (const AgentIndex agent : space.Eligible(wish.where)) {
        const PortSet& free = view.free[agent];
        room += free.Contains(ports) && free.size() >= ports.size() + wish.where.wild ? 1 : 0;
      }
      return room;
    };
    std::optional<std::uint64_t> best_room;
    for (std::uint32_t bits = 0; bits < 1U << kLastRandomPort; ++bits) {
      std::vector<Port> ports;
      for (Port port = 1; port <= kLastRandomPort; ++port) {
        if ((bits >> (port - 1) & 1U) != 0) ports.push_back(port);
      }
      const PortSet set = PortSet::OfPorts(ports);
      if (ports.size() != wish.ports || set.Intersects(wish.avoid | space.node_ports())) continue;
      best_room = std::max(best_room.value_or(0), room_of(set));
    }
    const auto suggestion = Suggest(space, wish);
    if (!suggestion) continue;
    ++all;
    REQUIRE(suggestion->ports.size() == wish.ports);
    const PortSet set = PortSet::OfPorts(suggestion->ports);
    REQUIRE_FALSE(set.Intersects(wish.avoid | space.node_ports()));
    REQUIRE(suggestion->agents == room_of(set));
    REQUIRE(suggestion->enough == (suggestion->agents >= 2));
    if (suggestion->best_possible) REQUIRE(suggestion->agents == *best_room);
    best += suggestion->agents == *best_room ? 1 : 0;
  }
  CHECK(best * 100 >= all * 95);
}

TEST_CASE("an additional holder, or an agent less, never increases headroom", "[ports]") {
  RandomSpace random(11);
  for (int round = 0; round < 300; ++round) {
    const Snapshot snapshot = random.MakeSnapshot(3);
    const Demand demand = random.MakeDemand();
    const Headroom before = HeadroomOf(PortSpace(snapshot), demand, Basis::kFree);
    Snapshot more = snapshot;
    more.holders.push_back(MakeHolder("new", "a0", random.Subset(40).Ports()));
    REQUIRE(HeadroomOf(PortSpace(more), demand, Basis::kFree).pods <= before.pods);
    Snapshot fewer = snapshot;
    fewer.agents.pop_back();
    REQUIRE(HeadroomOf(PortSpace(fewer), demand, Basis::kFree).pods <= before.pods);
  }
}

TEST_CASE("the order of agents and pods does not change any result", "[ports]") {
  RandomSpace random(12);
  for (int round = 0; round < 200; ++round) {
    const Snapshot snapshot = random.MakeSnapshot(4);
    Snapshot turned = snapshot;
    std::reverse(turned.agents.begin(), turned.agents.end());
    std::reverse(turned.holders.begin(), turned.holders.end());
    const PortSpace a(snapshot);
    const PortSpace b(turned);
    const Demand demand = random.MakeDemand();
    REQUIRE(HeadroomOf(a, demand, Basis::kFree) == HeadroomOf(b, demand, Basis::kFree));
    REQUIRE(Judge(a, demand).why == Judge(b, demand).why);
    for (AgentIndex agent = 0; agent < a.agents().size(); ++agent) {
      const std::string name(a.agents()[agent].name.get());
      REQUIRE(RowText(a, name) == RowText(b, name));
    }
    const Wish wish{.ports = 2, .where = Wants({})};
    const auto first = Suggest(a, wish);
    const auto second = Suggest(b, wish);
    REQUIRE(first.has_value() == second.has_value());
    if (first) REQUIRE(first->ports == second->ports);
  }
}

TEST_CASE("RowOf and CountCells agree with CellOf on every port", "[ports]") {
  RandomSpace random(13);
  for (int round = 0; round < 200; ++round) {
    const PortSpace space(random.MakeSnapshot(3));
    const std::vector<std::string> roles{random.Chance(50) ? "*" : "fixed"};
    for (AgentIndex agent = 0; agent < space.agents().size(); ++agent) {
      std::uint32_t free = 0;
      std::array<std::uint32_t, kCellStates> by_state{};
      std::vector<Port> told;
      for (const Run& run : RowOf(space, agent, roles)) {
        for (std::uint32_t port = run.begin; port <= run.end; ++port) {
          const Run cell = CellOf(space, agent, static_cast<Port>(port), roles);
          REQUIRE(cell.state == run.state);
          REQUIRE(cell.holder == run.holder);
          told.push_back(static_cast<Port>(port));
          const bool is_free = run.state == CellState::kFree || run.state == CellState::kNodePort;
          free += is_free ? 1 : 0;
          ++by_state[static_cast<std::size_t>(is_free ? CellState::kFree : run.state)];
        }
      }
      PortSet all = space.agents()[agent].used | space.HeldOn(agent);
      for (const auto& [role, ports] : space.agents()[agent].offered) all = all | ports;
      REQUIRE(told == all.Ports());
      const CellCounts counts = CountCells(space, agent, roles);
      REQUIRE(counts.free == free);
      REQUIRE(counts.by_state == by_state);
      REQUIRE(counts.free == space.ViewFor(roles).free[agent].size());
    }
  }
}

}  // namespace
}  // namespace k8sm::ports::test
