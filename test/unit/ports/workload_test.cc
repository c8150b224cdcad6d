#include "lib/ports/workload.h"

#include "test/support/catch.h"
#include "test/unit/ports/space_builder.h"

namespace k8sm::ports::test {
namespace {

PortSpace TwoAgents(bool complete = true) {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000-31009", "31001")};
  snapshot.complete = complete;
  return PortSpace(std::move(snapshot));
}

TEST_CASE("a workload has to wait if fewer of its pods have room now than ever", "[ports]") {
  const Plan plan = JudgeWorkload(TwoAgents(), {.demand = Wants({31001}), .replicas = 2}, 1);
  CHECK(plan.fate == Fate::kNotNow);
  CHECK(plan.ceiling.pods == 2);
  CHECK(plan.capacity.pods == 1);
  CHECK_FALSE(plan.no_spare);
}

TEST_CASE("an incomplete list of agents never leads to the fate never_all", "[ports]") {
  const WorkloadDemand three{.demand = Wants({31000}), .replicas = 3};
  CHECK(JudgeWorkload(TwoAgents(), three, 1).fate == Fate::kNeverAll);
  CHECK(JudgeWorkload(TwoAgents(false), three, 1).fate == Fate::kUnknown);
}

TEST_CASE(
    "an agent that may come to match may be enough for replicas, but not for a DaemonSet's pod on each agent",
    "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000"), MakeAgent("a2", "31001"), MakeAgent("a3", "31000")};
  for (Agent& agent : snapshot.agents) agent.labels.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  snapshot.agents[2].labels_from = LabelSource::kNoNode;
  const PortSpace space(std::move(snapshot));
  WorkloadDemand two{.demand = Wants({31000}), .replicas = 2};
  two.demand.selector.Set(kube::Symbol("rack"), kube::Symbol("r1"));
  CHECK(JudgeWorkload(space, two, 1).fate == Fate::kUnknown);
  two.one_per_agent = true;
  CHECK(JudgeWorkload(space, two, 1).fate == Fate::kNeverAll);
}

TEST_CASE("while agents are outdated, no rollout is called stuck and no workload short of spare room",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000", "31000")};
  snapshot.holders = {MakeHolder("web-1", "a1", {31000})};
  WorkloadDemand web{.demand = Wants({31000}), .replicas = 1, .own = {0}, .own_pods = 1};
  web.rollout = {.surges = true, .max_unavailable = 0};
  const Plan known = JudgeWorkload(PortSpace(snapshot), web, 1);
  CHECK(known.fate == Fate::kFits);
  CHECK(known.rollout_stuck);
  CHECK(known.no_spare);
  snapshot.fresh = false;
  const Plan unknown = JudgeWorkload(PortSpace(snapshot), web, 1);
  CHECK(unknown.fate == Fate::kUnknown);
  CHECK_FALSE(unknown.rollout_stuck);
  CHECK_FALSE(unknown.no_spare);
}

TEST_CASE("the reserve is the number of further pods that must have room", "[ports]") {
  const WorkloadDemand one{.demand = Wants({31000}), .replicas = 1};
  CHECK_FALSE(JudgeWorkload(TwoAgents(), one, 2).no_spare);
  CHECK(JudgeWorkload(TwoAgents(), one, 3).no_spare);
  CHECK_FALSE(JudgeWorkload(TwoAgents(), {.demand = Wants({31000}), .replicas = 0}, 3).no_spare);
}

TEST_CASE("a rollout is stuck only if it surges, no pod may be unavailable, and old and new pods are wanted",
          "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000", "31000")};
  snapshot.holders = {MakeHolder("web-1", "a1", {31000})};
  const PortSpace space(std::move(snapshot));
  WorkloadDemand web{.demand = Wants({31000}), .replicas = 1, .own = {0}, .own_pods = 1};
  web.rollout = {.surges = true, .max_unavailable = 0};
  CHECK(JudgeWorkload(space, web, 1).rollout_stuck);
  WorkloadDemand changed = web;
  changed.rollout.surges = false;
  CHECK_FALSE(JudgeWorkload(space, changed, 1).rollout_stuck);
  changed = web;
  changed.rollout.max_unavailable = 1;
  CHECK_FALSE(JudgeWorkload(space, changed, 1).rollout_stuck);
  changed = web;
  changed.own_pods = 0;
  CHECK_FALSE(JudgeWorkload(space, changed, 1).rollout_stuck);
  changed = web;
  changed.replicas = 0;
  CHECK_FALSE(JudgeWorkload(space, changed, 1).rollout_stuck);
}

TEST_CASE("ResolveMaxUnavailable agrees with the Deployment controller", "[ports]") {
  struct Case {
    std::uint32_t replicas, unavailable;
    bool percent;
    std::uint32_t surge, resolved;
  };
  const std::vector<Case> cases = {
      {3, 25, true, 1, 0},
      {4, 25, true, 1, 1},
      {10, 25, true, 3, 2},
      {3, 0, false, 1, 0},
      {3, 0, false, 0, 1},
      {3, 25, true, 0, 1},
      {3, 2, false, 0, 2},
      {1, 100, true, 1, 1},
      {3, 4, false, 1, 3},
      {3, 400, true, 1, 3},
      {1'073'741'824, 400, true, 1, 1'073'741'824},
  };
  for (const Case& c : cases) {
    CAPTURE(c.replicas, c.unavailable, c.percent, c.surge);
    CHECK(ResolveMaxUnavailable(c.replicas, c.unavailable, c.percent, c.surge) == c.resolved);
  }
}

TEST_CASE("of a DaemonSet an agent runs one pod, however many there is room for", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000-31009"), MakeAgent("a2", "31000")};
  WorkloadDemand two{.demand = Wants({0, 0}), .replicas = 2, .one_per_agent = true};
  const Plan ever = JudgeWorkload(PortSpace(snapshot), two, 1);
  CHECK(ever.fate == Fate::kNeverAll);
  CHECK(ever.ceiling.pods == 1);
  snapshot.agents[1] = MakeAgent("a2", "31000-31001", "31000");
  const Plan now = JudgeWorkload(PortSpace(snapshot), two, 1);
  CHECK(now.fate == Fate::kNotNow);
  CHECK(now.capacity.pods == 1);
  two.one_per_agent = false;
  CHECK(JudgeWorkload(PortSpace(snapshot), two, 1).fate == Fate::kFits);
}

TEST_CASE("a DaemonSet needs no spare room", "[ports]") {
  Snapshot snapshot;
  snapshot.agents = {MakeAgent("a1", "31000")};
  WorkloadDemand one{.demand = Wants({31000}), .replicas = 1};
  snapshot.agents[0].used = Ports("31000");
  snapshot.holders = {MakeHolder("web-1", "a1", {31000})};
  one.own = {0};
  one.own_pods = 1;
  CHECK(JudgeWorkload(PortSpace(snapshot), one, 1).no_spare);
  one.one_per_agent = true;
  CHECK_FALSE(JudgeWorkload(PortSpace(snapshot), one, 1).no_spare);
}

TEST_CASE("a DaemonSet wants a pod on each eligible agent", "[ports]") {
  CHECK(DaemonReplicas(TwoAgents(), Wants({31000})) == 2);
  Demand one = Wants({31000});
  one.node = kube::Symbol("a2");
  CHECK(DaemonReplicas(TwoAgents(), one) == 1);
}

TEST_CASE("ToString names fates", "[ports]") {
  CHECK(ToString(Fate::kFits) == "fits");
  CHECK(ToString(Fate::kNotNow) == "not_now");
  CHECK(ToString(Fate::kNeverAll) == "never_all");
  CHECK(ToString(Fate::kNever) == "never");
  CHECK(ToString(Fate::kUnknown) == "unknown");
}

}  // namespace
}  // namespace k8sm::ports::test
