#include "lib/ports/doubts.h"

#include "lib/ports/cells.h"
#include "lib/ports/sentence.h"
#include "test/support/catch.h"

#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports::test {
namespace {

using Lines = std::vector<std::string>;

Agent MakeAgent(const std::string& name, const std::string& id) {
  Agent agent;
  agent.id = id;
  agent.name = kube::Symbol(name);
  return agent;
}

Holder HolderOn(const std::string& node, const std::string& name) {
  Holder holder;
  holder.ns = kube::Symbol("shop");
  holder.name = kube::Symbol(name);
  holder.node = kube::Symbol(node);
  holder.claims = {{.port = 31000}};
  return holder;
}

TEST_CASE("a port space without irregularities raises no doubts", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "S1"), MakeAgent("node2", "S2")};
  snapshot.holders = {HolderOn("node1", "a")};
  const PortSpace space(std::move(snapshot));
  CHECK(DoubtsOf(space, 5).empty());
  CHECK(TitleOf(space, 0) == "node1");
}

TEST_CASE("agents that share a name are told apart by their ids", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node2", "S3"), MakeAgent("node1", "S2"), MakeAgent("node1", "S1")};
  const PortSpace space(std::move(snapshot));
  CHECK(DoubtsOf(space, 5) ==
        Lines{"2 agents are named node1 (S1 and S2): pods bound to that node count on each of them"});
  CHECK(TitleOf(space, 0) == "node1 (S1)");
  CHECK(TitleOf(space, 1) == "node1 (S2)");
  CHECK(TitleOf(space, 2) == "node2");
}

TEST_CASE("pods on nodes that are no agents are named up to the limit, and the rest are counted", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "S1")};
  for (const char* name : {"a", "b", "c"}) snapshot.holders.push_back(HolderOn("node9", name));
  const PortSpace space(std::move(snapshot));
  CHECK(DoubtsOf(space, 1) == Lines{"pod shop/a holds ports on node9, which is not an agent",
                                    "2 more pods hold ports on nodes that are not agents"});
  CHECK(DoubtsOf(space, 2).back() == "1 more pod holds ports on a node that is not an agent");
}

TEST_CASE("a pod that holds no ports raises no doubt, whatever its node", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "S1")};
  snapshot.holders = {HolderOn("node9", "a")};
  snapshot.holders[0].claims.clear();
  CHECK(DoubtsOf(PortSpace(std::move(snapshot)), 5).empty());
}

TEST_CASE("names that agents share are listed up to the limit, and the rest are counted", "[ports]") {
  Snapshot snapshot;
  for (const char* name : {"a", "b", "c"}) {
    for (const char* id : {"S1", "S2", "S3"}) snapshot.agents.push_back(MakeAgent(name, id));
  }
  const PortSpace space(std::move(snapshot));
  CHECK(DoubtsOf(space, 1) ==
        Lines{"3 agents are named a (S1 and S3): pods bound to that node count on each of them",
              "2 more names are shared by agents"});
  CHECK(DoubtsOf(space, 2).back() == "1 more name is shared by agents");
  CHECK(DoubtsOf(space, 3).size() == 3);
}

TEST_CASE("DoubtOfAgents says that the agents are outdated, or that their list is incomplete", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "S1")};
  CHECK(DoubtOfAgents(PortSpace(snapshot)).empty());
  snapshot.complete = false;
  CHECK(DoubtOfAgents(PortSpace(snapshot)) == "the list of agents is not complete");
  snapshot.fresh = false;
  CHECK(DoubtOfAgents(PortSpace(snapshot)) == "what is known of the agents is outdated");
  snapshot.complete = true;
  CHECK(DoubtOfAgents(PortSpace(snapshot)) == "what is known of the agents is outdated");
  CHECK(DoubtOf(PortSpace(snapshot), {}) == "what is known of the agents is outdated");
}

TEST_CASE("with the pods of one namespace only, a foreign port may be held in another namespace", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "S1")};
  snapshot.all_namespaces = false;
  const PortSpace space(std::move(snapshot));
  CHECK(DoubtsOf(space, 5) == Lines{"the pods of one namespace alone are known: what others hold is counted "
                                    "as another framework's"});
  CHECK(DescribeHolder(space, CellState::kForeign, kNobody) ==
        "held by another framework or in another namespace");
}

TEST_CASE("a master that does not report used ports raises a doubt", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("node1", "S1")};
  snapshot.agents[0].used_known = false;
  const Lines doubts = DoubtsOf(PortSpace(std::move(snapshot)), 5);
  REQUIRE(doubts.size() == 1);
  CHECK(doubts[0].starts_with("the master does not report used ports and roles (Mesos 0.22 and earlier)"));
}

TEST_CASE("RolesWithoutPorts lists roles only while the list of agents is complete and up to date",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "S1")};
  snapshot.agents[0].offered = {{"*", PortSet::OfPorts({31000})}};
  const std::vector<std::string> roles{"fixed", "*"};
  CHECK(RolesWithoutPorts(PortSpace(snapshot), roles) == std::vector<std::string>{"fixed"});
  // A role of which an agent has no ports left is none that has ports.
  snapshot.agents[0].offered.emplace_back("fixed", PortSet());
  CHECK(RolesWithoutPorts(PortSpace(snapshot), roles) == std::vector<std::string>{"fixed"});
  snapshot.agents.push_back(MakeAgent("a2", "S2"));
  snapshot.agents[1].offered = {{"fixed", PortSet::OfPorts({31900})}};
  CHECK(RolesWithoutPorts(PortSpace(snapshot), roles).empty());
  snapshot.agents.pop_back();
  snapshot.fresh = false;
  CHECK(RolesWithoutPorts(PortSpace(snapshot), roles).empty());
  snapshot.fresh = true;
  snapshot.complete = false;
  CHECK(RolesWithoutPorts(PortSpace(snapshot), roles).empty());
  CHECK(RolesWithoutPorts(PortSpace(Snapshot{}), roles).empty());
}

}  // namespace
}  // namespace k8sm::ports::test
