#include "controller/report/missing_nodes.h"

#include "test/support/catch.h"

#include <set>
#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::ObjectKey;
using kube::Symbol;
using Lines = std::vector<std::string>;
using TimePoint = MissingNodes::TimePoint;

TimePoint At(int s) {
  return TimePoint(std::chrono::hours(1)) + std::chrono::seconds(s);
}

ObjectKey Shop(const std::string& name) {
  return {Symbol("shop"), Symbol(name)};
}

StrandedPod On(const std::string& node, const std::string& pod) {
  return {Symbol(pod), Symbol(node)};
}

Lines Said(const std::vector<LogLine>& lines) {
  Lines said;
  for (const LogLine& line : lines)
    said.push_back((line.level == LogLine::Level::kWarning ? "W " : "I ") + line.text);
  return said;
}

struct Fixture {
  MissingNodes nodes;
  std::set<std::string, std::less<>> existing;

  // The node cache is current, and was last known to follow the API server at `followed`.
  Lines Tick(int now, int followed) {
    return Said(nodes.Tick(
        At(followed), [this](const Symbol& node) { return existing.contains(node.get()); }, At(now)));
  }
  Lines Tick(int now) { return Tick(now, now); }
  void Suspend(int now) {
    CHECK(nodes
              .Tick(
                  std::nullopt, [](const Symbol&) { return false; }, At(now))
              .empty());
  }
};

const Lines kWarning{
    "W node node-9 does not exist, but pod shop/web-1 of service shop/web is bound to it and stays "
    "published: delete "
    "the pod, or register the node again"};

TEST_CASE("a node that stays missing is warned of once, and reported when it exists") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1"), On("node-9", "web-2")}, At(0));
  CHECK(f.Tick(5).empty());
  CHECK(f.nodes.pods() == 0);
  CHECK(f.Tick(14).empty());
  CHECK(f.Tick(15) == Lines{"W node node-9 does not exist, but pod shop/web-1 of service shop/web (and 1 "
                            "more) is bound to it and "
                            "stays published: delete the pod, or register the node again"});
  CHECK(f.nodes.pods() == 2);
  f.nodes.Update(Shop("web"), {On("node-9", "web-2")}, At(16));
  CHECK(f.Tick(20).empty());
  CHECK(f.nodes.pods() == 1);
  f.existing.insert("node-9");
  f.nodes.Update(Shop("web"), {}, At(21));
  CHECK(f.Tick(25) == Lines{"I node node-9 exists now"});
  CHECK(f.nodes.pods() == 0);
  CHECK(f.nodes.services() == 0);
  CHECK(f.Tick(30).empty());
}

TEST_CASE("if the last pod of a missing node is gone, the line does not say that the node exists") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(0));
  f.Tick(1);
  CHECK(f.Tick(11) == kWarning);
  f.nodes.Forget(Shop("web"));
  CHECK(f.Tick(15) == Lines{"I no pod on node node-9 is published any more"});
}

TEST_CASE(
    "a node is reported only after the node cache was known to be current, and the settle time has passed") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(10));
  // The connection has been dead since 9 s, which is noticed at 37 s.
  for (int now = 10; now < 37; ++now) CHECK(f.Tick(now, 9).empty());
  CHECK(f.Tick(37, 37).empty());
  CHECK(f.Tick(46, 40).empty());
  CHECK(f.Tick(47, 40) == kWarning);
}

TEST_CASE("a node that appears shortly after its pods is not reported") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(0));
  CHECK(f.Tick(5).empty());
  f.nodes.Update(Shop("web"), {}, At(8));
  CHECK(f.Tick(10).empty());
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(14));
  CHECK(f.Tick(15).empty());
  CHECK(f.Tick(24).empty());
  CHECK(f.nodes.pods() == 0);
}

TEST_CASE("while the node cache is outdated no pods are counted, and later reports settle anew") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(0));
  f.nodes.Update(Shop("api"), {On("node-8", "api-1")}, At(5));
  CHECK(f.Tick(1).empty());
  CHECK(f.Tick(11) == kWarning);
  f.Suspend(15);
  CHECK(f.nodes.pods() == 0);
  CHECK(f.Tick(60).empty());
  CHECK(f.nodes.pods() == 1);
  f.Suspend(65);
  f.nodes.Update(Shop("web"), {}, At(66));
  f.Suspend(70);
  CHECK(f.Tick(75) == Lines{"I no pod on node node-9 is published any more"});
  CHECK(f.Tick(85).size() == 1);
}

TEST_CASE("a pod of two services counts once, and until it has left both") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(0));
  f.nodes.Update(Shop("all"), {On("node-9", "api-1"), On("node-9", "web-1")}, At(0));
  f.Tick(1);
  CHECK(f.Tick(11) == Lines{"W node node-9 does not exist, but pod shop/api-1 of service shop/all (and 1 "
                            "more) is bound to it and "
                            "stays published: delete the pod, or register the node again"});
  CHECK(f.nodes.pods() == 2);
  f.nodes.Forget(Shop("all"));
  CHECK(f.Tick(15).empty());
  CHECK(f.nodes.pods() == 1);
}

TEST_CASE("a pod of two services counts once, whichever service comes or goes first") {
  for (const char* first : {"all", "web"}) {
    for (const char* gone : {"all", "web"}) {
      CAPTURE(first, gone);
      Fixture f;
      f.nodes.Update(Shop(first), {On("node-9", "web-1")}, At(0));
      f.nodes.Update(Shop(first == std::string("all") ? "web" : "all"), {On("node-9", "web-1")}, At(0));
      f.nodes.Update(Shop("more"), {On("node-9", "web-0"), On("node-9", "web-2")}, At(0));
      f.Tick(1);
      f.Tick(11);
      CHECK(f.nodes.pods() == 3);
      f.nodes.Forget(Shop(gone));
      f.Tick(12);
      CHECK(f.nodes.pods() == 3);
      f.nodes.Forget(Shop("more"));
      f.Tick(13);
      CHECK(f.nodes.pods() == 1);
    }
  }
}

TEST_CASE("pods that stay on a missing node, or join it, do not postpone its report") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-0"), On("node-9", "web-1")}, At(0));
  SECTION("the same pods") {
    f.nodes.Update(Shop("web"), {On("node-9", "web-0"), On("node-9", "web-1")}, At(5));
  }
  SECTION("another service") {
    f.nodes.Update(Shop("all"), {On("node-9", "web-1")}, At(5));
  }
  SECTION("fewer pods") {
    f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(5));
  }
  CHECK(f.Tick(6, 3).empty());
  CHECK(f.Tick(12, 6).empty());
  CHECK(f.Tick(13, 6).size() == 1);
}

TEST_CASE(
    "a node cache that is current just up to the time of the miss does not confirm that the node is "
    "missing") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(10));
  CHECK(f.Tick(10, 10).empty());
  CHECK(f.Tick(20, 20).empty());
  CHECK(f.Tick(30, 30) == kWarning);
}

TEST_CASE(
    "the time to which the node cache was current before it was outdated does not confirm a missing node") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(5));
  f.Suspend(15);
  CHECK(f.Tick(16, 10).empty());
  CHECK(f.Tick(25, 16).empty());
  CHECK(f.Tick(26, 16) == kWarning);
}

TEST_CASE("a node name is logged up to 250 characters") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On(std::string(300, 'n'), "web-1")}, At(0));
  f.Tick(1);
  const Lines lines = f.Tick(11);
  REQUIRE(lines.size() == 1);
  CHECK(lines[0].starts_with("W node " + std::string(250, 'n') + "... does not exist,"));
}

TEST_CASE("a pod recreated on another node under its name has left the former node") {
  Fixture f;
  f.nodes.Update(Shop("web"), {On("node-9", "web-1")}, At(0));
  f.Tick(1);
  CHECK(f.Tick(11) == kWarning);
  f.nodes.Update(Shop("web"), {On("node-8", "web-1")}, At(12));
  CHECK(f.Tick(15) == Lines{"I no pod on node node-9 is published any more"});
  CHECK(f.nodes.pods() == 0);
  CHECK(f.Tick(25).size() == 1);
  CHECK(f.nodes.pods() == 1);
}

TEST_CASE("missing nodes over the line budget are summed up") {
  Fixture f;
  for (int i = 0; i < 500; ++i) {
    const std::string number = std::to_string(i);
    f.nodes.Update(Shop("web-" + number),
                   {On("node-" + number, "a" + number), On("node-" + number, "b" + number)}, At(0));
  }
  f.Tick(1);
  CHECK(f.Tick(11).size() == MissingNodes::kLinesAMinute);
  CHECK(f.nodes.pods() == 1'000);
  CHECK(f.Tick(71) ==
        Lines{"W more nodes of pods do not exist, or exist again (490 more times in the last 60 s)"});
}

}  // namespace
}  // namespace k8sm::controller
