#include "controller/report/missing_node_log.h"

#include "test/support/catch.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using kube::Symbol;
using Lines = std::vector<std::string>;

MissingNode Missing(const std::string& node, std::size_t pods) {
  return {.node = Symbol(node),
          .pods = pods,
          .pod = {Symbol("shop"), Symbol("web-1")},
          .service = {Symbol("shop"), Symbol("web")}};
}

MissingNodeLog::TimePoint At(int s) {
  return MissingNodeLog::TimePoint(std::chrono::hours(1)) + std::chrono::seconds(s);
}

Lines Said(const std::vector<LogLine>& lines) {
  Lines said;
  for (const LogLine& line : lines)
    said.push_back((line.level == LogLine::Level::kWarning ? "W " : "I ") + line.text);
  return said;
}

TEST_CASE("a node that stays missing is a warning once, and news when it is there again") {
  MissingNodeLog log;
  CHECK(log.Update({Missing("node-9", 2)}, At(0)).empty());
  CHECK(log.pods() == 0);
  CHECK(log.Update({Missing("node-9", 2)}, At(9)).empty());
  CHECK(Said(log.Update({Missing("node-9", 2)}, At(10))) ==
        Lines{"W node node-9 does not exist, but pod shop/web-1 of service shop/web (and 1 more) is bound to "
              "it and "
              "stays published: delete the pod, or register the node again"});
  CHECK(log.pods() == 2);
  CHECK(log.Update({Missing("node-9", 1)}, At(15)).empty());
  CHECK(log.pods() == 1);
  CHECK(Said(log.Update({}, At(20))) ==
        Lines{"I node node-9 exists again, or no pod of a service is bound to it any more"});
  CHECK(log.pods() == 0);
}

TEST_CASE("a node that appears shortly after its pods is not told of") {
  MissingNodeLog log;
  CHECK(log.Update({Missing("node-9", 1)}, At(0)).empty());
  CHECK(log.Update({}, At(5)).empty());
  CHECK(log.Update({Missing("node-9", 1)}, At(14)).empty());
  CHECK(log.pods() == 0);
}

TEST_CASE("while it is not known which nodes exist, nothing is counted, and a new one settles anew") {
  MissingNodeLog log;
  log.Update({Missing("told", 1)}, At(0));
  CHECK(log.Update({Missing("told", 1), Missing("new", 1)}, At(10)).size() == 1);
  log.Suspend();
  CHECK(log.pods() == 0);
  CHECK(log.Update({Missing("told", 1), Missing("new", 1)}, At(60)).empty());
  CHECK(log.pods() == 1);
  CHECK(Said(log.Update({}, At(65))) ==
        Lines{"I node told exists again, or no pod of a service is bound to it any more"});
}

TEST_CASE("very many missing nodes are summed up") {
  MissingNodeLog log;
  std::vector<MissingNode> missing;
  for (int i = 0; i < 500; ++i) missing.push_back(Missing("node-" + std::to_string(i), 3));
  log.Update(missing, At(0));
  CHECK(log.Update(missing, At(10)).size() == MissingNodeLog::kLinesAMinute);
  CHECK(log.pods() == 1'500);
  CHECK(Said(log.Update(missing, At(70))) ==
        Lines{"W more nodes of pods do not exist, or exist again (490 more times in the last 60 s)"});
}

TEST_CASE("a node that is told of in a later minute says how many were held back before") {
  MissingNodeLog log;
  std::vector<MissingNode> missing;
  for (int i = 0; i < 15; ++i) missing.push_back(Missing("node-" + std::to_string(i), 1));
  log.Update(missing, At(0));
  log.Update(missing, At(10));
  missing.push_back(Missing("new", 1));
  CHECK(log.Update(missing, At(60)).empty());
  CHECK(Said(log.Update(missing, At(70))) ==
        Lines{"W node new does not exist, but pod shop/web-1 of service shop/web is bound to it and stays "
              "published: delete the pod, or register the node again (5 more times in the last 60 s)"});
  CHECK(log.Update(missing, At(130)).empty());
}

}  // namespace
}  // namespace k8sm::controller
