#include "lib/ports/suggest.h"

#include "test/support/catch.h"
#include "test/unit/ports/random_space.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

PortSpace SpaceOf(std::vector<Agent> agents) {
  Snapshot snapshot;
  snapshot.agents = std::move(agents);
  return PortSpace(std::move(snapshot));
}

TEST_CASE("Suggest returns nothing if there are not enough ports", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001")});
  CHECK_FALSE(Suggest(space, {.ports = 3, .where = Wants({})}));
  CHECK_FALSE(Suggest(space, {.ports = 0, .where = Wants({})}));
  CHECK_FALSE(Suggest(space, {.ports = 1, .where = Wants({}), .avoid = Ports("31000-31001")}));
  CHECK_FALSE(Suggest(SpaceOf({}), {.ports = 1, .where = Wants({})}));
}

TEST_CASE("ports that the pods keep must be free along with the suggested ones", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31005"), MakeAgent("a2", "31001-31009")});
  Wish wish{.ports = 1, .where = Wants({31000})};
  const auto suggestion = Suggest(space, wish);
  REQUIRE(suggestion);
  CHECK(suggestion->ports == std::vector<Port>{31005});
  CHECK(suggestion->agents == 1);
}

TEST_CASE("wild ports need free ports beside the suggested ones", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31002")});
  Wish wish{.ports = 1, .where = Wants({0, 0})};
  CHECK(Suggest(space, wish)->agents == 1);
  wish.where.wild = 1;
  CHECK(Suggest(space, wish)->agents == 2);
}

TEST_CASE("a contiguous suggestion is the best window of its width, and never crosses a gap", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31003,31005-31009"), MakeAgent("a2", "31000-31003"),
                                   MakeAgent("a3", "65533-65535")});
  Wish wish{.ports = 3, .replicas = 2, .contiguous = true, .where = Wants({})};
  CHECK(Suggest(space, wish)->ports == std::vector<Port>{31001, 31002, 31003});
  CHECK(Suggest(space, wish)->enough);
  wish.ports = 5;
  CHECK(Suggest(space, wish)->ports == std::vector<Port>{31005, 31006, 31007, 31008, 31009});
  CHECK_FALSE(Suggest(space, wish)->enough);
  wish.avoid = Ports("31007");
  CHECK_FALSE(Suggest(space, wish));
  wish.ports = 3;
  wish.avoid = Ports("31000-31009");
  CHECK(Suggest(space, wish)->ports == std::vector<Port>{65533, 65534, 65535});
}

TEST_CASE("Suggest combines groups of ports where no single group is large enough", "[ports]") {
  // 31000 is free on a1 and a2, 31001 on a1 and a3, 31002 on a3 alone.
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000"), MakeAgent("a3", "31001-31002")});
  const auto suggestion = Suggest(space, {.ports = 2, .where = Wants({})});
  REQUIRE(suggestion);
  CHECK(suggestion->agents == 1);
  CHECK_FALSE(suggestion->best_possible);
}

TEST_CASE("a suggestion is marked best possible only if no other ports can be free on more agents",
          "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31001-31002")});
  const auto one = Suggest(space, {.ports = 1, .replicas = 2, .where = Wants({})});
  CHECK(one->ports == std::vector<Port>{31001});
  CHECK(one->best_possible);
  CHECK(one->enough);
  const auto two = Suggest(space, {.ports = 2, .replicas = 1, .where = Wants({})});
  CHECK(two->agents == 1);
  CHECK(two->best_possible);
  // A window is compared with other windows only.
  CHECK_FALSE(Suggest(space, {.ports = 1, .contiguous = true, .where = Wants({})})->best_possible);
}

TEST_CASE("PortsOfK8sm and PortsInUse list the ports of k8sm's own processes and of live pods", "[ports]") {
  CHECK(ToString(PortsOfK8sm()) == "4194,5051,10248-10256");
  Snapshot snapshot;
  snapshot.holders = {MakeHolder("p1", "gone", {31000}), MakeHolder("p2", "a1", {31000, 53})};
  CHECK(ToString(PortsInUse(PortSpace(std::move(snapshot)))) == "53,31000");
}

TEST_CASE("node ports are never suggested, whatever ports are to be avoided", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31003")};
  snapshot.node_ports = Ports("31003");
  const PortSpace space(std::move(snapshot));
  CHECK(Suggest(space, {.ports = 1, .where = Wants({})})->ports == std::vector<Port>{31002});
  CHECK(Suggest(space, {.ports = 1, .where = Wants({}), .avoid = Ports("31002")})->ports ==
        std::vector<Port>{31001});
  CHECK_FALSE(Suggest(space, {.ports = 4, .contiguous = true, .where = Wants({})}));
}

TEST_CASE("Suggester distinguishes wishes by everything but replicas, which it judges anew", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31003"), MakeAgent("a2", "31000-31003", "31003")};
  snapshot.agents[1].labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  const PortSpace space(std::move(snapshot));
  Suggester suggester(space);
  const Wish wish{.ports = 1, .replicas = 2, .where = Wants({})};
  std::vector<Wish> wishes(7, wish);
  wishes[1].ports = 2;
  wishes[2].contiguous = true;
  wishes[2].ports = 2;
  wishes[3].avoid = Ports("31002");
  wishes[4].where.wild = 1;
  wishes[5].where.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  wishes[6].replicas = 3;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < wishes.size(); ++i) {
      CAPTURE(round, i);
      const auto known = suggester.Suggest(wishes[i]);
      const auto found = Suggest(space, wishes[i]);
      REQUIRE(known.has_value());
      CHECK(known->ports == found->ports);
      CHECK(known->agents == found->agents);
      CHECK(known->enough == found->enough);
      CHECK(known->best_possible == found->best_possible);
    }
  }
  CHECK(suggester.Suggest(wishes[0])->enough);
  CHECK_FALSE(suggester.Suggest(wishes[6])->enough);
}

TEST_CASE("Suggester returns what Suggest finds, for a repeated wish too", "[ports]") {
  RandomSpace random(22);
  for (int round = 0; round < 50; ++round) {
    const PortSpace space(random.MakeSnapshot(4));
    Suggester suggester(space);
    for (int i = 0; i < 20; ++i) {
      Wish wish{.ports = 1 + random.Below(2), .replicas = 1 + random.Below(3), .where = Wants({})};
      wish.contiguous = random.Chance(30);
      wish.avoid = random.Chance(50) ? Ports("1-2") : Ports("3");
      const auto found = Suggest(space, wish);
      const auto known = suggester.Suggest(wish);
      REQUIRE(known.has_value() == found.has_value());
      if (!found) continue;
      REQUIRE(known->ports == found->ports);
      REQUIRE(known->agents == found->agents);
      REQUIRE(known->enough == found->enough);
    }
  }
}

}  // namespace
}  // namespace k8sm::ports::test
