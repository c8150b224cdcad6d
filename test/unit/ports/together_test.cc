#include "lib/ports/together.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

using Answer = Together::Answer;

PortSpace SpaceOf(std::vector<Agent> agents, std::vector<Holder> holders = {}) {
  Snapshot snapshot;
  snapshot.agents = std::move(agents);
  snapshot.holders = std::move(holders);
  return PortSpace(std::move(snapshot));
}

TEST_CASE("FitTogether names a workload that does not fit alone", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31009")});
  const std::vector<Load> loads{{Wants({31001}), 1}, {Wants({31000}), 2}};
  const Together together = FitTogether(space, loads);
  CHECK(together.answer == Answer::kDoesNotFit);
  CHECK(together.loads == std::vector<std::size_t>{1});
  CHECK(together.ports == std::vector<Port>{31000});
  CHECK(together.wanted == 0);
}

TEST_CASE("FitTogether accepts an empty list of workloads", "[ports]") {
  CHECK(FitTogether(SpaceOf({}), {}).answer == Answer::kFits);
}

TEST_CASE("fixed ports do not take the places of wild ports of another role", "[ports]") {
  Agent agent = MakeAgent("a1", "31000-31001");
  agent.offered.emplace_back("fixed", Ports("31002"));
  const PortSpace space = SpaceOf({agent});
  // The fixed port is one of the two that the wild ones need.
  const std::vector<Load> loads{{Wants({0, 0}), 1}, {Wants({31000}, {"*", "fixed"}), 1}};
  CHECK(FitTogether(space, loads).answer != Answer::kFits);
}

TEST_CASE("holders that are taken for gone give their ports back", "[ports]") {
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31001", "31000")}, {MakeHolder("p1", "a1", {31000})});
  const std::vector<Load> loads{{Wants({31000}), 1}, {Wants({31001}), 1}};
  CHECK(FitTogether(space, loads).answer == Answer::kDoesNotFit);
  CHECK(FitTogether(space, loads, {.basis = Basis::kOffer}).answer == Answer::kFits);
  const auto own = IndexesOf(space, {"p1"});
  CHECK(FitTogether(space, loads, {.without = own}).answer == Answer::kFits);
}

TEST_CASE("workloads that share no port fit together wherever they fit alone", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31002"), MakeAgent("a2", "31000-31002")});
  const std::vector<Load> loads{{Wants({31000}), 2}, {Wants({31001, 31002}), 2}};
  CHECK(FitTogether(space, loads, {.max_steps = 4}).answer == Answer::kFits);
}

TEST_CASE("FitTogether names the workload for which it found no place, and leaves open whether there is one",
          "[ports]") {
  Agent agent = MakeAgent("a1", "31000-31001");
  agent.offered.emplace_back("fixed", Ports("31002"));
  const PortSpace space = SpaceOf({agent});
  const std::vector<Load> loads{{Wants({31000}, {"*", "fixed"}), 1}, {Wants({0, 0}), 1}};
  const Together together = FitTogether(space, loads);
  CHECK(together.answer == Answer::kUnknown);
  CHECK(together.loads == std::vector<std::size_t>{1});
  CHECK(together.witness == "no placement found");
  CHECK(FitTogether(space, loads, {.max_steps = 0}).loads.empty());
}

TEST_CASE("workloads that want more ports than there are do not fit, with both numbers", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31009", "31000"), MakeAgent("a2", "31000-31001")});
  const std::vector<Load> loads{{Wants({0}), 7}, {Wants({31001}), 1}, {Wants({0}), 4}};
  const Together now = FitTogether(space, loads);
  CHECK(now.answer == Answer::kDoesNotFit);
  CHECK(now.ports.empty());
  CHECK(now.loads == std::vector<std::size_t>{0, 1, 2});
  CHECK(now.wanted == 12);
  CHECK(now.placed == 11);
  CHECK(now.witness == "12 ports wanted, 11 there");
  CHECK(FitTogether(space, loads, {.basis = Basis::kOffer}).answer == Answer::kFits);
}

TEST_CASE("a DaemonSet has one pod on an agent, however many there is room for", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31005"), MakeAgent("a2", "31000-31001")});
  // Four pods with two ports each, of which two have to be on a2, where one finds room.
  const std::vector<Load> daemons{{Wants({0, 0}), 2, true}, {Wants({0, 0}), 2, true}};
  CHECK(FitTogether(space, daemons).answer != Answer::kFits);
  const std::vector<Load> one_daemon{{Wants({0, 0}), 2, true}, {Wants({0, 0}), 2}};
  CHECK(FitTogether(space, one_daemon).answer == Answer::kFits);
}

TEST_CASE("a DaemonSet, which has no choice, is placed before what has one", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31010")});
  const std::vector<Load> loads{{Wants({31000}), 1}, {Wants({0, 0}), 2, true}};
  CHECK(FitTogether(space, loads).answer == Answer::kFits);
}

TEST_CASE("loads without replicas are not among those that want too many ports", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001")});
  const std::vector<Load> loads{{Wants({0}), 2}, {Wants({0}), 1}, {Wants({0}), 0}};
  CHECK(FitTogether(space, loads).loads == std::vector<std::size_t>{0, 1});
}

TEST_CASE("pods without fixed ports fill an agent in one step", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31999"), MakeAgent("a2", "31000-31999")});
  const std::vector<Load> loads{{Wants({0}), 900}, {Wants({0, 0}), 500}};
  CHECK(FitTogether(space, loads, {.max_steps = 40}).answer == Answer::kFits);
}

TEST_CASE("FitTogether names a port that more pods want than agents can give, with both numbers", "[ports]") {
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000", "31000"), MakeAgent("a3", "31000")});
  const std::vector<Load> loads{{Wants({31001}), 1}, {Wants({31000}), 2}, {Wants({31000}), 1}};
  const Together now = FitTogether(space, loads);
  CHECK(now.answer == Answer::kDoesNotFit);
  CHECK(now.ports == std::vector<Port>{31000});
  CHECK(now.loads == std::vector<std::size_t>{1, 2});
  CHECK(now.wanted == 3);
  CHECK(now.placed == 2);
  CHECK(now.witness == "port 31000: 3 wanted, 2 agents");
  CHECK(FitTogether(space, loads, {.basis = Basis::kOffer}).answer == Answer::kFits);
}

TEST_CASE("agents that may come to match count on the basis of what can ever be offered only", "[ports]") {
  std::vector<Agent> agents = {MakeAgent("a1", "31000"), MakeAgent("a2", "31000")};
  for (Agent& agent : agents) agent.labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  agents[1].labels_from = LabelSource::kNoNode;
  const PortSpace space = SpaceOf(agents);
  std::vector<Load> loads{{Wants({31000}), 1}, {Wants({31000}), 1}};
  for (Load& load : loads) load.demand.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  CHECK(FitTogether(space, loads, {.basis = Basis::kOffer}).answer == Answer::kDoesNotFit);
  CHECK(FitTogether(space, loads, {.basis = Basis::kOfferEver}).answer == Answer::kFits);
}

TEST_CASE("FitTogether never answers no when it runs out of steps", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31001")});
  const std::vector<Load> loads{{Wants({31000}), 1}, {Wants({31000}), 1}};
  CHECK(FitTogether(space, loads).answer == Answer::kFits);
  for (std::size_t steps = 0; steps < 12; ++steps) {
    const Together together = FitTogether(space, loads, {.max_steps = steps});
    CHECK(together.answer != Answer::kDoesNotFit);
    if (steps < 4) CHECK(together.answer == Answer::kUnknown);
  }
}

}  // namespace
}  // namespace k8sm::ports::test
