// Writes whose answer is lost, late or nonsense, and connections that fail.

#include "test/integration/faults/fault_world.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using Strings = std::vector<std::string>;

// Injects the fault into writes with this verb.
void BreakWrites(const std::string& verb, const std::string& effect) {
  for (const std::string resource : {"endpoints", "endpointslices"}) {
    const std::string rule =
        R"({"verb":")" + verb + R"(","resource":")" + resource + R"(","times":2,"effect":)" + effect + "}";
    CAPTURE(rule);
    FaultWorld cluster;
    cluster.Break("[" + rule + "]");
    // Several changes, as two writes have to be hit.
    for (int i = 0; i < 3; ++i) cluster.Change();
    REQUIRE(cluster.Hit());
    cluster.Change();
    CHECK(cluster.Healed() == Strings{});
  }
}

void BreakAllWrites(const std::string& effect) {
  for (const char* verb : {"create", "update", "delete"}) BreakWrites(verb, effect);
}

TEST_CASE("a write whose answer is lost is settled by a lookup") {
  BreakAllWrites(R"("cut")");
  BreakAllWrites(R"("reset")");
  BreakAllWrites(R"("cut","afterBytes":100)");
}

TEST_CASE("a write that is cut off before it is carried out is repeated") {
  BreakAllWrites(R"("cut","carriedOut":false)");
}

TEST_CASE("a write whose answer is nonsense is settled by a lookup") {
  BreakAllWrites(R"("garbage")");
  BreakAllWrites(R"("truncate")");
  BreakAllWrites(R"("contentType","contentType":"text/html")");
  BreakAllWrites(R"("endlessHeader")");
}

TEST_CASE("a write that fails with a server error is retried") {
  for (const char* code : {"429", "500", "503", "504"}) {
    BreakAllWrites(R"("status","code":)" + std::string(code));
  }
  BreakWrites("update", R"("status","code":429,"retryAfter":1)");
}

TEST_CASE("a write that was carried out although a proxy reports a failure leads to the planned state") {
  for (const char* code : {"500", "503", "504"}) {
    BreakAllWrites(R"("status","carriedOut":true,"code":)" + std::string(code));
  }
}

TEST_CASE("a write that conflicts with another one is planned anew") {
  BreakAllWrites(R"("status","code":409)");
}

TEST_CASE("a write whose answer stalls is given up and settled by a lookup") {
  BreakWrites("create", R"("stall")");
  BreakWrites("update", R"("stall","carriedOut":false)");
}

TEST_CASE("a write with a late or slow answer leads to the planned state") {
  BreakAllWrites(R"("delay","ms":20)");
  BreakAllWrites(R"("trickle","bytes":50)");
}

TEST_CASE("failed writes to an old server are settled as on a current one") {
  FaultWorld cluster({.emulate = GENERATE("1.1", "1.5", "1.20")});
  for (const std::string effect : {R"("cut")", R"("cut","carriedOut":false)", R"("status","code":500)",
                                   R"("status","code":409)", R"("garbage")"}) {
    CAPTURE(effect);
    cluster.Break(R"([{"verb":"update","resource":"endpoints","times":2,"effect":)" + effect +
                  R"(},{"verb":"create","resource":"endpoints","times":2,"effect":)" + effect + "}]");
    for (int i = 0; i < 2; ++i) cluster.Change();
    REQUIRE(cluster.Hit());
    CHECK(cluster.Healed() == Strings{});
  }
}

TEST_CASE("a lost write whose lookup is lost, too, results in one object") {
  FaultWorld cluster;
  cluster.Break(R"([{"verb":"create","resource":"endpointslices","effect":"cut","times":3},
                    {"verb":"list","resource":"endpointslices","effect":"cut","times":2}])");
  cluster.Change();
  REQUIRE(cluster.Hit());
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a server that refuses connections is reached again once it accepts them") {
  FaultWorld cluster;
  cluster.world().server().Stop();
  REQUIRE(cluster.world().server().Start().has_value());
  cluster.Break(R"([{"effect":"refuse"}])");
  cluster.Change();
  REQUIRE(cluster.world().RunUntil([&] { return cluster.world().log().Count("W cannot ") > 0; }));
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a server that restarts again and again is caught up with") {
  FaultWorld cluster;
  for (int i = 0; i < 10; ++i) {
    cluster.Change();
    cluster.world().Poll(static_cast<std::size_t>(20 * i));
    cluster.BreakConnections("[]", i % 3 == 2);
  }
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a controller started while all requests fail begins once they succeed") {
  FaultWorld cluster;
  cluster.world().Stop();
  for (const std::string effect :
       {R"("cut")", R"("status","code":500)", R"("status","code":401)", R"("garbage")", R"("truncate")"}) {
    CAPTURE(effect);
    cluster.Change();
    cluster.Break(R"([{"times":12,"effect":)" + effect + "}]");
    cluster.Restart();
    REQUIRE(cluster.Hit(12));
    CHECK(cluster.Healed() == Strings{});
    cluster.world().Stop();
  }
}

}  // namespace
}  // namespace k8sm::test
