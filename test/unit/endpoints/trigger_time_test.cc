#include "lib/endpoints/trigger_time.h"

#include "test/support/builders.h"
#include "test/support/catch.h"

#include <chrono>
#include <optional>
#include <vector>

namespace k8sm::endpoints {
namespace {

using std::chrono::seconds;
using test::MakePod;
using test::MakeService;

// A tracker as the sync of a service uses it; times are seconds after test::kEpoch.
class Syncs {
 public:
  // The trigger of a sync that succeeds.
  std::optional<int> Sync(const kube::Service& service, const std::vector<kube::Pod>& pods) {
    const auto trigger = Fail(service, pods);
    tracker_.Settle(service.meta.Key(), Published::kEndpoints);
    return trigger;
  }

  // The trigger of a sync whose write fails.
  std::optional<int> Fail(const kube::Service& service, const std::vector<kube::Pod>& pods) {
    tracker_.Observe(service, test::PointersTo(pods));
    const auto trigger = tracker_.Pending(service.meta.Key(), Published::kEndpoints);
    if (!trigger) return std::nullopt;
    return static_cast<int>((*trigger - test::kEpoch).count());
  }

  void Forget(const kube::Service& service) { tracker_.Forget(service.meta.Key()); }

 private:
  TriggerTimeTracker tracker_;
};

kube::Pod PodChangedAt(const std::string& name, int offset) {
  return MakePod(name).ReadyChangedAt(seconds(offset));
}

const kube::Service kWeb = MakeService("web").CreatedAt(seconds(10));

TEST_CASE("the trigger of a service's first sync is its creation, whatever its pods") {
  CHECK(Syncs().Sync(kWeb, {}) == 10);
  CHECK(Syncs().Sync(kWeb, {PodChangedAt("a", 5), PodChangedAt("b", 50)}) == 10);
}

TEST_CASE("a sync that sees nothing new has no trigger") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 20)}) == std::nullopt);
  CHECK(syncs.Sync(kWeb, {}) == std::nullopt);
}

TEST_CASE("the trigger of a later sync is the earliest of the new transitions") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20), PodChangedAt("b", 21), PodChangedAt("c", 22)});
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 33), PodChangedAt("b", 31), PodChangedAt("c", 22)}) == 31);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("c", 40), PodChangedAt("b", 31), PodChangedAt("a", 33)}) == 40);
}

TEST_CASE("the transition of a new pod is a trigger however old it is") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 20), PodChangedAt("b", 5)}) == 5);
}

TEST_CASE("a transition that goes back in time is not new") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 15)}) == std::nullopt);
}

TEST_CASE("a pod without a Ready condition triggers nothing until it has one") {
  Syncs syncs;
  syncs.Sync(kWeb, {MakePod("a")});
  CHECK(syncs.Sync(kWeb, {MakePod("a"), MakePod("b")}) == std::nullopt);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 30), MakePod("b")}) == 30);
}

TEST_CASE("the trigger of the first sync after a service was recreated is its creation") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  const kube::Service anew = MakeService("web").CreatedAt(seconds(60));
  CHECK(syncs.Sync(anew, {PodChangedAt("a", 20)}) == 60);
  CHECK(syncs.Sync(anew, {PodChangedAt("a", 20)}) == std::nullopt);
}

TEST_CASE("the trigger is the earlier of a service's recreation and a transition") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  CHECK(syncs.Sync(MakeService("web").CreatedAt(seconds(60)), {PodChangedAt("a", 50)}) == 50);
}

TEST_CASE("the trigger of a sync that failed is kept until one succeeds") {
  Syncs syncs;
  CHECK(syncs.Fail(kWeb, {PodChangedAt("a", 20)}) == 10);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 20)}) == 10);
  CHECK(syncs.Fail(kWeb, {PodChangedAt("a", 30)}) == 30);
  CHECK(syncs.Fail(kWeb, {PodChangedAt("a", 40)}) == 30);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 40)}) == 30);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 40)}) == std::nullopt);
}

TEST_CASE("the sync of a service after Forget is like its first") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  syncs.Forget(kWeb);
  syncs.Forget(kWeb);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 20)}) == 10);
}

TEST_CASE("services are distinguished by namespace and name") {
  Syncs syncs;
  syncs.Sync(kWeb, {PodChangedAt("a", 20)});
  CHECK(syncs.Sync(MakeService("web").Namespace("other").CreatedAt(seconds(11)), {PodChangedAt("a", 20)}) ==
        11);
  CHECK(syncs.Sync(MakeService("db").CreatedAt(seconds(12)), {PodChangedAt("a", 20)}) == 12);
  CHECK(syncs.Sync(kWeb, {PodChangedAt("a", 20)}) == std::nullopt);
}

TEST_CASE("settling a service that was never observed does nothing") {
  TriggerTimeTracker tracker;
  tracker.Settle(kWeb.meta.Key(), Published::kEndpoints);
  CHECK(tracker.size() == 0);
  tracker.Observe(kWeb, {});
  CHECK(tracker.Pending(kWeb.meta.Key(), Published::kEndpoints) == test::kEpoch + seconds(10));
}

TEST_CASE("a trigger is pending for each kind until that kind is settled") {
  TriggerTimeTracker tracker;
  const kube::ObjectKey key = kWeb.meta.Key();
  tracker.Observe(kWeb, {});
  tracker.Settle(key, Published::kEndpoints);
  CHECK(tracker.Pending(key, Published::kEndpoints) == std::nullopt);
  CHECK(tracker.Pending(key, Published::kSlices) == test::kEpoch + seconds(10));
  const std::vector<kube::Pod> pods = {PodChangedAt("a", 20)};
  tracker.Observe(kWeb, test::PointersTo(pods));
  CHECK(tracker.Pending(key, Published::kEndpoints) == test::kEpoch + seconds(20));
  CHECK(tracker.Pending(key, Published::kSlices) == test::kEpoch + seconds(10));
  tracker.Forget(key);
  CHECK(tracker.Pending(key, Published::kSlices) == std::nullopt);
  CHECK(tracker.size() == 0);
}

TEST_CASE("the first sync of a service without a creation time has no trigger") {
  kube::Service service = kWeb;
  service.meta.creation_timestamp.reset();
  Syncs syncs;
  CHECK(syncs.Sync(service, {PodChangedAt("a", 20)}) == std::nullopt);
  CHECK(syncs.Sync(service, {PodChangedAt("a", 30)}) == 30);
}

}  // namespace
}  // namespace k8sm::endpoints
