#include "lib/ports/judge.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

TEST_CASE("no agent offers that many ports", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000, 0, 0}));
  CHECK(judgement.verdict == Verdict::kNever);
  CHECK(judgement.why == Why::kTooFew);
}

TEST_CASE("what is old is unknown, even where it would fit", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001")};
  snapshot.fresh = false;
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000}));
  CHECK(judgement.verdict == Verdict::kUnknown);
  CHECK(judgement.why == Why::kNoAgents);
  CHECK(Judge(PortSpace(snapshot), Wants({31000, 31000})).verdict == Verdict::kNever);
}

TEST_CASE("an incomplete list is enough to say that a pod fits or waits", "[ports]") {
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

TEST_CASE("only so many blockers are kept, and the rest counted", "[ports]") {
  Snapshot snapshot;
  for (int i = 0; i < 30; ++i)
    snapshot.agents.push_back(MakeAgent("a" + std::to_string(100 + i), "31000", "31000"));
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000}));
  CHECK(judgement.blockers.kept.size() == kMaxBlockers);
  CHECK(judgement.blockers.more == 10);
}

TEST_CASE("only agents whose offer has room are blocked", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31001", "31001"), MakeAgent("a2", "31000", "31000")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({31000, 31001}));
  REQUIRE(judgement.blockers.kept.size() == 1);
  CHECK(judgement.blockers.kept[0].agent == 0);
  CHECK(judgement.blockers.kept[0].port == 31001);
}

TEST_CASE("wild ports are blocked by all that is taken", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31002", "31001-31002")};
  const Judgement judgement = Judge(PortSpace(snapshot), Wants({0, 0}));
  CHECK(judgement.verdict == Verdict::kNotNow);
  REQUIRE(judgement.blockers.kept.size() == 2);
  CHECK(judgement.blockers.kept[0].port == 31001);
}

TEST_CASE("verdicts and reasons have names", "[ports]") {
  CHECK(ToString(Verdict::kFits) == "fits");
  CHECK(ToString(Verdict::kNotNow) == "not_now");
  CHECK(ToString(Verdict::kNever) == "never");
  CHECK(ToString(Verdict::kUnknown) == "unknown");
  CHECK(ToString(Why::kNone).empty());
  CHECK(ToString(Why::kNoPorts) == "no_ports");
  CHECK(ToString(Why::kNoAgentMatches) == "no_agent_matches");
  CHECK(ToString(Why::kTooFew) == "too_few");
}

}  // namespace
}  // namespace k8sm::ports::test
