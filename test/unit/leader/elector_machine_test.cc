#include "lib/leader/elector_machine.h"

#include "test/support/catch.h"

#include <limits>
#include <string>
#include <utility>

namespace k8sm::leader {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;
using Type = ElectorAction::Type;

kube::MicroTime Wall(int second) {
  return kube::MicroTime(seconds(1'800'000'000 + second));
}

// A machine, its clock, and the lease as the API server has it.
struct Fixture {
  Fixture() : machine(Options()) {}

  static ElectionOptions Options() {
    ElectionOptions options;
    options.identity = "me";
    return options;
  }

  ElectorMachine::Moment Now(double random = 0) const {
    return {.now = BootClock::time_point(now),
            .wall = Wall(static_cast<int>(now / seconds(1))),
            .random = random};
  }
  ElectorAction Next() { return machine.Next(Now()); }
  void Pass(nanoseconds time) { now += time; }

  // Answers a read.
  void Found(const Result<kube::Lease>& lease, double random = 0) { machine.OnRead(lease, Now(random)); }
  void Missing() { Found(Error{.code = Errc::kNotFound, .message = "not found"}); }
  // Answers a write: like a server that has stored it, or with an error.
  void Stored(const ElectorAction& action) {
    stored = action.lease;
    stored.meta.resource_version = std::to_string(++version);
    machine.OnWritten(stored, Now());
  }
  void Refused(Errc code) { machine.OnWritten(Error{.code = code, .message = "no"}, Now()); }

  // How long the machine sleeps next.
  nanoseconds Sleep() {
    const ElectorAction action = Next();
    REQUIRE(action.type == Type::kSleep);
    return action.until - BootClock::time_point(now);
  }

  // A lease that somebody holds.
  kube::Lease Held(const std::string& holder, int renewed = 0) {
    kube::Lease lease;
    lease.meta.ns = kube::Symbol("kube-system");
    lease.meta.name = kube::Symbol("k8sm-controller-manager");
    lease.meta.resource_version = std::to_string(++version);
    lease.holder_identity = holder;
    lease.lease_duration_seconds = 15;
    lease.acquire_time = Wall(-100);
    lease.renew_time = Wall(renewed);
    lease.lease_transitions = 7;
    return lease;
  }

  void Lead() {
    REQUIRE(Next().type == Type::kGet);
    Missing();
    const ElectorAction create = Next();
    REQUIRE(create.type == Type::kCreate);
    Stored(create);
    REQUIRE(machine.sure_until().has_value());
  }

  nanoseconds now = seconds(1000);
  int version = 10;
  kube::Lease stored;
  ElectorMachine machine;
};

TEST_CASE("a lease that does not exist is created") {
  Fixture f;
  CHECK(f.Next().type == Type::kGet);
  f.Missing();
  const ElectorAction action = f.Next();
  REQUIRE(action.type == Type::kCreate);
  CHECK(ToString(action.lease.meta.Key()) == "kube-system/k8sm-controller-manager");
  CHECK(action.lease.holder_identity == "me");
  CHECK(action.lease.lease_duration_seconds == 15);
  CHECK(action.lease.acquire_time == Wall(1000));
  CHECK(action.lease.renew_time == Wall(1000));
  CHECK(action.lease.lease_transitions == 0);
  CHECK_FALSE(f.machine.sure_until().has_value());
  f.Stored(action);
  CHECK(f.machine.sure_until() == BootClock::time_point(seconds(1010)));
  CHECK(f.machine.holder() == "me");
}

TEST_CASE("a lease duration with a fraction of a second is rounded up in the record") {
  ElectionOptions options = Fixture::Options();
  options.lease_duration = milliseconds(15'001);
  ElectorMachine machine(options);
  const Fixture f;
  machine.Next(f.Now());
  machine.OnRead(Error{.code = Errc::kNotFound}, f.Now());
  CHECK(machine.Next(f.Now()).lease.lease_duration_seconds == 16);
}

TEST_CASE("a lease without a holder is acquired at once and counts another transition") {
  Fixture f;
  f.Next();
  f.Found(f.Held(""));
  const ElectorAction action = f.Next();
  REQUIRE(action.type == Type::kUpdate);
  CHECK(action.lease.meta.resource_version == "11");
  CHECK(action.lease.holder_identity == "me");
  CHECK(action.lease.acquire_time == Wall(1000));
  CHECK(action.lease.lease_transitions == 8);
}

TEST_CASE("what others keep on the lease is preserved, and the count of transitions does not overflow") {
  Fixture f;
  kube::Lease lease = f.Held("");
  lease.meta.labels = {{kube::Symbol("team"), kube::Symbol("infra")}};
  lease.meta.preserved = kube::Symbol(R"("finalizers":["x/y"])");
  lease.preserved_spec = R"("preferredHolder":"b")";
  lease.preserved = R"("subsets":[])";
  lease.lease_transitions = std::numeric_limits<std::int32_t>::max();
  f.Next();
  f.Found(lease);
  const ElectorAction action = f.Next();
  CHECK(action.lease.meta.labels == lease.meta.labels);
  CHECK(action.lease.meta.preserved == lease.meta.preserved);
  CHECK(action.lease.preserved_spec == lease.preserved_spec);
  CHECK(action.lease.preserved == lease.preserved);
  CHECK(action.lease.lease_transitions == lease.lease_transitions);
}

TEST_CASE("a lease that is held is read again after a quarter to half of the retry period") {
  for (const auto& [random, wait] : {std::pair{0.0, milliseconds(500)}, {0.5, milliseconds(750)}}) {
    Fixture f;
    f.Next();
    f.Found(f.Held("other"), random);
    CHECK(f.Sleep() == wait);
    f.Pass(wait - nanoseconds(1));
    CHECK(f.Sleep() == nanoseconds(1));
    f.Pass(nanoseconds(1));
    CHECK(f.Next().type == Type::kGet);
    CHECK(f.machine.holder() == "other");
  }
}

TEST_CASE("a lease is taken over once its record has not changed for its lease duration") {
  Fixture f;
  f.Next();
  // The times in the record are of the holder's clock and do not count.
  const kube::Lease lease = f.Held("other", -1'000'000);
  f.Found(lease);
  f.Pass(seconds(15) - nanoseconds(1));
  CHECK(f.machine.HeldByOther(f.Now().now));
  REQUIRE(f.Next().type == Type::kGet);
  f.Found(lease);
  REQUIRE(f.Sleep() > nanoseconds(0));
  f.Pass(seconds(1));
  CHECK_FALSE(f.machine.HeldByOther(f.Now().now));
  REQUIRE(f.Next().type == Type::kGet);
  f.Found(lease);
  const ElectorAction action = f.Next();
  REQUIRE(action.type == Type::kUpdate);
  CHECK(action.lease.lease_transitions == 8);
  f.Stored(action);
  CHECK_FALSE(f.machine.HeldByOther(f.Now().now));
}

TEST_CASE("a change of the record delays a takeover, and other changes of the object do not") {
  Fixture f;
  f.Next();
  f.Found(f.Held("other", 1));
  f.Pass(seconds(10));
  f.Next();
  kube::Lease lease = f.Held("other", 2);
  f.Found(lease);
  f.Pass(seconds(10));
  REQUIRE(f.Next().type == Type::kGet);
  lease.meta.resource_version = "999";
  lease.meta.labels = {{kube::Symbol("touched"), kube::Symbol("yes")}};
  f.Found(lease);
  CHECK(f.Sleep() > nanoseconds(0));
  f.Pass(seconds(5));
  f.Next();
  f.Found(lease);
  CHECK(f.Next().type == Type::kUpdate);
}

TEST_CASE("the lease duration of the record counts if it differs from ours") {
  for (const int told : {5, 60}) {
    Fixture f;
    kube::Lease lease = f.Held("other");
    lease.lease_duration_seconds = told;
    f.Next();
    f.Found(lease);
    f.Pass(seconds(told - 1));
    f.Next();
    f.Found(lease);
    CHECK(f.Sleep() > nanoseconds(0));
    f.Pass(seconds(1));
    f.Next();
    f.Found(lease);
    CHECK(f.Next().type == Type::kUpdate);
  }
}

TEST_CASE("our lease duration counts if the record has none") {
  Fixture f;
  kube::Lease lease = f.Held("other");
  lease.lease_duration_seconds = 0;
  f.Next();
  f.Found(lease);
  f.Pass(seconds(14));
  f.Next();
  f.Found(lease);
  CHECK(f.Sleep() > nanoseconds(0));
  f.Pass(seconds(1));
  f.Next();
  f.Found(lease);
  CHECK(f.Next().type == Type::kUpdate);
}

TEST_CASE("a lease that is deleted while another process holds it is created once its record has expired") {
  Fixture f;
  f.Next();
  f.Found(f.Held("other"));
  f.Pass(seconds(14));
  f.Next();
  f.Missing();
  CHECK(f.Sleep() > nanoseconds(0));
  f.Pass(seconds(1));
  f.Next();
  f.Missing();
  CHECK(f.Next().type == Type::kCreate);
}

TEST_CASE("a failed attempt to acquire the lease is followed by a pause, or by the bounded Retry-After") {
  for (const Errc code : {Errc::kConflict, Errc::kAlreadyExists, Errc::kTimeout, Errc::kForbidden}) {
    Fixture f;
    f.Next();
    f.Found(f.Held(""));
    REQUIRE(f.Next().type == Type::kUpdate);
    f.machine.OnWritten(Error{.code = code}, f.Now(0.5));
    CHECK(f.Sleep() == milliseconds(3'200));
    f.Pass(milliseconds(3'200));
    CHECK(f.Next().type == Type::kGet);
  }
  Fixture f;
  f.Next();
  f.Found(Error{.code = Errc::kTooManyRequests, .retry_after = seconds(9)});
  CHECK(f.Sleep() == seconds(9));
  f.Pass(seconds(9));
  f.Next();
  f.Found(Error{.code = Errc::kTooManyRequests, .retry_after = seconds(3'600)});
  CHECK(f.Sleep() == kLongestRetryAfter);
}

TEST_CASE("a lease that was granted after the renew deadline is not relied on until it is renewed") {
  Fixture f;
  f.Next();
  f.Missing();
  const ElectorAction create = f.Next();
  f.Pass(seconds(10));
  f.Stored(create);
  CHECK_FALSE(f.machine.sure_until().has_value());
  f.Pass(f.Sleep());
  CHECK(f.Next().type == Type::kGet);
  f.Found(f.stored);
  const ElectorAction renewal = f.Next();
  REQUIRE(renewal.type == Type::kUpdate);
  CHECK(renewal.lease.acquire_time == create.lease.acquire_time);
  CHECK(renewal.lease.lease_transitions == 0);
  f.Stored(renewal);
  CHECK(f.machine.sure_until().has_value());
}

TEST_CASE("a leader renews once per retry period without reading the lease") {
  Fixture f;
  f.Lead();
  const kube::Lease first = f.stored;
  for (int round = 1; round <= 20; ++round) {
    CHECK(f.Sleep() == seconds(2));
    f.Pass(seconds(2));
    const ElectorAction action = f.Next();
    REQUIRE(action.type == Type::kUpdate);
    CHECK(action.lease.meta.resource_version == f.stored.meta.resource_version);
    CHECK(action.lease.acquire_time == first.acquire_time);
    CHECK(action.lease.renew_time == Wall(1000 + 2 * round));
    CHECK(action.lease.lease_transitions == 0);
    f.Stored(action);
    CHECK(f.machine.sure_until() == BootClock::time_point(f.now + seconds(10)));
  }
  CHECK(f.machine.slow_paths() == 0);
}

TEST_CASE("a renewal that leaves the record unchanged does not extend the leadership") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  ElectorAction action = f.Next();
  action.lease.renew_time = Wall(1000);  // as a lock of whole seconds may store it
  f.Stored(action);
  CHECK(f.machine.sure_until() == BootClock::time_point(seconds(1010)));
  CHECK(f.Sleep() == seconds(2));
  f.Pass(seconds(2));
  action = f.Next();
  CHECK(action.lease.meta.resource_version == f.stored.meta.resource_version);
  f.Stored(action);
  CHECK(f.machine.sure_until() == BootClock::time_point(seconds(1014)));
}

TEST_CASE("a standby ends when the lock that it waits for is superseded") {
  Fixture f;
  f.Next();
  f.Found(f.Held("other"));
  f.Pass(seconds(1));
  f.Next();
  kube::Lease lock = f.Held("a later one", 1);
  lock.superseded = true;
  f.Found(lock);
  CHECK(f.Next().type == Type::kSuperseded);
  CHECK(f.Next().type == Type::kSuperseded);
  CHECK_FALSE(f.machine.sure_until().has_value());
}

TEST_CASE("a superseded lock is not acquired even if nobody holds it") {
  Fixture f;
  kube::Lease lock = f.Held("");
  lock.superseded = true;
  f.Next();
  f.Found(lock);
  CHECK(f.Next().type == Type::kSuperseded);
}

TEST_CASE("a leader whose lock is superseded has lost its leadership") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  f.Next();
  f.Refused(Errc::kConflict);
  f.Next();
  kube::Lease lock = f.Held("other");
  lock.superseded = true;
  f.Found(lock);
  CHECK(f.Next().type == Type::kLost);
}

TEST_CASE("WhyLost escapes the name of the holder for a line of the log") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  f.Next();
  f.Refused(Errc::kConflict);
  f.Next();
  f.Found(f.Held("evil\nE all is lost"));
  CHECK(f.machine.WhyLost() == "it is held by evil\\nE all is lost");
}

TEST_CASE("a renewal counts from when it was sent") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  const ElectorAction action = f.Next();
  f.Pass(seconds(3));
  f.Stored(action);
  CHECK(f.machine.sure_until() == BootClock::time_point(seconds(1012)));
  // The next renewal is due already.
  CHECK(f.Next().type == Type::kUpdate);
}

TEST_CASE("a failed renewal is retried at once after a read") {
  for (const Errc code : {Errc::kConflict, Errc::kNotFound, Errc::kTimeout, Errc::kServerError}) {
    Fixture f;
    f.Lead();
    f.Pass(seconds(2));
    f.Next();
    f.Refused(code);
    CHECK(f.machine.slow_paths() == 1);
    CHECK(f.Next().type == Type::kGet);
    kube::Lease lease = f.stored;
    lease.meta.resource_version = "77";
    lease.meta.labels = {{kube::Symbol("touched"), kube::Symbol("yes")}};
    f.Found(lease);
    const ElectorAction action = f.Next();
    REQUIRE(action.type == Type::kUpdate);
    CHECK(action.lease.meta.resource_version == "77");
    CHECK(action.lease.meta.labels == lease.meta.labels);
    CHECK(action.lease.acquire_time == f.stored.acquire_time);
    f.Stored(action);
    CHECK(f.Sleep() == seconds(2));
  }
}

TEST_CASE("a leader whose renewals fail loses its leadership exactly at the renew deadline") {
  Fixture f;
  f.Lead();
  for (int round = 1; round <= 4; ++round) {
    f.Pass(seconds(2));
    REQUIRE(f.Next().type == Type::kUpdate);
    f.Refused(Errc::kUnavailable);
    REQUIRE(f.Next().type == Type::kGet);
    f.Found(Error{.code = Errc::kUnavailable, .message = "refused"});
    REQUIRE(f.machine.sure_until() == BootClock::time_point(seconds(1010)));
  }
  CHECK(f.Sleep() == seconds(2));
  f.Pass(seconds(2) - nanoseconds(1));
  CHECK(f.Sleep() == nanoseconds(1));
  f.Pass(nanoseconds(1));
  CHECK(f.Next().type == Type::kLost);
  CHECK_FALSE(f.machine.sure_until().has_value());
  CHECK(f.Next().type == Type::kLost);
  CHECK(f.machine.WhyLost() == "it could not be renewed within 10s: unavailable: refused");
}

TEST_CASE("a leader that was stopped beyond the renew deadline has lost before it does anything") {
  Fixture f;
  f.Lead();
  SECTION("while it slept") {
    f.Sleep();
    f.Pass(seconds(20));
  }
  SECTION("while a renewal was under way that succeeded") {
    f.Pass(seconds(2));
    const ElectorAction action = f.Next();
    f.Pass(seconds(20));
    f.Stored(action);
  }
  SECTION("while a renewal was under way that failed") {
    f.Pass(seconds(2));
    f.Next();
    f.Pass(seconds(20));
    f.Refused(Errc::kTimeout);
  }
  CHECK(f.Next().type == Type::kLost);
}

TEST_CASE("a leader that finds another holder or none in the lease has lost at once") {
  for (const auto& [holder, why] : {std::pair<std::string, std::string>{"other", "it is held by other"},
                                    {"a\nb", "it is held by a\\nb"},
                                    {"", "it was released by somebody else"}}) {
    Fixture f;
    f.Lead();
    f.Pass(seconds(2));
    f.Next();
    f.Refused(Errc::kConflict);
    f.Next();
    f.Found(f.Held(holder));
    CHECK_FALSE(f.machine.sure_until().has_value());
    CHECK(f.Next().type == Type::kLost);
    CHECK(f.machine.WhyLost() == why);
  }
}

TEST_CASE("a leader that cannot renew the lease sleeps no longer than until the renew deadline") {
  Fixture f;
  f.Lead();
  // The third attempt ends half a second before the deadline.
  for (const int seconds_before : {2, 2, 4}) {
    f.Pass(seconds(seconds_before));
    REQUIRE(f.Next().type == Type::kUpdate);
    f.Refused(Errc::kUnavailable);
    REQUIRE(f.Next().type == Type::kGet);
    f.Pass(milliseconds(500));
    f.Found(Error{.code = Errc::kUnavailable, .message = "refused"});
  }
  CHECK(f.Sleep() == milliseconds(500));
}

TEST_CASE("a conflict does not hide why earlier renewals failed") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  f.Next();
  f.Refused(Errc::kServerError);
  f.Next();
  f.Found(Error{.code = Errc::kServerError, .message = "etcd is away"});
  f.Pass(f.Sleep());
  REQUIRE(f.Next().type == Type::kUpdate);
  f.Refused(Errc::kConflict);
  REQUIRE(f.Next().type == Type::kGet);
  f.Pass(seconds(20));
  REQUIRE(f.Next().type == Type::kLost);
  CHECK(f.machine.WhyLost() == "it could not be renewed within 10s: server error: etcd is away");
}

TEST_CASE("a leader creates its lease again if somebody has deleted it") {
  Fixture f;
  f.Lead();
  const kube::Lease first = f.stored;
  f.Pass(seconds(2));
  f.Next();
  f.Refused(Errc::kNotFound);
  f.Next();
  f.Missing();
  const ElectorAction action = f.Next();
  REQUIRE(action.type == Type::kCreate);
  CHECK(action.lease.meta.resource_version.empty());
  CHECK(action.lease.meta.uid.Text().empty());
  CHECK(action.lease.acquire_time == first.acquire_time);
  CHECK(action.lease.lease_transitions == first.lease_transitions);
  CHECK(f.machine.sure_until().has_value());
  SECTION("but loses it if another process was faster") {
    f.Refused(Errc::kAlreadyExists);
    f.Pass(f.Sleep());
    REQUIRE(f.Next().type == Type::kUpdate);
    f.Refused(Errc::kConflict);
    f.Next();
    f.Found(f.Held("other"));
    CHECK(f.Next().type == Type::kLost);
  }
}

TEST_CASE("a lease that its leader creates again keeps its count of transitions") {
  Fixture f;
  f.Next();
  f.Found(f.Held(""));
  f.Stored(f.Next());
  REQUIRE(f.machine.sure_until().has_value());
  f.Pass(seconds(2));
  f.Next();
  f.Refused(Errc::kNotFound);
  f.Next();
  f.Missing();
  CHECK(f.Next().lease.lease_transitions == 8);
}

TEST_CASE("a leader that releases the lease reads it first") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(1));
  f.machine.Release();
  CHECK_FALSE(f.machine.sure_until().has_value());
  REQUIRE(f.Next().type == Type::kGet);
  f.Found(f.stored);
  const ElectorAction action = f.Next();
  REQUIRE(action.type == Type::kUpdate);
  CHECK(action.lease.holder_identity.empty());
  CHECK(action.lease.lease_duration_seconds == 1);
  CHECK(action.lease.acquire_time == Wall(1001));
  CHECK(action.lease.renew_time == Wall(1001));
  CHECK(action.lease.lease_transitions == 0);
  SECTION("and the release succeeds") {
    f.Stored(action);
  }
  SECTION("and a release that conflicts is not retried") {
    f.Refused(Errc::kConflict);
  }
  CHECK(f.Next().type == Type::kReleased);
}

TEST_CASE("a lease that is no longer ours is not released") {
  Fixture f;
  f.Lead();
  f.machine.Release();
  f.Next();
  SECTION("because another process holds it") {
    f.Found(f.Held("other"));
  }
  SECTION("because it was deleted") {
    f.Missing();
  }
  SECTION("because it cannot be read") {
    f.Found(Error{.code = Errc::kUnavailable});
  }
  SECTION("because it has expired") {
    f.Pass(seconds(10));
  }
  CHECK(f.Next().type == Type::kReleased);
}

TEST_CASE("a release waits for the renewal that is under way") {
  Fixture f;
  f.Lead();
  f.Pass(seconds(2));
  const ElectorAction renewal = f.Next();
  f.machine.Release();
  SECTION("which succeeds") {
    f.Stored(renewal);
  }
  SECTION("which fails") {
    f.Refused(Errc::kServerError);
  }
  SECTION("which conflicts") {
    f.Refused(Errc::kConflict);
  }
  CHECK_FALSE(f.machine.sure_until().has_value());
  REQUIRE(f.Next().type == Type::kGet);
  f.Found(f.stored);
  CHECK(f.Next().lease.holder_identity.empty());
}

TEST_CASE("a standby ends at once when it is told to release") {
  Fixture f;
  SECTION("before its first read") {}
  SECTION("while it reads") {
    f.Next();
    f.machine.Release();
    f.Found(f.Held("other"));
  }
  SECTION("while it reads a lease without a holder") {
    f.Next();
    f.machine.Release();
    f.Found(f.Held(""));
  }
  SECTION("while it sleeps") {
    f.Next();
    f.Found(f.Held("other"));
    f.Sleep();
  }
  SECTION("while it fails to acquire the lease") {
    f.Next();
    f.Found(f.Held(""));
    f.Next();
    f.machine.Release();
    f.Refused(Errc::kConflict);
  }
  f.machine.Release();
  CHECK(f.Next().type == Type::kReleased);
}

TEST_CASE("a standby that acquires the lease after it was told to release gives it back") {
  Fixture f;
  f.Next();
  f.Missing();
  const ElectorAction create = f.Next();
  f.machine.Release();
  f.Stored(create);
  CHECK_FALSE(f.machine.sure_until().has_value());
  REQUIRE(f.Next().type == Type::kGet);
  f.Found(f.stored);
  const ElectorAction action = f.Next();
  CHECK(action.lease.holder_identity.empty());
  f.Stored(action);
  CHECK(f.Next().type == Type::kReleased);
}

}  // namespace
}  // namespace k8sm::leader
