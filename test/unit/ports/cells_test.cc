#include "lib/ports/cells.h"

#include "lib/ports/clash.h"
#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

namespace k8sm::ports::test {
namespace {

TEST_CASE("each state of a cell is recognised and counted", "[ports]") {
  Snapshot snapshot;
  Agent agent = MakeAgent("a1", "31000-31007", "31001-31004");
  agent.offered.emplace_back("fixed", Ports("31008-31009"));
  snapshot.agents = {agent};
  Holder leaving = MakeHolder("leaving", "a1", {31002});
  leaving.leaving = true;
  snapshot.holders = {MakeHolder("pod", "a1", {31001}),    leaving,
                      MakeHolder("clash", "a1", {31003}),  MakeHolder("clash2", "a1", {31003}),
                      MakeHolder("static", "a1", {31005}), MakeHolder("outside", "a1", {53})};
  snapshot.node_ports = Ports("31006,31000-31001,31009");
  const PortSpace space(std::move(snapshot));
  CHECK(
      RowText(space, "a1") ==
      "53 outside, 31000 node_port, 31001 pod, 31002 leaving, 31003 clash, 31004 foreign, 31005 unaccounted, "
      "31006 node_port, 31007 free, 31008-31009 other_role");
  const CellCounts counts = CountCells(space, 0, std::vector<std::string>{"*"});
  CHECK(counts.offered == 8);
  CHECK(counts.free == 3);
  CHECK(counts.of(CellState::kFree) == 3);
  CHECK(counts.of(CellState::kOtherRole) == 2);
  CHECK(counts.of(CellState::kNodePort) == 0);
  CHECK(counts.of(CellState::kOutside) == 1);
}

TEST_CASE("if Mesos does not report used ports, no port is unaccounted", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  snapshot.agents[0].used_known = false;
  snapshot.holders = {MakeHolder("pod", "a1", {31000})};
  CHECK(RowText(PortSpace(std::move(snapshot)), "a1") == "31000 pod, 31001 free");
}

TEST_CASE("where agents share a name, a port in use on one of them is accounted for on all", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31003", "31000"), MakeAgent("a1", "31000-31003")};
  snapshot.agents[0].id = "S1";
  snapshot.agents[1].id = "S2";
  snapshot.holders = {MakeHolder("web", "a1", {31000}), MakeHolder("static", "a1", {31002})};
  const PortSpace space(std::move(snapshot));
  const std::vector<std::string> roles = {"*"};
  for (AgentIndex agent : {0U, 1U}) {
    CAPTURE(agent);
    CHECK(CellOf(space, agent, 31000, roles).state == CellState::kPod);
    CHECK(RowOf(space, agent, roles)[0].state == CellState::kPod);
    CHECK(CellOf(space, agent, 31002, roles).state == CellState::kUnaccounted);
    CHECK(CountCells(space, agent, roles).of(CellState::kUnaccounted) == 1);
    CHECK(CountCells(space, agent, roles).of(CellState::kForeign) == 0);
    CHECK(IsUnaccounted(space, agent, CellOf(space, agent, 31002, roles), roles) == (agent == 0));
    CHECK_FALSE(IsUnaccounted(space, agent, CellOf(space, agent, 31000, roles), roles));
  }
}

TEST_CASE("a port that several pods hold is reported with the first of them by name, whatever their order",
          "[ports]") {
  const std::vector<std::string> roles = {"*"};
  for (const auto& names :
       {std::array{"b", "a", "c"}, std::array{"a", "c", "b"}, std::array{"c", "b", "a"}}) {
    Snapshot snapshot;
    snapshot.agents = {MakeAgent("a1", "31000-31003")};
    for (const char* name : names) snapshot.holders.push_back(MakeHolder(name, "a1", {31000}));
    const PortSpace space(std::move(snapshot));
    CAPTURE(names[0]);
    CHECK(NameOf(space.holders()[CellOf(space, 0, 31000, roles).holder]) == "shop/a");
    CHECK(NameOf(space.holders()[RowOf(space, 0, roles)[0].holder]) == "shop/a");
  }
}

TEST_CASE("where agents share a name, an unaccounted port is reported on the first of them that offers it",
          "[ports]") {
  Snapshot snapshot;
  // The first agent offers another port, so that the pod's port is outside its offer.
  snapshot.agents = {MakeAgent("a1", "31009"), MakeAgent("a1", "31000"), MakeAgent("a1", "31000"),
                     MakeAgent("a2", "31000")};
  for (std::size_t i = 0; i < 3; ++i) snapshot.agents[i].id = "S" + std::to_string(i);
  snapshot.holders = {MakeHolder("static", "a1", {31000}), MakeHolder("other", "a2", {31000})};
  const PortSpace space(std::move(snapshot));
  const std::vector<std::string> roles = {"*"};
  for (const AgentIndex agent : {0U, 1U, 2U, 3U}) {
    CAPTURE(agent);
    const bool told = agent == 1 || agent == 3;
    CHECK(IsUnaccounted(space, agent, CellOf(space, agent, 31000, roles), roles) == told);
  }
}

TEST_CASE("a clash is reported once where agents share a name", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31003"), MakeAgent("a1", "31000-31003")};
  snapshot.holders = {MakeHolder("a", "a1", {31000}), MakeHolder("b", "a1", {31000})};
  CHECK(FindClashes(PortSpace(std::move(snapshot))).kept.size() == 1);
}

TEST_CASE("a pod that holds a port for both TCP and UDP does not clash with itself", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31000")};
  Holder dns = MakeHolder("dns", "a1", {31000, 31000});
  dns.claims[1].protocol = kube::Protocol::kUdp;
  snapshot.holders = {dns};
  const PortSpace space(std::move(snapshot));
  CHECK(RowText(space, "a1") == "31000 pod, 31001 free");
  CHECK(FindClashes(space).kept.empty());
}

TEST_CASE("neighbouring ports of different pods are separate runs", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31002", "31000-31002")};
  snapshot.holders = {MakeHolder("p1", "a1", {31000, 31001}), MakeHolder("p2", "a1", {31002})};
  const PortSpace space(std::move(snapshot));
  CHECK(RowText(space, "a1") == "31000-31001 pod, 31002 pod");
}

TEST_CASE("an agent is low when at most the given percentage of its offered ports is free", "[ports]") {
  CellCounts counts;
  counts.offered = 1000;
  counts.free = 100;
  CHECK(IsLow(counts, 10));
  counts.free = 101;
  CHECK_FALSE(IsLow(counts, 10));
  counts.offered = 0;
  counts.free = 0;
  CHECK_FALSE(IsLow(counts, 10));
}

TEST_CASE("two pods cannot both bind a port if they overlap in address and protocol", "[ports]") {
  struct Case {
    std::string a, b;
    kube::Protocol protocol;
    bool bind;
  };
  const std::vector<Case> cases = {
      {"", "", kube::Protocol::kTcp, true},
      {"", "10.0.0.9", kube::Protocol::kTcp, true},
      {"10.0.0.9", "0.0.0.0", kube::Protocol::kTcp, true},
      {"::", "10.0.0.9", kube::Protocol::kTcp, true},
      {"10.0.0.9", "10.0.0.9", kube::Protocol::kTcp, true},
      {"10.0.0.9", "10.0.0.8", kube::Protocol::kTcp, false},
      {"", "", kube::Protocol::kUdp, false},
  };
  for (const Case& c : cases) {
    CAPTURE(c.a, c.b);
    Snapshot snapshot;
    snapshot.agents = {MakeAgent("a1", "31000")};
    snapshot.holders = {MakeHolder("p1", "a1", {31000}), MakeHolder("p2", "a1", {31000})};
    snapshot.holders[0].claims[0].host_ip = kube::Symbol(c.a);
    snapshot.holders[1].claims[0].host_ip = kube::Symbol(c.b);
    snapshot.holders[1].claims[0].protocol = c.protocol;
    const PortSpace space(std::move(snapshot));
    const Clashes clashes = FindClashes(space);
    REQUIRE(clashes.kept.size() == 1);
    CHECK(clashes.kept[0].bind == c.bind);
  }
}

TEST_CASE("FindClashes stops at kMaxClashes and says that there are more", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000"), MakeAgent("a2", "31000")};
  for (int i = 0; i < 100; ++i)
    snapshot.holders.push_back(MakeHolder("p" + std::to_string(i), "a1", {31000}));
  const PortSpace space(std::move(snapshot));
  const Clashes clashes = FindClashes(space);
  CHECK(clashes.kept.size() == kMaxClashes);
  CHECK(clashes.more);
}

}  // namespace
}  // namespace k8sm::ports::test
