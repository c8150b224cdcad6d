#include "lib/ports/headroom.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

PortSpace ThreeAgents() {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000-31009"),
                     MakeAgent("a3", "31000-31009")};
  snapshot.agents[2].active = false;
  return PortSpace(std::move(snapshot));
}

TEST_CASE("a pod without ports has unlimited headroom if any agent is eligible, else none", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(HeadroomOf(space, Wants({}), Basis::kFree).unlimited);
  Demand elsewhere = Wants({});
  elsewhere.node = kube::Symbol("a4");
  CHECK(HeadroomOf(space, elsewhere, Basis::kFree) == Headroom{});
}

TEST_CASE("inactive agents have no headroom", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree).pods == 2);
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kOffer).pods == 2);
  Demand inactive = Wants({31000});
  inactive.node = kube::Symbol("a3");
  CHECK(HeadroomOf(space, inactive, Basis::kOffer).pods == 0);
}

TEST_CASE("a pod that declares a host port twice has no headroom on any basis", "[ports]") {
  const PortSpace space = ThreeAgents();
  for (const Basis basis : {Basis::kFree, Basis::kOffer, Basis::kOfferEver})
    CHECK(HeadroomOf(space, Wants({31000, 31000}), basis) == Headroom{});
}

TEST_CASE("HeadroomOf stops counting once it has enough", "[ports]") {
  const PortSpace space = ThreeAgents();
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree, {}, 1).pods == 1);
  CHECK(HeadroomOf(space, Wants({0}), Basis::kFree, {}, 5).pods >= 5);
  CHECK(HeadroomOf(space, Wants({0}), Basis::kFree).pods == 20);
}

TEST_CASE("a port that two of the workload's own pods hold is given back only if both are gone", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31000", "31000")};
  snapshot.holders = {MakeHolder("p1", "a1", {31000}), MakeHolder("p2", "a1", {31000})};
  const PortSpace space(std::move(snapshot));
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree, IndexesOf(space, {"p1"})).pods == 0);
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree, IndexesOf(space, {"p1", "p2"})).pods == 1);
}

TEST_CASE("a port that another framework uses is not given back", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31000-31001")};
  snapshot.holders = {MakeHolder("p1", "a1", {31000})};
  const PortSpace space(std::move(snapshot));
  const auto own = IndexesOf(space, {"p1"});
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree, own).pods == 1);
  CHECK(HeadroomOf(space, Wants({31001}), Basis::kFree, own).pods == 0);
}

TEST_CASE("a pod holds its ports on every agent with its node's name, and is a stray if there is none",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001"), MakeAgent("a1", "31001-31002")};
  snapshot.agents[0].id = "S1";
  snapshot.agents[1].id = "S0";
  snapshot.holders = {MakeHolder("p1", "a1", {31001}), MakeHolder("lost", "a9", {31001})};
  const PortSpace space(std::move(snapshot));
  CHECK(space.agents()[0].id == "S0");
  CHECK(HeadroomOf(space, Wants({31001}), Basis::kFree).pods == 0);
  CHECK(HeadroomOf(space, Wants({31000}), Basis::kFree).pods == 1);
  CHECK(HeadroomOf(space, Wants({31002}), Basis::kFree).pods == 1);
  REQUIRE(space.strays().size() == 1);
  CHECK(space.holders()[space.strays()[0]].name.get() == "lost");
}

TEST_CASE("ports 1 and 65535 count like any other", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "1,65535")};
  const PortSpace space(std::move(snapshot));
  CHECK(HeadroomOf(space, Wants({1, 65535}), Basis::kFree).pods == 1);
  CHECK(HeadroomOf(space, Wants({2}), Basis::kFree).pods == 0);
}

}  // namespace
}  // namespace k8sm::ports::test
