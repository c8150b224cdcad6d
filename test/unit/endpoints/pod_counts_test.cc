#include "lib/endpoints/pod_counts.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <cstddef>
#include <vector>

namespace k8sm::endpoints {
namespace {

using kube::Pod;
using test::MakePod;
using test::MakeService;

PodCounts Counts(const kube::Service& service, const std::vector<Pod>& pods,
                 const NodeLookup* node_of = nullptr) {
  std::vector<const Pod*> selected;
  for (const Pod& pod : pods) selected.push_back(&pod);
  return CountPods(Judge(service, selected, AddressMode::kHostPort, node_of));
}

// One skipped pod for each of `reasons`.
PodCounts Skipped(const std::vector<SkipReason>& reasons) {
  PodCounts counts{.skipped = reasons.size()};
  for (const SkipReason reason : reasons) ++counts.skipped_for[static_cast<std::size_t>(reason)];
  return counts;
}

test::PodBuilder Listed(const char* name, int host_port) {
  return MakePod(name).Port({.host_port = host_port});
}

TEST_CASE("each pod is counted once by whether it receives traffic") {
  const kube::Service service = MakeService("web").Port({.target = 8080});
  const std::vector<Pod> pods = {
      Listed("ready", 31'001).Ready(),
      Listed("not-ready", 31'002),
      MakePod("no-host-port").Port({}).Ready(),
      MakePod("unscheduled").Port({.host_port = 31'003}).Unscheduled(),
      Listed("finished", 31'004).Phase(kube::PodPhase::kSucceeded),
      Listed("terminating", 31'005).Ready().Terminating(),
  };
  const PodCounts counts = Counts(service, pods);
  PodCounts expected = Skipped({SkipReason::kNoHostPort});
  expected.ready = 1;
  expected.not_ready = 2;
  expected.ended = 2;
  CHECK(counts == expected);
  CHECK(counts.all() == 6);
  CHECK(Describe(counts) ==
        "1 pod ready, 1 skipped: 1 no_host_port; 2 not ready, 2 finished or being deleted");
}

TEST_CASE("Describe names the reasons of skipped pods with their numbers, each pod once") {
  const kube::Service service = MakeService("web")
                                    .Port({.name = "a", .target = 8080})
                                    .Port({.name = "b", .number = 81, .target = 9090});
  const NodeLookup none = [](const kube::Symbol&) { return nullptr; };
  const std::vector<Pod> pods = {
      MakePod("a").Port({}).Ready(),
      MakePod("b").Port({}).Ready(),
      Listed("c", 31'001).Ready(),
  };
  const PodCounts counts = Counts(service, pods, &none);
  CHECK(counts == Skipped({SkipReason::kNoHostPort, SkipReason::kNoHostPort, SkipReason::kNodeNotFound}));
  CHECK(Describe(counts) == "3 pods skipped: 2 no_host_port, 1 node_not_found");
}

TEST_CASE("Describe is short however many pods are skipped") {
  PodCounts counts{.skipped = 10'000'000};
  counts.skipped_for.fill(1'000'000);
  CHECK(Describe(counts).size() < 350);
}

TEST_CASE("a pod counts by the best of its ports") {
  const kube::Service service = MakeService("web")
                                    .Port({.name = "a", .target = 8080})
                                    .Port({.name = "b", .number = 81, .target = 9090});
  CHECK(Counts(service, {Listed("half", 31'001).Ready()}) == PodCounts{.ready = 1});
}

TEST_CASE("a pod whose node does not exist is counted as skipped if slices are written") {
  const kube::Service service = MakeService("web").Port({.target = 8080});
  const NodeLookup none = [](const kube::Symbol&) { return nullptr; };
  const std::vector<Pod> pods = {Listed("a", 31'001).Ready()};
  CHECK(Counts(service, pods) == PodCounts{.ready = 1});
  CHECK(Counts(service, pods, &none) == Skipped({SkipReason::kNodeNotFound}));
}

TEST_CASE("WhyEmpty gives the reason that somebody can change first") {
  for (const bool mistyped : {false, true}) {
    CHECK(WhyEmpty({.not_ready = 1, .skipped = 1, .ended = 1}, mistyped) == EmptyReason::kSkipped);
    CHECK(WhyEmpty({.not_ready = 1, .ended = 1}, mistyped) == EmptyReason::kNotReady);
    CHECK(WhyEmpty({.ended = 1}, mistyped) == EmptyReason::kEnded);
  }
  CHECK(WhyEmpty({}, false) == EmptyReason::kNoPods);
  CHECK(WhyEmpty({}, true) == EmptyReason::kMistypedSelector);
  CHECK(Describe(PodCounts{}) == "no pods");
}

}  // namespace
}  // namespace k8sm::endpoints
