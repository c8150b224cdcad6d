#include "lib/ports/snapshot.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

#include <utility>
#include <vector>

namespace k8sm::ports::test {
namespace {

TEST_CASE("ShareAgents shares unchanged agents with the earlier list, and no others", "[ports]") {
  const auto before = ShareAgents({MakeAgent("a2", "31000-31009"), MakeAgent("a1", "31000-31009"),
                                   MakeAgent("a3", "31000-31009"), MakeAgent("a5", "31000-31009")});
  CHECK(before[0]->name.get() == "a1");
  const auto after = ShareAgents({MakeAgent("a4", "31000-31009"), MakeAgent("a2", "31000-31009", "31000"),
                                  MakeAgent("a5", "31000-31009"), MakeAgent("a1", "31000-31009")},
                                 before);
  REQUIRE(after.size() == 4);
  CHECK(after[0] == before[0]);
  CHECK(after[1] != before[1]);
  CHECK(ToString(after[1]->used) == "31000");
  CHECK(after[2]->name.get() == "a4");
  CHECK(after[3] == before[3]);
}

TEST_CASE("ShareAgents tells agents with one name apart by their IDs", "[ports]") {
  std::vector<Agent> twins{MakeAgent("a", "31000"), MakeAgent("a", "31001")};
  twins[0].id = "S2";
  twins[1].id = "S1";
  const auto before = ShareAgents(twins);
  CHECK(before[0]->id == "S1");
  const auto after = ShareAgents({twins[0]}, before);
  REQUIRE(after.size() == 1);
  CHECK(after[0] == before[1]);
}

TEST_CASE("an agent is one of a space by its name and its ID", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("b", "31000"), MakeAgent("a", "31000"), MakeAgent("b", "31000")};
  snapshot.agents[0].id = "S2";
  snapshot.agents[1].id = "S1";
  snapshot.agents[2].id = "S3";
  const PortSpace space(std::move(snapshot));
  const auto has = [&](const char* name, const char* id) { return space.HasAgent(kube::Symbol(name), id); };
  CHECK(has("a", "S1"));
  CHECK(has("b", "S2"));
  CHECK(has("b", "S3"));
  CHECK_FALSE(has("a", "S2"));
  CHECK_FALSE(has("b", "S1"));
  CHECK_FALSE(has("b", "S4"));
  CHECK_FALSE(has("c", "S3"));
  CHECK_FALSE(PortSpace(Snapshot{}).HasAgent(kube::Symbol("a"), "S1"));
}

TEST_CASE("copies of a PortSet share its ranges", "[ports]") {
  const PortSet set = Ports("31000-31009,31020");
  const PortSet copy = set;  // NOLINT(performance-unnecessary-copy-initialization)
  CHECK(copy.ranges().data() == set.ranges().data());
  CHECK((set - Ports("1-2")).ranges().data() == set.ranges().data());
  CHECK((set | Ports("31003")).ranges().data() == set.ranges().data());
  CHECK(Ports("31000-31009,31020") == set);
  CHECK_FALSE(Ports("31000-31009,31021") == set);
}

}  // namespace
}  // namespace k8sm::ports::test
