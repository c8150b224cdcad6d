// Watches and lists that break, in every way, and what is stored in the end.

#include "test/integration/faults/fault_world.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using Strings = std::vector<std::string>;

// Something changes before the faults strike, and something after. `version`: of Kubernetes.
void BreakAll(const std::string& rules, bool forget, const std::string& version = "1.36") {
  CAPTURE(rules, version);
  FaultWorld cluster({.emulate = version});
  cluster.BreakConnections("[" + rules + "]", forget);
  cluster.Change();
  REQUIRE(cluster.Hit());
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
}

// Watches that begin with such a fault.
void BreakWatches(const std::string& rule) {
  BreakAll(rule, false);
}

// Lists that meet such faults, each of them, for everything has to be listed anew.
void BreakLists(const std::string& rules) {
  BreakAll(rules, true);
}

std::string Watch(const std::string& effect) {
  return R"({"verb":"watch","resource":"pods","effect":)" + effect + "}";
}

constexpr char kStream[] = R"({"query":"sendInitialEvents=true","effect":)";

TEST_CASE("a watch that is cut after any number of bytes is resumed where it was") {
  for (const char* bytes : {"0", "1", "17", "150", "250", "700", "1500"}) {
    BreakWatches(Watch(R"("cut","times":2,"afterBytes":)" + std::string(bytes)));
  }
  BreakWatches(Watch(R"("reset","times":2,"afterBytes":500)"));
}

TEST_CASE("a watch whose bytes are no HTTP is resumed") {
  BreakWatches(Watch(R"("garbage","times":2)"));
  BreakWatches(Watch(R"("garbage","times":2,"afterBytes":300)"));
}

TEST_CASE("a watch that ends in the middle of an event is resumed before that event") {
  BreakWatches(Watch(R"("truncate","times":2)"));
  BreakWatches(Watch(R"("truncate","times":2,"afterEvents":1)"));
}

TEST_CASE("a watch whose head does not end is given up") {
  BreakWatches(Watch(R"("endlessHeader","times":2)"));
}

TEST_CASE("a watch that is called something else than JSON is given up") {
  BreakWatches(Watch(R"("contentType","contentType":"text/html","times":2)"));
  BreakWatches(Watch(R"("answer","contentType":"text/html","text":"<html>please log in</html>","times":2)"));
}

TEST_CASE("a watch that the server refuses is asked for again") {
  for (const char* code : {"401", "403", "404", "410", "429", "500", "503", "504"}) {
    BreakWatches(Watch(R"("status","times":1,"code":)" + std::string(code)));
  }
  BreakWatches(Watch(R"("status","code":429,"retryAfter":1,"times":1)"));
  BreakWatches(Watch(R"("status","code":503,"retryAfter":1,"times":1)"));
}

TEST_CASE("a permission that is missing is named, and granting it needs no restart") {
  FaultWorld cluster;
  cluster.BreakConnections(R"([{"verb":"watch","resource":"pods","effect":"status","code":403}])");
  cluster.Change();
  World& world = cluster.world();
  REQUIRE(world.RunUntil([&] { return world.log().Count("; grant list, watch on pods") > 0; }));
  cluster.BreakConnections(R"([{"resource":"pods","effect":"status","code":403}])", true);
  REQUIRE(world.RunUntil([&] { return world.log().Count("cannot list pods") > 0; }));
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a watch that ends with an error event goes on or is listed anew as the error asks for") {
  for (const char* code : {"403", "410", "429", "500", "504"}) {
    BreakWatches(Watch(R"("errorEvent","times":1,"code":)" + std::string(code)));
    BreakWatches(Watch(R"("errorEvent","times":1,"afterEvents":2,"code":)" + std::string(code)));
  }
}

TEST_CASE("a watch without bookmarks is as good as one with them") {
  BreakWatches(Watch(R"("noBookmarks")"));
}

TEST_CASE("events that come twice change nothing twice") {
  BreakWatches(Watch(R"("duplicate")"));
  BreakWatches(R"({"verb":"watch","effect":"duplicate"})");
}

TEST_CASE("events that come in the wrong order leave the right state behind") {
  BreakWatches(R"({"verb":"watch","effect":"reorder"})");
}

TEST_CASE("events of an object's past do not bring the past back") {
  BreakWatches(R"({"verb":"watch","effect":"past"})");
}

TEST_CASE("a watch that comes byte by byte is read all the same") {
  BreakWatches(Watch(R"("trickle","bytes":3,"times":1)"));
}

TEST_CASE("a watch that stalls is given up in time") {
  BreakWatches(Watch(R"("stall","times":1)"));
  BreakWatches(Watch(R"("stall","times":1,"afterBytes":300)"));
}

TEST_CASE("a watch that is never answered is told of") {
  FaultWorld cluster;
  cluster.BreakConnections("[" + Watch(R"("stall")") + "]");
  World& world = cluster.world();
  REQUIRE(world.RunUntil([&] { return world.log().Count("W cannot watch pods ") > 0; }));
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a history that is compacted away at the moment of a watch costs a list") {
  BreakWatches(Watch(R"("compact","times":1)"));
}

TEST_CASE("a streaming list whose last bookmark never comes is followed by pages") {
  BreakLists(kStream + std::string(R"("noInitialEnd"})"));
}

TEST_CASE("a server that does not stream lists is asked for pages") {
  for (const char* code : {"400", "403", "404", "422"}) {
    BreakLists(kStream + std::string(R"("status","code":)") + code + "}");
  }
}

TEST_CASE("a list that breaks off is begun anew") {
  for (const std::string effect :
       {R"("cut","afterBytes":0)", R"("cut","afterBytes":900)", R"("truncate")",
        R"("garbage","afterBytes":900)", R"("status","code":500)", R"("status","code":410)",
        R"("status","code":429,"retryAfter":1)", R"("contentType","contentType":"text/plain")",
        R"("endlessHeader")", R"("stall","afterBytes":900)"}) {
    BreakLists(kStream + effect + R"(,"times":2})");
    BreakLists(kStream + std::string(R"("status","code":422},)") + R"({"verb":"list","times":2,"effect":)" +
               effect + "}");
  }
}

TEST_CASE("pages whose snapshot is compacted away in between are replaced by one list") {
  FaultWorld cluster;
  for (int i = 0; i < 600; ++i) {
    cluster.world().Create("pods", "many", PodJson({.name = "p" + std::to_string(i), .app = "none"}));
  }
  cluster.BreakConnections("[" + std::string(kStream) + R"("status","code":422},)" +
                               R"({"query":"continue=","effect":"compact","times":1}])",
                           true);
  cluster.Change();
  REQUIRE(cluster.Hit());
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("an answer of null or of another kind is no list") {
  for (const std::string text : {"null", "[]", "{}", R"({\"kind\":\"NodeList\",\"items\":[]})", "<html>"}) {
    BreakLists(kStream +
               std::string(R"("status","code":422},{"verb":"list","times":1,"effect":"answer","text":")") +
               text + "\"}");
  }
}

TEST_CASE("watches of an old server that break are resumed, and its history that is gone is listed anew") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  for (const std::string effect :
       {R"("cut","times":2,"afterBytes":250)", R"("truncate","times":2,"afterEvents":1)",
        R"("status","times":1,"code":410)", R"("status","times":1,"code":500)",
        R"("errorEvent","times":1,"code":410)", R"("stall","times":1,"afterBytes":300)",
        R"("compact","times":1)"}) {
    BreakAll(Watch(effect), false, version);
  }
  BreakAll(R"({"verb":"watch","effect":"duplicate"})", false, version);
}

TEST_CASE("lists of an old server that break off are begun anew") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  for (const std::string effect : {R"("cut","afterBytes":900)", R"("truncate")", R"("status","code":500)",
                                   R"("status","code":410)", R"("answer","text":"null")"}) {
    BreakAll(R"({"verb":"list","times":2,"effect":)" + effect + "}", true, version);
  }
}

TEST_CASE("a watch whose beginning an old server has forgotten is listed anew") {
  FaultWorld cluster({.emulate = GENERATE("1.1", "1.5", "1.20")});
  cluster.BreakConnections("[]", true);
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
  CHECK(cluster.world().log().Count("too old resource version") == 0);
}

// Kubernetes 1.1 does not end them.
TEST_CASE("watches whose time is up are begun again without a word and without a list") {
  FaultWorld cluster({.emulate = GENERATE("1.1", "1.5", "1.20")});
  World& world = cluster.world();
  world.log().Clear();
  apiserver::RequestLog& requests = world.server().requests();
  requests.Clear();
  REQUIRE(world.RunUntil([&] { return requests.Count("watch", "pods") == 1; }));
  CHECK(requests.Count("list", "pods") <= 1);
  CHECK(world.log().Count("watch") == 0);
  cluster.Break("[]");
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
}

}  // namespace
}  // namespace k8sm::test
