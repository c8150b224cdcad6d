// Two controllers on one API server: one of them writes, whatever happens.

#include "lib/base/boot_clock.h"
#include "lib/endpoints/address_mode.h"
#include "test/apiserver/fault_rule.h"
#include "test/apiserver/faults.h"
#include "test/integration/replica_pair.h"
#include "test/integration/replicas.h"
#include "test/integration/world.h"
#include "test/support/catch.h"

#include <chrono>
#include <random>
#include <string>

namespace k8sm::test {
namespace {

using leader::LockKind;
using std::chrono::hours;
using std::chrono::seconds;

// Longer than any lease.
constexpr seconds kLong{20};

TEST_CASE("acquiring a free Endpoints lock takes one read, and no Lease is requested") {
  Pair pair(LockKind::kEndpoints);
  pair.replicas.Start("a");
  CHECK(pair.Becomes("10.0.0.1:31080"));
  CHECK(pair.replicas.Holder() == "a");
  CHECK(pair.world.server().requests().Count("get", "endpoints") == 1);
  CHECK(pair.world.server().requests().Count("get", "leases") == 0);
  CHECK(pair.world.server().requests().Count("create", "leases") == 0);
}

TEST_CASE("acquiring a free Lease takes one read and one write") {
  Pair pair;
  pair.replicas.Start("a");
  CHECK(pair.Becomes("10.0.0.1:31080"));
  CHECK(pair.replicas.Holder() == "a");
  CHECK(pair.world.server().requests().Count("get", "leases") == 1);
  CHECK(pair.world.server().requests().Count("create", "leases") == 1);
  // There is no trace of a process that still elects on Endpoints.
  CHECK(pair.world.server().requests().Count("get", "endpoints") == 1);
  CHECK(pair.world.log().Count(
            "I attempting to acquire leader lease kube-system/k8sm-controller-manager...") == 1);
  CHECK(pair.world.log().Count("I successfully acquired lease kube-system/k8sm-controller-manager") == 1);
}

TEST_CASE("of two replicas only the leader writes and logs skips") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.AddPod("without-port", 0);
  pair.StartBoth();
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.replicas.Writers() == "a");
  CHECK(pair.world.log().Count("W skipped pod shop/without-port") == 1);
  CHECK(pair.replicas.OnlyLeadersWrote());
}

TEST_CASE("a standby in another mode warns once, and the lock holds the leader's mode") {
  const LockKind kind = GENERATE(LockKind::kLeases, LockKind::kEndpoints);
  Pair pair(kind);
  pair.replicas.Start("a");
  REQUIRE(pair.Becomes("10.0.0.1:31080"));
  controller::Options other = pair.replicas.Defaults();
  other.mode = endpoints::AddressMode::kPodIp;
  pair.replicas.Start("b", other);
  const std::string warning =
      "W the leader, a, publishes in mode host_port and this process in mode pod_ip: ";
  REQUIRE(pair.replicas.RunUntil([&] { return pair.world.log().Count(warning) == 1; }));
  pair.world.server().requests().Clear();
  const char* const resource = kind == LockKind::kLeases ? "leases" : "endpoints";
  REQUIRE(pair.replicas.RunUntil([&] { return pair.world.server().requests().Count("get", resource) > 2; }));
  CHECK(pair.world.log().Count(warning) == 1);
  const auto lock = pair.world.server().Get(resource, "kube-system", "k8sm-controller-manager");
  CHECK(lock.value().find(R"("k8s.mesosphere.io/endpoint-mode":"host_port")") != std::string::npos);
}

TEST_CASE("a stopped leader releases the lock, and the new leader needs no lists") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.StartBoth();
  const std::size_t lists = pair.Lists();
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 0);
  pair.AddPod("c", 31081);
  CHECK(pair.Leads("b"));
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.replicas.Writers() == "a b");
  CHECK(pair.replicas.OnlyLeadersWrote());
  CHECK(pair.Lists() == lists);
}

TEST_CASE("a change of leader is reported in events") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.StartBoth();
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("a"));
  REQUIRE(pair.Leads("b"));
  const auto told = [&](const std::string& message) {
    for (const std::string& event : pair.world.server().List("events", "kube-system").value()) {
      if (event.find("\"" + message + "\"") != std::string::npos) return true;
    }
    return false;
  };
  CHECK(pair.replicas.RunUntil(
      [&] { return told("a became leader") && told("a stopped leading") && told("b became leader"); }));
}

TEST_CASE("a leader stopped while it writes has no write after the other has taken over") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.StartBoth();
  for (int i = 0; i < 20; ++i) pair.AddPod("more-" + std::to_string(i), 31100 + i);
  pair.replicas.Turn(2);
  pair.replicas.Stop("a");
  CHECK(pair.Leads("b"));
  CHECK(pair.replicas.RunUntil(
      [&] { return pair.world.Places("shop", "web").find(":31119") != std::string::npos; }));
  CHECK(pair.replicas.OnlyLeadersWrote());
}

TEST_CASE("a leader stopped while a write may still be carried out lets its lease expire") {
  World world;
  world.Create("services", "shop", ServiceJson("web"));
  world.server().faults().Set(
      apiserver::ParseFaults(R"([{"verb":"create","resource":"endpoints","effect":"stall"}])").value());
  controller::Options options = world.Defaults();
  options.leader_elect = true;
  options.election.identity = "us";
  world.Start(options);
  REQUIRE(world.RunUntil([&] { return world.server().requests().Count("create", "endpoints") == 1; }));
  CHECK(world.Stop() == 0);
  const auto lease = world.server().Get("leases", "kube-system", "k8sm-controller-manager");
  REQUIRE(lease.has_value());
  CHECK(lease->find(R"("holderIdentity":"us")") != std::string::npos);
}

TEST_CASE("a stopped standby exits at once and leaves the lock alone") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.StartBoth();
  pair.replicas.Stop("b");
  CHECK(pair.Ends("b"));
  CHECK(pair.replicas.ExitCode("b") == 0);
  CHECK(pair.replicas.Holder() == "a");
  CHECK_FALSE(pair.replicas.ExitCode("a").has_value());
}

TEST_CASE("changes made after the leader was killed are published by the other replica") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.world.Create("services", "shop", ServiceJson("gone"));
  // Endpoints created by hand, which are deleted only with their service.
  pair.world.Create(
      "services", "shop",
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"own"},"spec":{"ports":[{"port":80}]}})");
  pair.world.Create("endpoints", "shop",
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"own"},"subsets":[]})");
  pair.StartBoth();
  const std::size_t lists = pair.Lists();
  pair.replicas.Kill("a");
  pair.LetRenewalsArrive();
  pair.AddPod("c", 31081);
  pair.world.Delete("pods", "shop", "a");
  pair.world.Delete("services", "shop", "gone");
  pair.world.Delete("services", "shop", "own");
  pair.replicas.Turn(20);
  CHECK(pair.replicas.Writers() == "a");
  pair.replicas.Pass(kLong);
  CHECK(pair.Becomes("10.0.0.1:31081"));
  CHECK(pair.replicas.RunUntil([&] {
    return pair.world.Places("shop", "gone") == "none" && pair.world.Places("shop", "own") == "none";
  }));
  CHECK(pair.replicas.Holder() == "b");
  CHECK(pair.replicas.OnlyLeadersWrote());
  CHECK(pair.Lists() == lists);
}

TEST_CASE("a leader suspended for longer than its lease writes nothing when it resumes") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  pair.StartBoth();
  // The leader has seen the pod, or not yet.
  const int turns = GENERATE(0, 1, 2, 3, 5);
  CAPTURE(turns);
  pair.AddPod("c", 31081);
  pair.replicas.Turn(turns);
  pair.replicas.Freeze("a");
  pair.AddPod("d", 31082);
  pair.LetRenewalsArrive();
  pair.replicas.Pass(kLong);
  const std::string all = "10.0.0.1:31080 10.0.0.1:31081 10.0.0.1:31082";
  SECTION("after the other replica has taken over") {
    REQUIRE(pair.Leads("b"));
    REQUIRE(pair.Becomes(all));
  }
  SECTION("before the other replica takes over") {}
  pair.replicas.Thaw("a");
  CHECK(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 1);
  CHECK(pair.world.log().Count("E leaderelection lost: kube-system/k8sm-controller-manager: ") == 1);
  CHECK(pair.Becomes(all));
  CHECK(pair.Leads("b"));
  CHECK(pair.replicas.Writers() == "a b");
  CHECK(pair.replicas.OnlyLeadersWrote());
}

TEST_CASE("a leader suspended for as long as its renew deadline ends without writing, even without a rival") {
  Pair pair;
  pair.replicas.Start("a");
  REQUIRE(pair.Becomes("10.0.0.1:31080"));
  pair.world.server().requests().Clear();
  pair.replicas.Freeze("a");
  pair.AddPod("c", 31081);
  pair.replicas.Pass(seconds(10));
  pair.replicas.Thaw("a");
  CHECK(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 1);
  CHECK(pair.replicas.Writers().empty());
}

TEST_CASE("a process whose lease expires before it has begun to lead ends") {
  Pair pair;
  controller::Options options = pair.world.Defaults();
  options.leader_elect = true;
  options.election.identity = "a";
  options.election.clock = [&pair] {
    const bool acquired = pair.world.log().Count("successfully acquired lease") > 0;
    return BootClock::now() + (acquired ? kLong : seconds(0));
  };
  pair.world.Start(options);
  CHECK(pair.world.WaitForEnd() == 1);
  CHECK(pair.world.log().Count("E leaderelection lost: kube-system/k8sm-controller-manager: ") == 1);
  CHECK(pair.world.Places("shop", "web") == "none");
}

TEST_CASE("a leader that cannot renew its lease writes until the renew deadline, and not after it") {
  Pair pair;
  pair.world.Create("pods", "elections", PodJson({.name = "makes-the-namespace"}));
  controller::Options options = pair.replicas.Defaults();
  options.election.lease_namespace = "elections";
  pair.replicas.Start("a", options);
  REQUIRE(pair.Becomes("10.0.0.1:31080"));
  pair.world.Delete("leases", "elections", options.election.lease_name);
  pair.world.Delete("pods", "elections", "makes-the-namespace");
  pair.world.Delete("namespaces", "", "elections");
  REQUIRE(pair.replicas.RunUntil([&] {
    return pair.world.log().Count(
               "create the namespace, or name another with "
               "-leader_elect_resource_namespace; trying again") == 1;
  }));
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  pair.AddPod("d", 31082);
  pair.replicas.Pass(seconds(10));
  CHECK(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 1);
  CHECK(pair.world.Places("shop", "web") == "10.0.0.1:31080 10.0.0.1:31081");
  CHECK(pair.world.log().Count("it could not be renewed within 10s: not found") == 1);
}

TEST_CASE("a leader whose lease another has taken ends at its next renewal") {
  Pair pair;
  pair.replicas.Start("a");
  REQUIRE(pair.Becomes("10.0.0.1:31080"));
  const std::string lease =
      pair.world.server().Get("leases", "kube-system", "k8sm-controller-manager").value();
  pair.world.Update("leases", "kube-system",
                    Replaced(lease, R"("holderIdentity":"a")", R"("holderIdentity":"other")"));
  CHECK(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 1);
  CHECK(pair.world.log().Count(
            "E leaderelection lost: kube-system/k8sm-controller-manager: it is held by other") == 1);
  CHECK(pair.replicas.Holder() == "other");
}

TEST_CASE("labels and finalizers that others keep on the Lease survive renewal and release") {
  Pair pair;
  pair.world.Create("leases", "kube-system",
                    R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":)"
                    R"({"name":"k8sm-controller-manager","labels":{"team":"infra"},"finalizers":["x/y"]},)"
                    R"("spec":{"leaseTransitions":4}})");
  pair.replicas.Start("a");
  REQUIRE(pair.Leads("a"));
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("a"));
  const std::string lease =
      pair.world.server().Get("leases", "kube-system", "k8sm-controller-manager").value();
  CHECK(lease.find(R"("team":"infra")") != std::string::npos);
  CHECK(lease.find(R"("x/y")") != std::string::npos);
  CHECK(lease.find(R"("leaseTransitions":5)") != std::string::npos);
  CHECK(lease.find(R"("holderIdentity":"")") != std::string::npos);
  CHECK(lease.find(R"("leaseDurationSeconds":1)") != std::string::npos);
}

TEST_CASE("-once acquires and releases the lock, and does not write beside a leader") {
  Pair pair(GENERATE(LockKind::kLeases, LockKind::kEndpoints));
  controller::Options once = pair.replicas.Defaults();
  once.once = true;
  pair.replicas.Start("once", once);
  REQUIRE(pair.Ends("once"));
  CHECK(pair.replicas.ExitCode("once") == 0);
  CHECK(pair.world.Places("shop", "web") == "10.0.0.1:31080");
  CHECK(pair.replicas.Holder().empty());
  pair.replicas.Start("once more", once);
  REQUIRE(pair.Ends("once more"));
  CHECK(pair.replicas.ExitCode("once more") == 0);
  pair.replicas.Start("a");
  REQUIRE(pair.Leads("a"));
  once.once_patience = std::chrono::milliseconds(200);
  pair.replicas.Start("again", once);
  REQUIRE(pair.Ends("again"));
  CHECK(pair.replicas.ExitCode("again") == 1);
  CHECK(
      pair.world.log().Count("E timed out waiting for lease kube-system/k8sm-controller-manager: held by a; "
                             "stop that process, or set -leader_elect=false") == 1);
  CHECK(pair.replicas.OnlyLeadersWrote());
}

TEST_CASE("-once waits for a leader that ends meanwhile") {
  Pair pair;
  pair.replicas.Start("a");
  REQUIRE(pair.Leads("a"));
  controller::Options once = pair.replicas.Defaults();
  once.once = true;
  pair.replicas.Start("once", once);
  REQUIRE(pair.replicas.RunUntil([&] { return pair.world.log().Count("I new leader elected: a") == 1; }));
  pair.replicas.Turn(200);
  CHECK_FALSE(pair.replicas.ExitCode("once").has_value());
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("once"));
  CHECK(pair.replicas.ExitCode("once") == 0);
}

TEST_CASE("a dry run requests no lease") {
  Pair pair;
  controller::Options dry = pair.replicas.Defaults();
  dry.once = dry.dry_run = true;
  pair.replicas.Start("dry", dry);
  REQUIRE(pair.Ends("dry"));
  CHECK(pair.replicas.ExitCode("dry") == 0);
  CHECK(pair.world.server().requests().CountWrites() == 0);
  CHECK(pair.world.server().requests().Count("get", "leases") == 0);
}

constexpr const char* kLockNamespace = "kube-system";
constexpr const char* kLockName = "k8sm-controller-manager";

TEST_CASE("metadata and subsets that others keep on the Endpoints lock survive renewal and release") {
  Pair pair(LockKind::kEndpoints);
  pair.world.Create("endpoints", kLockNamespace,
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm-controller-manager",)"
                    R"("labels":{"team":"infra"},"annotations":{"note":"x",)"
                    R"("control-plane.alpha.kubernetes.io/leader":)"
                    R"("{\"holderIdentity\":\"\",\"leaderTransitions\":4}"}},)"
                    R"("subsets":[{"addresses":[{"ip":"10.9.9.9"}],"ports":[{"port":80}]}]})");
  pair.replicas.Start("a");
  REQUIRE(pair.Leads("a"));
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("a"));
  const std::string lock = pair.world.server().Get("endpoints", kLockNamespace, kLockName).value();
  for (const char* part :
       {R"("team":"infra")", R"("note":"x")", R"("ip":"10.9.9.9")", R"(\"leaderTransitions\":5)",
        R"(\"holderIdentity\":\"\")", R"(\"leaseDurationSeconds\":1)"}) {
    CAPTURE(lock);
    CHECK(lock.find(part) != std::string::npos);
  }
}

TEST_CASE("an Endpoints lock that is deleted is recreated by its leader") {
  Pair pair(LockKind::kEndpoints);
  pair.StartBoth();
  pair.world.Delete("endpoints", kLockNamespace, kLockName);
  CHECK(pair.Leads("a"));
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.replicas.Writers() == "a");
}

TEST_CASE("an Endpoints lock with an unreadable record is not taken by anyone") {
  Pair pair(LockKind::kEndpoints);
  pair.world.Create("endpoints", kLockNamespace,
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm-controller-manager",)"
                    R"("annotations":{"control-plane.alpha.kubernetes.io/leader":"somebody"}}})");
  pair.replicas.Start("a");
  CHECK(pair.replicas.RunUntil([&] {
    return pair.world.log().Count(
               "W error retrieving resource lock kube-system/k8sm-controller-manager: malformed input: "
               "Endpoints "
               "kube-system/k8sm-controller-manager: annotation "
               "control-plane.alpha.kubernetes.io/leader: ") == 1;
  }));
  CHECK(pair.replicas.Writers().empty());
}

TEST_CASE("a missing namespace for the Endpoints lock is created without a warning") {
  Pair pair(LockKind::kEndpoints);
  controller::Options options = pair.replicas.Defaults();
  options.election.lease_namespace = "elections";
  pair.replicas.Start("a", options);
  CHECK(pair.Becomes("10.0.0.1:31080"));
  CHECK(pair.world.server().Get("endpoints", "elections", kLockName).has_value());
  CHECK(pair.world.log().Count("I created namespace elections for the leader election") == 1);
  CHECK(pair.world.log().Count("failed to acquire lease") == 0);
}

TEST_CASE("on a server without Leases, replicas elect on Endpoints by default") {
  World world({.emulate = "1.1"});
  // Only the election is tested here.
  world.Create("nodes", "", NodeJson("node-1"));
  controller::Options options = world.Defaults();
  options.leader_elect = true;
  options.once = true;
  CHECK(world.RunOnce(options) == 0);
  CHECK(world.server().Get("endpoints", kLockNamespace, kLockName).has_value());
  CHECK(world.log().Count("create the namespace") == 0);
}

TEST_CASE("after an upgrade that brings Leases, a leader elected on Endpoints is waited for") {
  Pair pair(LockKind::kEndpoints);
  pair.StartBoth();
  pair.replicas.Use(LockKind::kLeases);
  pair.replicas.Start("new");
  REQUIRE(pair.replicas.RunUntil([&] { return pair.world.log().Count("I new leader elected: a") == 2; }));
  pair.replicas.Turn(200);
  CHECK(pair.replicas.Holder().empty());
  CHECK_FALSE(pair.replicas.ExitCode("new").has_value());
  SECTION("until both old replicas have released the lock and ended") {
    pair.replicas.Stop("a");
    REQUIRE(pair.Ends("a"));
    pair.replicas.Stop("b");
    REQUIRE(pair.Ends("b"));
    CHECK(pair.Leads("new"));
  }
  SECTION(
      "until it was killed and its lock has expired; its standby then ends and elects on the Lease, too") {
    pair.replicas.Freeze("b");
    pair.replicas.Kill("a");
    pair.LetRenewalsArrive();
    pair.replicas.Pass(kLong);
    REQUIRE(pair.Leads("new"));
    pair.replicas.Thaw("b");
    REQUIRE(pair.Ends("b"));
    CHECK(pair.replicas.ExitCode("b") == 1);
    CHECK(pair.world.log().Count("E the leader election has moved from Endpoints "
                                 "kube-system/k8sm-controller-manager to the lease of that name") == 1);
    pair.replicas.Start("b");
    CHECK(pair.replicas.RunUntil([&] { return pair.world.log().Count("I new leader elected: new") == 1; }));
  }
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.Leads("new"));
  CHECK(pair.replicas.OnlyLeadersWrote());
}

TEST_CASE("the name of a leader cannot forge a log line") {
  Pair pair;
  pair.world.Create("leases", kLockNamespace,
                    R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":)"
                    R"({"name":"k8sm-controller-manager"},"spec":{"holderIdentity":"x\nE gone",)"
                    R"("leaseDurationSeconds":15,"renewTime":"2026-01-01T00:00:00.000000Z"}})");
  pair.replicas.Start("a");
  CHECK(pair.replicas.RunUntil(
      [&] { return pair.world.log().Count(R"(I new leader elected: x\nE gone)") == 1; }));
}

// One step of a random history.
void Step(Pair& pair, std::mt19937& random, int step) {
  const std::string name = random() % 2 == 0 ? "a" : "b";
  const bool ended = pair.replicas.ExitCode(name).has_value();
  switch (random() % 8) {
    case 0:
      pair.replicas.Freeze(name);
      break;
    case 1:
      pair.replicas.Thaw(name);
      break;
    case 2:
      pair.replicas.Pass(seconds(random() % 20));
      break;
    case 3:
      pair.replicas.Stop(name);
      break;
    case 4:
      pair.replicas.Kill(name);
      pair.replicas.Start(name, hours(static_cast<int>(random() % 100)));
      break;
    default:
      pair.AddPod("pod-" + std::to_string(step), 32000 + step);
      break;
  }
  if (ended) pair.replicas.Start(name);
  pair.replicas.Turn(static_cast<int>(random() % 40));
}

TEST_CASE(
    "after random failures of two replicas, only leaders have written and all is published in the end") {
  const auto seed = static_cast<std::uint32_t>(GENERATE(range(1, 9)));
  CAPTURE(seed);
  std::mt19937 random(seed);
  Pair pair(seed <= 6 ? LockKind::kLeases : LockKind::kEndpoints);
  pair.replicas.Start("a");
  pair.replicas.Start("b");
  for (int step = 0; step < 60; ++step) Step(pair, random, step);
  for (const char* name : {"a", "b"}) pair.replicas.Thaw(name);
  pair.AddPod("last", 32999);
  const auto published = [&] { return pair.world.Places("shop", "web").find(":32999") != std::string::npos; };
  // Replicas that have ended are started again; the holder of the lease may have ended long ago.
  for (int round = 0; round < 5 && !published(); ++round) {
    pair.replicas.Pass(kLong);
    int turns = 0;
    pair.replicas.RunUntil([&] {
      for (const char* name : {"a", "b"}) {
        if (pair.replicas.ExitCode(name)) pair.replicas.Start(name);
      }
      return published() || ++turns > 2000;
    });
  }
  CHECK(published());
  CHECK(pair.replicas.OnlyLeadersWrote());
}

}  // namespace
}  // namespace k8sm::test
