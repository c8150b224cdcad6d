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

TEST_CASE("nothing is suggested where there are not that many ports", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001")});
  CHECK_FALSE(Suggest(space, {.ports = 3, .where = Wants({})}));
  CHECK_FALSE(Suggest(space, {.ports = 0, .where = Wants({})}));
  CHECK_FALSE(Suggest(space, {.ports = 1, .where = Wants({}), .avoid = Ports("31000-31001")}));
  CHECK_FALSE(Suggest(SpaceOf({}), {.ports = 1, .where = Wants({})}));
}

TEST_CASE("ports that the pods keep are free beside those that are suggested", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31005"), MakeAgent("a2", "31001-31009")});
  Wish wish{.ports = 1, .where = Wants({31000})};
  const auto suggestion = Suggest(space, wish);
  REQUIRE(suggestion);
  CHECK(suggestion->ports == std::vector<Port>{31005});
  CHECK(suggestion->agents == 1);
}

TEST_CASE("wild ports need room beside those that are suggested", "[ports]") {
  const PortSpace space = SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000-31002")});
  Wish wish{.ports = 1, .where = Wants({0, 0})};
  CHECK(Suggest(space, wish)->agents == 1);
  wish.where.wild = 1;
  CHECK(Suggest(space, wish)->agents == 2);
}

TEST_CASE("a window is the best of its width and never crosses a gap", "[ports]") {
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

TEST_CASE("groups are put together where no one group is large enough", "[ports]") {
  // 31000 is free on a1 and a2, 31001 on a1 and a3, 31002 on a3 alone.
  const PortSpace space =
      SpaceOf({MakeAgent("a1", "31000-31001"), MakeAgent("a2", "31000"), MakeAgent("a3", "31001-31002")});
  const auto suggestion = Suggest(space, {.ports = 2, .where = Wants({})});
  REQUIRE(suggestion);
  CHECK(suggestion->agents == 1);
  CHECK_FALSE(suggestion->best_possible);
}

TEST_CASE("the ports of k8sm's own processes and of live pods are known", "[ports]") {
  CHECK(ToString(PortsOfK8sm()) == "4194,5051,10248-10256");
  Snapshot snapshot;
  snapshot.holders = {MakeHolder("p1", "gone", {31000}), MakeHolder("p2", "a1", {31000, 53})};
  CHECK(ToString(PortsInUse(PortSpace(std::move(snapshot)))) == "53,31000");
}

TEST_CASE("a suggester suggests what a search finds, the second time too", "[ports]") {
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
