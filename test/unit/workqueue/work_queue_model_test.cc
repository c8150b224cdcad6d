// The queue against a model that is too simple to be wrong, over long random histories.

#include "lib/workqueue/work_queue.h"
#include "test/support/catch.h"

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <string>

namespace k8sm::workqueue {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::milliseconds;
using TimePoint = WorkQueue::TimePoint;

// The state of one key: the earliest time for which it was added, if it was.
struct ModelKey {
  std::optional<TimePoint> asked;
  bool processing = false;
  TimePoint not_before{};
  int failures = 0;

  void Ask(TimePoint time) {
    time = std::max(time, not_before);
    asked = asked ? std::min(*asked, time) : time;
  }
  // After a failure with Retry-After, while it is processed.
  void AskNotBefore(TimePoint time) {
    not_before = time;
    asked.reset();
  }
  bool CanBeGiven(TimePoint now) const { return asked && *asked <= now && !processing; }
};

class History {
 public:
  explicit History(unsigned seed) : random_(seed) {}

  void Step() {
    now_ += milliseconds(Below(3));
    const ObjectKey key{Symbol("shop"), Symbol("service-" + std::to_string(Below(12)))};
    ModelKey& model = model_[key];
    switch (Below(9)) {
      case 0:
        queue_.Add(key, now_);
        model.not_before = {};
        return model.Ask(now_);
      case 1: {
        const milliseconds delay(Below(40));
        queue_.AddAfter(key, delay, now_);
        return model.Ask(now_ + delay);
      }
      case 2:
        queue_.AddRateLimited(key, now_);
        return model.Ask(now_ + milliseconds(5 << std::min(model.failures++, 14)));
      case 8: {
        if (!model.processing) return;
        const milliseconds at_least(1 + Below(40));
        queue_.AddRateLimited(key, now_, at_least);
        model.AskNotBefore(now_ + at_least);
        return model.Ask(now_ + milliseconds(5 << std::min(model.failures++, 14)));
      }
      case 3:
        queue_.Forget(key);
        model.failures = 0;
        return;
      case 4:
      case 5:
        return Get();
      default:
        if (!model.processing) return;
        queue_.Done(key, now_);
        model.processing = false;
    }
  }

  // Takes every key that is ready, and lets time pass until none is left.
  void Drain() {
    for (;;) {
      for (auto& [key, model] : model_) {
        if (model.processing) queue_.Done(key, now_);
        model.processing = false;
      }
      while (AnyToGive()) Get();
      Get();
      const auto due = queue_.NextDue();
      if (!due && queue_.processing() == 0) break;
      if (due) now_ = std::max(now_, *due);
    }
    for (const auto& [key, model] : model_) CHECK_FALSE(model.asked.has_value());
    CHECK(queue_.depth() + queue_.delayed() + queue_.processing() == 0);
  }

  void CheckState() const {
    std::size_t processing = 0;
    for (const auto& [key, model] : model_) {
      processing += model.processing;
      REQUIRE(queue_.NumRequeues(key) == model.failures);
    }
    REQUIRE(queue_.processing() == processing);
  }

 private:
  unsigned Below(unsigned limit) { return random_() % limit; }

  bool AnyToGive() const {
    return std::any_of(model_.begin(), model_.end(),
                       [this](const auto& entry) { return entry.second.CanBeGiven(now_); });
  }

  void Get() {
    const bool any = AnyToGive();
    const auto key = queue_.Get(now_);
    REQUIRE(key.has_value() == any);
    if (!key) return CheckNextDue();
    ModelKey& model = model_[*key];
    REQUIRE(model.CanBeGiven(now_));
    model.asked.reset();
    model.processing = true;
  }

  void CheckNextDue() const {
    std::optional<TimePoint> next;
    for (const auto& [key, model] : model_) {
      if (model.asked && *model.asked > now_ && (!next || *model.asked < *next)) next = model.asked;
    }
    REQUIRE(queue_.NextDue() == next);
  }

  std::minstd_rand random_;
  TimePoint now_{std::chrono::hours(1)};
  WorkQueue queue_;
  std::map<ObjectKey, ModelKey> model_;
};

TEST_CASE("no history loses a key or gives it out twice at the same time") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U);
  CAPTURE(seed);
  History history(seed);
  for (int step = 0; step < 20'000; ++step) {
    history.Step();
    if (step % 100 == 0) history.CheckState();
  }
  history.Drain();
}

TEST_CASE("a hundred thousand delayed keys are given out in the order of their times") {
  WorkQueue queue;
  const TimePoint start{std::chrono::hours(1)};
  constexpr int kKeys = 100'000;
  for (int i = 0; i < kKeys; ++i) {
    // Keys that are added one after the other are due at distant times.
    const int place = static_cast<int>(static_cast<long long>(i) * 7919 % kKeys);
    queue.AddAt({Symbol("shop"), Symbol(std::to_string(place))}, start + milliseconds(place + 1), start);
  }
  CHECK(queue.delayed() == kKeys);
  bool in_order = true;
  for (int i = 0; i < kKeys; ++i) {
    const auto key = queue.Get(start + milliseconds(kKeys));
    REQUIRE(key.has_value());
    in_order = in_order && key->name.get() == std::to_string(i);
    queue.Done(*key, start + milliseconds(kKeys));
  }
  CHECK(in_order);
  CHECK_FALSE(queue.Get(start + milliseconds(2 * kKeys)).has_value());
}

}  // namespace
}  // namespace k8sm::workqueue
