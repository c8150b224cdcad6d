// Leader election with default flags on servers without leases.

#include "test/integration/replica_pair.h"
#include "test/support/catch.h"

#include <string>

namespace k8sm::test {
namespace {

using leader::LockKind;

constexpr const char* kLockNamespace = "kube-system";
constexpr const char* kLockName = "k8sm-controller-manager";

// Kubernetes 1.20 has leases.
LockKind DefaultLock(const std::string& version) {
  return version == "1.20" ? LockKind::kLeases : LockKind::kEndpoints;
}

TEST_CASE("of two replicas on an old server one writes until it is stopped, and then the other") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  CAPTURE(version);
  Pair pair(DefaultLock(version), version);
  pair.StartBoth();
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.replicas.Writers() == "a");
  const std::size_t lists = pair.Lists();
  pair.replicas.Stop("a");
  REQUIRE(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 0);
  pair.AddPod("d", 31082);
  CHECK(pair.Leads("b"));
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081 10.0.0.1:31082"));
  CHECK(pair.replicas.Writers() == "a b");
  CHECK(pair.replicas.OnlyLeadersWrote());
  CHECK(pair.Lists() == lists);
  CHECK(pair.world.log().Count("W ") == 0);
}

TEST_CASE("a lock that is deleted on an old server is recreated by the leader") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  CAPTURE(version);
  Pair pair(DefaultLock(version), version);
  pair.StartBoth();
  pair.world.Delete(version == "1.20" ? "leases" : "endpoints", kLockNamespace, kLockName);
  CHECK(pair.Leads("a"));
  pair.AddPod("c", 31081);
  CHECK(pair.Becomes("10.0.0.1:31080 10.0.0.1:31081"));
  CHECK(pair.replicas.Writers() == "a");
}

TEST_CASE("after a downgrade to a server without Leases, the record of a Lease election is ignored") {
  Pair pair(LockKind::kEndpoints, GENERATE("1.1", "1.5"));
  pair.world.Create("endpoints", kLockNamespace,
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm-controller-manager",)"
                    R"("annotations":{"control-plane.alpha.kubernetes.io/leader":)"
                    R"("{\"holderIdentity\":\"\",\"leaseDurationSeconds\":1,\"leaderTransitions\":3,)"
                    R"(\"supersededByLease\":true}"}}})");
  pair.StartBoth();
  const std::string lock = pair.world.server().Get("endpoints", kLockNamespace, kLockName).value();
  CAPTURE(lock);
  CHECK(lock.find("supersededByLease") == std::string::npos);
  CHECK(lock.find(R"(\"leaderTransitions\":4)") != std::string::npos);
  CHECK(pair.world.log().Count("E ") == 0);
}

TEST_CASE("on a server with Leases, the record of a Lease election ends a process that elects on Endpoints") {
  Pair pair(LockKind::kEndpoints, "1.20");
  pair.world.Create("endpoints", kLockNamespace,
                    R"({"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"k8sm-controller-manager",)"
                    R"("annotations":{"control-plane.alpha.kubernetes.io/leader":)"
                    R"("{\"holderIdentity\":\"\",\"supersededByLease\":true}"}}})");
  pair.replicas.Start("a");
  REQUIRE(pair.Ends("a"));
  CHECK(pair.replicas.ExitCode("a") == 1);
  CHECK(pair.replicas.Writers().empty());
}

}  // namespace
}  // namespace k8sm::test
