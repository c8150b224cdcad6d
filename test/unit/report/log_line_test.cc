#include "controller/report/log_line.h"

#include "test/support/catch.h"
#include "test/support/log_capture.h"

#include <string>
#include <vector>

namespace k8sm::controller {
namespace {

using Level = LogLine::Level;

TEST_CASE("a line is logged at its level, and verbose lines only with -v=2 and -v=4") {
  const std::vector<LogLine> lines = {
      {Level::kInfo, "a"}, {Level::kWarning, "b"}, {Level::kChange, "c"}, {Level::kRepetition, "d"}};
  struct Case {
    int verbosity;
    std::vector<std::string> logged;
  };
  for (const Case& test : std::vector<Case>{
           {0, {"I a", "W b"}}, {2, {"I a", "W b", "I c"}}, {4, {"I a", "W b", "I c", "I d"}}}) {
    const test::LogCapture log(test.verbosity);
    WriteToLog(lines);
    CHECK(log.lines() == test.logged);
  }
}

TEST_CASE("foreign text in a line cannot break it or make it arbitrarily long") {
  for (const Level level : {Level::kInfo, Level::kWarning}) {
    const test::LogCapture log;
    const std::vector<LogLine> lines = {{level, "pod a\nW20260101 all is lost"},
                                        {level, std::string(9'000, 'x')}};
    WriteToLog(lines);
    REQUIRE(log.lines().size() == 2);
    CHECK(log.lines()[0].find('\n') == std::string::npos);
    CHECK(log.lines()[1].size() < 2'100);
  }
}

}  // namespace
}  // namespace k8sm::controller
