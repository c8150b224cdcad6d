#include "lib/ports/judge.h"

#include "lib/ports/doubts.h"
#include "lib/ports/sentence.h"
#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

#include <string>

namespace k8sm::ports::test {
namespace {

TEST_CASE("a pod that wants more ports than any agent offers is never schedulable, with the reason too_few",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000, 0, 0}));
  CHECK(judgement.verdict == Verdict::kNever);
  CHECK(judgement.why == Why::kTooFew);
}

TEST_CASE("outdated agents make the verdict unknown even if the pod would fit, unless a host port is doubled",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  snapshot.fresh = false;
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000}));
  CHECK(judgement.verdict == Verdict::kUnknown);
  CHECK(judgement.why == Why::kNoAgents);
  CHECK(Judge(PortSpace(snapshot), Wants({31000, 31000})).verdict == Verdict::kNever);
}

TEST_CASE("an incomplete list of agents is enough for the verdicts fits and not now", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31001")};
  snapshot.complete = false;
  CHECK(Judge(PortSpace(snapshot), Wants({31000})).verdict == Verdict::kFits);
  CHECK(Judge(PortSpace(snapshot), Wants({31001})).verdict == Verdict::kNotNow);
  CHECK(Judge(PortSpace(snapshot), Wants({31002})).verdict == Verdict::kUnknown);
  Demand elsewhere = Wants({31000});
  elsewhere.node = kube::Symbol("a2");
  CHECK(Judge(PortSpace(snapshot), elsewhere).verdict == Verdict::kUnknown);
}

// Pods for rack r1; of two agents, only one is in it.
struct Racks {
  Racks() {
    snapshot.agents = {MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000-31009")};
    const kube::Symbol rack("k8s.mesosphere.io/attribute-rack");
    snapshot.agents[0].labels.Set(rack, kube::Symbol("r1"));
    snapshot.agents[1].labels.Set(rack, kube::Symbol("r2"));
    wants.selector.Set(rack, kube::Symbol("r1"));
  }
  Judgement judgement() const { return Judge(PortSpace(snapshot), wants); }
  std::string doubt() const { return DoubtOf(PortSpace(snapshot), wants); }

  Snapshot snapshot;
  Demand wants = Wants({31000});
};

TEST_CASE("a nodeSelector leaves a pod's verdict unknown only while an agent without a Node could match it",
          "[ports]") {
  Racks racks;
  CHECK(racks.judgement().verdict == Verdict::kFits);
  racks.snapshot.agents[0].labels_from = LabelSource::kNoNode;
  CHECK(racks.judgement().verdict == Verdict::kUnknown);
  CHECK(racks.judgement().why == Why::kNoAgentMatches);
  CHECK(racks.doubt() == "agent a1 offers the ports, and matches once it has a Node");
  SECTION("the agent is inactive") {
    racks.snapshot.agents[0].active = false;
  }
  SECTION("the agent does not offer the ports") {
    racks.wants.fixed = Ports("31010");
  }
  SECTION("the agent has other attributes") {
    racks.wants.selector.Set(kube::Symbol("k8s.mesosphere.io/attribute-rack"), kube::Symbol("r3"));
  }
  SECTION("k8sm does not derive the label") {
    racks.wants.selector.Set(kube::Symbol("disk"), kube::Symbol("ssd"));
  }
  CHECK(racks.judgement().verdict == Verdict::kNever);
  CHECK(racks.judgement().why == Why::kNoAgentMatches);
  CHECK(racks.doubt().empty());
}

TEST_CASE("an agent without a Node that would not match a nodeSelector does not make the verdict unknown",
          "[ports]") {
  Racks racks;
  racks.snapshot.agents[1].labels_from = LabelSource::kNoNode;
  racks.wants.fixed = Ports("31010");
  CHECK(racks.judgement().verdict == Verdict::kNever);
  CHECK(racks.judgement().why == Why::kOutsideOffers);
  CHECK(Judge(PortSpace(racks.snapshot), Wants({31000})).verdict == Verdict::kFits);
}

TEST_CASE(
    "an agent that offers what the matching agents do not makes the verdict unknown if it may come to match",
    "[ports]") {
  Racks racks;
  racks.wants.fixed = Ports("31010");
  racks.snapshot.agents.push_back(MakeAgent("a3", "31010"));
  racks.snapshot.agents[2].labels = racks.snapshot.agents[0].labels;
  racks.snapshot.agents[2].labels_from = LabelSource::kNoNode;
  CHECK(racks.judgement().verdict == Verdict::kUnknown);
  CHECK(racks.judgement().why == Why::kOutsideOffers);
}

TEST_CASE("while Nodes are unknown, verdicts rely only on labels that k8sm derives", "[ports]") {
  Racks racks;
  for (Agent& agent : racks.snapshot.agents) agent.labels_from = LabelSource::kAgent;
  CHECK(racks.judgement().verdict == Verdict::kFits);
  racks.wants.selector.Set(kube::Symbol("disk"), kube::Symbol("ssd"));
  CHECK(racks.judgement().verdict == Verdict::kUnknown);
  CHECK(racks.doubt() == "agent a1 offers the ports, and may match: the labels of its Node are not known");
  racks.wants.selector.Set(kube::Symbol("k8s.mesosphere.io/attribute-rack"), kube::Symbol("r3"));
  CHECK(racks.judgement().verdict == Verdict::kNever);
}

TEST_CASE("k8sm derives kubernetes.io/hostname, but no other label of that domain", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000")};
  snapshot.agents[0].labels_from = LabelSource::kAgent;
  snapshot.agents[0].labels.Set(kube::Symbol("kubernetes.io/hostname"), kube::Symbol("a1"));
  const auto verdict = [&](const char* key, const char* value) {
    Demand demand = Wants({31000});
    demand.selector.Set(kube::Symbol(key), kube::Symbol(value));
    return Judge(PortSpace(snapshot), demand).verdict;
  };
  CHECK(verdict("kubernetes.io/hostname", "a1") == Verdict::kFits);
  CHECK(verdict("kubernetes.io/hostname", "a2") == Verdict::kNever);
  CHECK(verdict("kubernetes.io/os", "linux") == Verdict::kUnknown);
  CHECK(verdict("k8s.mesosphere.io/attribute-rack", "r1") == Verdict::kNever);
}

TEST_CASE("a judgement keeps at most kMaxBlockers blockers and counts the rest", "[ports]") {
  Snapshot snapshot;
  for (int i = 0; i < 30; ++i)
    snapshot.agents.push_back(MakeAgent("a" + std::to_string(100 + i), "31000", "31000"));
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000}));
  CHECK(judgement.blockers.kept.size() == kMaxBlockers);
  CHECK(judgement.blockers.more == 10);
}

TEST_CASE("FindBlockers passes over agents with room and holders that are taken for gone", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31001"), MakeAgent("a2", "31000-31001", "31000"),
                     MakeAgent("a3", "31000-31001", "31000")};
  snapshot.holders = {MakeHolder("web-1", "a2", {31000}), MakeHolder("web-2", "a3", {31000})};
  const PortSpace space(std::move(snapshot));
  const Blockers all = FindBlockers(space, Wants({31000}));
  REQUIRE(all.kept.size() == 2);
  CHECK(all.kept[0].agent == 1);
  const Blockers others = FindBlockers(space, Wants({31000}), IndexesOf(space, {"web-1"}));
  REQUIRE(others.kept.size() == 1);
  CHECK(others.kept[0].agent == 2);
  CHECK(others.more == 0);
  // A taken port does not block a wild port while another port of the agent is free.
  CHECK(FindBlockers(space, Wants({0})).kept.empty());
  CHECK(FindBlockers(space, Wants({0, 0})).kept.size() == 3);
}

TEST_CASE("only agents whose offer has room for the pod have blockers", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31001"), MakeAgent("a2", "31000", "31000")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000, 31001}));
  REQUIRE(judgement.blockers.kept.size() == 1);
  CHECK(judgement.blockers.kept[0].agent == 0);
  CHECK(judgement.blockers.kept[0].port == 31001);
}

TEST_CASE("every taken port of an agent blocks a pod that wants wild ports", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31002", "31001-31002")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({0, 0}));
  CHECK(judgement.verdict == Verdict::kNotNow);
  REQUIRE(judgement.blockers.kept.size() == 2);
  CHECK(judgement.blockers.kept[0].port == 31001);
}

TEST_CASE("ToString names verdicts and reasons", "[ports]") {
  CHECK(ToString(Verdict::kFits) == "fits");
  CHECK(ToString(Verdict::kNotNow) == "not_now");
  CHECK(ToString(Verdict::kNever) == "never");
  CHECK(ToString(Verdict::kUnknown) == "unknown");
  CHECK(ToString(Why::kNone).empty());
  CHECK(ToString(Why::kNoPorts) == "no_ports");
  CHECK(ToString(Why::kTaken) == "taken");
  CHECK(ToString(Why::kDuplicate) == "duplicate");
  CHECK(ToString(Why::kNoAgents) == "no_agents");
  CHECK(ToString(Why::kNoAgentMatches) == "no_agent_matches");
  CHECK(ToString(Why::kNoRole) == "no_role");
  CHECK(ToString(Why::kOutsideOffers) == "outside_offers");
  CHECK(ToString(Why::kNeverTogether) == "never_together");
  CHECK(ToString(Why::kTooFew) == "too_few");
}

TEST_CASE("agents that are not active and offer the ports are named in the sentence", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000"), MakeAgent("a2", "31001"), MakeAgent("a3", "31001"),
                     MakeAgent("a4", "31002")};
  snapshot.agents[1].active = false;
  snapshot.agents[2].active = false;
  const PortSpace space(std::move(snapshot));
  const auto sentence = [&](const Demand& demand) { return Sentence(space, demand, Judge(space, demand)); };
  CHECK(
      sentence(Wants({31001})) ==
      "31001 is offered by no agent; offered: 31000,31002; agents a2 and 1 more offer the ports, but are not "
      "active");
  Demand on_one = Wants({31001});
  on_one.node = kube::Symbol("a3");
  CHECK(sentence(on_one) == "no agent matches nodeName a3; agent a3 offers the ports, but is not active");
  CHECK(InactiveWithRoom(space, Wants({31000})).empty());
  CHECK(sentence(Wants({31003})).find("active") == std::string::npos);
}

}  // namespace
}  // namespace k8sm::ports::test
