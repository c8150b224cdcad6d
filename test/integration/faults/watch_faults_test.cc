// Watches and lists that break in every way, and what is stored in the end.

#include "test/integration/faults/fault_world.h"
#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::test {
namespace {

using Strings = std::vector<std::string>;

// Changes the cluster before the faults strike and afterwards. `version`: of Kubernetes.
void BreakAll(const std::string& rules, bool forget, const std::string& version = "1.36") {
  CAPTURE(rules, version);
  FaultWorld cluster({.emulate = version});
  cluster.BreakConnections("[" + rules + "]", forget);
  cluster.Change();
  REQUIRE(cluster.Hit());
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
}

// Injects the fault into watches.
void BreakWatches(const std::string& rule) {
  BreakAll(rule, false);
}

// Injects the faults into lists; every resource has to be listed again.
void BreakLists(const std::string& rules) {
  BreakAll(rules, true);
}

std::string Watch(const std::string& effect) {
  return R"({"verb":"watch","resource":"pods","effect":)" + effect + "}";
}

constexpr char kStream[] = R"({"query":"sendInitialEvents=true","effect":)";

TEST_CASE("a watch that is cut after any number of bytes is resumed") {
  for (const char* bytes : {"0", "1", "17", "150", "250", "700", "1500"}) {
    BreakWatches(Watch(R"("cut","times":2,"afterBytes":)" + std::string(bytes)));
  }
  BreakWatches(Watch(R"("reset","times":2,"afterBytes":500)"));
}

TEST_CASE("a watch that receives bytes that are not HTTP is resumed") {
  BreakWatches(Watch(R"("garbage","times":2)"));
  BreakWatches(Watch(R"("garbage","times":2,"afterBytes":300)"));
}

TEST_CASE("a watch that ends in the middle of an event is resumed before that event") {
  BreakWatches(Watch(R"("truncate","times":2)"));
  BreakWatches(Watch(R"("truncate","times":2,"afterEvents":1)"));
}

TEST_CASE("a watch whose response head never ends is given up") {
  BreakWatches(Watch(R"("endlessHeader","times":2)"));
}

TEST_CASE("a watch with another content type than JSON is given up") {
  BreakWatches(Watch(R"("contentType","contentType":"text/html","times":2)"));
  BreakWatches(Watch(R"("answer","contentType":"text/html","text":"<html>please log in</html>","times":2)"));
}

TEST_CASE("a watch that the server refuses is retried") {
  for (const char* code : {"401", "403", "404", "410", "429", "500", "503", "504"}) {
    BreakWatches(Watch(R"("status","times":1,"code":)" + std::string(code)));
  }
  BreakWatches(Watch(R"("status","code":429,"retryAfter":1,"times":1)"));
  BreakWatches(Watch(R"("status","code":503,"retryAfter":1,"times":1)"));
}

TEST_CASE("a missing permission is named, and granting it needs no restart") {
  FaultWorld cluster;
  cluster.BreakConnections(R"([{"verb":"watch","resource":"pods","effect":"status","code":403}])");
  cluster.Change();
  World& world = cluster.world();
  REQUIRE(world.RunUntil([&] { return world.log().Count("; grant list, watch on pods") > 0; }));
  cluster.BreakConnections(R"([{"resource":"pods","effect":"status","code":403}])", true);
  REQUIRE(world.RunUntil([&] { return world.log().Count("cannot list pods") > 0; }));
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a watch that ends with an ERROR event is resumed or listed anew") {
  for (const char* code : {"403", "410", "429", "500", "504"}) {
    BreakWatches(Watch(R"("errorEvent","times":1,"code":)" + std::string(code)));
    BreakWatches(Watch(R"("errorEvent","times":1,"afterEvents":2,"code":)" + std::string(code)));
  }
}

TEST_CASE("a watch without bookmarks leads to the same state") {
  BreakWatches(Watch(R"("noBookmarks")"));
}

TEST_CASE("duplicate events do no harm") {
  BreakWatches(Watch(R"("duplicate")"));
  BreakWatches(R"({"verb":"watch","effect":"duplicate"})");
}

TEST_CASE("events in the wrong order lead to the right state") {
  BreakWatches(R"({"verb":"watch","effect":"reorder"})");
}

TEST_CASE("events with earlier versions of an object do not bring them back") {
  BreakWatches(R"({"verb":"watch","effect":"past"})");
}

TEST_CASE("a watch that arrives a few bytes at a time is read") {
  BreakWatches(Watch(R"("trickle","bytes":3,"times":1)"));
}

TEST_CASE("a watch that stalls is given up and resumed") {
  BreakWatches(Watch(R"("stall","times":1)"));
  BreakWatches(Watch(R"("stall","times":1,"afterBytes":300)"));
}

TEST_CASE("a watch that is never answered is logged") {
  FaultWorld cluster;
  cluster.BreakConnections("[" + Watch(R"("stall")") + "]");
  World& world = cluster.world();
  REQUIRE(world.RunUntil([&] { return world.log().Count("W cannot watch pods ") > 0; }));
  CHECK(cluster.Healed() == Strings{});
}

TEST_CASE("a watch whose history is compacted away is listed anew") {
  BreakWatches(Watch(R"("compact","times":1)"));
}

TEST_CASE("a streaming list whose final bookmark never comes is replaced by pages") {
  BreakLists(kStream + std::string(R"("noInitialEnd"})"));
}

TEST_CASE("a server that does not stream lists is asked for pages") {
  for (const char* code : {"400", "403", "404", "422"}) {
    BreakLists(kStream + std::string(R"("status","code":)") + code + "}");
  }
}

TEST_CASE("a list that breaks off is started again") {
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

TEST_CASE("an answer of null or of another kind is not accepted as a list") {
  for (const std::string text : {"null", "[]", "{}", R"({\"kind\":\"NodeList\",\"items\":[]})", "<html>"}) {
    BreakLists(kStream +
               std::string(R"("status","code":422},{"verb":"list","times":1,"effect":"answer","text":")") +
               text + "\"}");
  }
}

TEST_CASE("broken watches of an old server are resumed, or listed anew if their history is gone") {
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

TEST_CASE("lists of an old server that break off are started again") {
  const std::string version = GENERATE("1.1", "1.5", "1.20");
  for (const std::string effect : {R"("cut","afterBytes":900)", R"("truncate")", R"("status","code":500)",
                                   R"("status","code":410)", R"("answer","text":"null")"}) {
    BreakAll(R"({"verb":"list","times":2,"effect":)" + effect + "}", true, version);
  }
}

TEST_CASE("a watch from a version that an old server has compacted away is listed anew without an error") {
  FaultWorld cluster({.emulate = GENERATE("1.1", "1.5", "1.20")});
  cluster.BreakConnections("[]", true);
  cluster.Change();
  CHECK(cluster.Healed() == Strings{});
  CHECK(cluster.world().log().Count("too old resource version") == 0);
}

// The timeout of a watch; Kubernetes 1.1 does not end watches itself.
TEST_CASE("watches that time out on an old server are resumed without a log line and with at most one list") {
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
