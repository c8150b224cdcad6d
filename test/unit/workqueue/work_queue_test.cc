#include "lib/workqueue/work_queue.h"

#include "test/support/catch.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace k8sm::workqueue {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::milliseconds;
using std::chrono::seconds;

const ObjectKey kA{Symbol("shop"), Symbol("a")};
const ObjectKey kB{Symbol("shop"), Symbol("b")};
const ObjectKey kC{Symbol("shop"), Symbol("c")};

WorkQueue::TimePoint At(int ms) {
  return WorkQueue::TimePoint(seconds(1000)) + milliseconds(ms);
}

// The keys that are given out at this time, without a call of Done: "a b", "" for none.
std::string GetAll(WorkQueue& queue, WorkQueue::TimePoint now) {
  std::string names;
  while (const auto key = queue.Get(now)) names += (names.empty() ? "" : " ") + key->name;
  return names;
}

TEST_CASE("keys are given out once, in the order in which they became ready") {
  WorkQueue queue;
  queue.Add(kB, At(0));
  queue.Add(kA, At(0));
  queue.Add(kB, At(1));
  CHECK(queue.depth() == 2);
  CHECK(GetAll(queue, At(2)) == "b a");
  CHECK(queue.depth() == 0);
  CHECK(queue.processing() == 2);
}

TEST_CASE("a key that is added again while it is processed waits behind those that are ready") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  CHECK(GetAll(queue, At(0)) == "a");
  queue.Add(kA, At(1));
  queue.Add(kB, At(2));
  queue.Done(kA, At(3));
  CHECK(GetAll(queue, At(4)) == "b a");
}

TEST_CASE("a delayed key that is due first is given out before a key that is added later") {
  WorkQueue queue;
  queue.AddAt(kC, At(20), At(0));
  queue.AddAt(kB, At(10), At(0));
  queue.Add(kA, At(15));
  CHECK(GetAll(queue, At(30)) == "b a c");
}

TEST_CASE("a key that is being processed is given out again only after Done") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  CHECK(GetAll(queue, At(0)) == "a");
  queue.Add(kA, At(1));
  queue.Add(kA, At(2));
  CHECK(queue.depth() == 0);
  CHECK(GetAll(queue, At(3)).empty());
  queue.Done(kA, At(3));
  CHECK(queue.depth() == 1);
  CHECK(GetAll(queue, At(4)) == "a");
  queue.Done(kA, At(5));
  CHECK(GetAll(queue, At(5)).empty());
}

TEST_CASE("a key that is delayed while it is processed waits for its time and for Done") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  CHECK(GetAll(queue, At(0)) == "a");
  queue.AddAfter(kA, milliseconds(10), At(0));
  CHECK(GetAll(queue, At(10)).empty());
  queue.Done(kA, At(10));
  CHECK(GetAll(queue, At(10)) == "a");
  queue.AddAfter(kA, milliseconds(10), At(10));
  queue.Done(kA, At(10));
  CHECK(GetAll(queue, At(19)).empty());
  CHECK(GetAll(queue, At(20)) == "a");
}

TEST_CASE("of several times for one key the earliest counts") {
  WorkQueue queue;
  queue.AddAfter(kA, milliseconds(100), At(0));
  queue.AddAfter(kA, milliseconds(100), At(50));
  CHECK(queue.NextDue() == At(100));
  queue.AddAfter(kA, milliseconds(10), At(60));
  CHECK(queue.NextDue() == At(70));
  CHECK(queue.delayed() == 1);
  CHECK(GetAll(queue, At(69)).empty());
  CHECK(GetAll(queue, At(70)) == "a");
  queue.Done(kA, At(70));
  CHECK(GetAll(queue, At(200)).empty());
}

TEST_CASE("an addition without delay replaces a delayed one") {
  WorkQueue queue;
  queue.AddAfter(kA, milliseconds(100), At(0));
  queue.Add(kA, At(1));
  CHECK(queue.delayed() == 0);
  CHECK(queue.NextDue() == std::nullopt);
  CHECK(GetAll(queue, At(1)) == "a");
  queue.Done(kA, At(1));
  CHECK(GetAll(queue, At(100)).empty());
}

TEST_CASE("a key whose time has passed is ready at once") {
  WorkQueue queue;
  queue.AddAt(kA, At(5), At(10));
  queue.AddAfter(kB, milliseconds(-1), At(10));
  queue.AddAfter(kC, milliseconds(0), At(10));
  CHECK(GetAll(queue, At(10)) == "a b c");
}

TEST_CASE("failures of a key double its delay from 5 ms up to 82 s") {
  WorkQueue queue;
  auto now = At(0);
  milliseconds expected(5);
  for (int failure = 0; failure < 20; ++failure) {
    CHECK(queue.NumRequeues(kA) == failure);
    queue.AddRateLimited(kA, now);
    REQUIRE(queue.NextDue() == now + expected);
    now += expected;
    REQUIRE(queue.Get(now).has_value());
    queue.Done(kA, now);
    expected = std::min(expected * 2, milliseconds(81'920));
  }
  CHECK(queue.NumRequeues(kB) == 0);
  queue.Forget(kA);
  CHECK(queue.NumRequeues(kA) == 0);
  queue.AddRateLimited(kA, now);
  CHECK(queue.NextDue() == now + milliseconds(5));
}

TEST_CASE("a failed key waits for Retry-After if that is longer than its back-off") {
  WorkQueue queue;
  queue.AddRateLimited(kA, At(0), seconds(3));
  CHECK(queue.NextDue() == At(3000));
  queue.AddRateLimited(kB, At(0), milliseconds(1));
  CHECK(queue.NextDue() == At(5));
}

TEST_CASE("a key that was added while it was processed does not wait for its back-off") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  CHECK(GetAll(queue, At(0)) == "a");
  queue.Add(kA, At(1));
  queue.AddRateLimited(kA, At(2));
  queue.Done(kA, At(2));
  CHECK(GetAll(queue, At(2)) == "a");
  queue.Done(kA, At(2));
  CHECK(GetAll(queue, At(1000)).empty());
  CHECK(queue.NumRequeues(kA) == 1);
}

TEST_CASE("a key is not given out before Retry-After, whenever else it was or is added") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  CHECK(GetAll(queue, At(0)) == "a");
  SECTION("added while it was processed") {
    queue.Add(kA, At(1));
  }
  SECTION("delayed while it was processed") {
    queue.AddAfter(kA, milliseconds(10), At(1));
  }
  SECTION("neither") {}
  queue.AddRateLimited(kA, At(2), seconds(3));
  queue.Done(kA, At(2));
  CHECK(queue.asked() == 0);
  queue.AddAfter(kA, milliseconds(0), At(3));
  queue.AddAfter(kA, milliseconds(10), At(3));
  CHECK(GetAll(queue, At(3001)).empty());
  CHECK(queue.NextDue() == At(3002));
  CHECK(GetAll(queue, At(3002)) == "a");
  queue.Done(kA, At(3002));
  queue.AddAfter(kA, milliseconds(0), At(3003));
  CHECK(GetAll(queue, At(3003)) == "a");
}

TEST_CASE("Add gives out a key before Retry-After") {
  WorkQueue queue;
  queue.AddRateLimited(kA, At(0), seconds(3));
  queue.Add(kA, At(1));
  CHECK(GetAll(queue, At(1)) == "a");
}

// Records the calls.
class Listener final : public QueueObserver {
 public:
  void OnAdded() override { told_ += "added "; }
  void OnTaken(Duration waited) override { Tell("taken", waited); }
  void OnDone(Duration worked) override { Tell("done", worked); }
  void OnRetry() override { told_ += "retry "; }

  std::string Told() { return std::exchange(told_, ""); }

 private:
  void Tell(const std::string& what, Duration time) {
    const auto ms = std::chrono::duration_cast<milliseconds>(time).count();
    told_ += what + " after " + std::to_string(ms) + " ";
  }
  std::string told_;
};

TEST_CASE("the observer is told how long each key waited and was processed") {
  WorkQueue queue;
  Listener listener;
  queue.SetObserver(&listener);
  queue.Add(kA, At(0));
  queue.Add(kA, At(1));
  CHECK(listener.Told() == "added ");
  GetAll(queue, At(7));
  CHECK(listener.Told() == "taken after 7 ");
  queue.Add(kA, At(8));
  queue.Done(kA, At(10));
  CHECK(listener.Told() == "added done after 3 ");
  GetAll(queue, At(10));
  CHECK(listener.Told() == "taken after 2 ");
  queue.AddRateLimited(kA, At(10));
  queue.Done(kA, At(10));
  CHECK(listener.Told() == "retry done after 0 ");
  GetAll(queue, At(20));
  CHECK(listener.Told() == "added taken after 5 ");
}

TEST_CASE("asked counts the keys to be processed, and UnfinishedWork the time of those in process") {
  WorkQueue queue;
  queue.Add(kA, At(0));
  queue.Add(kB, At(0));
  queue.AddAfter(kC, milliseconds(50), At(0));
  CHECK(queue.asked() == 2);
  CHECK(queue.UnfinishedWork(At(5)).total == milliseconds(0));
  queue.Get(At(10));
  queue.Get(At(30));
  CHECK(queue.asked() == 0);
  queue.Add(kA, At(30));
  CHECK(queue.asked() == 1);
  CHECK(queue.depth() == 0);
  CHECK(queue.UnfinishedWork(At(40)).total == milliseconds(40));
  CHECK(queue.UnfinishedWork(At(40)).longest == milliseconds(30));
  queue.Done(kA, At(40));
  CHECK(queue.UnfinishedWork(At(40)).longest == milliseconds(10));
  CHECK(queue.asked() == 1);
}

}  // namespace
}  // namespace k8sm::workqueue
