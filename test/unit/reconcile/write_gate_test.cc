#include "controller/reconcile/write_gate.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <string>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using std::chrono::milliseconds;
using std::chrono::seconds;

ObjectKey Key(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

// A gate and another writer: each round finds the other's objects and writes over them, if it may do so at
// once.
struct Fight {
  WriteGate gate{"Endpoints"};
  WriteGate::TimePoint now{seconds(1'000)};
  const Fingerprints kOurs{1};
  const Fingerprints kTheirs{2};

  milliseconds Round(const std::string& name, const std::string& writer = "other") {
    const auto wait = gate.Wait(Key(name), kTheirs, writer, now);
    if (wait == milliseconds(0)) gate.OnWritten(Key(name), kOurs, now);
    return wait;
  }
  // Runs rounds until the service's writes are slowed down.
  void Escalate(const std::string& name) {
    while (Round(name) == milliseconds(0)) {
    }
  }
};

TEST_CASE("a gate lets writes pass without a line as long as nobody rewrites them", "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  for (int i = 0; i < 100; ++i) {
    CHECK(fight.gate.Wait(Key("web"), fight.kOurs, "", fight.now) == milliseconds(0));
    fight.gate.OnWritten(Key("web"), fight.kOurs, fight.now);
  }
  fight.gate.Tick(fight.now + seconds(100));
  CHECK(fight.gate.rewrites() == 0);
  CHECK(log.lines().empty());
}

TEST_CASE("repeated rewrites are slowed down and warned of once with the writer's name", "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  fight.Escalate("web");
  CHECK(fight.Round("web") == RewriteGuard::kWriteInterval);
  CHECK(fight.gate.rewrites() == RewriteGuard::kMaxRewrites);
  REQUIRE(log.lines().size() == 2);
  CHECK(log.Count("I service shop/web: its Endpoints were changed by \"other\"; writing them again") == 1);
  CHECK(log.Count("W service shop/web: its Endpoints are rewritten again and again by \"other\"") == 1);
}

TEST_CASE("occasional rewrites are logged with the writer's name, once in ten minutes", "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  CHECK(fight.Round("web") == milliseconds(0));  // nobody has rewritten anything yet
  for (int minute = 1; minute <= 20; ++minute) {
    fight.now += seconds(60);
    CHECK(fight.Round("web", minute <= 10 ? "" : "kubectl-edit") == milliseconds(0));
  }
  CHECK(log.Count("I service shop/web: its Endpoints were changed by another writer; writing them again") ==
        1);
  CHECK(log.Count("I service shop/web: its Endpoints were changed by \"kubectl-edit\"; writing them again") ==
        1);
  CHECK(log.lines().size() == 2);
}

TEST_CASE("missing objects are reported as missing and not as rewritten, and slow writes down if they repeat",
          "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  const auto delete_and_write = [&] {
    const auto wait = fight.gate.Wait(Key("web"), {}, "", fight.now);
    if (wait == milliseconds(0)) fight.gate.OnWritten(Key("web"), fight.kOurs, fight.now);
    return wait;
  };
  delete_and_write();
  CHECK(log.lines().empty());
  CHECK(delete_and_write() == milliseconds(0));
  CHECK(fight.gate.rewrites() == 0);
  REQUIRE(log.lines().size() == 1);
  CHECK(log.Count("I service shop/web: its Endpoints no longer exist: somebody deleted them, or the API "
                  "server was restored without them; writing them again") == 1);
  while (delete_and_write() == milliseconds(0)) {
  }
  CHECK(fight.gate.rewrites() == RewriteGuard::kMaxRewrites - 1);
  CHECK(log.Count("W service shop/web: its Endpoints are deleted again and again; until that ends, writes "
                  "are at least 30 s apart: stop what deletes them") == 1);
}

TEST_CASE("a gate reports it when some of several objects are missing", "[write_gate]") {
  const test::LogCapture log;
  WriteGate gate("EndpointSlices");
  const WriteGate::TimePoint now{seconds(1'000)};
  gate.OnWritten(Key("web"), {1, 2, 3}, now);
  CHECK(gate.Wait(Key("web"), {1, 3}, "other", now) == milliseconds(0));
  CHECK(log.Count(
            "I service shop/web: some of its EndpointSlices no longer exist: somebody deleted them, or the "
            "API server was restored without them; writing them again") == 1);
}

TEST_CASE("after the API server went back to an older state, its objects do not count as rewritten",
          "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  fight.Round("web");
  fight.gate.OnWentBack();
  CHECK(fight.Round("web") == milliseconds(0));
  CHECK(fight.gate.rewrites() == 0);
  CHECK(log.lines().empty());
  fight.Round("web");
  CHECK(fight.gate.rewrites() == 1);
}

TEST_CASE("writes whose answers are lost never count as rewritten", "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  for (int i = 0; i < 20; ++i) {
    CHECK(fight.Round("web") == milliseconds(0));
    fight.gate.OnFailed(Key("web"));
  }
  CHECK(fight.gate.rewrites() == 0);
  CHECK(log.lines().empty());
}

TEST_CASE("ten services a minute are warned of, and the rest is summed up at the end of the minute",
          "[write_gate]") {
  const test::LogCapture log;
  Fight fight;
  for (int i = 0; i < 13; ++i) fight.Escalate("web-" + std::to_string(i));
  CHECK(log.lines().size() == 20);
  fight.gate.Tick(fight.now + seconds(59));
  CHECK(log.lines().size() == 20);
  fight.gate.Tick(fight.now + seconds(60));
  CHECK(log.lines().size() == 22);
  CHECK(log.Count("I Endpoints of more services were changed or missing (3 more times") == 1);
  CHECK(log.Count("W Endpoints of more services keep being rewritten by others (3 more times") == 1);
  fight.gate.Tick(fight.now + seconds(200));
  CHECK(log.lines().size() == 22);
}

TEST_CASE("a gate keeps a service until it is forgotten", "[write_gate]") {
  Fight fight;
  fight.Escalate("web");
  fight.Round("db");
  CHECK(fight.gate.size() == 2);
  fight.gate.Forget(Key("web"));
  CHECK(fight.gate.size() == 1);
  CHECK(fight.Round("web") == milliseconds(0));
}

}  // namespace
}  // namespace k8sm::controller
