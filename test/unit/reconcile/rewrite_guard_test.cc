#include "controller/reconcile/rewrite_guard.h"

#include "test/support/catch.h"

namespace k8sm::controller {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const kube::ObjectKey kWeb{kube::Symbol("shop"), kube::Symbol("web")};
const kube::ObjectKey kDb{kube::Symbol("shop"), kube::Symbol("db")};

// A guard, a clock, and another writer that rewrites one service.
struct Fight {
  RewriteGuard guard;
  RewriteGuard::TimePoint now{};
  const Fingerprints kOurs{1};
  const Fingerprints kTheirs{2};

  // We find the other writer's object, and write if we may do so at once.
  RewriteGuard::Verdict Round() {
    const auto verdict = guard.OnWrite(kWeb, kTheirs, now);
    if (verdict.wait == milliseconds(0)) guard.OnWritten(kWeb, kOurs, now);
    return verdict;
  }
  // Until writes are slowed down.
  void Escalate() {
    Round();
    for (std::size_t i = 0; i < RewriteGuard::kMaxRewrites; ++i) Round();
  }
};

TEST_CASE("the first write is not a rewrite") {
  Fight fight;
  CHECK(fight.Round().wait == milliseconds(0));
  CHECK(fight.guard.rewrites() == 0);
}

TEST_CASE("writes over our own objects are never slowed down") {
  Fight fight;
  fight.Round();
  for (int i = 0; i < 100; ++i) {
    CHECK(fight.guard.OnWrite(kWeb, fight.kOurs, fight.now).wait == milliseconds(0));
    fight.guard.OnWritten(kWeb, fight.kOurs, fight.now);
  }
  CHECK(fight.guard.rewrites() == 0);
}

TEST_CASE("the fifth rewrite in a minute slows writes down and is reported once") {
  Fight fight;
  fight.Round();
  for (std::size_t i = 1; i < RewriteGuard::kMaxRewrites; ++i) {
    const auto verdict = fight.Round();
    CHECK(verdict.wait == milliseconds(0));
    CHECK_FALSE(verdict.slowed_down);
    fight.now += seconds(1);
  }
  const auto slowed = fight.Round();
  CHECK(slowed.slowed_down);
  CHECK(slowed.wait == RewriteGuard::kWriteInterval - seconds(1));
  CHECK(fight.guard.rewrites() == RewriteGuard::kMaxRewrites);
  const auto again = fight.Round();
  CHECK_FALSE(again.slowed_down);
  CHECK(fight.guard.rewrites() == RewriteGuard::kMaxRewrites);
}

TEST_CASE("rewrites that are further apart are not slowed down") {
  Fight fight;
  for (int i = 0; i < 50; ++i) {
    CHECK(fight.Round().wait == milliseconds(0));
    fight.now += seconds(16);
  }
}

TEST_CASE("while rewrites go on, each write waits for the interval") {
  Fight fight;
  fight.Escalate();
  for (int i = 0; i < 10; ++i) {
    fight.now += RewriteGuard::kWriteInterval;
    CHECK(fight.Round().wait == milliseconds(0));
    CHECK(fight.Round().wait == RewriteGuard::kWriteInterval);
  }
}

TEST_CASE("a minute without a rewrite ends the slowdown") {
  Fight fight;
  fight.Escalate();
  fight.now += RewriteGuard::kWriteInterval;
  fight.Round();
  fight.now += seconds(61);
  CHECK(fight.guard.OnWrite(kWeb, fight.kOurs, fight.now).wait == milliseconds(0));
  fight.guard.OnWritten(kWeb, fight.kOurs, fight.now);
  CHECK(fight.guard.OnWrite(kWeb, fight.kOurs, fight.now).wait == milliseconds(0));
}

TEST_CASE("rewrites of one service do not slow down another service") {
  Fight fight;
  fight.Escalate();
  CHECK(fight.guard.OnWrite(kDb, {7}, fight.now).wait == milliseconds(0));
}

TEST_CASE("OnWrite tells missing objects, all or some of them, from changed ones") {
  const auto lack = [](const Fingerprints& left, const Fingerprints& stored) {
    RewriteGuard guard;
    guard.OnWritten(kWeb, left, {});
    return guard.OnWrite(kWeb, stored, {}).lack;
  };
  CHECK(lack({1, 2, 3}, {}) == Lack::kAll);
  CHECK(lack({1, 2, 3}, {1, 3}) == Lack::kSome);
  CHECK(lack({1, 2, 3}, {1, 3, 4}) == Lack::kNone);
  CHECK(lack({1, 2, 3}, {1, 2, 3, 4}) == Lack::kNone);
  CHECK(lack({1, 2}, {4}) == Lack::kNone);
}

TEST_CASE("objects of a service that are deleted one after the other count as one deletion and no rewrites") {
  RewriteGuard guard;
  RewriteGuard::TimePoint now{};
  const Fingerprints all{1, 2, 3, 4, 5, 6, 7, 8};
  guard.OnWritten(kWeb, all, now);
  for (std::size_t i = 0; i < all.size(); ++i) {
    Fingerprints stored = all;
    stored.erase(stored.begin() + static_cast<std::ptrdiff_t>(i));
    const auto verdict = guard.OnWrite(kWeb, stored, now += milliseconds(100));
    CHECK(verdict.tell_rewrite == (i == 0));
    CHECK(verdict.wait == milliseconds(0));
    guard.OnWritten(kWeb, all, now);
  }
  CHECK(guard.rewrites() == 0);
}

TEST_CASE("if objects are deleted as soon as they are written, writes soon slow down") {
  RewriteGuard guard;
  RewriteGuard::TimePoint now{};
  const Fingerprints all{1, 2, 3, 4, 5};
  guard.OnWritten(kWeb, all, now);
  std::size_t writes = 0;
  for (int i = 0; i < 1000; ++i) {
    Fingerprints stored = all;
    stored.erase(stored.begin() + i % 5);
    if (guard.OnWrite(kWeb, stored, now += milliseconds(10)).wait > milliseconds(0)) continue;
    ++writes;
    guard.OnWritten(kWeb, all, now);
  }
  CHECK(writes < all.size() + RewriteGuard::kMaxRewrites);
}

TEST_CASE("objects that are deleted again and again slow writes down") {
  RewriteGuard guard;
  RewriteGuard::TimePoint now{};
  guard.OnWritten(kWeb, {1, 2}, now);
  bool slowed_down = false;
  for (int second = 1; second <= 60 && !slowed_down; ++second) {
    slowed_down = guard.OnWrite(kWeb, {1}, now += seconds(1)).slowed_down;
    if (!slowed_down) guard.OnWritten(kWeb, {1, 2}, now);
  }
  CHECK(slowed_down);
}

TEST_CASE("rewrites within exactly a minute slow writes down, which ends after more than a minute") {
  for (const bool in_time : {true, false}) {
    CAPTURE(in_time);
    Fight fight;
    fight.Round();
    for (std::size_t i = 1; i < RewriteGuard::kMaxRewrites; ++i) fight.Round();
    fight.now += in_time ? seconds(60) : seconds(60) + milliseconds(1);
    CHECK(fight.Round().slowed_down == in_time);
  }
  for (const bool over : {true, false}) {
    CAPTURE(over);
    Fight fight;
    fight.Escalate();  // nothing was written at the last
    fight.now += over ? seconds(60) + milliseconds(1) : seconds(60);
    CHECK(fight.guard.OnWrite(kWeb, fight.kTheirs, fight.now).slowed_down == false);
    fight.guard.OnWritten(kWeb, fight.kTheirs, fight.now);
    CHECK(fight.guard.OnWrite(kWeb, fight.kTheirs, fight.now).wait ==
          (over ? milliseconds(0) : milliseconds(RewriteGuard::kWriteInterval)));
  }
}

TEST_CASE("many rewrites far apart do not hide a burst that follows") {
  Fight fight;
  for (int i = 0; i < 20; ++i) {
    CHECK(fight.Round().wait == milliseconds(0));
    fight.now += seconds(100);
  }
  for (std::size_t i = 1; i < RewriteGuard::kMaxRewrites; ++i) CHECK_FALSE(fight.Round().slowed_down);
  CHECK(fight.Round().slowed_down);
}

TEST_CASE("a rewrite is reported again ten minutes after the last report, and not before") {
  Fight fight;
  fight.Round();
  CHECK(fight.Round().tell_rewrite);
  fight.now += RewriteGuard::kQuietTime - seconds(1);
  CHECK_FALSE(fight.Round().tell_rewrite);
  fight.now += seconds(1);
  CHECK(fight.Round().tell_rewrite);
  fight.now += RewriteGuard::kQuietTime - seconds(1);
  CHECK_FALSE(fight.Round().tell_rewrite);
}

TEST_CASE("a deletion within a minute of another rewrite counts as a rewrite, a later one does not") {
  for (const bool repeated : {true, false}) {
    CAPTURE(repeated);
    RewriteGuard guard;
    RewriteGuard::TimePoint now{};
    guard.OnWritten(kWeb, {1}, now);
    guard.OnWrite(kWeb, {2}, now);
    CHECK(guard.rewrites() == 1);
    guard.OnWritten(kWeb, {1}, now);
    now += repeated ? seconds(60) : seconds(60) + milliseconds(1);
    CHECK(guard.OnWrite(kWeb, {}, now).lack == Lack::kAll);
    CHECK(guard.rewrites() == (repeated ? 2 : 1));
  }
}

TEST_CASE("only deletions within five seconds of the last one belong to it") {
  for (const bool in_time : {true, false}) {
    CAPTURE(in_time);
    RewriteGuard guard;
    RewriteGuard::TimePoint now{};
    guard.OnWritten(kWeb, {1, 2, 3}, now);
    guard.OnWrite(kWeb, {1, 2}, now);
    guard.OnWritten(kWeb, {1, 2, 3}, now);
    now += in_time ? seconds(5) : seconds(5) + milliseconds(1);
    guard.OnWrite(kWeb, {1, 3}, now);
    CHECK(guard.rewrites() == (in_time ? 0 : 1));
  }
}

TEST_CASE("a change among deletions counts as a rewrite, and ends the series of deletions") {
  RewriteGuard guard;
  const RewriteGuard::TimePoint now{};
  const Fingerprints all{1, 2, 3};
  const auto find = [&](const Fingerprints& stored) {
    guard.OnWritten(kWeb, all, now);
    guard.OnWrite(kWeb, stored, now);
    return guard.rewrites();
  };
  CHECK(find({1, 2}) == 0);
  CHECK(find({1, 2, 4}) == 1);
  CHECK(find({1, 3}) == 2);
  // A deletion of all objects does not belong to a deletion of some.
  RewriteGuard other;
  other.OnWritten(kWeb, all, now);
  other.OnWrite(kWeb, {1, 2}, now);
  other.OnWritten(kWeb, all, now);
  other.OnWrite(kWeb, {}, now);
  CHECK(other.rewrites() == 1);
}

TEST_CASE("after the API server went back to an older state, no service counts as rewritten") {
  RewriteGuard guard;
  for (const auto& key : {kWeb, kDb}) guard.OnWritten(key, {1}, {});
  guard.OnWentBack();
  for (const auto& key : {kWeb, kDb}) CHECK_FALSE(guard.OnWrite(key, {2}, {}).tell_rewrite);
  CHECK(guard.rewrites() == 0);
  guard.OnWritten(kWeb, {1}, {});
  CHECK(guard.OnWrite(kWeb, {2}, {}).tell_rewrite);
}

TEST_CASE("an object found after a failed write does not count as rewritten") {
  Fight fight;
  for (int i = 0; i < 20; ++i) {
    CHECK(fight.Round().wait == milliseconds(0));
    fight.guard.OnFailed(kWeb);
  }
  CHECK(fight.guard.rewrites() == 0);
}

TEST_CASE("a forgotten service is not slowed down") {
  Fight fight;
  fight.Escalate();
  fight.guard.Forget(kWeb);
  CHECK(fight.Round().wait == milliseconds(0));
}

}  // namespace
}  // namespace k8sm::controller
