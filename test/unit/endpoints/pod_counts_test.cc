#include "lib/endpoints/pod_counts.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

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
  CHECK(counts == PodCounts{.ready = 1, .not_ready = 2, .skipped = 1, .ended = 2});
  CHECK(counts.all() == 6);
  CHECK(Describe(counts) == "1 pod ready, 1 skipped, 2 not ready, 2 finished or being deleted");
}

TEST_CASE("a pod counts by the best of its ports") {
  const kube::Service service = MakeService("web")
                                    .Port({.name = "a", .target = 8080})
                                    .Port({.name = "b", .number = 81, .target = 9090});
  CHECK(Counts(service, {Listed("half", 31'001).Ready()}) == PodCounts{.ready = 1});
}

TEST_CASE("a pod whose node does not exist receives no traffic where slices are written") {
  const kube::Service service = MakeService("web").Port({.target = 8080});
  const NodeLookup none = [](const kube::Symbol&) { return nullptr; };
  const std::vector<Pod> pods = {Listed("a", 31'001).Ready()};
  CHECK(Counts(service, pods) == PodCounts{.ready = 1});
  CHECK(Counts(service, pods, &none) == PodCounts{.skipped = 1});
}

TEST_CASE("the reason is what somebody can change first") {
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
