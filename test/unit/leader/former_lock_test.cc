#include "lib/leader/former_lock.h"

#include "test/support/catch.h"

#include <string>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Type = ElectorAction::Type;

constexpr kube::MicroTime kWall{seconds(1'800'000'000)};

struct Fixture {
  Fixture() : former(Options()) {}

  static ElectionOptions Options() {
    ElectionOptions options;
    options.identity = "me";
    return options;
  }
  static kube::Lease Held(const std::string& holder, int renewed = 0) {
    kube::Lease lock;
    lock.meta.name = kube::Symbol("k8sm");
    lock.meta.resource_version = "7";
    lock.holder_identity = holder;
    lock.lease_duration_seconds = 15;
    lock.renew_time = kWall + seconds(renewed);
    lock.lease_transitions = 3;
    lock.preserved = R"("subsets":[])";
    return lock;
  }

  ElectorMachine::Moment Now(double random = 0) const {
    return {.now = BootClock::time_point(now), .wall = kWall, .random = random};
  }
  bool Passed() { return !former.Next(Now()).has_value(); }
  Type Next() { return former.Next(Now()).value().type; }
  void Found(const Result<kube::Lease>& lock, double random = 0) { former.OnRead(lock, Now(random)); }
  nanoseconds Sleep() {
    const auto action = former.Next(Now());
    REQUIRE(action.has_value());
    REQUIRE(action->type == Type::kSleep);
    return action->until - BootClock::time_point(now);
  }
  void Pass(nanoseconds time) { now += time; }

  nanoseconds now = seconds(1000);
  FormerLock former;
};

TEST_CASE("the former lock is passed after one read") {
  Fixture f;
  CHECK(f.Next() == Type::kGet);
  SECTION("if there is none") {
    f.Found(Error{.code = Errc::kNotFound});
  }
  SECTION("if it may not be read") {
    f.Found(Error{.code = Errc::kForbidden});
  }
  SECTION("if it has no record") {
    f.Found(kube::Lease{});
  }
  SECTION("if it is superseded already") {
    kube::Lease lock = Fixture::Held("other");
    lock.superseded = true;
    f.Found(lock);
  }
  CHECK(f.Passed());
}

TEST_CASE("a former lock without a holder is marked as superseded at once") {
  Fixture f;
  f.Next();
  f.Found(Fixture::Held(""));
  const auto action = f.former.Next(f.Now());
  REQUIRE(action.has_value());
  REQUIRE(action->type == Type::kUpdate);
  CHECK(action->lease.superseded);
  CHECK(action->lease.meta.resource_version == "7");
  CHECK(action->lease.holder_identity == "me");
  CHECK(action->lease.lease_duration_seconds == 15);
  CHECK(action->lease.renew_time == kWall);
  CHECK(action->lease.lease_transitions == 4);
  CHECK(action->lease.preserved == R"("subsets":[])");
  f.former.OnWritten(action->lease, f.Now());
  CHECK(f.Passed());
}

TEST_CASE("a former lock is waited for until its record has not changed for its lease duration") {
  Fixture f;
  f.Next();
  f.Found(Fixture::Held("other", 1), 0.5);
  CHECK(f.Sleep() == milliseconds(750));
  CHECK(f.former.holder() == "other");
  f.Pass(seconds(14));
  CHECK(f.Next() == Type::kGet);
  f.Found(Fixture::Held("other", 2));
  f.Pass(seconds(15) - nanoseconds(1));
  f.Next();
  f.Found(Fixture::Held("other", 2));
  CHECK(f.Sleep() == milliseconds(500));
  CHECK(f.former.HeldByOther(f.Now().now));
  f.Pass(seconds(1));
  CHECK_FALSE(f.former.HeldByOther(f.Now().now));
  f.Next();
  f.Found(Fixture::Held("other", 2));
  CHECK(f.Next() == Type::kUpdate);
}

TEST_CASE("a former lock that cannot be read or marked is tried again after a pause") {
  for (const Errc code : {Errc::kUnavailable, Errc::kMalformed, Errc::kTimeout, Errc::kServerError}) {
    Fixture f;
    f.Next();
    f.Found(Error{.code = code}, 0.5);
    CHECK(f.Sleep() == milliseconds(3'200));
    f.Pass(milliseconds(3'200));
    CHECK(f.Next() == Type::kGet);
  }
  for (const Errc code : {Errc::kConflict, Errc::kNotFound, Errc::kTimeout}) {
    Fixture f;
    f.Next();
    f.Found(Fixture::Held(""));
    f.Next();
    f.former.OnWritten(Error{.code = code}, f.Now(0.5));
    CHECK(f.Sleep() == milliseconds(3'200));
  }
}

TEST_CASE("a former lock that may not be written is passed") {
  Fixture f;
  f.Next();
  f.Found(Fixture::Held(""));
  f.Next();
  f.former.OnWritten(Error{.code = Errc::kForbidden}, f.Now());
  CHECK(f.Passed());
}

}  // namespace
}  // namespace k8sm::leader
